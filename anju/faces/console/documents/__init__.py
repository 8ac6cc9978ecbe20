"""Controlled documents and the register of laws."""
