"""What the ticker asks of plans, and what plans hear of their work."""

from collections.abc import Sequence

from anju.engine.plans.commands import expand, hear_late_news
from anju.foundation.events.models import Event
from anju.foundation.events.registry import listen
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.queries import companies


def expand_all() -> int:
    """Make the work of all plans further, company by company; returns how many work orders. Safe to
    repeat and to run in several places at once; asked by the ticker."""
    return sum(expand(actor=Actor.machine(one.id, "plans")).made for one in companies())


def follow_news(actor: Actor, events: Sequence[Event]) -> None:
    """Work that was thought to be missed and was done in time: its finding hears of it."""
    for event in events:
        if event.subject_kind == "work":
            hear_late_news(event.subject_id, noted_at=event.noted_at, actor=actor)


listen("plans.news", follow_news, names=("work.finish",))
