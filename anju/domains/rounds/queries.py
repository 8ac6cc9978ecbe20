"""Reads of planned work."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from anju.engine.clocks.models import Clock
from anju.engine.loop.models import Record, WorkOrder, WorkQuery
from anju.engine.plans.models import Occurrence
from anju.foundation.people.models import Assignment, Duty
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today

BACK = timedelta(days=15)  # no window with its make-up is longer


def planned_seen(actor: Actor) -> WorkQuery:
    """Planned work orders the actor may see, with what a row shows."""
    seen = WorkOrder.objects.seen_by(actor).select_related("place", "asset", "person", "post")
    return seen.filter(case=None)


def posts_of(actor: Actor, moment: datetime) -> set[UUID]:
    """The posts somebody holds today or is on duty at. Two queries, none for who is no person."""
    if actor.person_id is None:
        return set()
    of = {"company_id": actor.company_id, "person_id": actor.person_id}
    held = Assignment.objects.on(today(actor.company_id)).filter(**of)
    duty = Duty.objects.at_moment(moment).filter(**of)
    return {*held.values_list("post_id", flat=True), *duty.values_list("post_id", flat=True)}


def rounds_at_hand(actor: Actor, moment: datetime, *, most: int) -> list[WorkOrder]:
    """What planned work somebody can do now: their own, and what waits at a post of theirs, or at
    none; the window that opened first on top. Three queries."""
    if actor.person_id is None:
        return []
    free = Q(post_id__in=posts_of(actor, moment)) | Q(post=None)
    mine = Q(person_id=actor.person_id) | Q(free, person=None, state__in=("waiting", "assigned"))
    lately = planned_seen(actor).to_do(moment).filter(opened_at__gt=moment - BACK)
    return list(lately.filter(mine).exclude(state="done").order_by("opened_at", "id")[:most])


def clocks_of(works: Iterable[WorkOrder]) -> dict[UUID, Clock]:
    """The clock of each piece of planned work whose window has opened. One query."""
    ids = [work.id for work in works]
    found = Clock.objects.filter(case_id=None, work_id__in=ids).order_by("started_at", "id")
    return {clock.work_id: clock for clock in found}


def occurrence_of(work: WorkOrder) -> Occurrence | None:
    """The occurrence of a plan that a work order was made for. One query."""
    made = Occurrence.objects.filter(work_id=work.id).select_related("plan")
    return made.first()


def photos_of(work: WorkOrder) -> int:
    """How many photos a piece of planned work has. One query."""
    return Record.objects.filter(work_id=work.id, kind="photo").count()
