"""The digests of a past case's rows, without making the form that is hashed anew for each.

A digest is over the canonical form of what the model seals. From one past case to the next only a
few words of that form differ, so the model itself makes it once, of a row that holds marks, and
the words go where the marks stand.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast

from django.db import models

from anju.foundation.events.rules import WROTE_HEX
from anju.foundation.lib import canonical


def marks(names: Iterable[str]) -> dict[str, str]:
    """A mark for each column that differs from row to row."""
    return {name: f"\x01{name}\x01" for name in names}


def form_of(model: type[models.Model], marked: Any, marked_with: dict[str, str]) -> str:
    """The canonical form of what `model` seals of a row with marks: a text for `%`, which takes
    the canonical text of each marked column (`text_of`, `time_of`)."""
    sealed = cast(Any, model).sealed_fields(marked)
    form = canonical(sealed).decode().replace("%", "%%")
    for name, mark in marked_with.items():
        form = form.replace(canonical(mark).decode(), f"%({name})s")
    return form


def digest_of(form: str) -> str:
    """`row_digest` of the fields whose canonical form this is."""
    return hashlib.sha256(form.encode()).hexdigest()[:WROTE_HEX]


@lru_cache(maxsize=10_000)
def text_of(value: str | int) -> str:
    """The canonical text of a value that comes again and again."""
    return canonical(value).decode()


def time_of(at: datetime | None) -> str:
    """The canonical text of an instant, or of none."""
    if at is None:
        return "null"
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return f'"{utc.isoformat(timespec="microseconds")}"'
