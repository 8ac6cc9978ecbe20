"""What an event commits to, and how events are sealed: pure functions over plain values (D11)."""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from anju.foundation.lib import canonical, digest

SALT_BYTES = 16
WROTE_HEX = 32  # 128 bits of a row's digest: enough against a second preimage, half the room
GONE = ""  # stands in an event's `wrote` for a row the command deleted
GENESIS = bytes(32)  # the seal before a company's first one


@dataclass(frozen=True)
class Value:
    """One personal value beside an event: erased by deleting `salt` and `text`."""

    name: str
    salt: bytes
    text: str

    @property
    def commitment(self) -> str:
        """Hex of sha256(salt || text): stays in the event after the value is erased."""
        return hashlib.sha256(self.salt + self.text.encode()).hexdigest()


def salted(values: Mapping[str, str]) -> list[Value]:
    """Fresh salts for personal values; empty texts are left out."""
    return [Value(name, os.urandom(SALT_BYTES), text) for name, text in values.items() if text]


def plain(value: Any) -> Any:
    """`value` as the database gives it back from a jsonb column.

    Dates, ids and amounts become text; whole floats become integers, because PostgreSQL writes
    1e22 and -0.0 in other digits than Python and the hash would no longer match the row.
    """
    return json.loads(canonical(value), parse_float=_number)


def _number(text: str) -> float | int:
    number = float(text)
    return int(number) if number.is_integer() else number


def row_digest(fields: Mapping[str, Any]) -> str:
    """The digest of one written row, as an event's `wrote` holds it (hex, 128 bits)."""
    return digest(fields).hex()[:WROTE_HEX]


def leaf(
    *,
    id: UUID | str,
    company: UUID,
    name: str,
    subject: tuple[str, UUID | str],
    by: UUID,
    times: tuple[datetime, datetime],
    said: Mapping[str, Any],
    wrote: Mapping[str, str],
    values: Mapping[str, str],
) -> bytes:
    """SHA-256 of the event's canonical form: 32 bytes.

    `times` is (at, noted_at); `values` maps names to commitments, never to values.
    """
    return leaf_over(
        canonical(said),
        canonical(wrote),
        canonical(values),
        id=id,
        company=company,
        name=name,
        subject=subject,
        by=by,
        times=times,
    )


def leaf_over(
    said: bytes,
    wrote: bytes,
    values: bytes,
    *,
    id: UUID | str,
    company: UUID | str,
    name: str,
    subject: tuple[str, UUID | str],
    by: UUID | str,
    times: tuple[datetime, datetime],
) -> bytes:
    """`leaf` where the canonical forms of the three mappings are there already: a bulk write
    stores the same bytes, and need not make them twice."""
    at, noted_at = times
    head: Sequence[Any] = [
        str(id), str(company), name, subject[0], str(subject[1]), str(by), at, noted_at,
    ]  # fmt: skip
    # The canonical form of a list is its parts between commas.
    parts = (canonical(head)[:-1], said, wrote, values)
    return hashlib.sha256(b",".join(parts) + b"]").digest()


class EventForm(Protocol):
    """An event as it is hashed, wherever it was read from."""

    id: Any
    company_id: Any
    name: str
    subject_kind: str
    subject_id: UUID
    by: UUID
    at: datetime
    noted_at: datetime
    said: Any
    wrote: Any
    values: Any


def leaf_of(event: EventForm) -> bytes:
    """The leaf recomputed from the row: equal to the stored leaf unless someone edited it."""
    return leaf(
        id=event.id,
        company=event.company_id,
        name=event.name,
        subject=(event.subject_kind, event.subject_id),
        by=event.by,
        times=(event.at, event.noted_at),
        said=event.said,
        wrote=event.wrote,
        values=event.values,
    )


def leaf_hash(leaf: bytes) -> bytes:
    """What a leaf is in the tree (RFC 6962): told apart from a node by its first byte."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees (RFC 6962)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Merkle:
    """The Merkle tree hash of RFC 6962 over leaves added one by one; holds O(log n) hashes."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.size = 0
        self._peaks: list[bytes] = []  # roots of the full subtrees so far, largest first
        for leaf in leaves:
            self.add(leaf)

    def add(self, leaf: bytes) -> None:
        """Append one leaf (32 bytes)."""
        self._peaks.append(leaf_hash(leaf))
        full = self.size
        while full & 1:  # as many subtrees close as there are trailing ones
            right = self._peaks.pop()
            self._peaks[-1] = node_hash(self._peaks[-1], right)
            full >>= 1
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves added; of none: SHA-256 of nothing."""
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """The Merkle tree hash (RFC 6962) over `leaves` in their order."""
    return Merkle(leaves).root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The sibling hashes from leaf `index` up to the root (RFC 6962 audit path)."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*inclusion_proof(leaves[:split], index), merkle_root(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), merkle_root(leaves[:split])]


def root_from_proof(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root a proof leads to (RFC 9162, 2.1.3.2), or None where it cannot be one."""
    if not 0 <= index < size:
        return None
    last, here = size - 1, leaf_hash(leaf)
    for sibling in proof:
        if last == 0:
            return None
        if index & 1 or index == last:
            here = node_hash(sibling, here)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            here = node_hash(here, sibling)
        index, last = index >> 1, last >> 1
    return here if last == 0 else None


@dataclass(frozen=True)
class SealForm:
    """A seal as it is hashed: `root` over the leaves at positions `first`..`last`."""

    company: UUID
    n: int
    first: int
    last: int
    root: bytes
    previous: bytes
    at: datetime

    @classmethod
    def of(cls, row: Sequence[Any]) -> "SealForm":
        """From the columns in this order, as a database gives them."""
        company, n, first, last, root, previous, at = row
        return cls(company, n, first, last, bytes(root), bytes(previous), at)

    @property
    def digest(self) -> bytes:
        """SHA-256 of the canonical form, the seal before included: 32 bytes."""
        return digest(
            [str(self.company), self.n, self.first, self.last, self.root, self.previous, self.at]
        )


def next_seal(
    company: UUID, previous: SealForm | None, *, leaves: Sequence[bytes], at: datetime
) -> SealForm:
    """The seal over `leaves`, the ones right after those of `previous` (None: the first)."""
    first = previous.last + 1 if previous else 1
    return SealForm(
        company=company,
        n=previous.n + 1 if previous else 1,
        first=first,
        last=first + len(leaves) - 1,
        root=merkle_root(leaves),
        previous=previous.digest if previous else GENESIS,
        at=at,
    )
