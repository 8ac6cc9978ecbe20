"""Recurrence as other programs write it, and a plan as they read it (RFC 5545)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import Calendar, Event
from icalendar.prop import vRecur

from anju.engine.plans.document import When
from anju.engine.plans.models import Occurrence, Plan
from anju.engine.plans.rules import (
    Recurrence,
    Rule,
    RuleUnclear,
    as_recurrence,
    read_rule,
    write_rule,
)


def read_recurrence(text: str, zone: str) -> Recurrence:
    """DTSTART, RRULE, RDATE and EXDATE of one event, as wall times of `zone`.

    `text`: the lines alone or a whole VEVENT. What names another zone is turned into this one, and
    the rule is then counted here. Raises RuleUnclear.
    """
    lines = text.strip()
    if "BEGIN:VEVENT" in lines.upper():
        first, last = lines.upper().index("BEGIN:VEVENT"), lines.upper().find("END:VEVENT")
        lines = lines[first + len("BEGIN:VEVENT") : last if last > 0 else None].strip()
    try:
        event: Any = Event.from_ical(f"BEGIN:VEVENT\r\n{lines}\r\nEND:VEVENT\r\n")
        start = event["DTSTART"].dt
        rules = _rules(event)
        return Recurrence(
            start=_wall(start, zone),
            rules=tuple(read_rule(rule, zone) for rule in rules),
            dates=tuple(_wall(at, zone) for at in _dates(event, "RDATE")),
            never=frozenset(_wall(at, zone) for at in _dates(event, "EXDATE")),
            anchored=True,
        )
    except (KeyError, ValueError, AttributeError) as error:
        raise RuleUnclear(
            _("This is no recurrence of RFC 5545 (%(problem)s). Begin with DTSTART and RRULE.")
            % {"problem": str(error)[:80]}
        ) from None


def _rules(event: Any) -> list[str]:
    found = event.get("RRULE", [])
    texts = [rule.to_ical().decode() for rule in (found if isinstance(found, list) else [found])]
    return [text for text in texts if text]


def _dates(event: Any, name: str) -> Iterator[date | datetime]:
    found = event.get(name, [])
    rows: Iterable[Any] = found if isinstance(found, list) else [found]
    for row in rows:
        for value in row.dts:
            at = value.dt
            yield at[0] if isinstance(at, tuple) else at


def _wall(at: date | datetime, zone: str) -> datetime:
    if not isinstance(at, datetime):
        return datetime.combine(at, time())
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if at.tzinfo else at


def feed_of(plan: Plan, made: Iterable[Occurrence], *, note: str = "") -> bytes:
    """A calendar with an event for each occurrence: `plan`, where, from when it may begin until
    it must be done. Its id is that of the occurrence, so a calendar that reads it again moves what
    was moved and doubles nothing (RFC 5545, 3.8.4.7). `note`: said of the calendar as a whole."""
    calendar = _calendar(plan)
    if note:
        calendar.add("x-wr-caldesc", note)
    for one in made:
        event = Event()
        event.add("uid", f"{one.id}@anju")
        event.add("dtstamp", one.at)
        event.add("dtstart", one.opens_at)
        event.add("dtend", one.closes_at)
        event.add("summary", plan.name)
        event.add("location", f"{one.place}{f' · {one.asset}' if one.asset else ''}")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def rule_of(plan: Plan, where: Iterable[str], zone: str) -> bytes | None:
    """A calendar with one event that recurs by the plan's rule, so that others can take the rule
    over; None where RFC 5545 has no words for it, or it does not go by the calendar."""
    trigger = plan.trigger
    said = as_recurrence(trigger.timetable(zone)) if isinstance(trigger, When) else None
    if said is None:
        return None
    calendar, event = _calendar(plan), Event()
    event.add("uid", f"{plan.id}@anju")
    event.add("dtstamp", datetime.fromisoformat(plan.made_until).replace(tzinfo=UTC))
    event.add("summary", plan.name)
    event.add("location", ", ".join(where))
    tz = ZoneInfo(zone)
    event.add("dtstart", said.start.replace(tzinfo=tz))
    event.add("duration", timedelta(minutes=plan.late))
    for rule in said.rules:
        event.add("rrule", vRecur.from_ical(_in_utc(rule, tz)))
    if said.dates:
        event.add("rdate", [at.replace(tzinfo=tz) for at in said.dates])
    if said.never:
        event.add("exdate", [at.replace(tzinfo=tz) for at in sorted(said.never)])
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _in_utc(rule: Rule, tz: ZoneInfo) -> str:
    """Beside a start with a zone the end is told in UTC (RFC 5545, 3.3.10)."""
    text = write_rule(replace(rule, until=None))
    if rule.until is None:
        return text
    return f"{text};UNTIL={rule.until.replace(tzinfo=tz).astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _calendar(plan: Plan) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Anju//plans//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", plan.name)
    return calendar
