"""Computations that import nothing from anju: what the product's figures are held against."""
