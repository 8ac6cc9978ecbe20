"""When rules fall due, beside other implementations of RFC 5545, installed as packages.

`rrule` brings the recurrences it is tested by (they go back to dateutil's own),
`recurring-ical-events` brings calendars that people found trouble with; `rrule-temporal` answers
what we make up.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events

from anju.engine.plans.ical import read_recurrence
from anju.engine.plans.rules import (
    Recurrence,
    RuleUnclear,
    Timetable,
    occurrences,
    read_rule,
    wall_times,
)
from anju.foundation.calendars.rules import always
from tests.browser import ENVIRONMENT, NODE, ROOT, modules
from tests.harness.plan_world import SUB_DAILY, Said, a_plan
from tests.sizes import sized

HERE = Path(__file__).parent / "recurrence"
CALENDARS = resources.files(recurring_ical_events) / "test" / "calendars"
END = datetime(9999, 12, 31)
# By the RFC: weeks of other than years, numbered days of other than months and years, and
# two ends of one rule.
FORBIDDEN = re.compile(
    r"FREQ=(?!YEAR).*BYWEEKNO|FREQ=(?!YEAR|MONTH).*BYDAY=[-+\d]|COUNT=.*UNTIL=|UNTIL=.*COUNT="
)
STEADY = ("Asia/Shanghai", "Asia/Kathmandu")  # where clocks do not change


def node(script: str, given: Any = None) -> Any:
    """What a script of ours prints about a package from npm."""
    modules()
    done = subprocess.run(
        [str(NODE / "bin" / "node"), str(HERE / script)],
        cwd=ROOT, env={**ENVIRONMENT, "TZ": "UTC"}, input=json.dumps(given), capture_output=True,
        text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_the_recurrences_that_rrule_is_tested_by() -> None:
    vectors = node("vectors.cjs")
    assert len(vectors) > 200
    wrong, refused = [], 0
    for one in vectors:
        start = datetime.fromisoformat(one["start"])
        try:
            what = Recurrence(start, (read_rule(one["rule"], "UTC"),))
        except RuleUnclear:
            assert FORBIDDEN.search(one["rule"]), one
            refused += 1
            continue
        found = [at.isoformat() for at in wall_times(what, start, END)]
        if found != one["times"]:
            wrong.append((one["name"], one["rule"], found[:4], one["times"][:4]))
    assert wrong == []
    assert len(vectors) - refused > 170


def events() -> Iterator[Any]:
    """Every event of those calendars that recurs and of which no single time was changed."""
    for name in sorted(file.name for file in CALENDARS.iterdir() if file.name.endswith(".ics")):
        try:
            calendar = icalendar.Calendar.from_ical((CALENDARS / name).read_bytes())
        except ValueError:
            continue
        changed = {str(e.get("UID")) for e in calendar.walk("VEVENT") if "RECURRENCE-ID" in e}
        for n, event in enumerate(calendar.walk("VEVENT")):
            recurs = "RRULE" in event or "RDATE" in event
            if recurs and "DTSTART" in event and str(event.get("UID")) not in changed:
                yield pytest.param(event, id=f"{name}-{n}")


def zone_of(event: Any) -> str:
    at = event["DTSTART"].dt
    zone = getattr(getattr(at, "tzinfo", None), "key", None) or event["DTSTART"].params.get("TZID")
    return zone or "UTC"


@pytest.mark.parametrize("event", list(events()))
def test_calendars_that_gave_others_trouble(event: Any) -> None:
    zone, start = zone_of(event), event["DTSTART"].dt
    first = datetime(start.year, start.month, start.day) - timedelta(days=40)
    last = first + timedelta(days=365 * 3)
    alone = icalendar.Calendar()
    alone.add_component(event)
    try:
        what = read_recurrence(event.to_ical().decode(), zone)
    except RuleUnclear:
        rules = str(event["RRULE"].to_ical())
        assert "UNTL" in rules or FORBIDDEN.search(rules), rules
        return
    found = recurring_ical_events.of(alone).between(first, last)
    theirs = {wall_of(one["DTSTART"].dt, zone) for one in found}
    assert list(wall_times(what, first, last)) == sorted(at for at in theirs if first <= at < last)


def wall_of(at: Any, zone: str) -> datetime:
    if not isinstance(at, datetime):
        return datetime(at.year, at.month, at.day)
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if at.tzinfo else at


def rules(n: int, seed: int) -> list[Said]:
    """Random rules that both read alike.

    Left out: days of a week of the year without a name (all of them for dateutil and `rrule`, that
    of the anchor for others); a day of the month that is named and mended (not known to them); by
    the hour or minute where clocks change (they count what passes, we what the wall shows); days of
    the year with days of the week (they take Thursday, 1 January 2026 for a Friday or Tuesday).
    """
    found: list[Said] = []
    number = 0
    while len(found) < n:
        said = a_plan(Random(f"{seed}:{number}"))
        number += 1
        steady = said.freq not in SUB_DAILY or said.zone in STEADY
        odd = "BYWEEKNO" in said.by or {"BYYEARDAY", "BYDAY"} <= set(said.by)
        if steady and not odd and not (said.skip != "OMIT" and said.by):
            found.append(said)
    return found


def in_their_words(said: Said) -> str:
    """SKIP only after RSCALE, UNTIL only in UTC."""
    text = said.text.replace("SKIP=", "RSCALE=GREGORIAN;SKIP=")
    if said.until is None:
        return text
    until = said.until.replace(tzinfo=ZoneInfo(said.zone)).astimezone(UTC)
    return text.replace(f"UNTIL={said.until:%Y%m%dT%H%M%S}", f"UNTIL={until:%Y%m%dT%H%M%SZ}")


def test_random_rules_beside_an_implementation_by_other_hands() -> None:
    said = rules(sized(200, by_hand=60), seed=20261129)
    spans = [
        (one.start, one.start + timedelta(days=60 if one.freq == "MINUTELY" else 800))
        for one in said
    ]
    utc = "%Y-%m-%dT%H:%M:%SZ"
    asked = [
        {
            "rule": in_their_words(one), "zone": one.zone,
            "start": f"{one.start:%Y%m%dT%H%M%S}",
            "since": f"{since.replace(tzinfo=ZoneInfo(one.zone)).astimezone(UTC):{utc}}",
            "until": f"{until.replace(tzinfo=ZoneInfo(one.zone)).astimezone(UTC):{utc}}",
        }
        for one, (since, until) in zip(said, spans, strict=True)
    ]  # fmt: skip
    wrong, compared = [], 0
    for one, span, theirs in zip(said, spans, node("temporal.mjs", asked), strict=True):
        if isinstance(theirs, dict):
            assert "iterations" in theirs["refused"], theirs  # it looks no further than so many
            continue
        table = Timetable(Recurrence(one.start, (read_rule(one.text, one.zone),)))
        tz = ZoneInfo(one.zone)
        ours = [
            f"{at.at:{utc}}"
            for at in occurrences(table, always(one.zone), *span)
            # What no clock shows they leave out; RFC 5545 (3.3.10) has it counted.
            if at.at.astimezone(tz).replace(tzinfo=None) == at.nominal
        ]
        compared += bool(ours)
        if ours != theirs:
            wrong.append((one.zone, one.start, one.text, sorted({*ours} ^ {*theirs})[:4]))
    assert compared > len(said) // 2
    assert wrong == []
