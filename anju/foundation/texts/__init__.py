"""What people write as YAML: read into one model that is the whole truth, and written back."""

from anju.foundation.texts.reading import BadText, TextFile, read_text
from anju.foundation.texts.writing import plain, schema_of, write_text

__all__ = ["BadText", "TextFile", "plain", "read_text", "schema_of", "write_text"]
