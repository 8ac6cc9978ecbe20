"""Writing plans, starting an emergency, noting what was done."""
