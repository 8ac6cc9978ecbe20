"""Reading times: many ways to write one, a zone to mean it in, an instant or a bare date out.

A moment is an aware datetime in UTC, or a `date` where the source knows only the day.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

_PARTS = {
    "%Y": r"(?P<Y>[0-9]{4})", "%m": r"(?P<m>[0-9]{1,2})", "%d": r"(?P<d>[0-9]{1,2})",
    "%H": r"(?P<H>[0-9]{1,2})", "%I": r"(?P<I>[0-9]{1,2})", "%p": r"(?P<p>[AaPp]\.?[Mm]\.?)",
    "%M": r"(?P<M>[0-9]{1,2})", "%S": r"(?P<S>[0-9]{1,2})", "%f": r"(?P<f>[0-9]{1,6})",
    "%z": r"(?P<z>Z|[+-][0-9]{2}:?[0-9]{2})",
}  # fmt: skip
Moment = datetime | date
Reader = Callable[[str], "datetime | date | None"]


class Impossible(ValueError):
    """The text has the right form but no such day or time exists."""


class Skipped(Impossible):
    """The wall clock of the zone never showed this time: it was put forward over it."""


@lru_cache(maxsize=256)
def compiled(form: str) -> Reader:
    """A reader for one strptime-like format: aware or naive datetime, date, or None (no match).

    Raises ValueError for a format that does not name a whole date; the reader raises `Impossible`
    for 30 February. Much faster than strptime, and stricter: ASCII digits only.
    """
    pattern, has = _pattern(form)
    if not {"Y", "m", "d"} <= has:
        raise ValueError("a format needs %Y, %m and %d")
    if "I" in has and "p" not in has:
        raise ValueError("%I needs %p")
    match = re.compile(pattern).fullmatch
    timed = bool(has & {"H", "I"})

    def read(text: str) -> datetime | date | None:
        found = match(text)
        if not found:
            return None
        part = found.groupdict()
        try:
            day = date(int(part["Y"]), int(part["m"]), int(part["d"]))
            return datetime.combine(day, _time(part)) if timed else day
        except ValueError as error:
            raise Impossible(str(error)) from None

    return read


def _pattern(form: str) -> tuple[str, set[str]]:
    out, has, at = "", set(), 0
    while at < len(form):
        two = form[at : at + 2]
        if two in _PARTS:
            if two[1] in has:
                raise ValueError(f"{two} is there twice")
            out, at = out + _PARTS[two], at + 2
            has.add(two[1])
        elif form[at] == "%":
            raise ValueError(f"{two} is not known")
        else:
            out, at = out + (r"\s+" if form[at] == " " else re.escape(form[at])), at + 1
    return out, has


def _time(part: dict[str, Any]) -> time:
    hour = int(part.get("H") or part.get("I") or 0)
    if half := part.get("p"):
        if not 1 <= hour <= 12:
            raise ValueError("hour must be in 1..12")
        hour = hour % 12 + (12 if half[0] in "Pp" else 0)
    offset = None
    if z := part.get("z"):
        minutes = 0 if z == "Z" else int(z[1:3]) * 60 + int(z[-2:])
        offset = timezone(timedelta(minutes=-minutes if z[0] == "-" else minutes))
    micro = int((part.get("f") or "0").ljust(6, "0"))
    return time(hour, int(part.get("M") or 0), int(part.get("S") or 0), micro, offset)


def moment(value: datetime | date, zone: ZoneInfo, after: Moment | None = None) -> Moment:
    """The moment that a time or date written in `zone` means.

    A time the wall clock showed twice (autumn) is its first showing, or its second where the first
    would lie before `after`. Raises `Impossible` for a time that a clock change skipped.
    """
    if not isinstance(value, datetime):
        return value
    try:
        if value.tzinfo is not None:
            return value.astimezone(UTC)
        first = value.replace(tzinfo=zone).astimezone(UTC)
        second = value.replace(tzinfo=zone, fold=1).astimezone(UTC)
    except OverflowError as error:
        raise Impossible(str(error)) from None
    if second < first:  # PEP 495: in a gap fold=1 reads the clock as already put forward
        raise Skipped(f"clocks in {zone.key} skipped this time")
    if isinstance(after, datetime) and first < after <= second:
        return second
    return first


def precedes(one: Moment, other: Moment, zone: ZoneInfo) -> bool:
    """Whether `one` is certainly before `other`, whatever time of day a bare date means."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one < other
    return local_day(one, zone) < local_day(other, zone)


def local_day(at: Moment, zone: ZoneInfo) -> date:
    """The date on the wall of `zone`."""
    return at.astimezone(zone).date() if isinstance(at, datetime) else at


def midnight(day: date) -> datetime:
    """The naive first instant of a day."""
    return datetime.combine(day, time())
