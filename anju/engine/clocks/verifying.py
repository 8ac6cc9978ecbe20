"""`anju verify`: stored deadlines and verdicts are what the arithmetic gives (law 5)."""

from collections.abc import Iterator

from anju.engine.clocks.models import Clock
from anju.engine.clocks.rows import promise_of
from anju.engine.clocks.rules import due_at, pauses_from_json, settle
from anju.foundation.calendars.models import Calendar
from anju.foundation.calendars.rules import ALWAYS, NeverOpen, WorkCalendar
from anju.foundation.events.problems import Problem
from anju.foundation.events.registry import Scope, verifies


@verifies("clocks")
def clocks_recomputed(scope: Scope) -> Iterator[Problem]:
    """Every clock with exact times, once.

    What is still owed has the deadline of today's calendar. What is settled keeps the deadline it
    was settled by, for later edits of its calendar reach days after it only; its verdict holds.
    """
    mine = Calendar.objects.using(scope.using).filter(company_id=scope.company)
    # Day and night needs no row: history may be judged before a company has its calendars.
    calendars = {"always": ALWAYS, **{calendar.code: calendar.working() for calendar in mine}}
    clocks = Clock.objects.using(scope.using).filter(company_id=scope.company, days=None)
    exact = clocks.filter(state__in=("running", "paused", "kept", "broken"))
    for clock in exact.order_by("id").iterator(chunk_size=2_000):
        stored, computed = _compared(clock, calendars.get(clock.calendar))
        if stored != computed:
            facts = {"stored": stored, "computed": computed}
            yield Problem("clock.changed", str(clock.id), str(scope.company), facts)


def _compared(clock: Clock, calendar: WorkCalendar | None) -> tuple[str, str]:
    """What the row says and what the arithmetic says, in comparable words."""
    if calendar is None:
        return clock.calendar, "?"
    try:
        return _recomputed(clock, calendar)
    except NeverOpen:
        return clock.calendar, "never open"


def _recomputed(clock: Clock, calendar: WorkCalendar) -> tuple[str, str]:
    promise, pauses = promise_of(clock), pauses_from_json(clock.pauses)
    if clock.stopped_at is not None:
        stop = clock.stopped_at
        return clock.state, settle(clock.started_at, promise, calendar, pauses, stop_at=stop)
    if clock.state == "paused":
        return str(clock.due_at), "None"
    return str(clock.due_at), str(due_at(clock.started_at, promise, calendar, pauses))
