"""Rows that are alike but in a few columns, written by the thousand.

What their digests cover (`sealed_fields`) and how they are copied is asked of one of them; the
others are filled in as text. Made one by one, the digests alone cost more than the database does.
"""

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from anju.foundation.events.rules import WROTE_HEX
from anju.foundation.lib import canonical
from anju.foundation.tenancy.copying import line

_MARK = uuid4().hex  # where a text is filled in: nobody can have written it before


class Alike:
    """Rows like `row`, which differ in the columns `varying` (names of attributes).

    They are given as texts, in that order, as they stand in the canonical form: ids, times in UTC
    with microseconds, and words that need no escape in JSON.
    """

    def __init__(self, row: Any, varying: Sequence[str]) -> None:
        for n, name in enumerate(varying):
            setattr(row, name, f"<{_MARK}:{n}>")
        fields = row._meta.concrete_fields
        self._line = _template(line(*(getattr(row, one.attname) for one in fields)), len(varying))
        sealed = canonical(row.sealed_fields()).decode()
        self._sealed = _template(sealed, len(varying))

    def line(self, *texts: str) -> str:
        """The row in COPY's text form; its columns are all those of the model."""
        return self._line.format(*texts)

    def digest(self, *texts: str) -> str:
        """What `written` says of the row."""
        return hashlib.sha256(self._sealed.format(*texts).encode()).hexdigest()[:WROTE_HEX]


def _template(text: str, count: int) -> str:
    text = text.replace("{", "{{").replace("}", "}}")
    for n in range(count):
        text = text.replace(f"<{_MARK}:{n}>", f"{{{n}}}")
    return text
