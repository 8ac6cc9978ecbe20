"""What a promise is, and the states of its clock."""

from dataclasses import dataclass
from typing import Literal

from anju.engine.standards.rules import ClockKind, Limit, Step
from anju.foundation.calendars.rules import working
from anju.foundation.calendars.rules.working import WorkCalendar

BY_THE_WALL = frozenset({"feedback", "reply"})  # day and night, and never paused

State = Literal["running", "paused", "kept", "broken", "not_judgeable", "not_recorded", "void"]
SETTLED: frozenset[State] = frozenset({"kept", "broken", "not_judgeable", "not_recorded", "void"})


@dataclass(frozen=True)
class Promise:
    """What is promised: `minutes` of open time, or `days`, on the calendar with code `calendar`.

    `days` are counted as by law: not the day it starts on, open days only, until the last one
    closes. `pause_cap`: wall minutes that all pauses together may hold the clock, after which it
    runs on by itself; 0 means it is never paused. `pause_max_count`: how many pauses count.
    `warn_share`: the share of the allowance that is left when the warning is given.
    Raises ValueError when it contradicts itself.
    """

    kind: ClockKind
    minutes: int | None = None
    days: int | None = None
    calendar: str = "always"
    pause_cap: int = 0
    pause_max_count: int | None = None
    warn_share: float = 0.25
    ladder: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        if (self.minutes is None) == (self.days is None):
            raise ValueError("a promise has a limit in minutes or in days")
        if (self.minutes or self.days or 0) < 1:
            raise ValueError("a limit is positive")
        if self.kind in BY_THE_WALL and (self.calendar != "always" or self.pause_cap):
            raise ValueError(f"{self.kind} runs by the wall and is never paused")

    @classmethod
    def of(cls, limit: Limit) -> "Promise":
        """The promise a standard's limit makes."""
        return cls(
            kind=limit.clock,
            minutes=limit.minutes,
            calendar=limit.calendar,
            pause_cap=limit.pause_cap,
            ladder=limit.ladder,
        )


def running_on(promise: Promise, calendar: WorkCalendar) -> WorkCalendar:
    """The calendar that counts for the promise: some run by the wall."""
    return working.always(calendar.zone) if promise.kind in BY_THE_WALL else calendar
