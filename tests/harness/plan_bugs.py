"""The bugs that the plan oracle must find, one per rule it guards."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from anju.engine.plans.rules import periods, recurrence, timetable
from tests.harness.seeding import Bug

Right = Callable[..., Any]
ONE_DAY = timedelta(days=1)


def _omit(right: Right) -> Right:
    def met(rule: Any, start: datetime, since: datetime) -> Any:
        return right(replace(rule, skip="OMIT"), start, since)

    return met


def _from_the_window(right: Right) -> Right:
    def nearer(rule: Any, start: datetime, since: datetime) -> Any:
        if rule.count is not None or since <= start:
            return right(rule, start, since)
        return datetime.combine(since.date(), start.time()), rule.parts

    return nearer


def _one_too_near(right: Right) -> Right:
    """The anchor moves by days, whatever the interval is."""

    def nearer(rule: Any, start: datetime, since: datetime) -> Any:
        at, parts = right(rule, start, since)
        return (at + ONE_DAY, parts) if at != start and rule.freq == "DAILY" else (at, parts)

    return nearer


def _count_from_the_window(right: Right) -> Right:
    def nearer(rule: Any, start: datetime, since: datetime) -> Any:
        return right(replace(rule, count=None), start, since)

    return nearer


def _other_way(right: Right) -> Right:
    def moved(self: Any, day: Any, how: Any) -> Any:
        return right(self, day, {"before": "after", "after": "before"}.get(how, how))

    return moved


def _any_working_day(right: Right) -> Right:
    def is_nth(self: Any, day: Any, n: int) -> bool:
        return bool((day in self and right(self, day, n)) or (n == -1 and day.day > 28))

    return is_nth


def _one_forward(right: Right) -> Right:
    def days(rule: Any, start: datetime, year: int, month: int) -> Any:
        return right(replace(rule, skip="BACKWARD"), start, year, month)

    return days


def _always_in_season(right: Right) -> Right:
    def meant(table: Any, days: Any, day: Any) -> bool:
        return bool(right(replace(table, seasons=()), days, day))

    return meant


def _first_time_only(right: Right) -> Right:
    def named(table: Any, days: Any, since: datetime, until: datetime) -> Any:
        return right(replace(table, times=table.times[:1]), days, since, until)

    return named


def _without_daylight_saving(right: Right) -> Right:
    def zone(key: str) -> Any:
        return timezone(datetime(2024, 1, 5, tzinfo=right(key)).utcoffset() or timedelta())

    return zone


def _all_remain(right: Right) -> Right:
    def moved(self: Any, day: Any, how: Any) -> Any:
        return right(self, day, "keep" if how in ("before", "after") else how)

    return moved


BUGS = {
    "month-end-skipped": Bug("a day the month does not have is mended", recurrence, "_met", _omit),
    "month-end-clamped": Bug(
        "FORWARD is the first of the next month", periods, "_mended", _one_forward
    ),
    "from-the-window": Bug(
        "an occurrence is counted from its anchor", recurrence, "_nearer", _from_the_window
    ),
    "anchor-off-its-step": Bug(
        "an occurrence is counted from its anchor", recurrence, "_nearer", _one_too_near
    ),
    "count-from-the-window": Bug(
        "an occurrence is counted from its anchor", recurrence, "_nearer", _count_from_the_window
    ),
    "day-off-other-way": Bug(
        "a day off moves as the plan says", timetable.WorkingDays, "moved", _other_way
    ),
    "day-off-not-moved": Bug(
        "a day off moves as the plan says", timetable.WorkingDays, "moved", _all_remain
    ),
    "any-last-day": Bug(
        "the nth working day is counted", timetable.WorkingDays, "is_nth", _any_working_day
    ),
    "always-in-season": Bug("seasons are kept", timetable, "_meant", _always_in_season),
    "one-time-a-day": Bug("each time counts", timetable, "nominal_times", _first_time_only),
    "no-daylight-saving": Bug(
        "wall time is the zone's", timetable, "ZoneInfo", _without_daylight_saving
    ),
}  # fmt: skip
