"""Planned work is taken by whoever planned it before it moves: the room of plans says how.

Its window may have opened a moment ago with nobody having looked; whoever takes a step then must
find it as it stands, with its clock and under its standard. And whoever takes it holds it, so a
step and the ticker never do half of it each.
"""

from typing import Protocol

from anju.engine.loop.models import WorkOrder
from anju.foundation.tenancy.actor import Actor


class Taker(Protocol):
    """Holds and opens one piece of planned work."""

    def __call__(self, work: WorkOrder, *, actor: Actor) -> None: ...


_takers: list[Taker] = []


def take_planned_by(taker: Taker) -> None:
    """Let `taker` hold and open planned work; it is asked inside the transaction of each step."""
    if taker not in _takers:
        _takers.append(taker)


def taken(work: WorkOrder, actor: Actor) -> None:
    """Hold work of no case before a step of it."""
    for taker in _takers:
        taker(work, actor=actor)
