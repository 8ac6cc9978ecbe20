"""Reads of who owns a case: the desks, the rosters, the limit after which it goes on."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from anju.engine.clocks.models import Clock
from anju.engine.loop.models import Case, CaseOwner
from anju.engine.loop.rules import FRONT, NEXT, OWN, DeskShifts
from anju.foundation.people.queries import Desk
from anju.foundation.tenancy.actor import Actor


def owners_of(cases: Iterable[UUID]) -> dict[UUID, CaseOwner]:
    """Case -> who owns it, of cases the caller may see. One query."""
    rows = CaseOwner.objects.filter(case_id__in=list(cases)).select_related("person", "post")
    return {row.case_id: row for row in rows}


def owned_by(person: UUID | None) -> QuerySet[CaseOwner, UUID]:
    """The ids of the cases somebody owns, as a query; none without a person."""
    rows = CaseOwner.objects.filter(person_id=person) if person else CaseOwner.objects.none()
    return rows.order_by().values_list("case_id", flat=True)


def cases_to_own(moment: datetime, actor: Actor) -> QuerySet[Case]:
    """Live cases nobody owns yet, or whose owner's shift is over, oldest first."""
    held = CaseOwner.objects.filter(
        company_id=OuterRef("company_id"), case_id=OuterRef("id"), look_at__gt=moment
    )
    live = Case.objects.seen_by(actor).live().filter(~Exists(held), history=False)
    return live.order_by("at", "id")


def stages_of(cases: Sequence[UUID], moment: datetime) -> dict[UUID, int]:
    """How far a case has gone on for want of an answer, by the promise to respond that its
    standard makes: once its warning is due it is the next lobby's, once it is broken the front
    desk's. Answered ones are left out. One query."""
    running = Clock.objects.filter(case_id__in=cases, kind="respond", stopped_at=None).filter(
        state__in=["running", "broken"]
    )
    rows = running.values_list("case_id", "rung", "due_at")
    return {
        case: FRONT if due and due < moment else NEXT if rung else OWN
        for case, rung, due in rows
        if case
    }


def as_rules_see(desks: Iterable[Desk]) -> list[DeskShifts]:
    """The desks as the rule of ownership reads them. No query."""
    return [
        DeskShifts(d.post.id, d.path, d.community, d.post.desk == "lobby", d.shifts) for d in desks
    ]
