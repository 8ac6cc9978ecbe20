"""What staff ask for, what it would leave behind, and who could step in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from anju.domains.staff.models import DutyChange
from anju.domains.staff.queries.rostering import approved_leaves
from anju.domains.staff.rules import DAY, Fault, Span, faults, least_present
from anju.engine.loop.models import WorkOrder
from anju.engine.plans.models import Occurrence
from anju.foundation.events.models import EventValue
from anju.foundation.lib import now
from anju.foundation.people.models import Assignment, Duty, Person, Post
from anju.foundation.places.queries import zone_of
from anju.foundation.tenancy.actor import Actor

MONTH = timedelta(days=31)
MOST, LATELY, SWAPS = 100, 20, 30
SWAPS_AHEAD = timedelta(days=14)


def my_changes(actor: Actor) -> list[DutyChange]:
    """What the actor asked for or was asked, while it waits or its time is still to come. One
    query."""
    if actor.person_id is None:
        return []
    mine = DutyChange.objects.filter(
        Q(person=actor.person_id) | Q(other=actor.person_id), company_id=actor.company_id
    )
    mine = mine.exclude(state="withdrawn").filter(ends_at__gt=now())
    mine = mine.select_related("person", "other", "duty__post", "other_duty__post")
    return list(mine.order_by("starts_at", "id")[:MOST])


def swaps_for(duty: Duty, *, actor: Actor) -> list[Duty]:
    """Shifts to come of colleagues of the team that could be swapped for this one: both are free
    for the other's. Three queries."""
    at = now()
    same = Q(post__team=duty.post.team_id) if duty.post.team_id else Q(post=duty.post)
    ahead = Duty.objects.seen_by(actor).between(at, at + SWAPS_AHEAD).filter(same)
    ahead = ahead.filter(starts_at__gt=at).exclude(person=duty.person_id)
    theirs = list(ahead.select_related("person", "post").order_by("starts_at"))
    people = {one.person_id for one in theirs} | {duty.person_id}
    taken: dict[UUID, list[Duty]] = {id: [] for id in people}
    for one in Duty.objects.between(at, at + SWAPS_AHEAD + DAY).filter(person__in=people):
        taken[one.person_id].append(one)

    def free(person: UUID, wanted: Duty, given: Duty) -> bool:
        held = (one for one in taken[person] if one.id != given.id)
        return not any(
            one.starts_at < wanted.ends_at and one.ends_at > wanted.starts_at for one in held
        )

    return [
        one for one in theirs
        if free(one.person_id, duty, one) and free(duty.person_id, one, duty)
        and (one.starts_at, one.ends_at) != (duty.starts_at, duty.ends_at)
    ][:SWAPS]  # fmt: skip


def my_shifts(actor: Actor, *, days: int = 35) -> list[Duty]:
    """The actor's own duties that are not over yet, in order. One query."""
    if actor.person_id is None:
        return []
    at = now()
    mine = Duty.objects.seen_by(actor).between(at, at + timedelta(days=days))
    mine = mine.filter(person_id=actor.person_id).select_related("person", "post", "post__place")
    return list(mine.order_by("starts_at"))


def changes_open(actor: Actor) -> list[DutyChange]:
    """What waits for somebody, where the actor makes the roster or has a part in it, what begins
    first on top. One query."""
    found = DutyChange.objects.seen_by(actor).open()
    found = found.select_related("person__place", "other", "duty__post", "other_duty__post")
    return list(found.order_by("starts_at", "id")[:MOST])


def decided(actor: Actor) -> list[DutyChange]:
    """What was decided lately where the actor makes the roster, the latest first. One query."""
    found = DutyChange.objects.seen_by(actor).filter(state__in=["approved", "refused"])
    found = found.select_related("person__place", "other", "stands_in", "duty__post")
    return list(found.order_by("-decided_at")[:LATELY])


def reasons_of(changes: Iterable[DutyChange]) -> dict[UUID, str]:
    """Why each was asked for, as far as it is still held. One query."""
    values = EventValue.objects.filter(
        event__subject_kind="duty_change",
        event__subject_id__in=[change.id for change in changes],
        event__name="duty.asked",
        name="text",
    )
    return dict(values.values_list("event__subject_id", "text"))


def home_zone(person: Person) -> ZoneInfo:
    """The zone in which a staff member's days are counted. Two queries."""
    return ZoneInfo(zone_of(person.place)) if person.place else ZoneInfo("UTC")


def duties_of_leave(change: DutyChange) -> QuerySet[Duty]:
    """The duties a leave takes away: those that begin in it, and the one that runs when it begins
    in the midst of a day; one that began the evening before is done to its end."""
    local = change.starts_at.astimezone(home_zone(change.person))
    inside = Q(starts_at__gte=change.starts_at, starts_at__lt=change.ends_at)
    if (local.hour, local.minute) != (0, 0):
        inside |= Q(starts_at__lt=change.starts_at, ends_at__gt=change.starts_at)
    held = Duty.objects.standing().filter(inside, person=change.person, ends_at__gt=now())
    return held.select_related("post", "post__place").order_by("starts_at")


@dataclass(frozen=True)
class Left:
    """What a leave, a swap or a stand-in leaves behind: the duties that are given away, those among
    them at whose post nobody else would be at some time, and the work the person has in hand."""

    duties: list[Duty]
    bare: list[Duty]
    works: list[WorkOrder]


def left_by(change: DutyChange) -> Left:
    """What would be uncovered and undone if it were approved and nobody stepped in. Five
    queries and one for each duty."""
    if change.kind == "leave":
        duties = list(duties_of_leave(change))
    else:
        duties = [change.duty] if change.duty else []
    bare = []
    for duty in duties:
        others = Duty.objects.between(duty.starts_at, duty.ends_at).filter(post=duty.post_id)
        spans = others.exclude(person=change.person_id).values_list("starts_at", "ends_at")
        if not least_present(list(spans), (max(duty.starts_at, now()), duty.ends_at)):
            bare.append(duty)
    works = list(works_of(change)) if change.kind == "leave" else []
    return Left(duties, bare, works)


def works_of(change: DutyChange) -> QuerySet[WorkOrder]:
    """The work given to the person that falls into the time: what is planned in it, and what is in
    hand when it begins within a day. What has been arrived at is finished by whoever is there."""
    planned = Occurrence.objects.filter(company_id=OuterRef("company_id"), work_id=OuterRef("id"))
    inside = planned.filter(at__gte=change.starts_at, at__lt=change.ends_at)
    soon = Q(~Exists(planned)) if change.starts_at <= now() + DAY else Q(pk__in=[])
    given = WorkOrder.objects.filter(person=change.person_id, state__in=["assigned", "accepted"])
    return given.filter(Exists(inside) | soon).select_related("place").order_by("opened_at")


@dataclass(frozen=True)
class Colleague:
    """Somebody who could step in: `faults` are the limits it would break."""

    person: Person
    name: str
    faults: list[Fault]


def who_could(
    post: Post, spans: Sequence[Span], *, actor: Actor, without: UUID | None = None
) -> list[Colleague]:
    """Who holds a post of the same team (or this post) and is free in all the spans, on no leave:
    those first whose limits it keeps, then by hours. Five queries."""
    if not spans:
        return []
    begin, end = min(b for b, _e in spans), max(e for _b, e in spans)
    zone = ZoneInfo(zone_of(post.place))
    day = begin.astimezone(zone).date()
    same = Q(post__team=post.team_id) if post.team_id else Q(post=post)
    held = Assignment.objects.on(day).filter(same).exclude(person=without)
    people = Person.objects.seen_by(actor).filter(id__in=held.values("person"))
    ids = [person.id for person in people]
    taken: dict[UUID, list[Span]] = {id: [] for id in ids}
    for d in Duty.objects.between(begin - MONTH, end + MONTH).filter(person__in=ids):
        taken[d.person_id].append((d.starts_at, d.ends_at))
    away = set(approved_leaves(ids, begin, end).values_list("person_id", flat=True))
    found = []
    for person in people:
        mine = taken[person.id]
        meets = any(b < e2 and e > b2 for b, e in mine for b2, e2 in spans)
        if meets or person.id in away:
            continue
        before = set(faults(mine, zone))
        new = [f for f in faults([*mine, *spans], zone) if f not in before]
        found.append((len(new), len(mine), Colleague(person, person.name_for(actor), new)))
    return [one for _n, _m, one in sorted(found, key=lambda f: (f[0], f[1], f[2].name))]
