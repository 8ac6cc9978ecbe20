"""The demo company: made by the same commands as any other, from one seed."""
