"""Forms and procedures as pages of rows or as texts."""
