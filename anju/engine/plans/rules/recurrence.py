"""Recurrence by RFC 5545 and the SKIP of RFC 7529, on the wall clock.

A rule is read into a `Recurrence` and answers with wall times: naive datetimes, whatever the zone.
What falls in a window is counted from the anchor, never from what came before (law 7): the anchor
is moved near the window by whole intervals, which changes nothing but the time it takes.

python-dateutil does the counting, but for what it does not know or miscounts (`periods`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import merge
from typing import Any

from dateutil import rrule

from anju.engine.plans.rules.periods import by_periods
from anju.engine.plans.rules.reading import WEEKDAYS, Rule

_STEP = {"SECONDLY": "seconds", "MINUTELY": "minutes", "HOURLY": "hours", "DAILY": "days"}
_FREQUENCY = {
    name: getattr(rrule, name)
    for name in ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")
}
_DAYS = {day: n for n, day in enumerate(WEEKDAYS)}
# What names days by itself; without any of them the day of the anchor is meant.
_BY_DAY = ("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYEASTER")


@dataclass(frozen=True)
class Recurrence:
    """What recurs: an anchor (DTSTART), rules, further times (RDATE) and times left out (EXDATE).

    All wall times of one zone. With no rule only the anchor and `dates` are meant; with a rule the
    anchor counts as the first one where `anchored` (the RFC's reading of DTSTART), else only if the
    rule meets it, as dateutil and most programs do.
    """

    start: datetime
    rules: tuple[Rule, ...] = ()
    dates: tuple[datetime, ...] = ()
    never: frozenset[datetime] = field(default_factory=frozenset)
    anchored: bool = False


def wall_times(what: Recurrence, since: datetime, until: datetime) -> Iterator[datetime]:
    """Its wall times in [since, until), in order, each once."""
    ended = what.rules and all(rule.until and rule.until < what.start for rule in what.rules)
    alone = (what.start,) if not what.rules or (what.anchored and not ended) else ()
    streams: list[Iterable[datetime]] = [sorted({*alone, *what.dates})]
    streams += [_met(rule, what.start, since) for rule in what.rules]
    last = None
    for at in merge(*streams):
        if at >= until:
            return
        if at >= since and at != last and at not in what.never:
            yield at
        last = at


def _met(rule: Rule, start: datetime, since: datetime) -> Iterator[datetime]:
    """The wall times of one rule, from a little before `since` or from its start."""
    if rule.skip != "OMIT" or "BYWEEKNO" in rule.parts:
        return by_periods(rule, start, since)
    if rule.freq == "WEEKLY" and "BYSETPOS" in rule.parts:
        return _of_whole_weeks(rule, start, since)
    return _counted(*_nearer(rule, start, since), rule)


def _of_whole_weeks(rule: Rule, start: datetime, since: datetime) -> Iterator[datetime]:
    """Places in a week are counted from its beginning; dateutil counts those of the first week from
    the anchor."""
    parts = dict(rule.parts)
    if not any(name in parts for name in _BY_DAY):
        parts["BYDAY"] = ((0, WEEKDAYS[start.weekday()]),)
    whole, left = replace(rule, parts=parts, count=None), rule.count
    begun = start - timedelta(days=(start.weekday() - _DAYS[rule.week_start]) % 7)
    near = _nearer(whole, begun, since if left is None else begun)
    for at in _counted(*near, whole):
        if left == 0:
            return
        if at >= start:
            left = left and left - 1
            yield at


def _counted(
    start: datetime, parts: Mapping[str, tuple[Any, ...]], rule: Rule
) -> Iterator[datetime]:
    try:
        yield from rrule.rrule(dtstart=start, cache=False, **_arguments(rule, parts))
    except ValueError as error:  # every 12 hours from 8 o'clock, at 9 only: never
        if "empty" not in str(error):
            raise


def _nearer(
    rule: Rule, start: datetime, since: datetime
) -> tuple[datetime, Mapping[str, tuple[Any, ...]]]:
    """The anchor moved by whole intervals to before `since`, and what it implied said aloud.

    Two intervals are left before the window. With COUNT nothing is moved: the count is from the
    anchor.
    """
    if rule.count is not None or since <= start:
        return start, rule.parts
    step, gap = rule.interval, since - start
    if rule.freq in _STEP:
        unit = timedelta(**{_STEP[rule.freq]: step})
        return start + max(0, gap // unit - 2) * unit, rule.parts
    if rule.freq == "WEEKLY":
        unit = timedelta(weeks=step)
        return start + max(0, gap // unit - 2) * unit, rule.parts
    months = (since.year - start.year) * 12 + since.month - start.month
    each = step * (12 if rule.freq == "YEARLY" else 1)
    jump = max(0, months // each - 2) * each
    if not jump:
        return start, rule.parts
    parts = dict(rule.parts)
    if not any(name in parts for name in _BY_DAY):
        parts["BYMONTHDAY"] = (start.day,)
        if rule.freq == "YEARLY":
            parts.setdefault("BYMONTH", (start.month,))
    year, month = divmod(start.year * 12 + start.month - 1 + jump, 12)
    return start.replace(year=year, month=month + 1, day=1), parts


def _arguments(rule: Rule, parts: Mapping[str, tuple[Any, ...]]) -> dict[str, Any]:
    """The rule in dateutil's words."""
    named: dict[str, Any] = {
        "freq": _FREQUENCY[rule.freq],
        "interval": rule.interval,
        "wkst": _DAYS[rule.week_start],
        "count": rule.count,
        "until": rule.until,
    }
    for name, values in parts.items():
        if name == "BYDAY":
            named["byweekday"] = [rrule.weekday(_DAYS[day], n or None) for n, day in values]
        else:
            named[name.lower()] = list(values)
    return named
