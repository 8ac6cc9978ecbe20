"""Shift handover (交接班): drafted from what is open, signed by who goes and by who comes."""
