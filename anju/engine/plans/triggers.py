"""What lets a plan fall due other than the calendar, as plain values. Pure.

A plan says one of five: by the calendar (`document.When`), some days after the last was done, by a
counter of its equipment, on an event, by hand.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, get_args

from pydantic import Field

from anju.engine.forms.shapes import Number, Part, PartCode
from anju.engine.standards.rules import CaseKind

ONE_DAY = timedelta(days=1)
EventName = Literal["case.reported", "case.close"]
EVENTS: tuple[EventName, ...] = get_args(EventName)  # what a plan can wait for


class After(Part):
    """`days` after the last one was done, or missed.

    `start`: a date or wall time, when the first is planned; all are planned for its time of day.
    `day_off`: what becomes of a day on which the calendar is closed.
    """

    by: Literal["after"]
    days: int = Field(ge=1, le=3_660)
    start: str = Field(min_length=4, max_length=32)
    day_off: Literal["keep", "before", "after"] = "keep"


class Meter(Part):
    """Whenever a reading has passed a mark: `base` + n x `every`, in `unit`.

    `counter`: the code its readings are kept under: those that are entered by themselves, and
    answers to an item of this code in work at the equipment.
    """

    by: Literal["meter"]
    every: Number = Field(gt=0, le=1e9)
    base: Number = Field(0, ge=0, le=1e12)
    unit: str = Field("h", max_length=12)
    counter: PartCode = "hours"

    def mark_before(self, reading: Decimal) -> Decimal | None:
        """The last mark that a reading has passed; a mark itself counts. None: none yet."""
        n = self._passed(reading)
        return self._mark(n) if n > 0 else None

    def mark_after(self, reading: Decimal) -> Decimal:
        """The first mark that a reading has not passed."""
        return self._mark(max(0, self._passed(reading)) + 1)

    def _passed(self, reading: Decimal) -> int:
        return int((reading - Decimal(str(self.base))) // Decimal(str(self.every)))

    def _mark(self, n: int) -> Decimal:
        return Decimal(str(self.base)) + n * Decimal(str(self.every))


class OnEvent(Part):
    """Whenever a case is reported or closed at a place or on equipment of the plan, or inside it.

    `kind`, `category`: of the case; empty for any. A warning entered by hand is a case as well.
    """

    by: Literal["event"]
    event: EventName
    kind: CaseKind | Literal[""] = ""
    category: str = Field("", max_length=120)


class ByHand(Part):
    """When somebody says so."""

    by: Literal["hand"]


def said_by(value: Any) -> str:
    """Which of the five plain values or a model are."""
    said = value.get("by") if isinstance(value, dict) else getattr(value, "by", None)
    return str(said or "calendar")


def named_after(
    days: int, start: datetime, ended: datetime | None, *, last: str, moment: datetime
) -> datetime:
    """The wall time that names the next one of a plan that counts from the last.

    `start`: when the first is planned; `ended`: when the last was done or missed, None where there
    is none; `last`: what names that one; `moment`: it is now. All wall times. What is named lies
    after what was, and not behind us, whatever was done early or stood still for long.
    """
    day = start.date() if ended is None else ended.date() + days * ONE_DAY
    at = datetime.combine(day, start.time())
    if "T" in last and at.isoformat(timespec="seconds") <= last:
        at = datetime.combine(datetime.fromisoformat(last).date() + ONE_DAY, start.time())
    if at < moment:
        at = datetime.combine(moment.date(), start.time())
    return at if at >= moment else at + ONE_DAY
