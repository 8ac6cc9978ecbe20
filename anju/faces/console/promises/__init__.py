"""Pages of what is promised: needs, the service catalogue, contracts and what was kept of them."""
