"""The cases that a change of shift must not forget, at a desk and at any other post."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from anju.domains.requests.acts import waiting_for
from anju.domains.requests.calling import to_call
from anju.domains.requests.queries import cases_due_first, cases_with_due, owed_clocks
from anju.engine.loop.left_open import Words
from anju.engine.loop.matters import AFTER, REASONS, Matter
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.rules import CASE_LIVE, WORK_LIVE
from anju.foundation.lib import now
from anju.foundation.people.models import Duty, Post
from anju.foundation.places.models import Place, under
from anju.foundation.places.queries import full_names
from anju.foundation.tenancy.actor import Actor

MOST = 300  # matters of one shift; more than this nobody reads
SHIFT = timedelta(hours=12)  # how far ahead "the next shift" looks
DAY = timedelta(days=1)


@dataclass(frozen=True)
class OpenCase:
    """A case of a handover as a page shows it."""

    case: Any
    why: tuple[str, ...]


def open_at_desk(place: Place | None, actor: Actor) -> list[OpenCase]:
    """What a desk must not forget, what is due first on top: urgent matters, what is late or falls
    due in the next shift, work on hold, callbacks due, unread complaints. Four queries."""
    moment = now()
    owed = owed_clocks()
    calls = to_call(actor).filter(_inside(place)).order_by().values("id")
    reasons = {
        "urgent": Q(urgency__lte=2),
        "late": Exists(owed.filter(due_at__lt=moment)),
        "soon": Exists(owed.filter(due_at__range=(moment, moment + SHIFT))),
        "held": Exists(_works().filter(state="held")),
        "callback": Q(id__in=calls)
        & Exists(owed.filter(kind="callback", due_at__lte=moment + SHIFT)),
        "unread": Q(kind="complaint") & Exists(owed.filter(kind="respond")),
    }
    return _open(place, actor, reasons, reasons)


def open_at_post(post: Post, actor: Actor) -> list[OpenCase]:
    """What any other post must not forget: cases whose work was given to it or to who is on duty
    there or just was, and in its area what is urgent and what was found within a day. Two
    queries."""
    moment = now()
    duty = Duty.objects.between(moment - AFTER, moment)  # whoever may still hand over
    there = duty.filter(post=post).values("person_id")
    live = _works().filter(state__in=WORK_LIVE)
    reasons = {
        "urgent": Q(urgency__lte=2),
        "late": Exists(owed_clocks().filter(due_at__lt=moment)),
        "held": Exists(_works().filter(state="held")),
        "found": Q(kind="finding", at__gte=moment - DAY),
        "ours": Exists(live.filter(Q(post=post) | Q(person__in=there))),
    }
    return _open(post.place, actor, reasons, ("urgent", "found", "ours"))


def _works() -> Any:
    return WorkOrder.objects.filter(company_id=OuterRef("company_id"), case_id=OuterRef("id"))


def _inside(place: Place | None) -> Q:
    return under([place.path], "place__path") if place else Q()


def _open(
    place: Place | None, actor: Actor, reasons: Mapping[str, Any], enough: Iterable[str]
) -> list[OpenCase]:
    """The live cases at a place for which one of the reasons that are `enough` holds."""
    told = {
        f"is_{name}": ExpressionWrapper(Q(reason), output_field=BooleanField())
        for name, reason in reasons.items()
    }
    any_of = reduce(or_, (Q(**{f"is_{name}": True}) for name in enough))
    found = cases_due_first(actor).filter(_inside(place)).annotate(**told).filter(any_of)
    names = [name for name in REASONS if name in reasons]
    return [
        OpenCase(case, tuple(name for name in names if getattr(case, f"is_{name}")))
        for case in found[:MOST]
    ]


def cases_named(matters: Iterable[Matter], actor: Actor) -> list[OpenCase]:
    """The cases among what was signed as they stand now, in the order signed; those the actor may
    not see are left out. Two queries."""
    signed = [one for one in matters if one.kind == "case"]
    cases = cases_with_due(actor).in_bulk([one.id for one in signed])
    return [OpenCase(cases[one.id], one.why) for one in signed if one.id in cases]


def find_open(place: Place | None, post: Post | None, actor: Actor) -> list[Matter]:
    """As `left_open` asks."""
    if post is not None and not post.desk:
        found = open_at_post(post, actor)
    else:
        found = open_at_desk(place or (post.place if post else None), actor)
    return [Matter("case", one.case.id, one.why) for one in found]


def read_cases(ids: Collection[UUID], actor: Actor) -> dict[UUID, Words]:
    """As `words_of` asks. Three queries."""
    cases: dict[UUID, Any] = cases_with_due(actor).in_bulk(list(ids))
    named = full_names(case.place for case in cases.values() if case.place)
    return {
        id: Words(
            f"{case.number} {case.title}",
            named.get(case.place_id, ""),
            waiting_for(case, case.works, ())
            if case.state in CASE_LIVE
            else case.get_state_display(),
            over=case.state not in CASE_LIVE,
        )
        for id, case in cases.items()
    }
