"""Figures defined once, computed from the promises of cases, drillable to the records."""
