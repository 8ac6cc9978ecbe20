"""A timetable as one recurrence of RFC 5545, where it can be said so."""

from dataclasses import replace
from datetime import MAXYEAR, datetime, time
from itertools import product
from typing import Any

from anju.engine.plans.rules.reading import WEEKDAYS, Rule
from anju.engine.plans.rules.recurrence import Recurrence, wall_times
from anju.engine.plans.rules.timetable import Timetable

YEARS = 30  # what has not begun by then never does
_DAYS = frozenset({"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYEASTER"})
_CLOCK = ("BYHOUR", "BYMINUTE", "BYSECOND")
_BY_DAYS = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")


def as_recurrence(table: Timetable) -> Recurrence | None:
    """The same wall times as one anchored recurrence, whose start is its first time; None where RFC
    5545 has no words: seasons, working days, days off that move or leave out, several times a day
    that are not hours by minutes, or that are counted."""
    if (
        table.workday
        or table.seasons
        or table.day_off != "keep"
        or len(table.recurrence.rules) != 1
    ):
        return None
    rule = _timed(table)
    if rule is None:
        return None
    what = table.recurrence
    asked = replace(what, rules=(rule,), start=_start(table), dates=(), never=frozenset())
    end = what.start.replace(year=min(what.start.year + YEARS, MAXYEAR), day=1)
    first = next(wall_times(asked, what.start, end), None)
    if first is None:
        return None
    explicit = _explicit(rule, what.start)
    return Recurrence(first, (explicit,), what.dates, what.never, anchored=True)


def _start(table: Timetable) -> datetime:
    """Where times are named the anchor is a day."""
    start = table.recurrence.start
    return datetime.combine(start, time()) if table.times else start


def _timed(table: Timetable) -> Rule | None:
    """The rule with its times of day."""
    (rule,) = table.recurrence.rules
    if not table.times:
        return rule
    hours = tuple(sorted({at.hour for at in table.times}))
    minutes = tuple(sorted({at.minute for at in table.times}))
    crossed = {time(hour, minute) for hour, minute in product(hours, minutes)} == {*table.times}
    counted = rule.count is not None or "BYSETPOS" in rule.parts
    single = table.recurrence.dates or table.recurrence.never  # they name days, each with its times
    if not crossed or single or rule.freq not in _BY_DAYS or set(_CLOCK) & set(rule.parts):
        return None
    if counted and (len(table.times) > 1 or table.recurrence.start.time() != time()):
        return None
    clock = {"BYHOUR": hours, "BYMINUTE": minutes, "BYSECOND": (0,)}
    # The rule names days, so the last of them counts with all its times.
    last = rule.until and datetime.combine(rule.until, time(23, 59, 59))
    return replace(rule, until=last, parts={**rule.parts, **clock})


def _explicit(rule: Rule, start: datetime) -> Rule:
    """What the anchor implied said aloud, so that the first time can be the anchor."""
    parts: dict[str, tuple[Any, ...]] = dict(rule.parts)
    if not _DAYS & set(parts):
        if rule.freq == "WEEKLY":
            parts["BYDAY"] = ((0, WEEKDAYS[start.weekday()]),)
        if rule.freq in ("MONTHLY", "YEARLY"):
            parts["BYMONTHDAY"] = (start.day,)
        if rule.freq == "YEARLY":
            parts.setdefault("BYMONTH", (start.month,))
    if rule.freq in _BY_DAYS:
        for name, value in zip(_CLOCK, (start.hour, start.minute, start.second), strict=True):
            parts.setdefault(name, (value,))
    return replace(rule, parts=parts)
