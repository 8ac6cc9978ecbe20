"""Random timetables, and when they fall due by looking at every day and minute there is.

Nothing here counts: of each minute it is asked whether all that the rule says is true of it, in the
words of RFC 5545 (3.3.10) and RFC 7529 (4.1). Wall times are turned into instants by trying.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

ZONES = (
    "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
    "America/Santiago", "Asia/Kathmandu",
)  # fmt: skip
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ONE_DAY = timedelta(days=1)
SUB_DAILY = ("HOURLY", "MINUTELY")


@dataclass(frozen=True)
class Said:
    """What a random plan says, as plain values; `text` is its RRULE."""

    zone: str
    start: datetime
    freq: str
    interval: int = 1
    by: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    week_start: str = "MO"
    skip: str = "OMIT"
    count: int | None = None
    until: datetime | None = None
    times: tuple[time, ...] = ()
    workday: int = 0
    seasons: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
    day_off: str = "keep"
    dates: tuple[datetime, ...] = ()
    never: tuple[datetime, ...] = ()

    @property
    def text(self) -> str:
        said = [f"FREQ={self.freq}", f"INTERVAL={self.interval}", f"WKST={self.week_start}"]
        for name, values in self.by.items():
            words = (f"{v[0] or ''}{v[1]}" if name == "BYDAY" else str(v) for v in values)
            said.append(f"{name}={','.join(words)}")
        if self.skip != "OMIT":
            said.append(f"SKIP={self.skip}")
        if self.count is not None:
            said.append(f"COUNT={self.count}")
        if self.until is not None:
            said.append(f"UNTIL={self.until:%Y%m%dT%H%M%S}")
        return ";".join(said)


def a_plan(rng: Random) -> Said:
    """A plan of any shape; what belongs together more often than chance would have it."""
    freq = rng.choice(["YEARLY", "MONTHLY", "MONTHLY", "WEEKLY", "DAILY", *SUB_DAILY])
    start = datetime(2024, 1, 1) + timedelta(
        days=rng.randrange(700), hours=rng.randrange(24), minutes=rng.choice([0, 15, 30, 59])
    )
    if rng.random() < 0.3:
        start = start.replace(day=monthrange(start.year, start.month)[1])
    by = _by(rng, freq)
    numbered = any(n for n, _day in by.get("BYDAY", ()))
    by_days = not numbered and not {"BYWEEKNO", "BYYEARDAY"} & set(by)
    skips = freq in ("MONTHLY", "YEARLY") and by_days and rng.random() < 0.5
    if skips and rng.random() < 0.6:  # days that some months do not have
        by["BYMONTHDAY"] = tuple(sorted({rng.choice([29, 30, 31, -30, -31]), rng.choice([1, 31])}))
    ends = rng.random()
    daily = freq not in SUB_DAILY
    return Said(
        zone=rng.choice(ZONES),
        start=start,
        freq=freq,
        interval=rng.choice([1, 1, 2, 1 if skips else 3, 5, 12, 90 if freq == "MINUTELY" else 7]),
        by=by,
        week_start=rng.choice(["MO", "MO", "SU", "WE"]),
        skip=rng.choice(["BACKWARD", "FORWARD"]) if skips else "OMIT",
        count=rng.randrange(1, 60) if ends < 0.15 else None,
        until=start + timedelta(days=rng.randrange(400)) if ends > 0.85 else None,
        times=tuple(sorted({_time(rng) for _n in range(rng.randrange(1, 5))}))
        if daily and rng.random() < 0.4 else (),
        workday=rng.choice([1, 2, -1, -3]) if freq == "DAILY" and rng.random() < 0.3 else 0,
        seasons=(((11, 15), (3, 15)),) if rng.random() < 0.1 else (),
        day_off=rng.choice(["keep", "keep", "skip", "before", "after"]),
        dates=(start + timedelta(days=3, minutes=7),) if rng.random() < 0.1 else (),
        never=(start,) if rng.random() < 0.1 else (),
    )  # fmt: skip


def _time(rng: Random) -> time:
    return time(rng.randrange(24), rng.choice([0, 30]))


def _by(rng: Random, freq: str) -> dict[str, tuple[Any, ...]]:
    """BY... parts that may stand with the frequency."""
    by: dict[str, tuple[Any, ...]] = {}

    def some(most: int, *choices: Any) -> tuple[Any, ...]:
        return tuple(sorted(set(rng.choices(choices, k=rng.randrange(1, most + 1)))))

    if rng.random() < 0.25:
        by["BYMONTH"] = some(4, *range(1, 13))
    if freq == "YEARLY" and rng.random() < 0.15:
        by["BYWEEKNO"] = some(3, 1, 2, 20, 52, 53, -1)
    elif freq in ("YEARLY", *SUB_DAILY) and rng.random() < 0.1:
        by["BYYEARDAY"] = some(4, 1, 60, 100, 200, 365, 366, -1, -366)
    elif freq != "WEEKLY" and rng.random() < 0.45:
        by["BYMONTHDAY"] = some(4, 1, 2, 15, 28, 29, 30, 31, -1, -2, -30, -31)
    if rng.random() < 0.35:
        numbers = freq == "MONTHLY" or (freq == "YEARLY" and "BYWEEKNO" not in by)
        alone = not {"BYMONTHDAY", "BYYEARDAY"} & set(by)
        n = rng.choice([0, 1, 2, -1, 5]) if numbers and alone and rng.random() < 0.4 else 0
        by["BYDAY"] = tuple((n, day) for day in some(3, *DAYS))
    if rng.random() < 0.25:
        by["BYHOUR"] = some(3, 0, 2, 3, 8, 20, 23)
    if freq == "MINUTELY" or (freq != "HOURLY" and rng.random() < 0.15):
        by["BYMINUTE"] = some(3, 0, 15, 30, 59)
    if by and freq not in SUB_DAILY and rng.random() < (0.5 if freq == "WEEKLY" else 0.2):
        by["BYSETPOS"] = some(2, 1, 2, -1, -2)
    return by


def nominal(said: Said, until: datetime) -> list[datetime]:
    """All wall times before `until` that the rule names, by looking at each day from the start."""
    found: list[datetime] = []
    first = said.start
    whole_days = replace_start(said) if said.times else said
    for group in _groups(whole_days, until):
        size = len(group)
        places = {n - 1 if n > 0 else size + n for n in said.by.get("BYSETPOS", range(1, size + 1))}
        found += [at for n, at in enumerate(group) if n in places and at >= whole_days.start]
    found = sorted(set(found))
    if said.until is not None:
        found = [at for at in found if at <= said.until]
    found = found[: said.count] if said.count is not None else found
    found = sorted({*found, *said.dates} - set(said.never))
    if said.times:
        days = sorted({at.date() for at in found})
        found = [datetime.combine(day, at) for day in days for at in said.times]
    return [at for at in found if first <= at < until]


def replace_start(said: Said) -> Said:
    """With times of its own, a plan's rule names days only."""
    names = {f: getattr(said, f) for f in said.__dataclass_fields__}
    return Said(**{**names, "start": datetime.combine(said.start, time())})


def _groups(said: Said, until: datetime) -> Iterator[list[datetime]]:
    """The candidates of each period the interval meets, in order."""
    periods: dict[Any, list[datetime]] = defaultdict(list)
    begin = said.start.date().replace(month=1, day=1)
    end = date(until.year + 1, 12, 31)
    if said.freq in SUB_DAILY:
        begin, end = said.start.date(), until.date()
    day = begin
    while day <= end:
        for key, real in _of_day(said, day):
            for at in _minutes(said, real):
                number = _number(said, key, at)
                if number is not None:
                    periods[number].append(at)
        day += ONE_DAY
    for number in sorted(periods):
        yield sorted(set(periods[number]))


def _of_day(said: Said, day: date) -> Iterator[tuple[date, date]]:
    """(the day that says to which period it belongs, the day it is) for what is meant on `day`."""
    if _fits(said, day):
        yield day, day
    if said.skip == "OMIT" or not _by_month_day(said):
        return
    last = monthrange(day.year, day.month)[1]
    wanted = said.by.get("BYMONTHDAY", (said.start.day,))
    if said.skip == "BACKWARD":
        missing = any(n > last for n in wanted)  # 31 of April: its 30th
        if day.day == last and missing and _rest(said, day, day):
            yield day, day
        after = day + ONE_DAY  # -31 of April: the day before its 1st
        if after.day == 1:
            length = monthrange(after.year, after.month)[1]
            if any(n < -length for n in wanted) and _rest(said, after, day):
                yield after, day
    else:
        if day.day == 1:
            before = day - ONE_DAY
            length = before.day
            if any(n > length for n in wanted) and _rest(said, before, day):
                yield before, day
            if any(n < -last for n in wanted) and _rest(said, day, day):
                yield day, day


def _by_month_day(said: Said) -> bool:
    return "BYMONTHDAY" in said.by or "BYDAY" not in said.by


def _rest(said: Said, key: date, real: date) -> bool:
    """What else is said of a mended day: the month it is counted for, and its day of the week."""
    months = said.by.get("BYMONTH")
    if said.freq == "YEARLY" and months is None and "BYMONTHDAY" not in said.by:
        months = (said.start.month,)
    weekdays = {day for _n, day in said.by.get("BYDAY", ())}
    return (months is None or key.month in months) and (
        not weekdays or DAYS[real.weekday()] in weekdays
    )


def _fits(said: Said, day: date) -> bool:
    """Whether all that is said of days is true of this one."""
    by, start = said.by, said.start
    implied = not {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"} & set(by)
    months = by.get("BYMONTH")
    if said.freq == "YEARLY" and implied and months is None:
        months = (start.month,)
    if months is not None and day.month not in months:
        return False
    if said.freq in ("YEARLY", "MONTHLY") and implied and day.day != start.day:
        return False
    if said.freq == "WEEKLY" and implied and day.weekday() != start.weekday():
        return False
    length = monthrange(day.year, day.month)[1]
    if "BYMONTHDAY" in by and not {day.day, day.day - length - 1} & set(by["BYMONTHDAY"]):
        return False
    year = date(day.year + 1, 1, 1) - date(day.year, 1, 1)
    number = day.timetuple().tm_yday
    if "BYYEARDAY" in by and not {number, number - year.days - 1} & set(by["BYYEARDAY"]):
        return False
    if "BYWEEKNO" in by:
        _year, week, weeks = _week(day, DAYS.index(said.week_start))
        if not {week, week - weeks - 1} & set(by["BYWEEKNO"]):
            return False
    return _weekday_fits(said, day, length)


def _weekday_fits(said: Said, day: date, length: int) -> bool:
    wanted = said.by.get("BYDAY")
    if wanted is None:
        return True
    name = DAYS[day.weekday()]
    by_month = said.freq == "MONTHLY" or "BYMONTH" in said.by
    if by_month:
        place, places = (day.day - 1) // 7 + 1, (day.day - 1) // 7 + 1 + (length - day.day) // 7
    else:
        number = day.timetuple().tm_yday
        left = (date(day.year, 12, 31) - day).days
        place, places = (number - 1) // 7 + 1, (number - 1) // 7 + 1 + left // 7
    return any(
        one == name and (n == 0 or n == place or n == place - places - 1) for n, one in wanted
    )


def _week(day: date, first: int) -> tuple[int, int, int]:
    """(year, week, weeks of that year): week 1 is the first with four days in the year."""

    def begin(year: int) -> date:
        fourth = date(year, 1, 4)
        return fourth - timedelta(days=(fourth.weekday() - first) % 7)

    year = day.year + 1
    while begin(year) > day:
        year -= 1
    return year, (day - begin(year)).days // 7 + 1, (begin(year + 1) - begin(year)).days // 7


def _minutes(said: Said, day: date) -> Iterator[datetime]:
    """The wall times of a day that fit hours and minutes."""
    hours: Any = said.by.get("BYHOUR")
    minutes: Any = said.by.get("BYMINUTE")
    if hours is None:
        hours = range(24) if said.freq in SUB_DAILY else (said.start.hour,)
    if minutes is None:
        minutes = range(60) if said.freq == "MINUTELY" else (said.start.minute,)
    for hour in sorted(hours):
        for minute in sorted(minutes):
            yield datetime(day.year, day.month, day.day, hour, minute)


def _number(said: Said, key: date, at: datetime) -> int | None:
    """Which period of the rule this is, from its start; None where the interval passes over it."""
    start, step = said.start, said.interval
    match said.freq:
        case "YEARLY":
            n = key.year - start.year
        case "MONTHLY":
            n = (key.year - start.year) * 12 + key.month - start.month
        case "WEEKLY":
            first = DAYS.index(said.week_start)
            week = start.date() - timedelta(days=(start.weekday() - first) % 7)
            n = (key - week).days // 7
        case "DAILY":
            n = (key - start.date()).days
        case "HOURLY":
            n = int((at.replace(minute=0) - start.replace(minute=0)) / timedelta(hours=1))
        case _:
            n = int((at - start) / timedelta(minutes=1))
    return n if n >= 0 and n % step == 0 else None


def instant(zone: str, wall: datetime) -> datetime:
    """The UTC instant of a wall time, by trying every offset the zone has around it."""
    tz = ZoneInfo(zone)
    near = {
        (wall.replace(tzinfo=UTC) + timedelta(hours=h)).astimezone(tz).utcoffset() or timedelta()
        for h in range(-36, 37, 6)
    }
    shown = [wall.replace(tzinfo=UTC) - offset for offset in near]
    real = sorted(at for at in shown if at.astimezone(tz).replace(tzinfo=None) == wall)
    if real:
        return real[0]
    # Skipped in spring: by the offset that held before, which is the smaller one there.
    return wall.replace(tzinfo=UTC) - min(near)
