"""What the desk's suggestions are worth: figures on labelled reports (docs/suggesting.md)."""
