"""What the ticker asks of plans, and what plans hear of their work."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from anju.engine.loop.models import Record
from anju.engine.plans.commands import (
    expand,
    hear_cases,
    hear_late_news,
    hear_readings,
    make_next,
)
from anju.engine.plans.commands.news import BEGINS
from anju.engine.plans.triggers import EVENTS
from anju.foundation.events.models import Event
from anju.foundation.events.registry import listen
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.queries import companies

OVER = ("work.finish", "work.void")  # of planned work: the next may be counted from it


def expand_all() -> int:
    """Make the work of all plans further, company by company; returns how many work orders. Safe to
    repeat and to run in several places at once; asked by the ticker."""
    return sum(expand(actor=Actor.machine(one.id, "plans")).made for one in companies())


def follow_news(actor: Actor, events: Sequence[Event]) -> None:
    """Work that was thought to be missed and was begun in its time: its finding hears of it. And
    what plans wait for other than the calendar: that the last one is over, readings, cases."""
    of_work = [event for event in events if event.subject_kind == "work"]
    for event in of_work:
        if event.name in BEGINS:
            hear_late_news(event, actor=actor)
    works = {event.subject_id for event in of_work if event.name in OVER}
    plans = {event.subject_id for event in events if event.name == "plan.missed"}
    if works or plans:
        make_next(actor=actor, works=works, plans=plans)
    told = [event for event in events if event.name in EVENTS]
    if told:
        hear_cases(told, actor=actor)
    records = {id for event in events if event.name == "record.made" for id in _records(event)}
    if records:
        hear_readings(records, actor=actor)


def _records(event: Event) -> Iterator[UUID]:
    """The records an event speaks of."""
    for key in event.wrote:
        table, _colon, id = key.partition(":")
        if table == Record._meta.db_table:
            yield UUID(id)


listen("plans.news", follow_news, names=(*BEGINS, *OVER, *EVENTS, "plan.missed", "record.made"))
