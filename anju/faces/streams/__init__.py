"""Live pages: one small process that tells browsers that something changed, never what."""
