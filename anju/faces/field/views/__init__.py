"""Pages of work on foot: the day, one piece of work, scanning."""
