"""Positions, events and seals of one company, read side by side in one pass."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from anju.foundation.events.problems import Problem
from anju.foundation.events.registry import Scope
from anju.foundation.events.rules import GENESIS, Merkle, SealForm, leaf_of
from anju.foundation.events.verification.streams import Sorted, rows

PLACED = """
    SELECT p.n, e.id, e.company_id, e.name, e.subject_kind, e.subject_id, e.by, e.at, e.noted_at,
           e.said, e.wrote, e.values, e.leaf
      FROM events_position p
      LEFT JOIN events_event e ON e.company_id = p.company_id AND e.id = p.event_id
     WHERE p.company_id = %s ORDER BY p.n, p.id"""
WAITING = """
    SELECT NULL, e.id, e.company_id, e.name, e.subject_kind, e.subject_id, e.by, e.at, e.noted_at,
           e.said, e.wrote, e.values, e.leaf
      FROM events_event e
      LEFT JOIN events_position p ON p.company_id = e.company_id AND p.event_id = e.id
     WHERE e.company_id = %s AND p.id IS NULL"""
IN_INBOX = "SELECT event_id FROM events_inbox WHERE company_id = %s"
SEALS = """
    SELECT company_id, n, first, last, root, previous, at, digest FROM events_seal
     WHERE company_id = %s ORDER BY n, id"""
READ_UP_TO = """
    SELECT listener, n FROM events_cursor WHERE company_id = %s AND n > %s ORDER BY n DESC"""


@dataclass(slots=True)
class Placed:
    """An event as stored, at its position; only `n` when its row is gone."""

    n: int
    id: UUID | None
    company_id: UUID
    name: str
    subject_kind: str
    subject_id: UUID
    by: UUID
    at: datetime
    noted_at: datetime
    said: Any
    wrote: Any
    values: Any
    leaf: bytes

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> "Placed":
        """From a row of `PLACED`; jsonb arrives as text."""
        filled = [*row]
        filled[9:12] = (json.loads(v) if isinstance(v, str) else v for v in row[9:12])
        filled[12] = bytes(row[12] or b"")
        return cls(*filled)


@dataclass
class Chain:
    """The pass over one company: what it has counted, and where the seals end."""

    scope: Scope
    anchors: Mapping[int, bytes] = field(default_factory=dict)
    events: int = 0
    waiting: int = 0
    last: SealForm | None = None
    anchored: int = 0  # the highest anchored seal that was found unchanged

    def problems(self) -> Iterator[Problem]:
        """Everything wrong with positions, events, seals and anchors, in their order."""
        events = Sorted(map(Placed.of, rows(self.scope, PLACED)), key=lambda event: event.n)
        for *form, stored in rows(self.scope, SEALS):
            seal = SealForm.of(form)
            yield from self._seal(seal, bytes(stored))
            yield from self._covered(seal, events)
            self.last = seal
        for event in events.rest():
            self.events += 1
            yield Problem("position.unsealed", str(event.n))
        yield from self._missing_anchors()
        yield from self._unplaced()
        yield from self._read_further()

    def _seal(self, seal: SealForm, stored: bytes) -> Iterator[Problem]:
        where, before = str(seal.n), self.last
        if seal.n != (before.n + 1 if before else 1):
            yield Problem("seal.missing", str(before.n + 1 if before else 1))
        if seal.first != (before.last + 1 if before else 1) or seal.last < seal.first:
            yield Problem("seal.range", where)
        if seal.previous != (before.digest if before else GENESIS):
            yield Problem("seal.previous", where)
        if seal.digest != stored:
            yield Problem("seal.digest", where)
        if seal.n in self.anchors:
            if self.anchors[seal.n] == seal.digest:
                self.anchored = seal.n
            else:
                yield Problem("anchor.seal", where)

    def _covered(self, seal: SealForm, events: Sorted[Placed]) -> Iterator[Problem]:
        tree, expected, clean = Merkle(), seal.first, True
        for event in events.up_to(seal.last):
            self.events += 1
            leaf = leaf_of(event) if event.id else b""
            for problem in _event_problems(event, leaf, expected):
                clean = False
                yield problem
            expected = event.n + 1
            tree.add(leaf)
        if expected != seal.last + 1:
            clean = False
            yield Problem("seal.short", str(seal.n), facts={"last": seal.last})
        if clean and tree.root() != seal.root:
            facts = {"first": seal.first, "last": seal.last}
            yield Problem("seal.root", str(seal.n), facts=facts)

    def _missing_anchors(self) -> Iterator[Problem]:
        last = self.last.n if self.last else 0
        for n in self.anchors:
            if n > last:
                yield Problem("anchor.missing", str(n))

    def _unplaced(self) -> Iterator[Problem]:
        inbox = {row[0] for row in rows(self.scope, IN_INBOX)}
        for row in rows(self.scope, WAITING):
            event = Placed.of(row)
            self.waiting += 1
            if event.id not in inbox:
                yield Problem("event.unplaced", str(event.id))
            elif leaf_of(event) != event.leaf:
                yield Problem("event.changed", str(event.id))

    def _read_further(self) -> Iterator[Problem]:
        last = self.last.last if self.last else 0
        for listener, n in rows(self.scope, READ_UP_TO, last):
            yield Problem("position.lost", str(last), facts={"listener": listener, "read": n})


def _event_problems(event: Placed, leaf: bytes, expected: int) -> Iterator[Problem]:
    if event.n != expected:
        yield Problem("position.gap", str(min(event.n, expected)))
    if event.id is None:
        yield Problem("event.missing", str(event.n))
    elif leaf != event.leaf:
        yield Problem("event.changed", str(event.n))
