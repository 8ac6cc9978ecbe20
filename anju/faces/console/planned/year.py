"""The year of a plan as a calendar: which days it falls due on, and how often."""

from calendar import monthrange
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from anju.engine.plans.document import When
from anju.engine.plans.rules import planned_between
from anju.foundation.calendars.rules import WorkCalendar
from anju.foundation.calendars.rules.working import segments_on

SHOWN = 12  # months


@dataclass(frozen=True)
class Year:
    """Twelve months from the one of `first` on: `total` times on `days` days, the next few of them
    as wall times, and the months with their weeks of days."""

    total: int
    days: int
    next: tuple[datetime, ...]
    months: tuple[dict[str, Any], ...]


def year_of(when: When, calendar: WorkCalendar, first: date) -> Year:
    """What falls due in the twelve months from `first` on. Raises RuleUnclear."""
    zone = ZoneInfo(calendar.zone)
    begin = first.replace(day=1)
    end = _months_on(begin, SHOWN)
    since, until = (
        datetime.combine(begin, datetime.min.time()),
        datetime.combine(end, datetime.min.time()),
    )
    found = planned_between(when.timetable(calendar.zone), calendar, since, until)
    moments = [one.at.astimezone(zone).replace(tzinfo=None) for one in found]
    ahead = [at for at in moments if at.date() >= first]
    counts = Counter(at.date() for at in ahead)
    months = tuple(
        _month(_months_on(begin, n), counts, calendar, today=first) for n in range(SHOWN)
    )
    return Year(len(ahead), len(counts), tuple(ahead[:5]), months)


def _month(
    first: date, counts: Counter[date], calendar: WorkCalendar, *, today: date
) -> dict[str, Any]:
    before, length = monthrange(first.year, first.month)
    days: list[dict[str, Any] | None] = [None] * before
    for n in range(length):
        day = first + timedelta(days=n)
        days.append(
            {
                "n": day.day,
                "times": counts[day],
                "off": not segments_on(calendar, day),
                "today": day == today,
            }
        )
    days += [None] * (-len(days) % 7)
    weeks = [days[n : n + 7] for n in range(0, len(days), 7)]
    total = sum(counts[first + timedelta(days=n)] for n in range(length))
    return {"first": first, "weeks": weeks, "total": total}


def _months_on(first: date, n: int) -> date:
    month = first.month - 1 + n
    return date(first.year + month // 12, month % 12 + 1, 1)
