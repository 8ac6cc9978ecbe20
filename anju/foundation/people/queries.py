"""Reads of people: who lives here, who is on duty, what runs out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from anju.foundation.access.queries import names_of
from anju.foundation.entries.queries import Found
from anju.foundation.events.models import EventValue
from anju.foundation.lib import now
from anju.foundation.people.models import (
    Assignment,
    Deputy,
    Duty,
    Occupancy,
    Person,
    Post,
    Qualification,
    Reveal,
    Vehicle,
)
from anju.foundation.people.rules import ROLES, plain_phone, uncovered
from anju.foundation.places.models import Place
from anju.foundation.places.queries import full_names
from anju.foundation.places.rules import ancestors
from anju.foundation.tenancy.acting import unfenced
from anju.foundation.tenancy.actor import Actor

EXPIRY_WARNING = timedelta(days=60)
DAY = timedelta(days=1)


def household(place: Place, *, actor: Actor, on: date) -> list[Occupancy]:
    """Who owns, rents or lives in exactly this place on a day; owners first. One query."""
    held = Occupancy.objects.seen_by(actor).on(on).filter(place=place).select_related("person")
    return sorted(held, key=lambda o: (ROLES.index(o.role), o.since or date.min, o.id))


def people_with_phone(phone: str, *, actor: Actor) -> QuerySet[Person]:
    """Whose telephone this is, as the actor may see it (caller recognition). One index look-up.

    Raises ValueError for what is no telephone number.
    """
    return Person.objects.seen_by(actor).filter(phone=plain_phone(phone)).exclude(phone="")


def residents_with_phone(phone: str, *, on: date) -> list[tuple[UUID, UUID]]:
    """(company, person) of everyone who has this number and lives somewhere on a day, over all
    companies: asked before whoever comes in is known. `phone` is plain digits. One look-up."""
    with unfenced("who comes in by telephone belongs to no company yet"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT company, person FROM people_by_phone(%s, %s)", [phone, on])
            return [(company, person) for company, person in cursor.fetchall()]


def on_duty(*, actor: Actor, at: datetime | None = None) -> QuerySet[Duty]:
    """Who is on duty where the actor may see staff, at an instant (default now). One query."""
    duties = Duty.objects.seen_by(actor).at_moment(at or now())
    return duties.select_related("person", "post").order_by("post__code", "starts_at")


def duty_of(post: Post, *, actor: Actor, at: datetime | None = None) -> Person | None:
    """Who is on duty at one post at an instant: the one who began last."""
    duty = on_duty(actor=actor, at=at).filter(post=post).order_by("-starts_at").first()
    return duty.person if duty else None


@dataclass(frozen=True)
class Desk:
    """One of the two desks with its shifts: who, from when, until when (aware); deputies of the
    day stand in the place of whom they stand in for. `community`: the path of what it is in."""

    post: Post
    path: str
    community: str
    shifts: tuple[tuple[UUID, datetime, datetime], ...]


def desks_from(at: datetime, *, actor: Actor) -> list[Desk]:
    """The open desk posts where the actor may see staff, by place, with the shifts that hold at
    `at` or begin within a day. Four queries."""
    open_desks = Post.objects.seen_by(actor).filter(closed_on=None).exclude(desk="")
    posts = list(open_desks.select_related("place").order_by("place__path", "code"))
    if not posts:
        return []
    duties = Duty.objects.between(at, at + DAY).filter(post__in=posts)
    rows = list(
        duties.order_by("-starts_at", "id").values_list(
            "post_id", "person_id", "starts_at", "ends_at"
        )
    )
    held = Deputy.objects.on(timezone.localdate(at)).filter(
        person__in={person for _p, person, _s, _e in rows}
    )
    acting_for = dict(held.order_by("-since", "-id").values_list("person_id", "stands_in_id"))
    above = {path for post in posts for path in ancestors(post.place.path)}
    tops = Place.objects.filter(company_id=actor.company_id, kind="community", path__in=above)
    communities = list(tops.values_list("path", flat=True))
    return [
        Desk(
            post=post,
            path=post.place.path,
            community=next((c for c in communities if post.place.path.startswith(c)), ""),
            shifts=tuple(
                (acting_for.get(person, person), starts, ends)
                for where, person, starts, ends in rows
                if where == post.id
            ),
        )
        for post in posts
    ]


def roster_gaps(
    desks: Iterable[Desk], at: datetime
) -> list[tuple[Desk, list[tuple[datetime, datetime]]]]:
    """Desks that nobody is rostered for at some hour of the 24 after `at`, each with those hours:
    a desk is meant to be held day and night. No query."""
    found = (
        (desk, uncovered(((s, e) for _who, s, e in desk.shifts), at, at + DAY)) for desk in desks
    )
    return [(desk, gaps) for desk, gaps in found if gaps]


def deputies_of(person: Person, *, on: date) -> list[Person]:
    """Who stands in for a person on a day, in the order named. One query."""
    held = Deputy.objects.on(on).filter(person=person).select_related("stands_in")
    return [deputy.stands_in for deputy in held.order_by("since", "id")]


def expiring(
    *, actor: Actor, on: date, within: timedelta = EXPIRY_WARNING
) -> QuerySet[Qualification]:
    """Certificates that end by `on` + `within`, the expired ones included, earliest first."""
    return (
        Qualification.objects.seen_by(actor)
        .filter(expires_on__lte=on + within, person__erased_at=None)
        .select_related("person", "person__place")
        .order_by("expires_on", "id")
    )


def establishment(*, actor: Actor, on: date) -> QuerySet[Post]:
    """Open posts with `filled`, the number of persons who hold each on a day (of `headcount`)."""
    held = Assignment.objects.on(on).filter(post=OuterRef("pk")).order_by()
    # A sub-query, because GROUP BY on one column of a two-column key names no row.
    count = held.values("post").annotate(n=Count("id")).values("n")
    posts: QuerySet[Post] = Post.objects.seen_by(actor).filter(closed_on=None)
    posts = posts.select_related("place", "team", "team__leader").order_by("code")
    return posts.annotate(filled=Coalesce(Subquery(count), 0))


@dataclass(frozen=True)
class Look:
    """One look at a person's telephone."""

    at: datetime
    by: UUID
    by_name: str
    reason: str


def looks_at(person: Person, *, actor: Actor) -> list[Look]:
    """Who looked at this person's telephone, latest first; the person may see it. Three queries."""
    reveals = list(Reveal.objects.filter(person=person).order_by("-at", "-id"))
    ids = [r.event_id for r in reveals]
    values = EventValue.objects.filter(event__in=ids, name="reason")
    reasons = dict(values.values_list("event_id", "text"))
    names = names_of([r.by for r in reveals], actor=actor)
    return [Look(r.at, r.by, names.get(r.by, ""), reasons.get(r.event_id, "")) for r in reveals]


def found_people(ids: Iterable[UUID], actor: Actor) -> Mapping[UUID, Found]:
    """Search hits of people: the name as the actor may read it, the telephone masked."""
    people = list(Person.objects.seen_by(actor).filter(id__in=list(ids)).select_related("place"))
    living = Occupancy.objects.filter(person__in=people).select_related("place")
    rooms: dict[UUID, str] = {}
    for occupancy in living:
        rooms.setdefault(occupancy.person_id, str(occupancy.place))
    return {
        p.id: Found(
            "person",
            p.id,
            p.name_for(actor),
            " ".join(filter(None, [rooms.get(p.id), p.masked_phone, str(p.get_kind_display())])),
        )
        for p in people
    }


def found_vehicles(ids: Iterable[UUID], actor: Actor) -> Mapping[UUID, Found]:
    """Search hits of vehicles: they lead to their person."""
    vehicles = list(
        Vehicle.objects.seen_by(actor).filter(id__in=list(ids)).select_related("person", "place")
    )
    places = full_names(v.place for v in vehicles if v.place)
    return {
        v.id: Found(
            "vehicle",
            v.id,
            v.masked_plate,
            " ".join(filter(None, [v.person.name_for(actor), places.get(v.place_id or v.id)])),
            page=("person", v.person_id),
        )
        for v in vehicles
    }
