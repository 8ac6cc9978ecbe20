"""People for tests: each function makes one, with what it needs."""

from datetime import date, datetime, timedelta
from itertools import count

from anju.foundation.lib import now
from anju.foundation.people.commands import (
    add_person,
    add_post,
    add_team,
    move_in,
    put_on_duty,
)
from anju.foundation.people.models import Duty, Person, Post, Team
from anju.foundation.places.models import Place
from anju.foundation.places.testing import a_community
from anju.foundation.tenancy.actor import Actor

_numbers = count(1)


def a_phone() -> str:
    """A mobile number nobody else in this test run has."""
    return f"138{next(_numbers):08d}"


def a_person(
    actor: Actor,
    *,
    name: str = "张伟",
    kind: str = "owner",
    phone: str | None = None,
    place: Place | None = None,
    lives_at: Place | None = None,
) -> Person:
    """Someone who belongs to `place`, and owns `lives_at` where it is given."""
    person = add_person(
        actor=actor,
        kind=kind,
        name=name,
        phone=a_phone() if phone is None else phone,
        place=place or lives_at or a_community(actor),
    )
    if lives_at is not None:
        move_in(person, place=lives_at, role="owner", since=date(2020, 1, 1), actor=actor)
    return person


def a_worker(actor: Actor, *, place: Place, name: str = "李强") -> Person:
    """A staff member of a community."""
    return a_person(actor, name=name, kind="staff", place=place)


def a_team(actor: Actor, *, place: Place, leader: Person | None = None) -> Team:
    """A team of a community."""
    code = f"T{next(_numbers)}"
    return add_team(actor=actor, place=place, code=code, name="工程班", leader=leader)


def a_post(actor: Actor, *, place: Place, team: Team | None = None, name: str = "水电工") -> Post:
    """A post of a community."""
    return add_post(actor=actor, place=place, code=f"P{next(_numbers)}", name=name, team=team)


def a_duty(actor: Actor, *, post: Post, person: Person, starts_at: datetime | None = None) -> Duty:
    """Eight hours of duty, beginning an hour ago unless said otherwise."""
    begins = starts_at or now() - timedelta(hours=1)
    return put_on_duty(
        person, post=post, starts_at=begins, ends_at=begins + timedelta(hours=8), actor=actor
    )
