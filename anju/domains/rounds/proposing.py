"""When work that the library asks for may fall due: hours, days and months to begin with. Pure.

How often is the library's; which hours and days are proposals that somebody looks at.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from anju.engine.library.often import Doing

WEEK = {
    1: "MO", 2: "MO,TH", 3: "MO,WE,FR", 4: "MO,TU,TH,FR", 5: "MO,TU,WE,TH,FR",
    6: "MO,TU,WE,TH,FR,SA",
}  # fmt: skip
HALF_MONTHS = "FREQ=MONTHLY;BYMONTHDAY=1,16"
MONTHS = tuple(range(1, 13))
DAY_BEGINS, DAY_LASTS = 8 * 60, 12 * 60  # minutes: when work that is done several times a day is
NIGHT_BEGINS, NIGHT_LASTS = 20 * 60, 10 * 60
_LAST_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def when_of(doing: Doing) -> dict[str, Any]:
    """When it falls due, as the parts of `When` but its first day."""
    value, times, night = doing.value, doing.times, "夜" in doing.value.scope
    if value.op == "every" and value.unit in ("min", "h"):
        return _within_the_day(round(float(value.value or 1) * (60 if value.unit == "h" else 1)))
    if value.period == "hour":
        return _within_the_day(max(5, round(60 / float(value.value or 1))))
    said: dict[str, Any] = {"times": ("09:00",)}
    if value.unit == "班" or value.period in ("shift", "day"):
        return {"times": times_of(round(_in_a_day(doing)), night=night), **_season(doing.months)}
    if value.op == "every" and value.unit == "d":
        return {**said, "rule": f"FREQ=DAILY;INTERVAL={value.value:g}", **_season(doing.months)}
    if value.op == "every" and value.unit == "week":
        every = f";INTERVAL={value.value:g}" if value.value != 1 else ""
        return {**said, "rule": f"FREQ=WEEKLY{every};BYDAY=MO", **_season(doing.months)}
    if value.period == "week":
        days = WEEK.get(round(float(value.value or 1)), "")
        rule = {"rule": f"FREQ=WEEKLY;BYDAY={days}"} if days else {}
        return {**said, **rule, **_season(doing.months)}
    return {**said, "rule": _by_months(times, doing.months), "day_off": "after",
            "month_end": "clamp"}  # fmt: skip


def _in_a_day(doing: Doing) -> float:
    value = float(doing.value.value or 1)
    if doing.value.unit == "班":
        return 3 / value
    return value * (3 if doing.value.period == "shift" else 1)


def _within_the_day(step: int) -> dict[str, Any]:
    last = (24 * 60 - 1) // step * step
    every = f"{step // 60}h" if step % 60 == 0 else f"{step}min"
    return {"every": every, "between": ("00:00", f"{last // 60:02}:{last % 60:02}")}


def times_of(n: int, *, night: bool = False) -> tuple[str, ...]:
    """So many times of a day, or of a night."""
    if n <= 1 and not night:
        return ("09:00",)
    begins, lasts = (NIGHT_BEGINS, NIGHT_LASTS) if night else (DAY_BEGINS, DAY_LASTS)
    if n == 2 and not night:
        return ("08:00", "16:00")
    n = min(max(n, 1), 48)
    at = [begins + lasts * k // n // 5 * 5 for k in range(n)]
    return tuple(f"{one // 60 % 24:02}:{one % 60:02}" for one in at)


def season_of(months: Sequence[int]) -> tuple[str, str]:
    """The first and the last day of months that follow each other."""
    return f"{months[0]:02}-01", f"{months[-1]:02}-{_LAST_DAYS[months[-1] - 1]}"


def _season(months: Sequence[int]) -> Mapping[str, Any]:
    return {"seasons": (season_of(months),)} if months else {}


def _by_months(times: float, months: Sequence[int]) -> str:
    """A rule that falls due so often in a year, in these months only where any are named."""
    n = round(times)
    if not months and n == 24:
        return HALF_MONTHS
    if n > 12:
        return f"FREQ=DAILY;INTERVAL={max(1, 365 // n)}"
    if not months and times < 1:
        return f"FREQ=MONTHLY;INTERVAL={round(12 / times)}"
    if not months and 12 % n == 0:
        return f"FREQ=MONTHLY;INTERVAL={12 // n}" if n < 12 else "FREQ=MONTHLY"
    among = months or MONTHS
    n = min(max(n, 1), len(among))
    chosen = sorted({among[(len(among) - 1) * k // max(1, n - 1)] for k in range(n)})
    return f"FREQ=MONTHLY;BYMONTH={','.join(map(str, chosen))};BYMONTHDAY=1"


def window_of(times: float) -> tuple[int, int, int]:
    """Minutes early, late and to make up, by how often it is done in a year."""
    if times > 2 * 365:
        return 15, 45, 60
    if times > 2 * 52:
        return 60, 120, 240
    return (60, 420, 2880) if times > 24 else (60, 2880, 5760)
