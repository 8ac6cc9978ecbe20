"""Rows in COPY's text form, for `copy_in` and what else writes them by the thousand."""

import re
from datetime import date, datetime
from typing import Any

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_SPECIAL = re.compile(r"[\\\t\n\r]").search


def line(*cells: Any) -> str:
    """A row in COPY's text form."""
    return "\t".join([cell(one) for one in cells]) + "\n"


def cell(value: Any) -> str:
    """A value in COPY's text form."""
    if value is None:
        return "\\N"
    kind = type(value)
    if kind is str:
        return value.translate(_ESCAPES) if _SPECIAL(value) else str(value)
    if kind is bool:
        return "t" if value else "f"
    if kind is datetime or kind is date:
        return str(value.isoformat())
    if kind is bytes:
        return "\\\\x" + str(value.hex())
    return str(value)
