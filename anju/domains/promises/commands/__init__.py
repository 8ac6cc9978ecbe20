"""Writing down needs, services and contracts, and telling of the dates of a contract."""
