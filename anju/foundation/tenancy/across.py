"""Work that sees all companies at once: the ticker's due rows, the owner's verification (D10).

Nothing here writes for a company: whoever finds work acts company by company, through `acting`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper


@contextmanager
def across(
    role: Literal["ticker", "owner"], reason: str, *, snapshot: bool = False
) -> Iterator[CursorWrapper]:
    """One transaction on the ticker's or the owner's connection; yields its cursor.

    `reason` is for the reader. `snapshot`: every query in it sees one and the same moment
    (REPEATABLE READ); only as the outermost block, since it must be said before the first query.
    """
    if not reason:
        raise ValueError("say why all companies are seen")
    with transaction.atomic(using=role), connections[role].cursor() as cursor:
        if snapshot:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield cursor
