"""Pages of cases and work orders: parse, fetch by `seen_by`, call one command, render."""
