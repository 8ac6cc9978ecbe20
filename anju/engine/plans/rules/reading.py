"""Reading and writing rules: RRULE of RFC 5545 with the SKIP of RFC 7529, refused in words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from anju.foundation.tenancy.errors import NotYet

FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SKIPS = ("OMIT", "BACKWARD", "FORWARD")
# Each numeric part: its least and greatest value, and whether it may count from the end.
_RANGES = {
    "BYSECOND": (0, 59, False),
    "BYMINUTE": (0, 59, False),
    "BYHOUR": (0, 23, False),
    "BYMONTHDAY": (1, 31, True),
    "BYYEARDAY": (1, 366, True),
    "BYWEEKNO": (1, 53, True),
    "BYMONTH": (1, 12, False),
    "BYSETPOS": (1, 366, True),
    "BYEASTER": (0, 366, True),
}
_ORDER = ("BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYEASTER", "BYDAY", "BYHOUR",
          "BYMINUTE", "BYSECOND", "BYSETPOS")  # fmt: skip
_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?")
_MOST = 1_000_000


class RuleUnclear(NotYet):
    """A recurrence rule cannot be read; `fields["rule"]` says why."""

    code = "rule_unclear"

    def __init__(self, message: Any) -> None:
        super().__init__(message, fields={"rule": message})


@dataclass(frozen=True)
class Rule:
    """One RRULE. `until` is a wall time, the last that counts. `parts`: the BY... parts by name.

    `parts["BYDAY"]` holds (n, day) with n = 0 for every such day; all others hold numbers. `skip`:
    what happens to a day that a month does not have, the month-end policy of a plan.
    """

    freq: str
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    week_start: str = "MO"
    skip: str = "OMIT"
    parts: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)


def read_rule(text: str, zone: str) -> Rule:
    """The rule in words of RFC 5545, with or without the name RRULE before it.

    `zone` turns an UNTIL in UTC into wall time; an UNTIL that is a date counts to the end of that
    day. Raises RuleUnclear.
    """
    said: dict[str, str] = {}
    for piece in filter(None, text.strip().removeprefix("RRULE:").split(";")):
        name, equals, value = piece.partition("=")
        name = name.strip().upper()
        if not equals or name in said:
            raise RuleUnclear(
                _("“%(piece)s” cannot be read. Write each part once: NAME=VALUE;NAME=VALUE.")
                % {"piece": piece[:40]}
            )
        said[name] = value.strip().upper()
    freq = said.pop("FREQ", "")
    if freq not in FREQUENCIES:
        raise RuleUnclear(
            _("The rule does not say how often. Begin with FREQ=DAILY, WEEKLY, MONTHLY or YEARLY.")
        )
    if "COUNT" in said and "UNTIL" in said:
        raise RuleUnclear(_("COUNT and UNTIL both end the rule. Leave one of them out."))
    calendar = said.pop("RSCALE", "GREGORIAN")
    if calendar != "GREGORIAN":
        raise RuleUnclear(_("Only the Gregorian calendar can be counted in. Leave RSCALE out."))
    rule = Rule(
        freq=freq,
        interval=_number("INTERVAL", said.pop("INTERVAL", "1"), 1, _MOST),
        count=_number("COUNT", said.pop("COUNT"), 1, _MOST) if "COUNT" in said else None,
        until=_until(said.pop("UNTIL"), zone) if "UNTIL" in said else None,
        week_start=_one_of("WKST", said.pop("WKST", "MO"), WEEKDAYS),
        skip=_one_of("SKIP", said.pop("SKIP", "OMIT"), SKIPS),
        parts={name: _values(name, value) for name, value in said.items()},
    )
    _check(rule)
    return rule


def write_rule(rule: Rule) -> str:
    """The rule as text; `read_rule` gives it back. UNTIL is written as wall time."""
    words = [f"FREQ={rule.freq}"]
    if rule.interval != 1:
        words.append(f"INTERVAL={rule.interval}")
    for name in _ORDER:
        if name in rule.parts:
            words.append(f"{name}=" + ",".join(_written(name, v) for v in rule.parts[name]))
    if rule.week_start != "MO":
        words.append(f"WKST={rule.week_start}")
    if rule.skip != "OMIT":
        words += ["RSCALE=GREGORIAN", f"SKIP={rule.skip}"]
    if rule.count is not None:
        words.append(f"COUNT={rule.count}")
    if rule.until is not None:
        words.append(f"UNTIL={rule.until:%Y%m%dT%H%M%S}")
    return ";".join(words)


def _written(name: str, value: Any) -> str:
    return f"{value[0] or ''}{value[1]}" if name == "BYDAY" else str(value)


def read_moment(text: str, zone: str) -> datetime:
    """A DATE or DATE-TIME of RFC 5545 as wall time of `zone`. Raises RuleUnclear."""
    match = _MOMENT.fullmatch(text.strip().upper())
    try:
        if match is None:
            raise ValueError
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        at = datetime.combine(date(year, month, day), time(hour, minute, second))
    except ValueError:
        raise RuleUnclear(
            _("“%(text)s” is not a time. Write it as 20260131 or 20260131T080000.")
            % {"text": text[:40]}
        ) from None
    if match[7]:
        at = at.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return at


def _until(text: str, zone: str) -> datetime:
    at = read_moment(text, zone)
    return at if "T" in text else at + timedelta(days=1, microseconds=-1)


def _number(name: str, text: str, least: int, most: int) -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise RuleUnclear(
            _("%(name)s is a whole number from %(least)s to %(most)s, not “%(text)s”.")
            % {"name": name, "least": least, "most": most, "text": text[:40]}
        )
    return number


def _one_of(name: str, text: str, choices: tuple[str, ...]) -> str:
    if text not in choices:
        raise RuleUnclear(
            _("%(name)s is one of %(choices)s, not “%(text)s”.")
            % {"name": name, "choices": ", ".join(choices), "text": text[:40]}
        )
    return text


def _values(name: str, text: str) -> tuple[Any, ...]:
    """The values of one BY... part."""
    if name == "BYDAY":
        return tuple(_weekday(word) for word in text.split(","))
    if name not in _RANGES:
        raise RuleUnclear(
            _("A rule has no part %(name)s. Its parts are %(parts)s.")
            % {
                "name": name[:40],
                "parts": ", ".join(("FREQ", "INTERVAL", "COUNT", "UNTIL", *_ORDER)),
            }
        )
    least, most, backwards = _RANGES[name]
    found = []
    for word in text.split(","):
        number = _number(name, word, -most if backwards else least, most)
        if not number and least:
            _number(name, word, least, most)
        found.append(number)
    return tuple(found)


def _weekday(word: str) -> tuple[int, str]:
    match = _DAY.fullmatch(word)
    if match is None or (match[1] and not 1 <= abs(int(match[1])) <= 53):
        raise RuleUnclear(
            _("“%(word)s” is not a day of the week. Write MO, TU, ... SU; the last Friday is -1FR.")
            % {"word": word[:40]}
        )
    return int(match[1] or 0), match[2]


def _check(rule: Rule) -> None:
    """What each part can be told with, as the RFC has it."""
    numbered = any(n for n, _day in rule.parts.get("BYDAY", ()))
    if numbered and rule.freq not in ("MONTHLY", "YEARLY"):
        raise RuleUnclear(_("A numbered day of the week needs FREQ=MONTHLY or FREQ=YEARLY."))
    if "BYWEEKNO" in rule.parts and (rule.freq != "YEARLY" or numbered):
        raise RuleUnclear(_("BYWEEKNO needs FREQ=YEARLY and days of the week without a number."))
    if "BYWEEKNO" in rule.parts and {"BYYEARDAY", "BYEASTER"} & set(rule.parts):
        raise RuleUnclear(_("Weeks of the year go with days of the week or of the month only."))
    if "BYSETPOS" in rule.parts and len(rule.parts) == 1:
        raise RuleUnclear(_("BYSETPOS chooses among other parts. Name at least one of them."))
    if rule.skip != "OMIT" and (
        rule.freq not in ("MONTHLY", "YEARLY") or "BYWEEKNO" in rule.parts
        or "BYYEARDAY" in rule.parts or "BYEASTER" in rule.parts or numbered
    ):  # fmt: skip
        raise RuleUnclear(
            _("SKIP is for days of the month: FREQ=MONTHLY or YEARLY with BYMONTHDAY.")
        )
