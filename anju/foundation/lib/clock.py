"""The only source of time in our code (architecture.md D4).

Everything asks `now()`; nothing else may call `datetime.now`. Tests and the simulated year
move it with `frozen`, so no code path can tell a simulation from a real day.
"""

import calendar
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime

_moment: ContextVar[datetime | None] = ContextVar("anju_moment", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _moment.get() or datetime.now(UTC)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Hold the clock at `at` (aware) within the block, in this thread or task only."""
    if at.tzinfo is None:
        raise ValueError("frozen() needs an aware datetime")
    token = _moment.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _moment.reset(token)
