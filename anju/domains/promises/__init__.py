"""What is promised to a community: needs, service catalogue, contract, and what was kept."""
