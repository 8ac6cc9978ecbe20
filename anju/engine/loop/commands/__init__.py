"""The verbs of the loop; see each file."""
