"""Verdicts on history, where a time may be an instant, a bare date or unknown."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from anju.engine.clocks.rules.deadlines import due_at
from anju.engine.clocks.rules.promise import Promise, State, running_on
from anju.foundation.calendars.rules import working
from anju.foundation.calendars.rules.working import WorkCalendar

Moment = datetime | date | None  # an instant, a bare date (some time on that day), or unknown

_LEAST = timedelta(microseconds=1)


@dataclass(frozen=True)
class Judgement:
    """A verdict on recorded times.

    `why` is empty for a verdict, else "no_start", "no_stop", "reversed" (it ends before it starts)
    or "whole_days" (the time of day would decide). Between two instants `wall` and `open` say how
    long it took; where either is a bare date only `days` is known, in whole days. `due` stands
    beside a verdict: the deadline from the earliest possible start.
    """

    state: State
    why: str = ""
    wall: timedelta | None = None
    open: timedelta | None = None
    days: int | None = None
    due: datetime | None = None


def judge(start: Moment, stop: Moment, promise: Promise, calendar: WorkCalendar) -> Judgement:
    """The verdict on a history, where either end may be an instant, a bare date or unknown.

    A bare date is any time of that day in the calendar's zone. The promise is kept (or broken) only
    if it is for every pair of times of day that does not end before it starts; where the time of
    day would decide, it is not judgeable. What was not recorded is not judged. Pauses are not
    known to history.
    """
    if start is None or stop is None:
        return Judgement("not_recorded", "no_start" if start is None else "no_stop")
    first, last = possible(start, calendar), possible(stop, calendar)
    if last[1] < first[0]:
        return Judgement("not_judgeable", "reversed")
    took = _took(start, stop, promise, calendar)
    # Starting later never brings the deadline forward, so two pairs decide for all.
    latest_start = min(first[1], last[1])
    due = due_at(first[0], promise, calendar)
    if last[1] <= due:
        return replace(took, state="kept", due=due)
    latest_due = due if latest_start == first[0] else due_at(latest_start, promise, calendar)
    if max(last[0], latest_start) > latest_due:
        return replace(took, state="broken", due=due)
    return replace(took, state="not_judgeable", why="whole_days")


def possible(moment: datetime | date, calendar: WorkCalendar) -> tuple[datetime, datetime]:
    """The first and the last instant a moment may mean: itself, or its day in the zone."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC), moment.astimezone(UTC)
    following = working.midnight(calendar, moment + timedelta(days=1))
    return working.midnight(calendar, moment), following - _LEAST


def _took(
    start: datetime | date, stop: datetime | date, promise: Promise, calendar: WorkCalendar
) -> Judgement:
    """How long it took, as exactly as it is known; the verdict is still to come."""
    if isinstance(start, datetime) and isinstance(stop, datetime):
        counted = working.counted(running_on(promise, calendar), start, stop)
        wall = stop.astimezone(UTC) - start.astimezone(UTC)
        return Judgement("not_judgeable", wall=wall, open=counted)
    days = (_day(stop, calendar) - _day(start, calendar)).days
    return Judgement("not_judgeable", days=days)


def _day(moment: datetime | date, calendar: WorkCalendar) -> date:
    return working.local_day(calendar, moment) if isinstance(moment, datetime) else moment
