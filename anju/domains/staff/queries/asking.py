"""What staff ask for, what it would leave behind, and who could step in."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from anju.domains.staff.models import DutyChange, Shift
from anju.domains.staff.queries.rostering import approved_leaves
from anju.domains.staff.rules import DAY, Fault, Span, faults, least_present, new_faults, too_much
from anju.engine.loop.models import WorkOrder
from anju.engine.plans.models import Occurrence
from anju.foundation.events.models import Event, EventValue
from anju.foundation.events.sealed import row_key
from anju.foundation.lib import now
from anju.foundation.people.models import Assignment, Duty, Person, Post
from anju.foundation.places.queries import zone_of
from anju.foundation.tenancy.actor import Actor

MONTH = timedelta(days=31)
MOST, LATELY, SWAPS = 100, 20, 30
SWAPS_AHEAD = timedelta(days=14)
NEAR = timedelta(days=2)  # around a shift, so that the rest before and after it is seen


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


def swap_faults(duty: Duty, other: Person, other_duty: Duty | None) -> dict[UUID, list[Fault]]:
    """The limits a swap or a stand-in would break anew, by person: twice on duty at once, too
    little rest. Two queries and those of the zone."""
    zone = ZoneInfo(zone_of(duty.post.place))
    ends = [duty, other_duty] if other_duty else [duty]
    around = Duty.objects.between(
        min(one.starts_at for one in ends) - NEAR, max(one.ends_at for one in ends) + NEAR
    ).filter(person__in=[duty.person_id, other.id])
    held: dict[UUID, list[Span]] = {duty.person_id: [], other.id: []}
    for person, begin, end in around.values_list("person_id", "starts_at", "ends_at"):
        held[person].append((begin, end))
    mine = (duty.starts_at, duty.ends_at)
    theirs = (other_duty.starts_at, other_duty.ends_at) if other_duty else None
    found = {other.id: new_faults(held[other.id], takes=mine, gives=theirs, zone=zone)}
    if theirs:
        own = held[duty.person_id]
        found[duty.person_id] = new_faults(own, takes=theirs, gives=mine, zone=zone)
    return {person: wrong for person, wrong in found.items() if wrong}


def swaps_for(duty: Duty, *, actor: Actor) -> list[Duty]:
    """Shifts to come of colleagues of the team that could be swapped for this one: both are free
    for the other's, on no leave then, and rest enough before and after. Four queries and those of
    the zone."""
    at = now()
    same = Q(post__team=duty.post.team_id) if duty.post.team_id else Q(post=duty.post)
    ahead = Duty.objects.seen_by(actor).between(at, at + SWAPS_AHEAD).filter(same)
    ahead = ahead.filter(starts_at__gt=at).exclude(person=duty.person_id)
    theirs = list(ahead.select_related("person", "post").order_by("starts_at"))
    people = {one.person_id for one in theirs} | {duty.person_id}
    end = max([at + SWAPS_AHEAD, duty.ends_at])
    taken: dict[UUID, list[Span]] = {id: [] for id in people}
    for one in Duty.objects.between(at - NEAR, end + NEAR).filter(person__in=people):
        taken[one.person_id].append((one.starts_at, one.ends_at))
    away: dict[UUID, list[Span]] = {id: [] for id in people}
    for leave in approved_leaves(people, at, end + DAY):
        away[leave.person_id].append((leave.starts_at, leave.ends_at))
    zone = ZoneInfo(zone_of(duty.post.place))

    def free(person: UUID, wanted: Duty, given: Duty) -> bool:
        span = (wanted.starts_at, wanted.ends_at)
        if any(b < span[1] and e > span[0] for b, e in away[person]):
            return False
        gives = (given.starts_at, given.ends_at)
        return not too_much(new_faults(taken[person], takes=span, gives=gives, zone=zone))

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


@dataclass(frozen=True)
class Back:
    """What a leave that ends early gives back: shifts that were called off for it (`duties`), and
    those of whoever stood in that make room for them (`instead`)."""

    duties: list[Duty]
    instead: list[Duty]


def comes_back(change: DutyChange) -> Back:
    """The shifts that a leave took and that have not begun: those the stand-in still has, and
    those at whose post somebody is missing. Four queries, three for each post more."""
    begin, took = max(change.starts_at, now()), _written_by_approval(change)
    off = Duty.objects.filter(
        person=change.person, called_off=True, post__closed_on=None, starts_at__gt=begin,
        starts_at__lt=change.ends_at,
    ).select_related("post__place", "person__place")  # fmt: skip
    lost = {
        (one.post_id, one.starts_at): one
        for one in off.order_by("starts_at", "id")
        if row_key(one) in took
    }
    if not lost:
        return Back([], [])
    end = max(one.ends_at for one in lost.values())
    there = Q(post__in={post for post, _at in lost}) | Q(person=change.person)
    held = list(Duty.objects.between(begin, end).filter(there).select_related("post__place"))
    back = Back([], [])
    for duty in lost.values():
        span = (duty.starts_at, duty.ends_at)
        meets = [one for one in held if one.starts_at < span[1] and one.ends_at > span[0]]
        if any(one.person_id == change.person_id for one in meets):
            continue
        others = [one for one in meets if one.post_id == duty.post_id]
        given = [
            one for one in others
            if one.person_id == change.stands_in_id and (one.starts_at, one.ends_at) == span
        ]  # fmt: skip
        present = least_present([(one.starts_at, one.ends_at) for one in others], span)
        if given or present < _needed(duty):
            back.duties.append(duty)
            back.instead.extend(given)
    return back


def _written_by_approval(change: DutyChange) -> Container[str]:
    """The rows that the approval of a leave wrote, the duties it called off among them: others of
    the person were swapped or called off for reasons of their own. One query."""
    told = Event.objects.about("duty_change", change.id).filter(name="duty.approved")
    return told.values_list("wrote", flat=True).first() or {}


def _needed(duty: Duty) -> int:
    """How many the shift of a duty needs; one where it is of no shift."""
    zone = ZoneInfo(zone_of(duty.post.place))
    day, span = duty.starts_at.astimezone(zone).date(), (duty.starts_at, duty.ends_at)
    shifts = Shift.objects.filter(post=duty.post_id, closed_on=None)
    return next((one.needed for one in shifts if one.on(day, zone) == span), 1)


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
