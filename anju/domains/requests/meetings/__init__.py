"""Owners' meetings (业主大会): their minutes become cases, each matter once."""
