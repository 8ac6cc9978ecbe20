"""Human numbers such as `DH1-261120-0042`: community, day, sequence; gaps allowed (D12)."""

from datetime import date
from threading import Lock
from uuid import UUID

from django.db import connection, transaction

from anju.foundation.lib import uuid7

BLOCK = 50
_Key = tuple[UUID, str, date]
_lock = Lock()
_free: dict[_Key, list[int]] = {}

_TAKE = """
    INSERT INTO loop_numberblock AS b (id, company_id, series, day, taken)
    VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (company_id, series, day) DO UPDATE SET taken = b.taken + excluded.taken
    RETURNING b.taken
"""


def next_number(company: UUID, series: str, day: date) -> str:
    """The next number of a series on a day (the community's own day), inside `acting`.

    Each process takes a block of numbers and hands them out without asking the database again.

    No actor: a number is part of what another command writes.
    """
    key = (company, series, day)
    with _lock:
        held = _free.get(key)
        taken = held.pop() if held else None
    if taken is None:
        first, last = take_numbers(company, series, day, BLOCK)
        rest = list(range(last, first, -1))
        # Kept only once the block is ours for good: a rollback gives it to someone else.
        transaction.on_commit(lambda: _keep(key, rest))
        taken = first
    return as_number(series, day, taken)


def take_numbers(company: UUID, series: str, day: date, count: int) -> tuple[int, int]:
    """Reserve `count` consecutive sequences; returns (first, last), inside `acting`.

    No actor: a number is part of what another command writes.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [uuid7(), company, series, day, count])
        last = int(cursor.fetchone()[0])
    return last - count + 1, last


def as_number(series: str, day: date, sequence: int) -> str:
    """`DH1`, 2026-11-20, 42 -> `DH1-261120-0042`.

    No actor: it only writes text.
    """
    return f"{series}-{day:%y%m%d}-{sequence:04d}"


def _keep(key: _Key, rest: list[int]) -> None:
    with _lock:
        if len(_free) > 1000:  # days gone by
            _free.clear()
        _free.setdefault(key, []).extend(rest)
        _free[key].sort(reverse=True)
