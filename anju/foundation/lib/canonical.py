"""One canonical byte form for what is hashed: sorted keys, no spaces, UTF-8, UTC microseconds."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        utc = value if value.tzinfo is UTC else value.astimezone(UTC)
        return utc.isoformat(timespec="microseconds")
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, Decimal):  # 1.5 and 1.50 are equal; a column gives back its own scale
        return format(value.normalize() + 0, "f")
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"no canonical form for {type(value).__name__}")


# Made once: `json.dumps` with these options would make one per call, at half the cost of the call.
_encode = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
).encode


def canonical(value: Any) -> bytes:
    """The canonical JSON of `value`: equal values give equal bytes on every machine."""
    return _encode(value).encode()


def digest(value: Any) -> bytes:
    """SHA-256 of the canonical form: 32 bytes."""
    return hashlib.sha256(canonical(value)).digest()
