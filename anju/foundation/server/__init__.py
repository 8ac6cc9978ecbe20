"""The embedded PostgreSQL, its roles, the supervisor of our processes, and backups."""
