"""The verbs of offline work; see each file."""
