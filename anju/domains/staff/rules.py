"""Shifts, patterns of shifts, and what is wrong with a roster. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

DAY = timedelta(days=1)
MONTH_MOST = 31  # days a pattern may be laid over at once, and that one page shows
# What the law and the house allow (labour law 36, 41; the rest between shifts is a house rule).
REST = timedelta(hours=11)
LEAST_REST = timedelta(hours=8)  # below it no swap is asked for; up to `REST` it is shown
WEEK_HOURS = 44.0
OVERTIME_HOURS = 36.0

Span = tuple[datetime, datetime]


def span(day: date, begins: time, ends: time, zone: ZoneInfo) -> Span:
    """A shift of a day as instants; one that ends at or before its beginning ends the day after."""
    after = day if ends > begins else day + DAY
    return datetime.combine(day, begins, zone), datetime.combine(after, ends, zone)


@dataclass(frozen=True)
class Pattern:
    """Who works which shift on which day: `cycle` holds for each day the number of the shift (1 is
    the earliest), 0 for a day off; each next group is `step` days further in it."""

    code: str
    name: object
    cycle: tuple[int, ...]
    step: int

    @property
    def shifts(self) -> int:
        """How many shifts it is made of."""
        return max(self.cycle)

    @property
    def groups(self) -> int:
        """How many groups it takes until the first one's turn comes again."""
        return len(self.cycle) // self.step

    def shift_on(self, group: int, day: int) -> int:
        """The shift of a group (0 is the first) on the nth day; 0 is a day off."""
        return self.cycle[(day + group * self.step) % len(self.cycle)]


PATTERNS: tuple[Pattern, ...] = (
    Pattern("4-3", _("four groups, three shifts"), (1, 1, 2, 2, 3, 3, 0, 0), 2),
    Pattern("4-2", _("four groups, two shifts"), (1, 2, 0, 0), 1),
    Pattern("3-3", _("three groups, three shifts"), (1, 1, 1, 1, 1, 1, 0, 2, 2, 2, 2, 2, 2, 0,
                                                     3, 3, 3, 3, 3, 3, 0), 7),
    Pattern("6-1", _("six days on, one day off"), (1, 1, 1, 1, 1, 1, 0), 1),
    Pattern("5-2", _("five days on, two days off"), (1, 1, 1, 1, 1, 0, 0), 1),
)  # fmt: skip
BY_CODE: Mapping[str, Pattern] = {pattern.code: pattern for pattern in PATTERNS}


def laid(pattern: Pattern, people: int, days: int) -> Iterator[tuple[int, int, int]]:
    """(nth person, nth day, shift) of every working day; people fall to the groups in turn."""
    for person in range(people):
        for day in range(days):
            if shift := pattern.shift_on(person % pattern.groups, day):
                yield person, day, shift


# Shifts a post begins with: code, name, begins, ends.
USUAL: Mapping[str, tuple[tuple[str, object, time, time], ...]] = {
    "three": (
        ("早", _("early shift"), time(7), time(15)),
        ("中", _("late shift"), time(15), time(23)),
        ("夜", _("night shift"), time(23), time(7)),
    ),
    "two": (
        ("白", _("day shift"), time(8), time(20)),
        ("夜", _("night shift"), time(20), time(8)),
    ),
    "day": (("白", _("day shift"), time(8), time(17)),),
}
USUAL_NAMES = (
    ("three", _("three shifts: 7, 15 and 23 o'clock")),
    ("two", _("two shifts: 8 and 20 o'clock")),
    ("day", _("by day: 8 to 17 o'clock")),
)

FaultKind = Literal["twice", "rest", "week", "overtime"]


@dataclass(frozen=True)
class Fault:
    """What is wrong with somebody's duties: since when it shows, and by how many hours."""

    kind: FaultKind
    at: datetime
    hours: float


def hours_of(spans: Iterable[Span]) -> float:
    """The hours of spans together."""
    return sum((end - begin).total_seconds() for begin, end in spans) / 3600


def least_present(spans: Iterable[Span], within: Span) -> int:
    """The smallest number of spans that hold at one instant of a stretch."""
    begin, end = within
    inside = [(max(b, begin), min(e, end)) for b, e in spans if b < end and e > begin]
    turns = {begin, *(e for _b, e in inside if e < end), *(b for b, _e in inside)}
    return min(sum(b <= at < e for b, e in inside) for at in turns)


def faults(spans: Sequence[Span], zone: ZoneInfo) -> list[Fault]:
    """What is wrong with one person's duties: twice at once, less than `REST` between two, more
    than `WEEK_HOURS` from a Monday to a Sunday, more than `OVERTIME_HOURS` above that in a month. A
    duty counts to the day it begins."""
    found: list[Fault] = []
    held = sorted(spans)
    for one, after in pairwise(held):
        if (pause := after[0] - one[1]) < timedelta(0):
            found.append(Fault("twice", after[0], -pause.total_seconds() / 3600))
        elif pause < REST:
            found.append(Fault("rest", after[0], pause.total_seconds() / 3600))
    weeks: dict[date, list[Span]] = {}
    months: dict[date, list[Span]] = {}
    for one in held:
        day = one[0].astimezone(zone).date()
        weeks.setdefault(day - timedelta(days=day.weekday()), []).append(one)
        months.setdefault(day.replace(day=1), []).append(one)
    for inside in weeks.values():
        if (hours := hours_of(inside)) > WEEK_HOURS:
            found.append(Fault("week", inside[-1][0], hours))
    for first, inside in months.items():
        if (over := hours_of(inside) - normal_hours(first)) > OVERTIME_HOURS:
            found.append(Fault("overtime", inside[-1][0], over))
    return sorted(found, key=lambda fault: (fault.at, fault.kind))


def new_faults(
    held: Sequence[Span], *, takes: Span, gives: Span | None, zone: ZoneInfo
) -> list[Fault]:
    """Which limits at the edges of a duty (twice at once, rest) would be broken anew by taking one
    and giving another away."""
    before = set(faults(held, zone))
    kept = list(held)
    if gives in kept:
        kept.remove(gives)
    after = faults([*kept, takes], zone)
    return [one for one in after if one.kind in ("twice", "rest") and one not in before]


def too_much(found: Iterable[Fault]) -> bool:
    """Whether a swap may not be asked for: twice on duty, or less than `LEAST_REST` between."""
    least = LEAST_REST.total_seconds() / 3600
    return any(one.kind == "twice" or (one.kind == "rest" and one.hours < least) for one in found)


def normal_hours(first: date) -> float:
    """The hours of a month (its first day) at `WEEK_HOURS` a week."""
    after = (first + timedelta(days=31)).replace(day=1)
    return WEEK_HOURS * (after - first).days / 7


# What somebody may ask for, and the steps it takes: (kinds, from state) -> state.
KIND_NAMES = (("leave", _("leave")), ("swap", _("swap")), ("stand_in", _("stand-in")))
STATE_NAMES = (
    ("asked", _("asked")),
    ("agreed", _("agreed by the other")),
    ("approved", _("approved")),
    ("refused", _("refused")),
    ("withdrawn", _("withdrawn")),
)
LEAVE_NAMES = (
    ("own", _("personal leave")),
    ("sick", _("sick leave")),
    ("annual", _("annual leave")),
    ("time_off", _("time off for overtime")),
    ("other", _("other leave")),
)
OPEN = frozenset({"asked", "agreed"})


def next_state(kind: str, state: str, step: str) -> str | None:
    """The state after a step, None where it may not be taken. Leave is approved as asked; a swap
    and a stand-in only once the other has agreed."""
    match step:
        case "agree":
            return "agreed" if kind != "leave" and state == "asked" else None
        case "approve":
            return "approved" if state == ("asked" if kind == "leave" else "agreed") else None
        case "refuse":
            return "refused" if state in OPEN else None
        case "withdraw":
            return "withdrawn" if state in OPEN else None
    return None


PLAN_STATE_NAMES = (
    ("sent", _("waits for approval")),
    ("approved", _("approved")),
    ("returned", _("returned")),
    ("replaced", _("replaced")),
)


def weeks_of(first: date, last: date) -> list[tuple[date, date]]:
    """The weeks from Monday to Sunday between two days, the first and the last as far as they are
    inside."""
    found, begin = [], first
    while begin <= last:
        end = min(last, begin + timedelta(days=6 - begin.weekday()))
        found.append((begin, end))
        begin = end + DAY
    return found
