"""Clocks listen to calendars: an edit of days to come moves the deadlines that lie behind them."""

from collections.abc import Sequence

from anju.engine.clocks.commands import recount
from anju.foundation.events.models import Event
from anju.foundation.events.registry import listen
from anju.foundation.tenancy.actor import Actor


def follow_calendars(actor: Actor, events: Sequence[Event]) -> None:
    """Recount once per calendar, however many edits the batch tells of."""
    for code in sorted({str(event.said["code"]) for event in events}):
        recount(actor=actor, calendar=code)


listen("clocks", follow_calendars, names=("calendar.changed",))
