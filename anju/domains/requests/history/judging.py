"""What a past case promised and how that went: the same rules as live work, and no database.

A past case gets the clocks a live one would have: those that start with the opening, and any other
that its history recorded. What was not recorded is a clock too, and says so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from anju.domains.requests.history.moments import Moment
from anju.domains.requests.history.rows import HistoricCase
from anju.engine.clocks.rules import Judgement, Promise, judge
from anju.engine.loop.rules import OPENING_STARTS, WORKED_KINDS
from anju.engine.standards.rules import ClockKind, Limit, Subject, limits_for
from anju.foundation.calendars.rules.working import WorkCalendar, always

USUAL = 3  # P3, normal: what a case has whose urgency nobody recorded
# A clock that does not start with the opening starts with the first of these that was recorded.
STARTED_BY: Mapping[str, tuple[ClockKind, ...]] = {
    "accept": ("dispatch",),
    "verify": ("finish",),
    "callback": ("finish", "feedback"),
}
ONLY_WITH_WORK = frozenset({"dispatch", "arrive"})


@dataclass(frozen=True)
class Ground:
    """By what a file is judged: one version of a standard, one calendar, one zone.

    `calendar` counts the working time of every limit that does not run day and night; `code` is
    its name in the company. `kinds` are the kinds of case the standard serves.
    """

    standard: UUID
    kinds: tuple[str, ...]
    limits: tuple[Limit, ...]
    code: str
    calendar: WorkCalendar
    zone: ZoneInfo
    _bound: dict[Subject, tuple["Bound", ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    _judged: dict[Any, Judgement] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def bound(self, category: str, urgency: int, path: str) -> tuple["Bound", ...]:
        """The promises that bind a case, looked up once per category, urgency and place."""
        subject = Subject(
            category if self._by_category else "", urgency, path if self._by_place else ""
        )
        if subject not in self._bound:
            limits = limits_for(self.limits, subject)
            self._bound[subject] = tuple(self._promise(limit) for limit in limits.values())
        return self._bound[subject]

    @cached_property
    def _by_category(self) -> bool:
        return any(limit.category for limit in self.limits)

    @cached_property
    def _by_place(self) -> bool:
        return any(limit.place for limit in self.limits)

    def _promise(self, limit: Limit) -> "Bound":
        """A limit on the named calendar; pauses and escalations are unknown to history."""
        code = "always" if limit.calendar == "always" else self.code
        promise = Promise(kind=limit.clock, minutes=limit.minutes, calendar=code)
        calendar = always(self.zone.key) if code == "always" else self.calendar
        return Bound(limit.clock, limit.minutes, promise, calendar)

    def judged(self, bound: "Bound", start: Moment | None, stop: Moment | None) -> Judgement:
        """The verdict.

        Verdicts on whole days are kept: ten years have 3,650 of them, and they come again and
        again. Instants never do.
        """
        if type(stop) is not date and stop is not None:
            return bound.judged(start, stop)
        key: tuple[Any, ...] = (bound.kind, bound.minutes, start, stop)
        if stop is None:
            key = (bound.kind, start is None)
        found = self._judged.get(key)
        if found is None:
            found = self._judged[key] = bound.judged(start, stop)
        return found


@dataclass(frozen=True, slots=True)
class Bound:
    """One promise that binds a case, on the calendar that counts for it."""

    kind: ClockKind
    minutes: int
    promise: Promise
    calendar: WorkCalendar

    def judged(self, start: Moment | None, stop: Moment | None) -> Judgement:
        """By the rules of live clocks."""
        return judge(start, stop, self.promise, self.calendar)


@dataclass(slots=True)  # not frozen: several to each case, and freezing triples their cost
class Settled:
    """A clock of a past case. `days`: whole days it took, where only dates are known."""

    kind: ClockKind
    state: str
    minutes: int
    calendar: str
    started_at: datetime
    due_at: datetime | None = None
    stopped_at: datetime | None = None
    days: int | None = None


def urgency_of(case: HistoricCase) -> int:
    """1 to 4; P3 where nobody recorded one."""
    return int(case.urgency[1]) if case.urgency else USUAL


def settled(case: HistoricCase, path: str, ground: Ground) -> Iterator[Settled]:
    """The clocks of a past case at the place `path` ("" where the place was not recorded)."""
    for bound in ground.bound(case.category, urgency_of(case), path):
        kind = bound.kind
        if not _owed(kind, case):
            continue
        start, stop = _start(kind, case), case.stops.get(kind)
        begun = first_instant(case.opened if start is None else start, ground.zone)
        verdict = ground.judged(bound, start, stop)
        yield Settled(
            kind=kind,
            state=verdict.state,
            minutes=bound.minutes,
            calendar=bound.promise.calendar,
            started_at=begun,
            due_at=verdict.due,
            stopped_at=None if stop is None else max(begun, first_instant(stop, ground.zone)),
            days=verdict.days,
        )


def _owed(kind: ClockKind, case: HistoricCase) -> bool:
    if kind in case.stops:
        return True
    if kind not in OPENING_STARTS:
        return False
    return kind not in ONLY_WITH_WORK or case.kind in WORKED_KINDS


def _start(kind: ClockKind, case: HistoricCase) -> Moment | None:
    if kind in OPENING_STARTS:
        return case.opened
    return next((case.stops[k] for k in STARTED_BY[kind] if k in case.stops), None)


def first_instant(at: Moment, zone: ZoneInfo) -> datetime:
    """The instant itself, or the first one of a bare date (UTC)."""
    if isinstance(at, datetime):
        return at
    return _midnight(at, zone)


@lru_cache(maxsize=20_000)
def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
