"""Random clocks over a year, and what the ticker must tell of each: counted minute by minute.

Nothing of the product's arithmetic is used here: a calendar is a table of the open minutes that
have passed, and an amount of open time ends at the first minute by which it has.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from anju.foundation.calendars.rules import SpecialDay

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
YEAR = 365 * 1440  # minutes
BEYOND = 90 * 1440  # deadlines may lie behind the year
EAST = 8 * 60  # Shanghai, all year
LEAST = timedelta(microseconds=1)
KINDS = ("respond", "dispatch", "accept", "arrive", "finish", "feedback", "verify", "callback")
LADDERS: Sequence[Sequence[tuple[int, str]]] = (
    (), ((0, "leader"), (30, "manager"), (240, "headquarters")), ((-20, "leader"), (0, "manager")),
)  # fmt: skip
Pauses = list[tuple[int, int | None]]


@dataclass(frozen=True)
class Calendar:
    """`passed[m]`: the open minutes before minute `m` of the year."""

    code: str
    week: Any
    days: Sequence[SpecialDay]
    passed: Sequence[int]

    def ends(self, start: int, amount: int, holds: Sequence[tuple[int, int]]) -> int:
        """The first minute by which `amount` open minutes have passed outside the holds."""
        at = start
        for a, b in holds:
            run = self.passed[a] - self.passed[at]
            if run >= amount:
                break
            amount, at = amount - run, b
        return bisect_left(self.passed, self.passed[at] + amount, lo=at)


def calendars(rng: Random) -> dict[str, Calendar]:
    """Around the clock; every day 8 to 20; an office with lunch, holidays and swapped workdays."""
    service, morning, afternoon = (480, 1200), (540, 720), (810, 1080)
    office = (*(((morning, afternoon),) * 5), (), ())
    days = []
    for n in rng.sample(range(1, 420), 40):
        day = date(2025, 1, 1) + timedelta(days=n)
        kind = "workday" if day.weekday() > 4 else "holiday"
        days.append(SpecialDay(day, kind, "节"))
    weeks = {"always": (((0, 1440),),) * 7, "service": ((service,),) * 7, "office": office}
    return {
        code: Calendar(code, week, days if code == "office" else (), _passed(week, days, code))
        for code, week in weeks.items()
    }


def _passed(week: Any, days: Sequence[SpecialDay], code: str) -> Sequence[int]:
    special = {d.date: d.kind for d in days} if code == "office" else {}
    line = bytearray(YEAR + BEYOND)
    for n in range(-1, (YEAR + BEYOND) // 1440 + 1):
        day = date(2025, 1, 1) + timedelta(days=n)
        segments = week[day.weekday()]
        if special.get(day) == "holiday":
            segments = ()
        elif special.get(day) == "workday":
            segments = week[0]
        for a, b in segments:
            first, last = (max(0, n * 1440 + x - EAST) for x in (a, b))
            line[first:last] = bytes([1]) * len(line[first:last])
    return array("i", accumulate(line[: YEAR + BEYOND], initial=0))


@dataclass(frozen=True)
class Act:
    """Something done to a clock: it happened at minute `at` and was heard of at `noted`."""

    noted: int
    at: int
    name: str


@dataclass
class Plan:
    """One clock and its fate. `minutes` is a multiple of four, so the warning is a whole minute."""

    kind: str
    minutes: int
    calendar: Calendar
    cap: int
    ladder: Sequence[tuple[int, str]]
    start: int
    acts: list[Act] = field(default_factory=list)


def a_plan(rng: Random, known: Mapping[str, Calendar]) -> Plan:
    """A clock whose work is mostly done in time, sometimes held, sometimes heard of late."""
    kind = rng.choice(KINDS)
    feedback = kind == "feedback"
    plan = Plan(
        kind=kind,
        minutes=rng.choice((8, 60, 120, 480, 1440, 2880)),
        calendar=known["always" if feedback else rng.choice(("always", "service", "office"))],
        cap=0 if feedback else rng.choice((0, 0, 240, 1440)),
        ladder=rng.choice(LADDERS),
        start=rng.randrange(YEAR - 3 * 1440),
    )
    due = plan.calendar.ends(plan.start, plan.minutes, ())
    if plan.cap and rng.random() < 0.4:
        at = plan.start + rng.randrange(max(1, due - plan.start))
        for _n in range(rng.randint(1, 2)):
            until = at + rng.randrange(1, 600)
            plan.acts.append(_act(rng, at, "hold"))
            plan.acts.append(_act(rng, until, "resume"))
            at = until + rng.randrange(1, 300)
        if rng.random() < 0.3:
            plan.acts.pop()  # never resumed: the cap ends it
    fate = rng.random()
    if fate < 0.9:
        span = due - plan.start
        at = plan.start + int(span * rng.random() * (0.7 if fate < 0.75 else 2.5))
        plan.acts.append(_act(rng, at, "drop" if fate < 0.02 else "stop"))
    elif fate < 0.93:
        plan.acts.append(_act(rng, due, "stop"))  # at the very deadline: in time
    plan.acts.sort(key=lambda act: act.noted)
    return plan


def _act(rng: Random, at: int, name: str) -> Act:
    return Act(at + (rng.randrange(2880) if rng.random() < 0.2 else 0), at, name)


@dataclass(frozen=True, order=True)
class Told:
    """One thing the ticker told: what, to whom, for which instant, at which sweep."""

    name: str
    to: str
    at: datetime
    noted: datetime


@dataclass
class Fate:
    """What must have become of a clock."""

    told: list[Told]
    state: str
    due: int | None
    broken: datetime | None


def instant(minute: int) -> datetime:
    return BEGIN + timedelta(minutes=minute)


class Course:
    """One clock followed through the sweeps (their minutes, in order)."""

    def __init__(self, plan: Plan, sweeps: Sequence[int]) -> None:
        self.plan, self.sweeps = plan, sweeps
        self.pauses: Pauses = []
        self.rung = 0
        self.told: list[Told] = []
        self.stopped: int | None = None
        self.void = False
        self.broken: datetime | None = None

    def fate(self, refused: frozenset[int]) -> Fate:
        """The whole course; `refused`: acts (by number) that the product would not take."""
        seen = 0
        for number, act in enumerate(self.plan.acts):
            if act.noted > self.sweeps[-1]:
                break  # heard of when the year is over: neither side has heard of it
            upto = bisect_left(self.sweeps, act.noted)  # an act comes before a sweep of its minute
            self._sweeps(seen, upto)
            seen = max(seen, upto)
            if number not in refused and not (self.void or self.stopped is not None):
                self._take(act)
        self._sweeps(seen, len(self.sweeps))
        return self._end()

    def holds(self) -> list[tuple[int, int]]:
        """What the pauses really hold, within the cap."""
        left, end, spans = self.plan.cap, self.plan.start, []
        for a, b in self.pauses:
            begin = max(a, end)
            until = begin + left if b is None else min(b, begin + left)
            if until > begin:
                spans.append((begin, until))
                left, end = left - (until - begin), until
        return spans

    def due(self) -> int:
        return self.plan.calendar.ends(self.plan.start, self.plan.minutes, self.holds())

    def _take(self, act: Act) -> None:
        if act.name == "hold":
            if sum(b - a for a, b in self.holds()) < self.plan.cap:  # else it runs on
                self.pauses.append((act.at, None))
        elif act.name == "drop":
            self.void = True
        else:
            if self.pauses and self.pauses[-1][1] is None:
                begun = self.pauses[-1][0]
                self.pauses[-1] = (begun, max(act.at, begun))
            if act.name == "stop":
                self.stopped = max(act.at, self.plan.start)

    def _looks(self) -> list[tuple[int, int, str, str]]:
        """(minute, 1 when it is due only after that minute, what, to whom), in order."""
        plan, holds, due = self.plan, self.holds(), self.due()
        found = [(plan.calendar.ends(plan.start, plan.minutes * 3 // 4, holds), 0, "warned", "")]
        for after, to in plan.ladder:
            amount = max(0, plan.minutes + after)
            found.append((plan.calendar.ends(plan.start, amount, holds), 0, "escalated", to))
        found = [(m, int(m == due), name, to) for m, _, name, to in found]
        found.append((due, 1, "broken", ""))
        return sorted(found, key=lambda look: (look[0], look[1], look[2] != "broken"))

    def _sweeps(self, first: int, last: int) -> None:
        if self.void or self.stopped is not None or first >= last:
            return
        looks, holds, due = self._looks(), self.holds(), self.due()
        for minute, after, name, to in looks[self.rung :]:
            at = (bisect_right if after else bisect_left)(self.sweeps, minute, lo=first)
            at = next((n for n in self._open_sweeps(at, holds, due)), last)
            if at >= last:
                return
            noted = instant(self.sweeps[at])
            self.told.append(Told(name, to, instant(minute) + after * LEAST, noted))
            self.rung += 1
            if name == "broken":
                self.broken = noted

    def _open_sweeps(self, at: int, holds: Sequence[tuple[int, int]], due: int) -> Iterator[int]:
        """Sweeps from `at` on that do not fall into a pause; a broken clock is not paused."""
        for n in range(at, len(self.sweeps)):
            moment = self.sweeps[n]
            if moment > due or not any(a <= moment < b for a, b in holds):
                yield n

    def _end(self) -> Fate:
        due: int | None = self.due()
        assert due is not None
        moment = self.sweeps[-1]
        if self.void:
            state, due = "void", None
        elif self.stopped is not None:
            state = "kept" if self.stopped <= due else "broken"
        elif moment > due:
            state = "broken"
        elif any(a <= moment < b for a, b in self.holds()):
            state, due = "paused", None
        else:
            state = "running"
        return Fate(sorted(self.told), state, due, self.broken)
