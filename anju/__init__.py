"""Anju 安居: property-service assurance platform."""

__version__ = "0.1.0"
