"""When a promise is due, how a clock stands, and who is told when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from anju.engine.clocks.rules.pauses import Hold, Pause, holds
from anju.engine.clocks.rules.promise import Promise, State, running_on
from anju.foundation.calendars.rules import working
from anju.foundation.calendars.rules.working import WorkCalendar

_NONE = timedelta(0)


@dataclass(frozen=True)
class Reading:
    """A clock as it stands at one moment.

    `due_at` is None while paused: there is `left` to show, not a deadline. `resumes_at` is when
    the cap ends the pause. `used` and `left` are counted time; `left` is negative once too late.
    """

    state: State
    due_at: datetime | None
    resumes_at: datetime | None
    used: timedelta
    left: timedelta


@dataclass(frozen=True)
class Rung:
    """One step of the escalation: at `at` tell `to`; the warning is for whoever owns the work."""

    at: datetime
    name: Literal["warn", "escalate"]
    to: str = ""


def allowance(started: datetime, promise: Promise, calendar: WorkCalendar) -> timedelta:
    """The open time the promise allows. Raises NeverOpen."""
    if promise.days is None:
        return timedelta(minutes=promise.minutes or 0)
    calendar = running_on(promise, calendar)
    closing = working.due_by_day(calendar, started, promise.days)
    return working.counted(calendar, started, closing)


def due_at(
    started: datetime, promise: Promise, calendar: WorkCalendar, pauses: Iterable[Pause] = ()
) -> datetime:
    """The deadline, given the pauses known so far; what happens exactly then is in time.

    An open pause is taken to last until its cap, so the deadline never moves later by itself.
    Raises NeverOpen when the calendar opens too little.
    """
    allowed, spans = allowance(started, promise, calendar), holds(started, promise, pauses)
    return _reached(allowed, started, running_on(promise, calendar), spans)


def ladder(
    started: datetime, promise: Promise, calendar: WorkCalendar, pauses: Iterable[Pause] = ()
) -> list[Rung]:
    """The warning and the rungs of escalation with their instants, in order of time.

    A rung's minutes are counted like the promise's own: on its calendar and without pauses, so
    nobody is called at night over a promise that runs by day. Minutes before the deadline that
    reach behind the start fall on the start.
    """
    allowed, spans = allowance(started, promise, calendar), holds(started, promise, pauses)
    calendar = running_on(promise, calendar)
    warning = allowed * (1 - promise.warn_share)
    rungs = [Rung(_reached(warning, started, calendar, spans), "warn")]
    for step in promise.ladder:
        amount = max(_NONE, allowed + timedelta(minutes=step.after))
        rungs.append(Rung(_reached(amount, started, calendar, spans), "escalate", step.to))
    return sorted(rungs, key=lambda rung: rung.at)


def settle(
    started: datetime,
    promise: Promise,
    calendar: WorkCalendar,
    pauses: Iterable[Pause] = (),
    *,
    stop_at: datetime,
) -> State:
    """kept or broken, by when the promised thing happened, not by when we heard of it."""
    return "kept" if stop_at <= due_at(started, promise, calendar, pauses) else "broken"


def used(
    started: datetime,
    promise: Promise,
    calendar: WorkCalendar,
    pauses: Iterable[Pause] = (),
    *,
    at: datetime,
) -> timedelta:
    """The time counted from the start until `at`."""
    calendar = running_on(promise, calendar)
    total = working.counted(calendar, started, max(started, at))
    for a, b, _reason in holds(started, promise, pauses):
        if a < at:
            total -= working.counted(calendar, a, min(b, at))
    return total


def read(
    started: datetime,
    promise: Promise,
    calendar: WorkCalendar,
    pauses: Sequence[Pause] = (),
    *,
    at: datetime,
    stopped: datetime | None = None,
) -> Reading:
    """The clock as it stands at `at`; exactly at its deadline it still runs, and who holds it from
    that instant on holds nothing any more."""
    due = due_at(started, promise, calendar, pauses)
    spent = used(started, promise, calendar, pauses, at=at if stopped is None else stopped)
    left = allowance(started, promise, calendar) - spent
    if stopped is not None:
        return Reading("kept" if stopped <= due else "broken", due, None, spent, left)
    if at > due:
        return Reading("broken", due, None, spent, left)
    for a, b, _reason in holds(started, promise, pauses):
        if a <= at < b and at < due:
            return Reading("paused", None, b, spent, left)
    return Reading("running", due, None, spent, left)


def _reached(
    amount: timedelta,
    started: datetime,
    calendar: WorkCalendar,
    spans: Iterable[Hold],
) -> datetime:
    """The first instant by which `amount` has been counted outside the held spans."""
    at = started
    for begin, end, _reason in spans:
        run = working.counted(calendar, at, begin)
        if run >= amount:
            break
        amount -= run
        at = end
    return working.due(calendar, at, amount)
