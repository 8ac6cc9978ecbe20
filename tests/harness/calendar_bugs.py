"""The bugs that the calendar oracle must find, one per rule it guards."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from anju.engine.clocks.rules import account, deadlines, verdicts
from anju.foundation.calendars.rules import working
from tests.harness.seeding import Bug

Right = Callable[..., Any]


def _at_next_opening(right: Right) -> Right:
    def reached(line: Any, target: int) -> int:
        at: int = right(line, target)
        after = bisect_left(line.opens, at)
        return line.opens[after] if at in line.closes and after < len(line.opens) else at

    return reached


def _without_daylight_saving(right: Right) -> Right:
    def instant(zone: str, day: Any, minute: int) -> int:
        noon = datetime(day.year, 1, 1, 12, tzinfo=ZoneInfo(zone))
        wall = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)
        return int((wall - (noon.utcoffset() or timedelta())).timestamp()) * 1_000_000

    return instant


def _skipped_time_later(right: Right) -> Right:
    def instant(zone: str, day: Any, minute: int) -> int:
        wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
        return int(wall.replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1_000_000

    return instant


def _usual(calendar: Any, day: Any) -> Any:
    return calendar.week[day.weekday()]


BUGS = {
    "end-exclusive": Bug(
        "an amount that ends with the day falls due at its closing",
        working, "_reached", _at_next_opening,
    ),
    "holiday-ignored": Bug(
        "holidays are closed",
        working, "segments_on",
        lambda right: lambda c, d: _usual(c, d) if c.days.get(d) == () else right(c, d),
    ),
    "swapped-workday-ignored": Bug(
        "swapped workdays are open",
        working, "segments_on",
        lambda right: lambda c, d: _usual(c, d) if c.days.get(d) else right(c, d),
    ),
    "lunch-counted": Bug(
        "the break between segments is not counted",
        working, "segments_on",
        lambda right: lambda c, d: (s := right(c, d)) and ((s[0][0], s[-1][1]),),
    ),
    "overnight-cut": Bug(
        "a night shift runs on after midnight",
        working, "segments_on",
        lambda right: lambda c, d: tuple((a, min(b, 1440)) for a, b in right(c, d)),
    ),
    "no-daylight-saving": Bug(
        "hours are read off the wall clock of the zone",
        working, "instant", _without_daylight_saving,
    ),
    "skipped-time-later": Bug(
        "a wall time that is skipped means the moment of the skip",
        working, "instant", _skipped_time_later,
    ),
    "first-day-counted": Bug(
        "a period in days does not count the day it starts on",
        working, "due_by_day",
        lambda right: lambda c, start, days: right(c, start - timedelta(days=1), days),
    ),
    "pause-not-subtracted": Bug(
        "a paused clock does not count",
        deadlines, "holds", lambda right: lambda *_: [],
    ),
    "cap-ignored": Bug(
        "the clock runs on by itself when the cap is reached",
        deadlines, "holds",
        lambda right: lambda s, p, x: right(s, replace(p, pause_cap=p.pause_cap and 10**6), x),
    ),
    "pause-count-ignored": Bug(
        "no more pauses count than are allowed",
        deadlines, "holds",
        lambda right: lambda s, p, x: right(s, replace(p, pause_max_count=None), x),
    ),
    "feedback-by-the-office": Bug(
        "feedback runs by the wall",
        deadlines, "running_on", lambda right: lambda promise, calendar: calendar,
    ),
    "deadline-itself-late": Bug(
        "what happens exactly at the deadline is in time",
        deadlines, "settle",
        lambda right: lambda *c, stop_at: right(*c, stop_at=stop_at + timedelta(microseconds=1)),
    ),
    "bare-date-is-midnight": Bug(
        "a bare date is any time of its day",
        verdicts, "possible",
        lambda right: lambda moment, calendar: (right(moment, calendar)[0],) * 2,
    ),
    "account-leaves-gaps": Bug(
        "the account leaves no gap",
        account, "_by_calendar",
        lambda right: lambda c, a, b: [span for span in right(c, a, b) if span.counted],
    ),
}  # fmt: skip
