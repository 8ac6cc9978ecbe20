"""Between a clock's row and the arithmetic: start, stop, hold, resume, look. Writes nothing.

These change the fields of `Clock` objects in memory; the command that holds their rows locked
saves them. Everything is decided by `rules`, from what the row says and the calendar it names.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, cast
from uuid import UUID

from anju.engine.clocks import rules
from anju.engine.clocks.models import Clock
from anju.engine.clocks.rules import Promise
from anju.engine.standards.rules import ClockKind, Limit, Step
from anju.foundation.calendars.rules.working import WorkCalendar
from anju.foundation.lib import now
from anju.foundation.tenancy.errors import NotYet

Calendars = Callable[[str], WorkCalendar]
LEAST = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
# Why a clock is not paused (again) though its work is held: no fault of who holds the work.
RUNS_ON = frozenset({"not_pausable", "already_paused", "too_many_pauses", "cap_reached"})


@dataclass(frozen=True)
class Look:
    """Something the ticker finds due on a clock: told once, at `at` or as soon as it looks."""

    at: datetime
    name: Literal["warned", "broken", "escalated"]
    to: str = ""


def begun(
    limit: Limit,
    at: datetime,
    *,
    company: UUID,
    case: UUID | None,
    calendars: Calendars,
    work: UUID | None = None,
) -> Clock:
    """A new running clock for `limit` of a case, or of planned `work`, started at `at`.

    It is not saved.
    """
    clock = Clock.fresh(
        company_id=company,
        case_id=case,
        work_id=work,
        kind=limit.clock,
        minutes=limit.minutes,
        calendar=limit.calendar,
        pause_cap=limit.pause_cap,
        ladder=[[step.after, step.to] for step in limit.ladder],
        started_at=at,
    )
    promise, calendar = promise_of(clock), calendars(limit.calendar)
    clock.due_at = rules.due_at(at, promise, calendar)
    if any(step.after < 0 for step in limit.ladder):
        clock.next_at = looks(clock, calendars)[0].at
    else:  # the warning comes first: no need to compute the rest for every new case
        clock.next_at = rules.ladder(at, replace(promise, ladder=()), calendar)[0].at
    return clock


def begun_until(
    due: datetime,
    at: datetime,
    *,
    company: UUID,
    case: UUID,
    calendars: Calendars,
    ladder: tuple[Step, ...] = (),
) -> Clock:
    """A reply owed outside by `due`, known since `at`; not saved.

    Both in whole minutes, `due` never later than it is. A deadline that was over when it became
    known is late from the first minute: such a clock starts a minute before it.
    """
    due = whole_minute(due)
    started = min(whole_minute(at), due - MINUTE)
    limit = Limit("reply", (due - started) // MINUTE, ladder=ladder)
    return begun(limit, started, company=company, case=case, calendars=calendars)


def due_by(clock: Clock, due: datetime, moment: datetime, calendars: Calendars) -> bool:
    """Somebody outside moved the deadline of a reply to `due`; False where that lies before its
    start. What the new deadline puts ahead again is told again, what is past is not."""
    minutes = (whole_minute(due) - clock.started_at) // MINUTE
    if minutes < 1:
        return False
    clock.minutes = minutes
    past = [look for look in looks(clock, calendars) if look.at <= moment]
    clock.rung = min(clock.rung, len(past))
    refresh(clock, moment, calendars)
    return True


def whole_minute(at: datetime) -> datetime:
    """The minute that had begun."""
    return at.replace(second=0, microsecond=0)


def promise_of(clock: Clock) -> Promise:
    """The promise as the row keeps it."""
    return Promise(
        kind=cast(ClockKind, clock.kind),
        minutes=clock.minutes,
        calendar=clock.calendar,
        pause_cap=clock.pause_cap,
        ladder=tuple(Step(int(after), str(to)) for after, to in clock.ladder),
    )


def looks(clock: Clock, calendars: Calendars) -> list[Look]:
    """Everything the ticker has to tell about this clock, in order, done or not."""
    promise, calendar = promise_of(clock), calendars(clock.calendar)
    pauses = rules.pauses_from_json(clock.pauses)
    found = [
        Look(rung.at, "warned" if rung.name == "warn" else "escalated", rung.to)
        for rung in rules.ladder(clock.started_at, promise, calendar, pauses)
    ]
    due = rules.due_at(clock.started_at, promise, calendar, pauses)
    found.append(Look(due + LEAST, "broken"))
    # At the deadline itself it is still in time: who is told at "0 minutes after" is told then.
    return sorted(
        (Look(max(k.at, due + LEAST), k.name, k.to) if k.at == due else k for k in found),
        key=lambda look: (look.at, look.name != "broken"),
    )


def stop(clock: Clock, at: datetime, calendars: Calendars) -> None:
    """The promised thing happened at `at`: kept or broken, whenever we hear of it."""
    promise, calendar = promise_of(clock), calendars(clock.calendar)
    pauses = rules.pauses_from_json(clock.pauses)
    if pauses and pauses[-1].until is None:
        pauses = rules.resume(pauses, at=max(at, pauses[-1].at))
        clock.pauses = rules.pauses_to_json(pauses)
    clock.stopped_at = max(at, clock.started_at)
    clock.due_at = rules.due_at(clock.started_at, promise, calendar, pauses)
    clock.state = "kept" if clock.stopped_at <= clock.due_at else "broken"
    clock.next_at = None


def end(clock: Clock, at: datetime, calendars: Calendars) -> None:
    """No longer owed from `at` on: broken where it was late by then, else void."""
    stop(clock, at, calendars)
    if clock.state == "kept":
        clock.stopped_at = None
        drop([clock])


def restart(clock: Clock, moment: datetime, calendars: Calendars) -> None:
    """What had stopped the clock proved not to be so: it runs on from its old start."""
    clock.stopped_at = None
    refresh(clock, moment, calendars)


def hold(clock: Clock, at: datetime, reason: str, calendars: Calendars) -> None:
    """Pause, as far as the promise may be paused: where its cap is used up it runs on.

    Raises NotYet as `rules.pause` does for a missing reason and for a time before the last pause.
    """
    held = rules.pauses_from_json(clock.pauses)
    try:
        pauses = rules.pause(held, promise_of(clock), at=at, reason=reason)
    except NotYet as refusal:
        if refusal.code not in RUNS_ON:
            raise
        return
    clock.pauses = rules.pauses_to_json(pauses)
    refresh(clock, max(at, now()), calendars)


def resume(clock: Clock, at: datetime, calendars: Calendars) -> None:
    """Run on from `at`; nothing when it is not held."""
    pauses = rules.resume(rules.pauses_from_json(clock.pauses), at=at)
    clock.pauses = rules.pauses_to_json(pauses)
    refresh(clock, max(at, now()), calendars)


def refresh(clock: Clock, moment: datetime, calendars: Calendars) -> list[Look]:
    """Set state, deadline and the ticker's next look from the facts of the row, at `moment`;
    returns what is still to be told of it."""
    promise, calendar = promise_of(clock), calendars(clock.calendar)
    pauses = rules.pauses_from_json(clock.pauses)
    reading = rules.read(clock.started_at, promise, calendar, pauses, at=moment)
    clock.state, clock.due_at = reading.state, reading.due_at
    if reading.state == "paused":
        clock.next_at = reading.resumes_at
        return []
    ahead = looks(clock, calendars)[clock.rung :]
    clock.next_at = _next_look(clock, ahead)
    return ahead


def due_looks(clock: Clock, moment: datetime, calendars: Calendars) -> list[Look]:
    """What is to be told at `moment`, each once; the row is brought up to date."""
    ahead = refresh(clock, moment, calendars)
    found = [look for look in ahead if look.at <= moment]  # looks come in the order of time
    clock.rung += len(found)
    if found:
        clock.next_at = _next_look(clock, ahead[len(found) :])
    if any(look.name == "broken" for look in found):
        clock.broken_at = moment
    return found


def _next_look(clock: Clock, ahead: list[Look]) -> datetime | None:
    """When something is to be told next, or the deadline passes once more: late news may have
    mended a breach that was told."""
    moments = [look.at for look in ahead[:1]]
    if clock.state == "running" and clock.due_at is not None:
        moments.append(clock.due_at + LEAST)
    return min(moments, default=None)


def drop(clocks: Iterable[Clock]) -> None:
    """The case is void: nothing is owed any more and nothing is judged."""
    for clock in clocks:
        clock.state, clock.next_at = "void", None
