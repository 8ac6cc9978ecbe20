"""Pure pieces without Django: time, ids, canonical bytes, search tokens."""

from anju.foundation.lib.canonical import canonical, digest
from anju.foundation.lib.clock import frozen, months_after, now
from anju.foundation.lib.ids import given_id, uuid7, uuid7_texts

__all__ = [
    "canonical",
    "digest",
    "frozen",
    "given_id",
    "months_after",
    "now",
    "uuid7",
    "uuid7_texts",
]
