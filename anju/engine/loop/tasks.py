"""Periodic duties of the loop, and what it hears of itself."""

from collections.abc import Sequence

from anju.engine.loop.commands.owning import name_owners
from anju.engine.loop.commands.silence import close_silent
from anju.foundation.events.models import Event
from anju.foundation.events.registry import listen
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.queries import companies


def close_all_silent() -> int:
    """Close what silence has settled, company by company; returns how many. Safe to repeat; asked
    by the ticker."""
    return sum(close_silent(actor=Actor.machine(one.id, "silence")) for one in companies())


def name_all_owners() -> int:
    """Give what nobody owns, and what a shift that is over leaves, to who is on duty, company by
    company; returns how many. Safe to repeat; asked by the ticker."""
    actors = (Actor.machine(one.id, "owners") for one in companies())
    return sum(len(name_owners(actor=actor)) for actor in actors)


def follow_cases(actor: Actor, events: Sequence[Event]) -> None:
    """A case that was opened gets its owner at once; one that nobody answers goes on when its
    clock says so."""
    told = (e for e in events if e.said.get("clock", "respond") == "respond")
    name_owners(sorted({event.subject_id for event in told}), actor=actor)


listen(
    "loop.owners",
    follow_cases,
    names=("case.reported", "case.reopen", "case.callback", "clock.warned", "clock.broken"),
)
