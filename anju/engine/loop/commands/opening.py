"""Opening a case: the hot path of the product (D16).

Everything that belongs to a new case (its work order, its clocks, its event, the event's personal
values, the inbox row) is written by one statement, in one round trip.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from anju.engine.clocks.models import Clock
from anju.engine.clocks.rows import begun
from anju.engine.loop.commands.numbers import next_number
from anju.engine.loop.models import CHANNEL_NAMES, Case, WorkOrder
from anju.engine.loop.queries import OpeningFacts, Spot, limits_of, opening_facts
from anju.engine.loop.rules import OPENING_STARTS, WORKED_KINDS
from anju.engine.standards.rules import CASE_KINDS, URGENCIES, Subject, limits_for
from anju.foundation.events.commands import Draft, draft
from anju.foundation.events.sealed import written
from anju.foundation.lib import now, uuid7
from anju.foundation.people.models import Person
from anju.foundation.places.models import Asset, Place
from anju.foundation.tenancy.acting import acting, prepared
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.document import document, rows_of
from anju.foundation.tenancy.errors import NotYet

# A report may be written down after it was made, or by a device whose clock is a little ahead.
AHEAD = timedelta(minutes=5)
# What is older is a slip in the year. Its working time would be counted day by day from there on:
# from the year 1 for seconds, in a table that the process keeps.
BACK = timedelta(days=3653)
CHANNELS = frozenset(dict(CHANNEL_NAMES))


@dataclass(frozen=True)
class Report:
    """What someone reports. `at`: when it was made known (UTC; default now).

    `item`: the failed item of a finding, filled in by `judge` only.
    """

    kind: str
    title: str
    place: Place | Spot | None
    category: str = ""
    text: str = ""
    urgency: int = 3
    urgency_reason: str = ""
    asset: Asset | None = None
    reporter: Person | None = None
    channel: str = "desk"
    at: datetime | None = None
    item: str = ""


@dataclass
class Opened:
    """A case as it was opened, with the rows written beside it."""

    case: Case
    work: WorkOrder | None
    clocks: list[Clock]
    told: Draft


def report(said: Report, *, actor: Actor, facts: OpeningFacts | None = None) -> Opened:
    """Open a case, with its clocks running and its work order waiting, under the standard in force.

    Refuses (`Refused`) without `case.report` at the place; `NotYet` with `fields` on bad input.
    What is promised from here on is in the clocks: each a limit of the standard's version.
    `facts`: those of `said.place`, where the caller has just read them.
    """
    _check(said, actor)
    with acting(actor, savepoint=False):
        opened = _rows(said, facts or opening_facts(said.place, said.kind, actor=actor), actor)
        _insert(opened)
    return opened


def _check(said: Report, actor: Actor) -> None:
    faults: dict[str, Any] = {}
    if said.kind not in CASE_KINDS:
        faults["kind"] = _("Choose one of the kinds: %(kinds)s.") % {"kinds": ", ".join(CASE_KINDS)}
    if said.urgency not in URGENCIES:
        faults["urgency"] = _("The urgency is a number from 1 (life safety) to 4 (planned).")
    if not said.title.strip():
        faults["title"] = _("Say in a few words what the matter is, for example: no hot water.")
    elif len(said.title) > 300:
        faults["title"] = _("The title has more than 300 characters. Put the rest into the text.")
    if said.channel not in CHANNELS:
        faults["channel"] = _("Choose one of the channels: %(channels)s.") % {
            "channels": ", ".join(sorted(CHANNELS))
        }
    if said.place is None:
        faults["place"] = _("Choose the place, for example 3-2-1201.")
    if said.at and said.at > now() + AHEAD:
        faults["at"] = _("That time lies in the future. Check the date and the clock.")
    elif said.at and said.at < now() - BACK:
        faults["at"] = _("That time lies more than ten years back. Check the year.")
    if faults:
        raise NotYet(
            _("The report was not saved: some answers are missing or wrong. Nothing is lost."),
            fields=faults,
        )
    if said.place is not None:
        actor.require("case.report", said.place.path)


def _rows(said: Report, facts: OpeningFacts, actor: Actor) -> Opened:
    noted_at = now()
    at, case_id = said.at or noted_at, uuid7()
    zone = ZoneInfo(facts.zone)
    day = noted_at.astimezone(zone).date()
    subject = Subject(said.category, said.urgency, said.place.path if said.place else "")
    standard = facts.ruling(subject)
    case = Case.fresh(
        id=case_id,
        company_id=actor.company_id,
        number=next_number(actor.company_id, facts.series, day),
        kind=said.kind,
        category=said.category,
        title=said.title.strip(),
        text=said.text,
        urgency=said.urgency,
        urgency_reason=said.urgency_reason,
        place_id=_id(said.place),
        asset_id=_id(said.asset),
        reporter_id=_id(said.reporter),
        channel=said.channel,
        item=said.item,
        standard_id=standard,
        at=at,
        noted_at=noted_at,
        day=at.astimezone(zone).date(),
    )
    work = _first_work(case, facts) if said.kind in WORKED_KINDS else None
    limits = limits_for(limits_of(standard) if standard else (), subject)
    clocks = [
        begun(limits[kind], at, company=case.company_id, case=case_id, calendars=facts.calendars)
        for kind in OPENING_STARTS
        if kind in limits and (work or kind not in ("dispatch", "arrive"))
    ]
    told = draft(
        "case.reported",
        subject=("case", case.id),
        actor=actor,
        at=at,
        noted_at=noted_at,
        said={
            "number": case.number,
            "kind": case.kind,
            "urgency": case.urgency,
            "category": case.category,
            "channel": case.channel,
        },
        wrote=written(case, *([work] if work else []), *clocks),
        values={"title": case.title, "text": case.text},
        whose=case.reporter_id,
    )
    return Opened(case, work, clocks, told)


def _id(row: Place | Spot | Asset | Person | None) -> UUID | None:
    return row.id if row else None


def _first_work(case: Case, facts: OpeningFacts) -> WorkOrder:
    return WorkOrder.fresh(
        id=uuid7(),
        company_id=case.company_id,
        case_id=case.id,
        number=f"{case.number}-1",
        title=case.title,
        place_id=case.place_id,
        asset_id=case.asset_id,
        opened_at=case.at,
    )


_INSERT = f"""
    WITH d AS (SELECT %s::jsonb AS doc),
         a AS (INSERT INTO loop_case SELECT r.* FROM {rows_of("loop_case")}),
         b AS (INSERT INTO loop_workorder SELECT r.* FROM {rows_of("loop_workorder")}),
         c AS (INSERT INTO clocks_clock SELECT r.* FROM {rows_of("clocks_clock")}),
         e AS (INSERT INTO events_event SELECT r.* FROM {rows_of("events_event")}
               RETURNING company_id, id),
         v AS (INSERT INTO events_eventvalue SELECT r.* FROM {rows_of("events_eventvalue")})
    INSERT INTO events_inbox (company_id, event_id) SELECT company_id, id FROM e
"""  # noqa: S608 - only names of our own tables are put in


def _insert(opened: Opened) -> None:
    """Write all rows of a new case at once."""
    works, told = [opened.work] if opened.work else [], opened.told
    rows = [opened.case, *works, *opened.clocks, told.event, *told.values]
    prepared(_INSERT, [document(rows)])
