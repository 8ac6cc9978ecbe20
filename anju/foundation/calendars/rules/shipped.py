"""The calendars every company starts with, and the public holidays of China known by date."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from chinese_calendar import Holiday
from chinese_calendar.constants import holidays, workdays

from anju.foundation.calendars.rules.stored import (
    SpecialDay,
    days_to_json,
    week_to_json,
    working_calendar,
)
from anju.foundation.calendars.rules.working import WHOLE_DAY, Segments, Week, WorkCalendar

HOURS = 60
_NOTICE_MONTH = 11  # the State Council publishes the next year's notice in November
_FEWEST_HOLIDAYS = 7
_OFFICE: Segments = ((9 * HOURS, 12 * HOURS), (13 * HOURS + 30, 18 * HOURS))
_SERVICE: Segments = ((8 * HOURS, 20 * HOURS),)
_NAMES = {holiday.value: holiday.chinese for holiday in Holiday}


@dataclass(frozen=True)
class Shipped:
    """A calendar as it comes with the product; `national`: it follows the public holidays."""

    code: str
    name: str
    week: Week
    national: bool = False


SHIPPED = (
    Shipped("always", "全天（24 小时）", (WHOLE_DAY,) * 7),
    Shipped("office", "办公时间", (*(_OFFICE,) * 5, (), ()), national=True),
    Shipped("service", "服务时间（每日 8 至 20 时）", (_SERVICE,) * 7),
)


def shipped_calendar(code: str, zone: str) -> WorkCalendar:
    """A calendar as it comes with the product, in `zone`, without a company. Raises KeyError."""
    shipped = {one.code: one for one in SHIPPED}[code]
    days = days_to_json(public_days(known_years())) if shipped.national else {}
    return working_calendar(zone, [{"since": None, "week": week_to_json(shipped.week)}], days)


def known_years() -> range:
    """The years whose public holidays and swapped workdays come with the product."""
    return range(min(holidays).year, max(holidays).year + 1)


def public_days(years: Iterable[int]) -> list[SpecialDay]:
    """Holidays and swapped workdays (调休) of these years, by date; unknown years give none."""
    wanted = set(years)
    found: dict[date, SpecialDay] = {}
    for day, name in holidays.items():
        found[day] = SpecialDay(day, "holiday", _NAMES.get(name, name))
    for day, name in workdays.items():
        found[day] = SpecialDay(day, "workday", f"{_NAMES.get(name, name)}调休")
    return [found[day] for day in sorted(found) if day.year in wanted]


def missing_public_years(days: Mapping[str, Mapping[str, Any]], today: date) -> list[int]:
    """Of this year and, from November on, the next: those without their public holidays.

    `days` is the stored form. A year counts as known from seven holidays on, the fewest a year had.
    """
    known = Counter(int(day[:4]) for day, row in days.items() if row["kind"] == "holiday")
    wanted = [today.year, *([today.year + 1] if today.month >= _NOTICE_MONTH else [])]
    return [year for year in wanted if known[year] < _FEWEST_HOLIDAYS]
