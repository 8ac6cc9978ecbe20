"""Harnesses: each proves one promise of the product at any size, and shows that it can fail."""
