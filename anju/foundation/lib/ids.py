"""Identifiers of growing tables: UUID version 7 (RFC 9562), made by the server."""

import os
import time
from threading import Lock
from uuid import UUID

_last = 0
_one_at_a_time = Lock()
_MASK = (1 << 74) - 1
_LOW = (1 << 62) - 1
_VARIANT = 0b10 << 62


def uuid7() -> UUID:
    """A time-ordered UUID; strictly increasing within this process.

    48 bits of Unix milliseconds, then 74 random bits. Within one millisecond, or when the
    machine's clock steps back, the previous id is raised by a random step, so ids made by one
    process sort in the order in which they were made.
    """
    return UUID(int=_formed(_fresh(1)))


def uuid7_texts(count: int) -> list[str]:
    """`count` (at least 1) ids as text, in order, as `uuid7` would make them within one
    millisecond: for bulk writes, where making and formatting them one by one costs five times
    as much."""
    steps = os.urandom(3 * count)
    first = _fresh(1 + (count << 24))
    made, head, above = [], "", -1
    for n in range(0, 3 * count, 3):
        if above != first >> 62:  # hardly ever: the steps are small
            above = first >> 62
            text = f"{_formed(first):032x}"
            head = f"{text[:8]}-{text[8:12]}-{text[12:16]}-"
        text = f"{_VARIANT | first & _LOW:016x}"
        made.append(f"{head}{text[:4]}-{text[4:]}")
        first += 1 + int.from_bytes(steps[n : n + 3])
    return made


def _fresh(room: int) -> int:
    """A value above every earlier one; the next `room` values are kept for the caller too."""
    global _last  # noqa: PLW0603 - the one value that makes ids of a process increase
    chance = int.from_bytes(os.urandom(10)) & _MASK
    with _one_at_a_time:
        fresh = (time.time_ns() // 1_000_000) << 74 | chance
        if fresh >> 74 <= _last >> 74:
            fresh = _last + 1 + int.from_bytes(os.urandom(3))
        _last = fresh + room - 1
    return fresh


def _formed(value: int) -> int:
    """48 bits of time and 74 of chance, with version and variant between them."""
    high, low = value >> 62, value & _LOW
    return (high >> 12) << 80 | 0x7 << 76 | (high & 0xFFF) << 64 | _VARIANT | low


def given_id(text: object) -> UUID:
    """An id as it came from outside; what is none becomes nobody's, so that whatever asks for it
    says that it is unknown."""
    try:
        return UUID(str(text))
    except ValueError:
        return UUID(int=0)
