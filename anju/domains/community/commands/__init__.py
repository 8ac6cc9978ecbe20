"""Verbs of the community: desk lines, links to cases, reports at a label."""
