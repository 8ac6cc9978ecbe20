"""What a plan makes of its timetable: occurrences with the time in which they are in time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from anju.engine.plans.rules.timetable import Occurrence

CatchUp = Literal["none", "last", "all"]


@dataclass(frozen=True)
class Window:
    """Minutes before and after the planned time in which it is in time, and then made up."""

    early: int = 0
    late: int = 60
    make_up: int = 0


class Due(NamedTuple):
    """An occurrence with its window (UTC), and until when it can be made up; `made`: whether work
    is made of it."""

    named: str
    at: datetime
    opens_at: datetime
    closes_at: datetime
    lapses_at: datetime
    made: bool


def due(
    occurrences: Iterable[Occurrence], window: Window, catch_up: CatchUp, moment: datetime
) -> Iterator[Due]:
    """What is made at `moment` of these occurrences, in their order.

    Those that could not even be made up any more, because the house stood still, are made as
    `catch_up` says: none, the last one, all of them.
    """
    early, late = timedelta(minutes=window.early), timedelta(minutes=window.late)
    over = timedelta(minutes=window.late + window.make_up)
    found = list(occurrences)
    missed = [one for one in found if one.at + over <= moment]
    kept = {"none": [], "last": missed[-1:], "all": missed}[catch_up]
    passed_over = {*missed} - {*kept}
    for one in found:
        yield Due(
            named=one.nominal.isoformat(timespec="seconds"),
            at=one.at,
            opens_at=one.at - early,
            closes_at=one.at + late,
            # What is made up after an outage has its whole time from now on.
            lapses_at=(moment if one in missed else one.at) + over,
            made=one not in passed_over,
        )
