"""The same work on many parts, two at a time: one is reckoned while the database writes another."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from django.db import connection, connections

P = TypeVar("P")
R = TypeVar("R")
HANDS = 2  # one part is reckoned here while the database writes another; more would only wait


def abreast(parts: Sequence[P], do: Callable[[P], R]) -> list[R]:
    """What `do` returns for each part, in no order. Each part opens transactions of its own, on a
    connection that no other hand has, so parts must not wait for each other. One after the other
    where there is one part, or where the caller is inside a transaction, which the others would not
    see. An error is raised when both hands are done with what they had begun."""
    if len(parts) < HANDS or connection.in_atomic_block:
        return [do(part) for part in parts]
    with ThreadPoolExecutor(HANDS) as hands:
        begun = [hands.submit(copy_context().run, _each, parts[n::HANDS], do) for n in range(HANDS)]
    return [result for hand in begun for result in hand.result()]


def _each(parts: Sequence[P], do: Callable[[P], R]) -> list[R]:
    try:
        return [do(part) for part in parts]
    finally:
        connections.close_all()
