"""When a plan falls due, as a text: one model, read from YAML and written back. Pure.

What a person writes is one of five triggers: by the calendar (`When`: `rule`, or `every` ...
`between`), or as `triggers` has it: after the last was done, by a meter, on an event, by hand.
"""

import re
from dataclasses import replace
from datetime import datetime, time
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import Discriminator, Field, Tag, TypeAdapter

from anju.engine.forms.shapes import Part
from anju.engine.plans.rules.reading import Rule, RuleUnclear, read_moment, read_rule
from anju.engine.plans.rules.recurrence import Recurrence
from anju.engine.plans.rules.timetable import DayOff, Timetable
from anju.engine.plans.triggers import After, ByHand, Meter, OnEvent, said_by
from anju.foundation.texts import TextFile, read_text, write_text

MonthEnd = Literal["skip", "clamp", "next"]
Clock = Annotated[str, Field(pattern=r"^([01]?\d|2[0-3]):[0-5]\d$")]
MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
_SKIP = {"skip": "OMIT", "clamp": "BACKWARD", "next": "FORWARD"}
_EVERY = re.compile(r"(\d{1,4}) ?(m|min|h)")
_NUMBERED_DAYS = {"BYWEEKNO", "BYYEARDAY", "BYEASTER", "BYDAY"}


class When(Part):
    """When a plan falls due by the calendar.

    `start`: a date or wall time, the anchor everything is counted from. `rule`: RRULE of RFC 5545;
    empty for every day. `every` (2h, 30min) with `between` gives the times of each day, the ends
    included; `times` names them. `workday`: the nth working day of the month, from its end where
    negative. `month_end`: what becomes of a day the month does not have. `also`, `never`: single
    wall times more or less. `day_off`: what becomes of a day on which the calendar is closed.
    """

    by: Literal["calendar"] = "calendar"
    start: str = Field(min_length=4, max_length=32)
    rule: str = Field("", max_length=400)
    every: str = Field("", max_length=12)
    between: tuple[Clock, Clock] | tuple[()] = ()
    times: tuple[Clock, ...] = Field((), max_length=96)
    workday: int = Field(0, ge=-23, le=23)
    month_end: MonthEnd = "skip"
    seasons: tuple[tuple[MonthDay, MonthDay], ...] = Field((), max_length=12)
    day_off: DayOff = "keep"
    also: tuple[str, ...] = Field((), max_length=400)
    never: tuple[str, ...] = Field((), max_length=400)

    def timetable(self, zone: str) -> Timetable:
        """What it means in `zone` (IANA), which matters for what is written in UTC.

        Raises RuleUnclear.
        """
        times = sorted({_clock(at) for at in self.times} | set(self._steps()))
        rule = read_rule(self.rule or "FREQ=DAILY", zone)
        if self.month_end != "skip" and _by_month_day(rule):
            rule = replace(rule, skip=_SKIP[self.month_end])
        return Timetable(
            Recurrence(
                start=wall(self.start, zone),
                rules=(rule,),
                dates=tuple(wall(at, zone) for at in self.also),
                never=frozenset(wall(at, zone) for at in self.never),
            ),
            times=tuple(times),
            workday=self.workday,
            seasons=tuple((_month_day(first), _month_day(last)) for first, last in self.seasons),
            day_off=self.day_off,
        )

    def _steps(self) -> list[time]:
        """The times of a day that `every` and `between` give."""
        if not self.every and not self.between:
            return []
        match = _EVERY.fullmatch(self.every.strip())
        if match is None or not self.between:
            raise RuleUnclear(
                _("Write “every” as 2h or 30min, and “between” with the first and the last time.")
            )
        step = int(match[1]) * (60 if match[2] == "h" else 1)
        first, last = (at.hour * 60 + at.minute for at in map(_clock, self.between))
        if step < 5 or first > last:
            raise RuleUnclear(
                _("“every” is at least five minutes, and “between” begins with the earlier time.")
            )
        return [time(at // 60, at % 60) for at in range(first, last + 1, step)]


Trigger = Annotated[
    Annotated[When, Tag("calendar")]
    | Annotated[After, Tag("after")]
    | Annotated[Meter, Tag("meter")]
    | Annotated[OnEvent, Tag("event")]
    | Annotated[ByHand, Tag("hand")],
    Discriminator(said_by),
]
_TRIGGER: TypeAdapter[Trigger] = TypeAdapter(Trigger)


def trigger_of(said: Any) -> Trigger:
    """What lets a plan fall due, of plain values as a plan keeps them."""
    return _TRIGGER.validate_python(said)


class Preview(Part):
    """A file that says when: `when` as in a plan, and nothing else is needed."""

    anju: Literal["plan/1"] = "plan/1"
    when: When


def read_when(text: str, *, file: str = "plan") -> TextFile[Preview]:
    """Read when a plan falls due from YAML. Raises `BadText` with the line and what to do."""
    help = _("A plan says “when:” with “start:” and “rule:” or “every:”.")
    return read_text(text, Preview, file=file, help=help)


def write_when(said: When) -> str:
    """The canonical YAML; read and written again it gives the same bytes."""
    return write_text(Preview(when=said), head={"anju": "plan/1"})


def wall(text: str, zone: str) -> datetime:
    """A wall time: 2026-01-31, 2026-01-31T08:00, or as in RFC 5545. Raises RuleUnclear."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return read_moment(text, zone)
    if at.tzinfo is not None:
        raise RuleUnclear(
            _("“%(text)s” names a time zone. Write it as the clock on the wall shows it.")
            % {"text": text}
        )
    return at.replace(microsecond=0)


def _by_month_day(rule: Rule) -> bool:
    return rule.freq in ("MONTHLY", "YEARLY") and not _NUMBERED_DAYS & set(rule.parts)


def _clock(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)
