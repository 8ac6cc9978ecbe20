"""When planned work falls due: a recurrence, and what a plan does on days off.

An occurrence is known by its **nominal** wall time: the one its rule names. Where it falls on a
day off it may be moved to a working day; it is still the same occurrence. So a changed calendar
moves work and never makes it twice (law 7).
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from anju.engine.plans.rules.recurrence import Recurrence, wall_times
from anju.foundation.calendars.rules import WorkCalendar, segments_on

DayOff = Literal["keep", "skip", "before", "after"]
FURTHEST = 31  # days that an occurrence is moved at most; no run of days off is longer
_ONE_DAY = timedelta(days=1)


class Occurrence(NamedTuple):
    """One time a plan falls due: `nominal` is the wall time that names it, `at` the instant (UTC)
    it is planned for."""

    nominal: datetime
    at: datetime


@dataclass(frozen=True)
class Timetable:
    """When a plan falls due, in wall times of one zone.

    `times`: the times of each day that the recurrence names; without them its own time of day.
    `workday`: of the days of a month, only the nth working one counts, from the end where
    negative; 0 for all. `seasons`: (first, last) as (month, day), both within; a season may run
    over the turn of the year. `day_off`: what happens on a day the calendar is closed.
    """

    recurrence: Recurrence
    times: tuple[time, ...] = ()
    workday: int = 0
    seasons: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
    day_off: DayOff = "keep"


class WorkingDays:
    """The open days of a calendar, each asked for once."""

    def __init__(self, calendar: WorkCalendar) -> None:
        self._calendar = calendar
        self._open: dict[date, bool] = {}

    def __contains__(self, day: date) -> bool:
        found = self._open.get(day)
        if found is None:
            found = self._open[day] = bool(segments_on(self._calendar, day))
        return found

    def moved(self, day: date, how: DayOff) -> date | None:
        """Where what is planned on `day` is done; None where it is left out."""
        if how == "keep" or day in self:
            return day
        step = {"before": -_ONE_DAY, "after": _ONE_DAY}.get(how)
        if step is None:
            return None
        tried = (day + n * step for n in range(1, FURTHEST + 1))
        return next((found for found in tried if found in self), None)

    def is_nth(self, day: date, n: int) -> bool:
        """Whether `day` is the nth working day of its month, from the end where negative."""
        if day not in self:
            return False
        last = monthrange(day.year, day.month)[1]
        others = range(1, day.day) if n > 0 else range(day.day + 1, last + 1)
        return sum(day.replace(day=other) in self for other in others) == abs(n) - 1


def nominal_times(
    timetable: Timetable, days: WorkingDays, since: datetime, until: datetime
) -> Iterator[datetime]:
    """The wall times in [since, until) that the timetable names, in order, before any is moved."""
    if not timetable.times:
        for at in wall_times(timetable.recurrence, since, until):
            if _meant(timetable, days, at.date()):
                yield at
        return
    start, seen = timetable.recurrence.start, None
    midnight = datetime.combine(since, time())
    # The recurrence names days here: the anchor's own time of day must not hide an earlier one.
    for at in wall_times(_by_day(timetable.recurrence), midnight, until):
        day = at.date()
        if day == seen or not _meant(timetable, days, day):
            continue
        seen = day
        for moment in timetable.times:
            named = datetime.combine(day, moment)
            if since <= named < until and named >= start:
                yield named


def occurrences(
    timetable: Timetable, calendar: WorkCalendar, since: datetime, until: datetime
) -> Iterator[Occurrence]:
    """What falls due with a nominal wall time in [since, until), in the order of those.

    `calendar` says which days are days off, and its zone turns wall time into instants: a time
    skipped in spring counts by the offset before the change, of a time shown twice the first counts
    (RFC 5545, 3.3.5). Where several would be done at one moment, the first by name remains.
    """
    tz, days = ZoneInfo(calendar.zone), WorkingDays(calendar)
    how = timetable.day_off
    if how in ("keep", "skip"):
        for nominal in nominal_times(timetable, days, since, until):
            if how == "keep" or nominal.date() in days:
                yield Occurrence(nominal, nominal.replace(tzinfo=tz).astimezone(UTC))
        return
    taken: set[datetime] = set()
    for nominal in nominal_times(timetable, days, _near(since, -FURTHEST * _ONE_DAY), until):
        day = days.moved(nominal.date(), how)
        if day is None:
            continue
        at = datetime.combine(day, nominal.time())
        if at not in taken:
            taken.add(at)
            if nominal >= since:
                yield Occurrence(nominal, at.replace(tzinfo=tz).astimezone(UTC))


def _by_day(what: Recurrence) -> Recurrence:
    """The recurrence with its anchor at the beginning of its day."""
    return replace(what, start=datetime.combine(what.start, time()))


def _meant(timetable: Timetable, days: WorkingDays, day: date) -> bool:
    """Whether season and count of working days let the day stand."""
    if timetable.workday and not days.is_nth(day, timetable.workday):
        return False
    if not timetable.seasons:
        return True
    at = (day.month, day.day)
    return any(
        first <= at <= last if first <= last else at >= first or at <= last
        for first, last in timetable.seasons
    )


def planned_between(
    timetable: Timetable, calendar: WorkCalendar, since: datetime, until: datetime
) -> list[Occurrence]:
    """What is planned for a wall time in [since, until), in the order of time: a preview.

    Unlike `occurrences` it asks for the time that is planned, not for the one that names it.
    """
    tz = ZoneInfo(calendar.zone)
    around = FURTHEST * _ONE_DAY if timetable.day_off in ("before", "after") else timedelta(0)
    found = occurrences(timetable, calendar, _near(since, -around), _near(until, around))
    first, last = (at.replace(tzinfo=tz).astimezone(UTC) for at in (since, until))
    return sorted((one for one in found if first <= one.at < last), key=lambda one: one.at)


def _near(at: datetime, by: timedelta) -> datetime:
    """`at` moved, within what a date can be."""
    try:
        return at + by
    except OverflowError:
        return at
