"""A calendar as its row keeps it: weeks with the date each holds from, and special days.

Plain JSON, so that one row is one version: `weeks` is [{"since": null or date, "week": [...]}] and
`days` is {date: {"kind", "name", "segments"?}}.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast

from anju.foundation.calendars.rules.working import Segments, Week, WorkCalendar

DayKind = Literal["holiday", "workday", "custom"]


@dataclass(frozen=True)
class SpecialDay:
    """A date that differs from the week.

    "holiday": closed. "workday": a day off swapped into a working one (调休), open like a working
    day of its week. "custom": open in `segments` and no longer.
    """

    date: date
    kind: DayKind
    name: str
    segments: Segments = ()


def working_calendar(
    zone: str, weeks: Sequence[Mapping[str, Any]], days: Mapping[str, Mapping[str, Any]]
) -> WorkCalendar:
    """The value that counts, from the stored form. Raises ValueError when that is wrong."""
    first, *later = [(w["since"], week_from_json(w["week"])) for w in weeks]
    changes = tuple((date.fromisoformat(since), week) for since, week in later)
    special = days_from_json(days)
    return WorkCalendar(
        zone=zone,
        week=first[1],
        days={day.date: _segments(day, _week_on(day.date, first[1], changes)) for day in special},
        names={day.date: day.name for day in special if day.name},
        changes=changes,
    )


def working_pattern(week: Week) -> Segments:
    """What a working day of `week` looks like: its commonest open day, the earlier of equals."""
    open_days = [segments for segments in week if segments]
    return Counter(open_days).most_common(1)[0][0] if open_days else ()


def week_from_json(rows: Sequence[Sequence[Sequence[int]]]) -> Week:
    """Seven lists of [start, end] as the week of a `WorkCalendar`."""
    return cast(Week, tuple(tuple((int(a), int(b)) for a, b in day) for day in rows))


def week_to_json(week: Week) -> list[list[list[int]]]:
    """The inverse of `week_from_json`."""
    return [[[a, b] for a, b in day] for day in week]


def days_from_json(days: Mapping[str, Mapping[str, Any]]) -> list[SpecialDay]:
    """The special days, by date."""
    return [
        SpecialDay(
            date.fromisoformat(day),
            row["kind"],
            row["name"],
            tuple((int(a), int(b)) for a, b in row.get("segments", ())),
        )
        for day, row in sorted(days.items())
    ]


def days_to_json(days: Iterable[SpecialDay]) -> dict[str, dict[str, Any]]:
    """The inverse of `days_from_json`; of two days with one date the later in order stands."""
    rows: dict[str, dict[str, Any]] = {}
    for day in days:
        row: dict[str, Any] = {"kind": day.kind, "name": day.name}
        if day.kind == "custom":
            row["segments"] = [[a, b] for a, b in day.segments]
        rows[day.date.isoformat()] = row
    return rows


def _segments(day: SpecialDay, week: Week) -> Segments:
    if day.kind == "workday":
        return working_pattern(week)
    return day.segments if day.kind == "custom" else ()


def _week_on(day: date, week: Week, changes: Sequence[tuple[date, Week]]) -> Week:
    for since, changed in changes:
        if since <= day:
            week = changed
    return week
