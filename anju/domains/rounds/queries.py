"""Reads of planned work."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from anju.domains.rounds.rules import BEGUN, Standing, Window, standing
from anju.engine.clocks.models import Clock
from anju.engine.loop.models import UNBEGUN, Record, WorkOrder, WorkQuery
from anju.engine.plans.models import Occurrence, Plan
from anju.foundation.lib import now
from anju.foundation.people.models import Assignment, Duty
from anju.foundation.places.models import Asset, Place, under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today
from anju.foundation.tenancy.errors import Unknown

BACK = timedelta(days=15)  # no window with its make-up is longer


def planned_seen(actor: Actor) -> WorkQuery:
    """Planned work orders the actor may see, with what a row shows."""
    seen = WorkOrder.objects.seen_by(actor).select_related("place", "asset", "person", "post")
    return seen.filter(case=None)


def posts_of(actor: Actor, moment: datetime) -> set[UUID]:
    """The posts somebody holds today or is on duty at. Two queries, none for who is no person."""
    if actor.person_id is None:
        return set()
    return _posts(actor.company_id, actor.person_id, moment)


def _posts(company: UUID, person: UUID, moment: datetime) -> set[UUID]:
    held = Assignment.objects.on(today(company)).filter(company_id=company, person_id=person)
    duty = Duty.objects.at_moment(moment).filter(company_id=company, person_id=person)
    return {*held.values_list("post_id", flat=True), *duty.values_list("post_id", flat=True)}


def against_another_post(work: WorkOrder, person: UUID, _actor: Actor) -> list[str]:
    """What speaks against giving planned work to somebody who is not of its post, in words. Two
    queries, none where it is at no post."""
    if work.case_id is not None or work.post is None:
        return []
    if work.post_id in _posts(work.company_id, person, now()):
        return []
    return [_("not of the post %(post)s") % {"post": work.post}]


def rounds_at_hand(
    actor: Actor, posts: Collection[UUID], moment: datetime, *, most: int, **where: UUID | None
) -> list[WorkOrder]:
    """What planned work somebody can do now, anywhere or where it is said (`place_id`, `asset_id`):
    their own, and what waits at a post of theirs (`posts_of`), or at none; the window that opened
    first on top. One query."""
    if actor.person_id is None:
        return []
    free = Q(post_id__in=posts) | Q(post=None)
    mine = Q(person_id=actor.person_id) | Q(free, person=None, state__in=("waiting", "assigned"))
    lately = Q(opened_at__gt=moment - BACK) | Q(person_id=actor.person_id, state__in=BEGUN)
    found = planned_seen(actor).to_do(moment).filter(lately, **where)
    return list(found.filter(mine).exclude(state="done").order_by("opened_at", "id")[:most])


def clocks_of(works: Iterable[WorkOrder]) -> dict[UUID, Clock]:
    """The clock of each piece of planned work whose window has opened. One query."""
    ids = [work.id for work in works]
    found = Clock.objects.filter(case_id=None, work_id__in=ids).order_by("started_at", "id")
    return {clock.work_id: clock for clock in found}


def occurrence_of(work: WorkOrder) -> Occurrence | None:
    """The occurrence of a plan that a work order was made for. One query."""
    made = Occurrence.objects.filter(work_id=work.id).select_related("plan", "work")
    return made.first()


def photos_of(work: WorkOrder) -> int:
    """How many photos a piece of planned work has. One query."""
    return Record.objects.filter(work_id=work.id, kind="photo").count()


def plan_seen(id: UUID, actor: Actor) -> Plan:
    """A plan the actor may see, with its place and post. One query. Raises Unknown."""
    found = Plan.objects.seen_by(actor).select_related("place", "post").filter(id=id).first()
    if found is None:
        raise Unknown(_("There is no such plan, or you may not see it."))
    return found


def subjects_of(plan: Plan) -> list[tuple[Place, Asset | None]]:
    """Where a plan falls due now, in the order of the places. One query."""
    rows = plan.subjects.filter(until=None).select_related("place", "asset")
    return [(one.place, one.asset) for one in rows.order_by("place__path", "asset__code")]


@dataclass(frozen=True)
class Turn:
    """An occurrence with its work order and how it stands."""

    made: Occurrence
    work: WorkOrder | None
    standing: Standing


def around(plan: Plan, moment: datetime, *, most: int) -> list[Turn]:
    """The last and the next occurrences of a plan, so many of each, in the order of time. Two
    queries."""
    rows = plan.occurrences.filter(withdrawn=False).select_related(
        "plan", "place", "asset", "work__person", "work__post"
    )
    last = rows.filter(at__lte=moment).order_by("-at", "-id")[:most]
    following = rows.filter(at__gt=moment).order_by("at", "id")[:most]
    found = [*reversed(last), *following]
    return [Turn(one, one.work, standing_of(one, moment)) for one in found]


def standing_of(made: Occurrence, moment: datetime) -> Standing:
    """How an occurrence stands; its work order is read where it was not."""
    work = made.work
    lapses_at = work.lapses_at if work and work.lapses_at else made.closes_at
    window = Window(made.opens_at, made.closes_at, lapses_at)
    return standing(window, work.state if work else "", work.done_at if work else None, moment)


def occurrences_seen(actor: Actor, since: datetime, until: datetime) -> QuerySet[Occurrence]:
    """What was or is planned for [since, until) where the actor may see work, in that order."""
    seen = under(actor.paths("work.see"), "place__path")
    planned = Occurrence.objects.filter(
        seen, company_id=actor.company_id, withdrawn=False, at__gte=since, at__lt=until
    )
    return planned.order_by("at", "id")


def that_stand(rows: QuerySet[Occurrence], how: str, moment: datetime) -> QuerySet[Occurrence]:
    """Those that stand so at `moment`, as `standing` says it, of many rows at once: "ahead",
    "open", "late", "missed", or "done" however. No query."""
    if how == "done":
        return rows.filter(work__done_at__isnull=False)
    owed = rows.filter(work__done_at=None).exclude(work=None).exclude(work__state="void")
    if how == "ahead":
        return owed.filter(opens_at__gt=moment)
    if how == "open":
        return owed.filter(opens_at__lte=moment, closes_at__gte=moment)
    over = owed.filter(closes_at__lt=moment)
    lapsed = Q(work__lapses_at__lt=moment, work__state__in=UNBEGUN)
    return over.filter(lapsed) if how == "missed" else over.exclude(lapsed)


def kept_of(plan: Plan, moment: datetime, *, days: int = 90) -> tuple[int, int]:
    """(kept, judged) of the promises of a plan in the last days: in time or early, out of all
    whose window has closed. Two queries."""
    made = Occurrence.objects.filter(
        plan=plan, withdrawn=False, work__isnull=False, closes_at__lt=moment,
        at__gte=moment - timedelta(days=days),
    ).exclude(work__state="void")  # fmt: skip
    clocks = Clock.objects.filter(
        company_id=plan.company_id, case_id=None, work_id__in=made.values("work_id")
    )
    return clocks.filter(state="kept").count(), made.count()
