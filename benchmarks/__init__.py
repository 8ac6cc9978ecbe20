"""What the product costs, measured against floors in the same run: `python -m benchmarks`."""
