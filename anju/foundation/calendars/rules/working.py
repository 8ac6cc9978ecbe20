"""Working time: how much of it lies between two instants, and where an amount of it ends.

One idea carries this file. Let F(t) be the open time that has passed until `t`: a line that rises
while the calendar is open and lies flat while it is closed. Then

    counted(a, b)      = F(b) - F(a)
    due(start, amount) = the first t with F(t) = F(start) + amount

and each is one bisection in a table of opening intervals, built by years when first asked for.

Hours are read off the wall clock of the calendar's zone; what passes between them is real time. A
wall time means the first moment at which the wall clock shows it *or a later one*: a time skipped
in spring means the moment of the skip, a time shown twice in autumn means its first showing. So a
night shift of eight hours lasts seven in spring and nine in autumn, and neighbouring segments
always meet. Intervals are half open, [opening, closing). Inside, instants are whole microseconds
since 1970, so nothing is ever rounded.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from anju.foundation.tenancy.errors import NotYet

Segment = tuple[int, int]
Segments = tuple[Segment, ...]
Week = tuple[Segments, Segments, Segments, Segments, Segments, Segments, Segments]

DAY = 1440
WHOLE_DAY: Segments = ((0, DAY),)
YEARS_AHEAD = 100  # a calendar that opens too little in a century never keeps a promise

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = 1_000_000
_ONE_DAY = timedelta(days=1)


class NeverOpen(NotYet):
    """The calendar has not enough open time ahead for the amount asked for."""

    code = "never_open"

    def __init__(self) -> None:
        super().__init__(
            _(
                "This calendar opens too little: the deadline would never come. "
                "Give the calendar more opening hours or choose another one."
            )
        )


class _Line(NamedTuple):
    """F as a table, right from `since` to `until`; all instants in microseconds."""

    first: int  # the first and the last year whose days are in the table
    last: int
    since: int
    until: int
    opens: list[int]
    closes: list[int]
    before: list[int]  # open time before opens[i]; one entry more than opens: the total


@dataclass(frozen=True)
class WorkCalendar:
    """When promises run: a value, without database and without a present time.

    `zone`: IANA name. `week`: Monday to Sunday, each a tuple of open segments (start, end) in wall
    minutes since that day's midnight. A segment may end after 1440: it runs on into the next day
    but belongs to the day it began on, so a holiday on the next day does not cut it. `days`: dates
    that differ from the week, `()` meaning closed. `names`: what such dates are called. `changes`:
    (date, week) from which another week holds, in order of date.
    Raises ValueError for segments out of order or range, and ZoneInfoNotFoundError.
    """

    zone: str
    week: Week
    days: Mapping[date, Segments] = field(default_factory=dict, hash=False)
    names: Mapping[date, str] = field(default_factory=dict, hash=False)
    changes: tuple[tuple[date, Week], ...] = ()
    always: bool = field(init=False, repr=False, compare=False)
    _line: _Line | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ZoneInfo(self.zone)
        weeks = [self.week, *(week for _since, week in self.changes)]
        if any(len(week) != 7 for week in weeks):
            raise ValueError("a week has seven days, Monday first")
        if [since for since, _week in self.changes] != sorted({c[0] for c in self.changes}):
            raise ValueError("changes of the week stand in order of date, one per date")
        for segments in (*(day for week in weeks for day in week), *self.days.values()):
            _check(segments)
        always = not self.days and all(day == WHOLE_DAY for week in weeks for day in week)
        object.__setattr__(self, "always", always)


def _check(segments: Segments) -> None:
    """A day's segments lie in order, apart, and begin on the day itself."""
    end = 0
    for start, stop in segments:
        if not (end <= start < min(stop, DAY) and stop <= 2 * DAY):
            raise ValueError(f"segments must be in order, apart and begin on their day: {segments}")
        end = stop


@lru_cache(maxsize=64)
def always(zone: str) -> WorkCalendar:
    """The calendar that is open day and night, in `zone` (which matters for whole days only)."""
    return WorkCalendar(zone=zone, week=(WHOLE_DAY,) * 7)


ALWAYS = always("UTC")


def due(calendar: WorkCalendar, start: datetime, amount: timedelta | int) -> datetime:
    """The first instant (UTC) by which `amount` of open time has passed since `start`.

    `amount` is a timedelta or whole minutes. An amount that ends with the day falls due at its
    closing, not at the next opening; an amount of zero is due at `start`, open or not.
    Raises NeverOpen, ValueError (negative amount), TypeError (naive `start`).
    """
    amount = timedelta(minutes=amount) if isinstance(amount, int) else amount
    if amount < timedelta(0):
        raise ValueError("an amount of time is not negative")
    at, left = _micros(start), _length(amount)
    if calendar.always or not left:
        return _instant(at + left)
    line = _line(calendar, at, at)
    while (target := _passed(line, at) + left) > line.before[-1]:
        if line.last - start.year > YEARS_AHEAD:
            raise NeverOpen
        line = _grown(calendar, line.first, line.last + 1 + line.last - line.first)
    return _instant(_reached(line, target))


def due_by_day(calendar: WorkCalendar, start: datetime, days: int) -> datetime:
    """The closing (UTC) of the `days`-th open day after the day of `start`.

    As periods in days are counted by law: the day on which it starts is not counted, closed days
    are not counted, and the last day counts until it closes (24:00 where a calendar never does).
    Days are those of the calendar's zone. Raises NeverOpen, ValueError (`days` below 1).
    """
    if days < 1:
        raise ValueError("a period in days has at least one day")
    day = local_day(calendar, start)
    horizon = day.year + YEARS_AHEAD
    while days:
        day += _ONE_DAY
        segments = segments_on(calendar, day)
        days -= bool(segments)
        if day.year > horizon:
            raise NeverOpen
    return _instant(instant(calendar.zone, day, segments[-1][1]))


def counted(calendar: WorkCalendar, a: datetime, b: datetime) -> timedelta:
    """The open time between two instants; negative when `b` is before `a`."""
    first, last = _micros(a), _micros(b)
    if calendar.always:
        return timedelta(microseconds=last - first)
    line = _line(calendar, min(first, last), max(first, last))
    return timedelta(microseconds=_passed(line, last) - _passed(line, first))


def intervals(calendar: WorkCalendar, a: datetime, b: datetime) -> list[tuple[datetime, datetime]]:
    """The open intervals [opening, closing) between two instants, in order, in UTC."""
    first, last = _micros(a), _micros(b)
    if calendar.always or first >= last:
        return [(_instant(first), _instant(last))] if first < last else []
    line = _line(calendar, first, last)
    return [
        (_instant(max(first, line.opens[n])), _instant(min(last, line.closes[n])))
        for n in range(bisect_right(line.closes, first), bisect_left(line.opens, last))
    ]


def next_open(calendar: WorkCalendar, at: datetime) -> datetime:
    """The first open instant (UTC) not before `at`: `at` itself when open. Raises NeverOpen."""
    least = timedelta(microseconds=1)
    return due(calendar, at, least) - least


def local_day(calendar: WorkCalendar, at: datetime) -> date:
    """The date the wall shows at `at`, in the calendar's zone."""
    return at.astimezone(ZoneInfo(calendar.zone)).date()


def midnight(calendar: WorkCalendar, day: date) -> datetime:
    """The instant (UTC) at which `day` begins in the calendar's zone."""
    return _instant(instant(calendar.zone, day, 0))


def named_days(
    calendar: WorkCalendar, a: datetime, b: datetime
) -> Iterator[tuple[datetime, datetime, date | None]]:
    """[a, b) cut wherever a named date begins or ends: (from, until, the named date or None)."""
    at, first, last = a, local_day(calendar, a), local_day(calendar, b)
    for day in sorted(day for day in calendar.names if first <= day <= last):
        begin, end = midnight(calendar, day), min(midnight(calendar, day + _ONE_DAY), b)
        if at < begin:
            yield at, min(begin, b), None
        if max(at, begin) < end:
            yield max(at, begin), end, day
        at = max(at, end)
    if at < b:
        yield at, b, None


def segments_on(calendar: WorkCalendar, day: date) -> Segments:
    """The open segments that begin on `day`, in wall minutes."""
    exception = calendar.days.get(day)
    if exception is not None:
        return exception
    week = calendar.week
    for since, changed in calendar.changes:
        if day < since:
            break
        week = changed
    return week[day.weekday()]


@lru_cache(maxsize=8192)
def instant(zone: str, day: date, minute: int) -> int:
    """The first microsecond at which the wall clock in `zone` has reached `minute` of `day`."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    shown = wall.replace(tzinfo=ZoneInfo(zone))
    first, second = _micros(shown), _micros(shown.replace(fold=1))
    if first <= second:  # shown once, or twice: fold 0 is the first showing
        return first
    while first - second > _SECOND:  # skipped: the skip lies between the two readings
        middle = (first + second) // 2
        reached = _instant(middle).astimezone(ZoneInfo(zone)).replace(tzinfo=None) >= wall
        first, second = (middle, second) if reached else (first, middle)
    return first // _SECOND * _SECOND


def _passed(line: _Line, at: int) -> int:
    """F(at) within the table."""
    n = bisect_right(line.opens, at) - 1
    if n < 0:
        return 0
    return line.before[n] + min(at, line.closes[n]) - line.opens[n]


def _reached(line: _Line, target: int) -> int:
    """The first instant with F = `target`; 0 < target <= total."""
    n = bisect_left(line.before, target) - 1
    return line.opens[n] + target - line.before[n]


def _line(calendar: WorkCalendar, a: int, b: int) -> _Line:
    """The calendar's table, grown so that it is right from `a` to `b`."""
    line = calendar._line
    if line is not None and line.since <= a and b <= line.until:
        return line
    first, last = _instant(a).year - 1, _instant(b).year + 1
    if line is not None:
        first, last = min(first, line.first), max(last, line.last)
    return _grown(calendar, first, last)


def _grown(calendar: WorkCalendar, first: int, last: int) -> _Line:
    """Build the table over the days of whole years and keep it beside the calendar.

    Assigning is one step, so threads may race here: both tables are right.
    """
    opens: list[int] = []
    closes: list[int] = []
    day, end = date(first, 1, 1), date(last + 1, 1, 1)
    while day < end:
        for start, stop in segments_on(calendar, day):
            a, b = instant(calendar.zone, day, start), instant(calendar.zone, day, stop)
            if closes and a <= closes[-1]:
                closes[-1] = max(closes[-1], b)
            elif a < b:  # else the whole segment was skipped by the wall clock
                opens.append(a)
                closes.append(b)
        day += _ONE_DAY
    before = [0]
    for a, b in zip(opens, closes, strict=True):
        before.append(before[-1] + b - a)
    # The last night before the first day may run into it: the table is right a day later.
    since = instant(calendar.zone, date(first, 1, 2), 0)
    until = instant(calendar.zone, end, 0)
    line = _Line(first, last, since, until, opens, closes, before)
    object.__setattr__(calendar, "_line", line)
    return line


def _micros(at: datetime) -> int:
    return _length(at - _EPOCH)


def _length(delta: timedelta) -> int:
    return (delta.days * 86_400 + delta.seconds) * _SECOND + delta.microseconds


def _instant(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)
