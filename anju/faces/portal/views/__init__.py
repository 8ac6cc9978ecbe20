"""Pages of the resident's side."""
