"""`anju plans`: when a rule or a plan's file falls due, and making the work of plans."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from anju.engine.plans.commands import expand
from anju.engine.plans.document import read_when, wall
from anju.engine.plans.ical import read_recurrence
from anju.engine.plans.rules import Recurrence, RuleUnclear, Timetable, planned_between, read_rule
from anju.foundation.calendars.rules import SHIPPED, shipped_calendar
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.queries import companies
from anju.foundation.texts import BadText

EXIT_REFUSED = 1
_FILES = (".yaml", ".yml", ".ics")


def run_plans(argv: Sequence[str]) -> int:
    """`anju plans preview --rule RRULE|FILE --from D --to D --tz Z --calendar C --json`, and
    `anju plans expand --until D --json`."""
    parser = argparse.ArgumentParser(prog="anju plans", description="planned work")
    verbs = parser.add_subparsers(dest="verb", required=True)
    preview = verbs.add_parser("preview", help="when a rule falls due, day by day")
    preview.add_argument("--rule", required=True, help="an RRULE, or a file (.yaml, .ics)")
    preview.add_argument("--from", dest="since", required=True, help="first day, or wall time")
    preview.add_argument("--to", dest="until", required=True, help="last day, or wall time; counts")
    preview.add_argument("--tz", default="Asia/Shanghai", help="time zone; default %(default)s")
    preview.add_argument(
        "--calendar",
        default="always",
        choices=[shipped.code for shipped in SHIPPED],
        help="whose days off count; default %(default)s",
    )
    preview.add_argument("--json", action="store_true")
    making = verbs.add_parser("expand", help="make the work of all plans up to a day")
    making.add_argument("--until", required=True, help="last day, or wall time; counts")
    making.add_argument("--company", help="its code; without it all of them")
    making.add_argument("--json", action="store_true")
    asked = parser.parse_args(argv)
    try:
        return _preview(asked) if asked.verb == "preview" else _expand(asked)
    except (BadText, RuleUnclear) as bad:
        print(bad, file=sys.stderr)
    except ZoneInfoNotFoundError:
        print(_("There is no time zone %(zone)s.") % {"zone": asked.tz}, file=sys.stderr)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
    return EXIT_REFUSED


def _preview(asked: argparse.Namespace) -> int:
    zone = ZoneInfo(asked.tz).key
    since, until = wall(asked.since, zone), _end(asked.until, zone)
    calendar = shipped_calendar(asked.calendar, zone)
    found = planned_between(_timetable(asked.rule, zone, since), calendar, since, until)
    rows = [
        {
            "nominal": one.nominal.isoformat(),
            "at": one.at.astimezone(ZoneInfo(zone)).isoformat(),
            "utc": f"{one.at:%Y-%m-%dT%H:%M:%SZ}",
        }
        for one in found
    ]
    if asked.json:
        said = {"tz": zone, "calendar": asked.calendar, "n": len(rows), "occurrences": rows}
        print(json.dumps(said, ensure_ascii=False, indent=1))
        return 0
    for row in rows:
        print(
            row["at"]
            if row["at"].startswith(row["nominal"])
            else f"{row['at']}  ({row['nominal']})"
        )
    print(_("%(n)s times") % {"n": len(rows)})
    return 0


def _expand(asked: argparse.Namespace) -> int:
    """Make the work that stands until then, company by company, by the clock of each."""
    wanted = [one for one in companies() if asked.company in (None, one.code)]
    if not wanted:
        print(_("There is no company %(code)s.") % {"code": asked.company}, file=sys.stderr)
        return EXIT_REFUSED
    rows = []
    for company in wanted:
        until = _end(asked.until, company.zone).replace(tzinfo=ZoneInfo(company.zone))
        done = expand(actor=Actor.machine(company.id, "plans"), until=until)
        rows.append({"company": company.code, **asdict(done)})
    if asked.json:
        print(json.dumps({"until": asked.until, "companies": rows}, ensure_ascii=False, indent=1))
        return 0
    for row in rows:
        print(
            _("%(company)s: %(plans)s plans, %(made)s work orders, %(passed_over)s passed over")
            % row
        )
    return 0


def _timetable(text: str, zone: str, since: datetime) -> Timetable:
    """A file, lines of RFC 5545, or a bare rule, which is counted from the first day asked for."""
    if text.lower().endswith(_FILES):
        path = Path(text)
        said = path.read_text(encoding="utf-8")
        if path.suffix.lower() != ".ics":
            return read_when(said, file=path.name).said.when.timetable(zone)
        return Timetable(read_recurrence(said, zone))
    if "DTSTART" in text.upper():
        return Timetable(read_recurrence(text.replace("\\n", "\n"), zone))
    return Timetable(Recurrence(since, (read_rule(text, zone),)))


def _end(text: str, zone: str) -> datetime:
    """The first wall time that is not asked for any more."""
    at = wall(text, zone)
    whole_day = len(text) <= len("2026-01-31")
    if whole_day:
        return datetime.combine(date(at.year, at.month, at.day) + timedelta(days=1), time())
    return at + timedelta(microseconds=1)
