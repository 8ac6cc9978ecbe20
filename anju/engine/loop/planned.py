"""Planned work is taken by whoever planned it before it moves: the room of plans says how.

Its window may have opened a moment ago with nobody having looked; whoever takes a step then must
find it as it stands, with its clock and under its standard. And whoever takes it holds it, so a
step and the ticker never do half of it each.

What a domain asks of planned work beside its standard (the points of a round) is owed, too, before
it is done (law 3).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
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


Owed = Callable[[WorkOrder], Mapping[str, str]]
_owed: list[Owed] = []


def done_only_with(owed: Owed) -> None:
    """Let `owed` say what is still to be done of planned work, by code, in words; nothing where it
    asks nothing. Called once per domain when the app starts."""
    if owed not in _owed:
        _owed.append(owed)


Against = Callable[[WorkOrder, datetime], str]
_against: list[Against] = []


def begun_unless(against: Against) -> None:
    """Let `against` say why planned work must not begin at a moment; nothing where it may. Called
    once per domain when the app starts."""
    if against not in _against:
        _against.append(against)


def against_beginning(work: WorkOrder, at: datetime) -> str:
    """Why it must not begin then, in the words of whoever is asked. Their queries."""
    return next((why for against in _against if (why := against(work, at))), "")


def still_owed(work: WorkOrder) -> dict[str, str]:
    """All that is still owed. The queries of whoever is asked."""
    return {code: said for owed in _owed for code, said in owed(work).items()}


def taken(work: WorkOrder, actor: Actor) -> None:
    """Hold work of no case before a step of it."""
    for taker in _takers:
        taker(work, actor=actor)
