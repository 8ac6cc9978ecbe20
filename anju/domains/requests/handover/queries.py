"""What a shift hands over now, and what was handed over before."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from anju.domains.requests.calling import to_call
from anju.domains.requests.handover.models import Handover
from anju.domains.requests.handover.rules import REASONS, SHIFT, Line
from anju.domains.requests.queries import cases_due_first, cases_with_due, owed_clocks
from anju.engine.loop.models import WorkOrder
from anju.foundation.events.models import EventValue
from anju.foundation.lib import now
from anju.foundation.places.models import Place, under
from anju.foundation.tenancy.actor import WHOLE_COMPANY, Actor

MOST = 300  # matters of one shift; more than this nobody reads


@dataclass(frozen=True)
class Matter:
    """A case of a handover as a page shows it."""

    case: Any
    why: tuple[str, ...]


def desk_places(actor: Actor) -> list[Place | None]:
    """The places whose shift the actor hands over: those of the actor's role; None is the whole
    company. One query."""
    paths = actor.paths("work.dispatch")
    if WHOLE_COMPANY in paths:
        return [None]
    return list(Place.objects.seen_by(actor).filter(path__in=paths).order_by("path"))


def matters_of(place: Place | None, actor: Actor) -> list[Matter]:
    """What must not be forgotten at the change of shift, what is due first on top: urgent matters,
    what is late or falls due in the next shift, work on hold, callbacks due, unread complaints.
    Four queries."""
    moment = now()
    owed = owed_clocks()
    here = under([place.path], "place__path") if place else Q()
    calls = to_call(actor).filter(here).order_by().values("id")
    held = WorkOrder.objects.filter(
        company_id=OuterRef("company_id"), case_id=OuterRef("id"), state="held"
    )
    reasons = {
        "urgent": Q(urgency__lte=2),
        "late": Exists(owed.filter(due_at__lt=moment)),
        "soon": Exists(owed.filter(due_at__range=(moment, moment + SHIFT))),
        "held": Exists(held),
        "callback": Q(id__in=calls)
        & Exists(owed.filter(kind="callback", due_at__lte=moment + SHIFT)),
        "unread": Q(kind="complaint") & Exists(owed.filter(kind="respond")),
    }
    told = {
        f"is_{name}": ExpressionWrapper(Q(reason), output_field=BooleanField())
        for name, reason in reasons.items()
    }
    any_of = reduce(or_, (Q(**{name: True}) for name in told))
    found = cases_due_first(actor).filter(here).annotate(**told).filter(any_of)
    return [
        Matter(case, tuple(name for name in REASONS if getattr(case, f"is_{name}")))
        for case in found[:MOST]
    ]


def lines_of(matters: Iterable[Matter]) -> list[Line]:
    """The matters as they are signed."""
    return [Line(str(matter.case.id), matter.why) for matter in matters]


def matters_named(lines: Iterable[Line], actor: Actor) -> list[Matter]:
    """The cases of signed lines as they stand now, in the order signed; those the actor may not
    see are left out. Two queries."""
    signed = list(lines)
    cases = cases_with_due(actor).in_bulk([UUID(line.case) for line in signed])
    return [Matter(cases[UUID(line.case)], line.why) for line in signed if UUID(line.case) in cases]


def waiting_handover(actor: Actor) -> Handover | None:
    """The handover that waits for the actor's signature: the latest that somebody else gave."""
    return (
        Handover.objects.seen_by(actor)
        .filter(state="given")
        .exclude(giver=actor.id)
        .order_by("-given_at", "-id")
        .first()
    )


def last_handovers(actor: Actor, most: int) -> list[Handover]:
    """What was handed over lately, the latest first."""
    found = Handover.objects.seen_by(actor).exclude(state="replaced").select_related("place")
    return list(found.order_by("-given_at", "-id")[:most])


def written_beside(handover: Handover) -> dict[str, str]:
    """What giver and taker wrote, by the step ("given", "taken"), as far as it is still held."""
    values = EventValue.objects.filter(
        event__subject_kind="handover", event__subject_id=handover.id, name="text"
    )
    return {
        name.removeprefix("handover."): text
        for name, text in values.values_list("event__name", "text")
    }
