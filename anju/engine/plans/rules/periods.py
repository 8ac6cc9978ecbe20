"""Rules whose days are found month by month or year by year, since dateutil does not find them.

Days a month does not have: SKIP of RFC 7529. BACKWARD takes the last day of that month (clamp),
FORWARD the first of the next. As the RFC orders it, the day is mended after BYMONTHDAY and before
BYDAY, the hours and BYSETPOS.

Weeks of the year: dateutil takes some first days of January for week 53 where there is none. As it
and most programs do, a week without BYDAY means all its days.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import MAXYEAR, date, datetime, time, timedelta
from itertools import count, product

from anju.engine.plans.rules.reading import WEEKDAYS, Rule


def by_periods(rule: Rule, start: datetime, since: datetime) -> Iterator[datetime]:
    """The wall times of a rule by the month or year, from a little before `since` or its start."""
    left = rule.count
    last = None
    for number in count(_first(rule, start, since)):
        year, month = _period(rule, start, number)
        if year >= MAXYEAR:
            return
        for at in _times(rule, start, _days(rule, start, year, month)):
            if at < start or (last is not None and at <= last):
                continue
            if left == 0 or (rule.until is not None and at > rule.until):
                return
            last = at
            left = left and left - 1
            yield at


def _first(rule: Rule, start: datetime, since: datetime) -> int:
    """The number of the period to begin with: two before that of `since`, unless it is counted."""
    if rule.count is not None or since <= start:
        return 0
    months = (since.year - start.year) * 12 + since.month - start.month
    return max(0, months // (rule.interval * (12 if rule.freq == "YEARLY" else 1)) - 2)


def _period(rule: Rule, start: datetime, number: int) -> tuple[int, int]:
    """The year and the month of a period; 0 for all months of a year."""
    if rule.freq == "YEARLY":
        return start.year + number * rule.interval, 0
    year, month = divmod(start.year * 12 + start.month - 1 + number * rule.interval, 12)
    return year, month + 1


def _days(rule: Rule, start: datetime, year: int, month: int) -> set[date]:
    """The days of a period, before hours and places."""
    if "BYWEEKNO" in rule.parts:
        days = _of_weeks(rule, year)
    else:
        named = rule.parts.get("BYMONTH")
        if month:
            months = [month] if named is None or month in named else []
        elif named is None:
            by_day = {"BYMONTHDAY", "BYDAY"} & set(rule.parts)
            months = list(range(1, 13)) if by_day else [start.month]
        else:
            months = list(named)
        days = {day for one in months for day in _mended(rule, start, year, one)}
    weekdays = {WEEKDAYS.index(day) for _n, day in rule.parts.get("BYDAY", ())}
    return {day for day in days if not weekdays or day.weekday() in weekdays}


def _mended(rule: Rule, start: datetime, year: int, month: int) -> set[date]:
    """The days of one month, those it does not have mended."""
    length = monthrange(year, month)[1]
    if "BYMONTHDAY" not in rule.parts and "BYDAY" in rule.parts:
        return {date(year, month, day) for day in range(1, length + 1)}
    found = set()
    # Before its first (the 31st from the end of a shorter month) or after its last.
    least, most = (0, length) if rule.skip == "BACKWARD" else (1, length + 1)
    for said in rule.parts.get("BYMONTHDAY", (start.day,)):
        day = said if said > 0 else length + 1 + said
        found.add(date(year, month, 1) + timedelta(days=min(max(day, least), most) - 1))
    return found


def _of_weeks(rule: Rule, year: int) -> set[date]:
    """The days of a year that lie in the weeks named, whichever year a week is counted for."""
    months, days = rule.parts.get("BYMONTH"), rule.parts.get("BYMONTHDAY")
    found = set()
    day = date(year, 1, 1)
    while day.year == year:
        week, weeks = _week(day, WEEKDAYS.index(rule.week_start))
        if {week, week - weeks - 1} & set(rule.parts["BYWEEKNO"]):
            length = monthrange(year, day.month)[1]
            fits = days is None or {day.day, day.day - length - 1} & set(days)
            if fits and (months is None or day.month in months):
                found.add(day)
        day += timedelta(days=1)
    return found


def _week(day: date, first: int) -> tuple[int, int]:
    """The number of its week and how many its year has; week 1 is the first with four days."""

    def begins(year: int) -> date:
        fourth = date(year, 1, 4)
        return fourth - timedelta(days=(fourth.weekday() - first) % 7)

    year = max(y for y in (day.year - 1, day.year, day.year + 1) if begins(y) <= day)
    return (day - begins(year)).days // 7 + 1, (begins(year + 1) - begins(year)).days // 7


def _times(rule: Rule, start: datetime, days: set[date]) -> list[datetime]:
    """The wall times of a period, in order, at the places that BYSETPOS names."""
    clock = [
        time(hour, minute, second)
        for hour, minute, second in product(
            sorted(rule.parts.get("BYHOUR", (start.hour,))),
            sorted(rule.parts.get("BYMINUTE", (start.minute,))),
            sorted(rule.parts.get("BYSECOND", (start.second,))),
        )
    ]
    times = [datetime.combine(day, at) for day in sorted(days) for at in clock]
    if "BYSETPOS" not in rule.parts:
        return times
    places = {n - 1 if n > 0 else len(times) + n for n in rule.parts["BYSETPOS"]}
    return [at for n, at in enumerate(times) if n in places]
