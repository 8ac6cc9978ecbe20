"""A company's case history: read any table through a mapping, judge it, account for every row."""
