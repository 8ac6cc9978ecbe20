"""The report of rounds: every point of every round of some days, and what it comes to by route."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from anju.domains.rounds.models import RoundPoint
from anju.domains.rounds.photos import alike, photos_by
from anju.domains.rounds.queries import occurrences_seen, passed_at, reasons_of
from anju.domains.rounds.rules import FLAG_NAMES, STANDING_NAMES
from anju.engine.loop.models import VERDICT_NAMES, Record
from anju.foundation.access.queries import names_of
from anju.foundation.lib import now
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import zone_of_company


@dataclass(frozen=True)
class RoundsReport:
    """The points of the rounds planned for `first` to `last` (days of the company, both counted),
    as they stood `at`; each with every time somebody passed it, the photo by its content. `alike`:
    by visit the earlier one whose photo its own looks like; a weak hint, counted apart. `reasons`:
    by point, why it could not be reached."""

    first: date
    last: date
    zone: ZoneInfo
    at: datetime
    rows: Sequence[RoundPoint]
    planned: Mapping[Any, datetime]
    visits: Mapping[Any, Sequence[Record]]
    photos: Mapping[Any, str]
    alike: Mapping[Any, Record]
    reasons: Mapping[Any, str]
    names: Mapping[Any, str]

    @property
    def totals(self) -> dict[str, dict[str, Any]]:
        """By the code of each route: its name, `n` points, how many stand how, how many of each
        flag, how many could not be reached, and how many photos look like an earlier one."""
        found: dict[str, dict[str, Any]] = {}
        for row in self.rows:
            route = row.point.route
            one = found.setdefault(
                route.code,
                {
                    "name": route.name,
                    "n": 0,
                    "states": Counter(),
                    "flags": Counter(),
                    "unreached": 0,
                    "alike": 0,
                },
            )
            one["n"] += 1
            one["states"][row.state] += 1
            one["flags"].update(row.flags)
            one["unreached"] += row.unreached
            one["alike"] += sum(visit.id in self.alike for visit in self.visits.get(row.id, ()))
        return found


def rounds_report(first: date, last: date, *, actor: Actor) -> RoundsReport:
    """What was planned in these days where the actor may see work. At most twelve queries."""
    zone = zone_of_company(actor.company_id)
    since, until = (
        datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1))
    )
    made = occurrences_seen(actor, since, until).exclude(work=None)
    planned = {work: at for work, at in made.values_list("work_id", "at") if work is not None}
    seen = RoundPoint.objects.seen_by(actor).filter(work_id__in=planned)
    rows = sorted(
        seen.select_related("work", "point__route", "point__place", "point__asset"),
        key=lambda row: (planned[row.work_id], row.work.number, row.turn),
    )
    passed = passed_at(rows, company=actor.company_id)
    visits: dict[Any, list[Record]] = {}
    for record, row in passed:
        visits.setdefault(row.id, []).append(record)
    return RoundsReport(
        first,
        last,
        zone,
        now(),
        rows,
        planned,
        visits,
        photos_by([record for record, _row in passed], company=actor.company_id),
        alike(passed, company=actor.company_id),
        reasons_of(rows, company=actor.company_id),
        names_of(
            {id for record, _row in passed for id in (record.by, record.written_by) if id},
            actor=actor,
        ),
    )


def report_json(report: RoundsReport) -> dict[str, Any]:
    """As plain data, with all that another program needs to judge each point by itself: windows,
    order, ways and stays in seconds, every visit with when it happened and when it was heard of."""
    rounds: dict[Any, dict[str, Any]] = {}
    for row in report.rows:
        route = row.point.route
        one = rounds.setdefault(
            row.work_id,
            {
                "number": row.work.number, "route": route.code, "order": route.order,
                "planned_at": report.planned[row.work_id].isoformat(),
                "work": row.work.state, "points": [],
            },
        )  # fmt: skip
        one["points"].append(_point(row, report))
    return {
        "from": report.first.isoformat(),
        "to": report.last.isoformat(),
        "zone": report.zone.key,
        "at": report.at.isoformat(),
        "routes": report.totals,
        "rounds": list(rounds.values()),
    }


def _written(record: Record, report: RoundsReport) -> dict[str, str]:
    """Who wrote it down, where that was another."""
    if record.written_by is None:
        return {}
    return {"written_by": str(record.written_by), "writer": report.names.get(record.written_by, "")}


def _like(record: Record, report: RoundsReport) -> dict[str, str]:
    """The visit whose photo this one's looks like."""
    other = report.alike.get(record.id)
    return {"alike": str(other.id), "alike_at": other.at.isoformat()} if other else {}


def _point(row: RoundPoint, report: RoundsReport) -> dict[str, Any]:
    point = row.point
    return {
        "id": str(row.id), "code": point.code, "name": point.name, "place": str(point.place),
        "asset": str(point.asset) if point.asset else "", "n": point.n, "turn": row.turn,
        "proof": point.proof, "reads": point.reads, "walk": point.walk, "dwell": point.dwell,
        "opens_at": row.opens_at.isoformat(), "closes_at": row.closes_at.isoformat(),
        "lapses_at": row.lapses_at.isoformat(), "state": row.state, "flags": row.flags,
        "verdict": row.verdict, "at": row.at and row.at.isoformat(),
        "who": report.names.get(row.by, "") if row.by else "",
        "unreached": row.unreached, "reason": report.reasons.get(row.id, ""),
        "visits": [
            {
                "id": str(one.id), "at": one.at.isoformat(), "noted_at": one.noted_at.isoformat(),
                "by": str(one.by), "who": report.names.get(one.by, ""), "verdict": one.verdict,
                "how": one.value.get("how", "hand"), "number": one.value.get("number"),
                "photo": report.photos.get(one.id, ""),
                **_written(one, report), **_like(one, report),
            }
            for one in report.visits.get(row.id, ())
        ],
    }  # fmt: skip


def columns() -> list[str]:
    """Of a workbook."""
    return [
        _("Route"), _("Round"), _("Planned at"), _("Turn"), _("Point"), _("Place"),
        _("In time from"), _("until"), _("Can be made up until"), _("Passed at"), _("Who"),
        _("Verdict"), _("Reading"), _("How it stands"), _("What is odd"),
        _("Looks like the photo of"),
    ]  # fmt: skip


def cells(report: RoundsReport) -> Iterator[list[Any]]:
    """A line for each point, then one for each route with how many of its points stand how."""
    verdicts = dict(VERDICT_NAMES)
    for row in report.rows:
        seen = report.visits.get(row.id, ())
        yield [
            row.point.route.name, row.work.number, report.planned[row.work_id], row.turn,
            row.point.name, str(row.point.asset or row.point.place), row.opens_at, row.closes_at,
            row.lapses_at, row.at, report.names.get(row.by, "") if row.by else "",
            str(verdicts.get(row.verdict, "")), seen[-1].value.get("number") if seen else None,
            _stands(row, report), _flags_said(row.flags),
            next((report.alike[one.id].at for one in seen if one.id in report.alike), None),
        ]  # fmt: skip
    for one in report.totals.values():
        said = [
            f"{STANDING_NAMES[state]} {one['states'][state]}"
            for state in STANDING_NAMES
            if one["states"][state]
        ]
        if one["unreached"]:
            said.append(f"{_('could not be reached')} {one['unreached']}")
        odd = [f"{FLAG_NAMES[name]} {n}" for name, n in one["flags"].items()]
        blank = [None] * 11
        total = _("%(n)d points") % {"n": one["n"]}
        yield [one["name"], total, *blank, " · ".join(said), " · ".join(odd), one["alike"]]


def _stands(row: RoundPoint, report: RoundsReport) -> str:
    """In words; of one that could not be reached also why."""
    barred = [_("could not be reached"), report.reasons.get(row.id, "")] if row.unreached else []
    return " · ".join(filter(None, [str(STANDING_NAMES[row.state]), *barred]))


def _flags_said(flags: Sequence[str]) -> str:
    return " · ".join(str(FLAG_NAMES[name]) for name in flags)
