"""Shift handover (交接班) of any post: drafted from what is open, signed by both."""
