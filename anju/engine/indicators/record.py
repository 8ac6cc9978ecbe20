"""How a community would have kept a standard: its own cases of the last days against each limit.

The SMART check (standards/smart) asks this before a standard is published. Every past case that
the standard would have ruled is looked at as if it had: the limit it would have bound, on that
limit's calendar, without the pauses that the limit would not have allowed.

Cost: the cases of the period by the index on their opening, with their clocks: 100,000 clocks take
about two seconds.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import cast
from uuid import UUID

from anju.engine.clocks.models import Clock
from anju.engine.clocks.rules import Pause, Promise, pauses_from_json, settle
from anju.engine.clocks.rules.promise import BY_THE_WALL
from anju.engine.indicators.queries import cases_in
from anju.engine.indicators.rules import Period
from anju.engine.standards.document import Document
from anju.engine.standards.rules import Limit, Subject, limits_for
from anju.engine.standards.smart import Key, Tally, key_of
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.calendars.rules import ALWAYS, NeverOpen, WorkCalendar
from anju.foundation.lib import now
from anju.foundation.places.models import under
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import day_of
from anju.foundation.tenancy.errors import Unknown

DAYS = 90
A_DAY = 24 * 60
SUMMER = 60  # minutes by which a day may be longer or shorter


@dataclass(frozen=True)
class Past:
    """One clock of one past case: what it was about and when it began and stopped (None: it runs).

    `days`: whole days it took where history knows dates only; `minutes`, `calendar` and `state`
    are what it was judged by then.
    """

    subject: Subject
    clock: str
    started: datetime
    stopped: datetime | None
    state: str
    minutes: int
    calendar: str
    days: int | None = None
    pauses: tuple[Pause, ...] = ()


def record_of(
    document: Document,
    *,
    actor: Actor,
    place: str = "",
    days: int = DAYS,
    moment: datetime | None = None,
) -> Mapping[Key, Tally]:
    """For each limit of the standard that bound a judged case: kept and of, in the last `days`
    before `moment` (default: now) at `place` (a path) and below it, as far as the actor may see
    figures. What still runs in time, or nobody can judge, is in neither.
    """
    moment = moment or now()
    with acting(actor):
        last = day_of(moment, actor.company_id)
        period = Period(last - timedelta(days=days - 1), last)
        named = calendars_of(actor.company_id)
        return tallied(document, _past(document, period, place, actor), named, moment)


def tallied(
    document: Document,
    past: Iterable[Past],
    calendars: Callable[[str], WorkCalendar],
    moment: datetime,
) -> dict[Key, Tally]:
    """Count past clocks as this standard would have judged them. Pure."""
    kept: Counter[Key] = Counter()
    of: Counter[Key] = Counter()

    @cache
    def binding(subject: Subject) -> Mapping[str, Limit]:
        if document.scope.rank_for(subject) is None:
            return {}
        return {str(clock): limit for clock, limit in limits_for(document.limits, subject).items()}

    for one in past:
        limit = binding(one.subject).get(one.clock)
        verdict = None if limit is None else would_keep(limit, one, calendars, moment)
        if limit is not None and verdict is not None:
            kept[key_of(limit)] += verdict
            of[key_of(limit)] += 1
    return {key: Tally(kept[key], n) for key, n in of.items()}


def would_keep(
    limit: Limit, past: Past, calendars: Callable[[str], WorkCalendar], moment: datetime
) -> bool | None:
    """Whether a past clock would have kept this limit; None where that is open or not known."""
    if limit.clock in BY_THE_WALL and (limit.calendar != "always" or limit.pause_cap):
        return None
    if past.days is not None:
        return _by_days(limit, past)
    if past.state in ("void", "not_recorded", "not_judgeable"):
        return None
    try:
        # Day and night needs no row: history may be judged before a company has its calendars.
        calendar = ALWAYS if limit.calendar == "always" else calendars(limit.calendar)
        verdict = settle(
            past.started, Promise.of(limit), calendar, past.pauses, stop_at=past.stopped or moment
        )
    except (NeverOpen, Unknown):
        return None
    if past.stopped is None:
        return False if verdict == "broken" else None
    return verdict == "kept"


def _by_days(limit: Limit, past: Past) -> bool | None:
    """Of dates only: the verdict of then where it was the same limit, else only what no time of
    day could change."""
    if (limit.minutes, limit.calendar) == (past.minutes, past.calendar):
        return {"kept": True, "broken": False}.get(past.state)
    if limit.calendar != "always" or past.days is None:
        return None
    if (past.days + 1) * A_DAY + SUMMER <= limit.minutes:
        return True
    return False if (past.days - 1) * A_DAY - SUMMER > limit.minutes else None


def _past(document: Document, period: Period, place: str, actor: Actor) -> Iterator[Past]:
    cases = cases_in(period, actor=actor).filter(kind__in=document.kinds)
    if place:
        cases = cases.filter(under([place], "place__path"))
    facts = {
        id: Subject(category, urgency, path or "")
        for id, category, urgency, path in cases.values_list(
            "id", "category", "urgency", "place__path"
        )
    }
    wanted = {limit.clock for limit in document.limits}
    clocks = Clock.objects.filter(
        company_id=actor.company_id, case_id__in=cases.values("id"), kind__in=wanted
    ).values_list(
        "case_id", "kind", "started_at", "stopped_at", "state", "minutes", "calendar", "days",
        "pauses",
    )  # fmt: skip
    for case, kind, started, stopped, state, minutes, calendar, days, pauses in clocks:
        yield Past(
            facts[cast(UUID, case)], kind, started, stopped, state, minutes, calendar, days,
            pauses_from_json(pauses),
        )  # fmt: skip
