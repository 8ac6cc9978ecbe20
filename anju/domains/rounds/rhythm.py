"""What lets a plan fall due: as people choose it on a form, and as they read it. Pure.

What the form cannot say (a rule written by hand or by another program) is kept as its rule.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from anju.engine.loop.models import KIND_NAMES
from anju.engine.plans.document import Trigger, When
from anju.engine.plans.triggers import After, ByHand, Meter, OnEvent

Repeat = Literal["day", "week", "month", "workday", "rule"]
REPEAT_NAMES = (
    ("day", gettext_lazy("by days")),
    ("week", gettext_lazy("by weeks, on days of the week")),
    ("month", gettext_lazy("by months, on days of the month")),
    ("workday", gettext_lazy("by months, on a working day")),
    ("rule", gettext_lazy("by a rule (RFC 5545)")),
    ("after", gettext_lazy("some days after the last was done")),
    ("meter", gettext_lazy("by a counter of the equipment")),
    ("event", gettext_lazy("whenever something happens")),
    ("hand", gettext_lazy("when somebody begins it")),
)
EVENT_NAMES = (
    ("case.reported", gettext_lazy("a case is reported")),
    ("case.close", gettext_lazy("a case is closed")),
)
DAYS = (
    ("MO", pgettext_lazy("weekday", "Mon")),
    ("TU", pgettext_lazy("weekday", "Tue")),
    ("WE", pgettext_lazy("weekday", "Wed")),
    ("TH", pgettext_lazy("weekday", "Thu")),
    ("FR", pgettext_lazy("weekday", "Fri")),
    ("SA", pgettext_lazy("weekday", "Sat")),
    ("SU", pgettext_lazy("weekday", "Sun")),
)
MONTH_END_NAMES = (
    ("skip", gettext_lazy("leave it out")),
    ("clamp", gettext_lazy("on the last day")),
    ("next", gettext_lazy("on the first of the next month")),
)
DAY_OFF_NAMES = (
    ("keep", gettext_lazy("all the same")),
    ("skip", gettext_lazy("leave it out")),
    ("before", gettext_lazy("on the working day before")),
    ("after", gettext_lazy("on the working day after")),
)
_FREQ = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY"}
_KNOWN: Mapping[str, frozenset[str]] = {
    "DAILY": frozenset(),
    "WEEKLY": frozenset({"BYDAY"}),
    "MONTHLY": frozenset({"BYMONTHDAY", "BYMONTH"}),
}
_EVERY = re.compile(r"(\d+) ?(m|min|h)")
_NUMBERS = re.compile(r"-?\d+(,-?\d+)*")


@dataclass(frozen=True)
class Rhythm:
    """What is chosen: `interval` days, weeks or months; `weekdays` as RFC 5545 has them; `days` of
    the month, from its end where negative; `months` 1 to 12, all where empty; the nth `workday`;
    or the `rule` as it is written."""

    repeat: Repeat = "day"
    interval: int = 1
    weekdays: tuple[str, ...] = ()
    days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    workday: int = 0
    rule: str = ""

    @property
    def written(self) -> str:
        """The rule it comes to; empty for every day."""
        if self.repeat == "rule":
            return self.rule.strip()
        if self.repeat == "workday":
            return "FREQ=DAILY" + _part("BYMONTH", self.months) if self.months else ""
        if self.repeat == "day" and self.interval == 1:
            return ""
        every = f";INTERVAL={self.interval}" if self.interval > 1 else ""
        parts = _part("BYDAY", self.weekdays) if self.repeat == "week" else ""
        if self.repeat == "month":
            parts = _part("BYMONTH", self.months) + _part("BYMONTHDAY", self.days)
        return f"FREQ={_FREQ[self.repeat]}{every}{parts}"


def rhythm_of(when: When) -> Rhythm:
    """How it would be chosen on the form; as a rule where it could not."""
    parts = dict(word.split("=", 1) for word in when.rule.split(";") if "=" in word)
    as_rule = Rhythm("rule", rule=when.rule)
    freq, interval = parts.pop("FREQ", "DAILY"), parts.pop("INTERVAL", "1")
    if when.workday:
        only_months = freq == "DAILY" and interval == "1" and set(parts) <= {"BYMONTH"}
        months = _numbers(parts.get("BYMONTH", ""))
        return Rhythm("workday", months=months, workday=when.workday) if only_months else as_rule
    if freq not in _KNOWN or not set(parts) <= _KNOWN[freq] or not interval.isdigit():
        return as_rule
    days = tuple(filter(None, parts.get("BYDAY", "").split(",")))
    if not {*days} <= {code for code, _name in DAYS}:
        return as_rule
    repeat: Repeat = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month"}[freq]  # type: ignore[assignment]  # one of the three
    return Rhythm(
        repeat,
        int(interval),
        days,
        _numbers(parts.get("BYMONTHDAY", "")),
        _numbers(parts.get("BYMONTH", "")),
    )


def rhythm_said(when: Trigger) -> str:
    """The whole of it in a line, in the language of whoever reads it."""
    if not isinstance(when, When):
        return _otherwise_said(when)
    rhythm = rhythm_of(when)
    said = [_repeat_said(rhythm), _times_said(when), *_seasons_said(when)]
    if when.day_off != "keep":
        said.append(_("on days off %(how)s") % {"how": dict(DAY_OFF_NAMES)[when.day_off]})
    return " · ".join(filter(None, said))


def _otherwise_said(trigger: After | Meter | OnEvent | ByHand) -> str:
    if isinstance(trigger, After):
        words = _("%(n)d days after the last was done, at %(time)s")
        time = trigger.start.partition("T")[2][:5] or "00:00"
        said = [words % {"n": trigger.days, "time": time}]
        if trigger.day_off != "keep":
            how = dict(DAY_OFF_NAMES)[trigger.day_off]
            said.append(_("on days off %(how)s") % {"how": how})
        return " · ".join(said)
    if isinstance(trigger, Meter):
        words = _("every %(n)s %(unit)s of the counter “%(counter)s”")
        n = f"{trigger.every:g}"
        return words % {"n": n, "unit": trigger.unit, "counter": trigger.counter}
    if isinstance(trigger, OnEvent):
        which = [str(dict(KIND_NAMES)[trigger.kind])] if trigger.kind else []
        which += [trigger.category] if trigger.category else []
        named = {"what": dict(EVENT_NAMES)[trigger.event]}
        said = [_("whenever %(what)s") % named, *which]
        return " · ".join(said)
    return _("when somebody begins it")


def not_known_ahead(trigger: After | Meter | OnEvent | ByHand) -> str:
    """Why there is no year of it to look at, in the language of whoever reads it."""
    if isinstance(trigger, After):
        return _(
            "Only the next one is known, once the last is done or missed. Were each done on its "
            "day, it would be about %(n)d in a year."
        ) % {"n": max(1, round(365 / trigger.days))}
    if isinstance(trigger, Meter):
        return _("When a mark is passed cannot be known ahead; readings tell when to expect it.")
    if isinstance(trigger, OnEvent):
        return _("When it happens cannot be known ahead. Its work is made at once, where it was.")
    return _("It is done when somebody begins it and says why. There is nothing to know ahead.")


def _repeat_said(rhythm: Rhythm) -> str:
    n = rhythm.interval
    if rhythm.repeat == "rule":
        return rhythm.rule
    if rhythm.repeat == "workday":
        return _workday_said(rhythm)
    if rhythm.repeat == "day":
        return _("every day") if n == 1 else _("every %(n)d days") % {"n": n}
    if rhythm.repeat == "week":
        every = _("every week") if n == 1 else _("every %(n)d weeks") % {"n": n}
        names = dict(DAYS)
        return f"{every} {_listed(names[code] for code in rhythm.weekdays)}".strip()
    every = _("every month") if n == 1 else _("every %(n)d months") % {"n": n}
    on = _listed(_day_said(day) for day in rhythm.days)
    return " ".join(filter(None, (_months_said(rhythm) or every, on)))


def _workday_said(rhythm: Rhythm) -> str:
    n = rhythm.workday
    if n == -1:
        day = _("the last working day")
    elif n < 0:
        day = _("working day %(n)d from the end") % {"n": -n}
    else:
        day = _("working day %(n)d") % {"n": n}
    return f"{_months_said(rhythm) or _('every month')} {day}"


def _months_said(rhythm: Rhythm) -> str:
    if not rhythm.months:
        return ""
    return _("in month %(months)s") % {"months": _listed(rhythm.months)}


def _day_said(day: int) -> str:
    if day == -1:
        return _("the last day")
    if day < 0:
        return _("day %(n)d from the end") % {"n": -day}
    return _("day %(n)d") % {"n": day}


def _times_said(when: When) -> str:
    said = [_listed(when.times)] if when.times else []
    if when.every and when.between:
        words = _("every %(every)s from %(first)s to %(last)s")
        first, last = when.between
        said.append(words % {"every": _every_said(when.every), "first": first, "last": last})
    if not said and "T" in when.start:
        said.append(when.start.partition("T")[2][:5])
    return ", ".join(said)


def _every_said(every: str) -> str:
    """`2h` and `30min` with the unit as the reader's language has it; what is neither, as it is."""
    match = _EVERY.fullmatch(every.strip())
    if match is None:
        return every
    n = int(match[1])
    return _("%(n)d h") % {"n": n} if match[2] == "h" else _("%(n)d min") % {"n": n}


def _seasons_said(when: When) -> list[str]:
    return [
        _("from %(first)s to %(last)s each year") % {"first": first, "last": last}
        for first, last in when.seasons
    ]


def _listed(words: Any) -> str:
    return pgettext("list", ", ").join(str(word) for word in words)


def _part(name: str, values: Any) -> str:
    return f";{name}={','.join(map(str, values))}" if values else ""


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(","))) if _NUMBERS.fullmatch(text) else ()
