"""The only source of time in our code (architecture.md D4).

Everything asks `now()`; nothing else may call `datetime.now`. Tests and the simulated year
move it with `frozen`, so no code path can tell a simulation from a real day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_moment: ContextVar[datetime | None] = ContextVar("anju_moment", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _moment.get() or datetime.now(UTC)


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
