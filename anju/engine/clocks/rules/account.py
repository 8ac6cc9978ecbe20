"""The account of a clock: every counted and every uncounted stretch, and why."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from anju.engine.clocks.rules.pauses import Pause, holds
from anju.engine.clocks.rules.promise import Promise, running_on
from anju.foundation.calendars.rules import working
from anju.foundation.calendars.rules.working import WorkCalendar

Why = Literal["open", "closed", "holiday", "paused"]


@dataclass(frozen=True)
class Span:
    """A stretch [since, until) of a clock's life, counted or not, and why.

    `note` is the name of the holiday or swapped workday, or the reason of the pause.
    """

    since: datetime
    until: datetime
    counted: bool
    why: Why
    note: str = ""


def explain(
    started: datetime,
    promise: Promise,
    calendar: WorkCalendar,
    pauses: Iterable[Pause] = (),
    *,
    until: datetime,
) -> list[Span]:
    """Every counted and uncounted stretch from `started` to `until`: they meet and leave no gap.

    The counted ones sum to `used`. Closed time on a named day is its holiday, open time on one its
    swapped workday.
    """
    calendar = running_on(promise, calendar)
    spans: list[Span] = []
    at = started.astimezone(UTC)
    for begin, end, reason in holds(started, promise, pauses):
        if begin >= until:
            break
        spans += _by_calendar(calendar, at, begin)
        at = min(end, until)
        spans.append(Span(begin, at, False, "paused", reason))
    return spans + _by_calendar(calendar, at, until.astimezone(UTC))


def _by_calendar(calendar: WorkCalendar, a: datetime, b: datetime) -> list[Span]:
    """[a, b) as open and closed spans, cut where a named date begins or ends."""
    spans: list[Span] = []
    for since, until, day in working.named_days(calendar, a, b):
        name = calendar.names[day] if day else ""
        works = bool(day and working.segments_on(calendar, day))
        at = since
        for begin, end in working.intervals(calendar, since, until):
            if at < begin:
                spans.append(_closed(at, begin, name, works))
            spans.append(Span(begin, end, True, "open", name if works else ""))
            at = end
        if at < until:
            spans.append(_closed(at, until, name, works))
    return _joined(spans)


def _closed(since: datetime, until: datetime, name: str, works: bool) -> Span:
    return Span(since, until, False, "holiday" if name and not works else "closed", name)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Neighbours of one kind become one span."""
    joined: list[Span] = []
    for span in spans:
        if joined and replace(joined[-1], since=span.since, until=span.until) == span:
            joined[-1] = replace(joined[-1], until=span.until)
        else:
            joined.append(span)
    return joined
