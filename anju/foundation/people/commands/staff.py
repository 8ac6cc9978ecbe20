"""Posts, teams, assignments, deputies, duty and qualifications."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from anju.foundation.entries.commands import Change, amend, enter
from anju.foundation.people.laws import nobody_twice, past_stands
from anju.foundation.people.models import (
    Assignment,
    Deputy,
    Duty,
    Person,
    Post,
    Qualification,
    Team,
)
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet

S = TypeVar("S", Post, Team, Assignment, Deputy, Duty, Qualification)


def add_team(
    *, actor: Actor, place: Place, code: str, name: str, leader: Person | None = None
) -> Team:
    """Add a team of a community. See `add_staff_rows` for what is refused."""
    return add_staff_rows([Team(place=place, code=code, name=name, leader=leader)], actor=actor)[0]


def add_post(
    *,
    actor: Actor,
    place: Place,
    code: str,
    name: str,
    team: Team | None = None,
    headcount: int = 1,
    desk: str = "",
) -> Post:
    """Add a post that `headcount` persons are meant to fill; `desk`: "lobby" or "front", where it
    is one of the two desks."""
    draft = Post(place=place, code=code, name=name, team=team, headcount=headcount, desk=desk)
    return add_staff_rows([draft], actor=actor)[0]


def assign(person: Person, *, post: Post, since: date | None, actor: Actor) -> Assignment:
    """The person holds the post from a day."""
    return add_staff_rows([Assignment(person=person, post=post, since=since)], actor=actor)[0]


def name_deputy(
    person: Person, *, stands_in: Person, since: date, until: date | None = None, actor: Actor
) -> Deputy:
    """`stands_in` acts for `person` from a day until a day (None: until further notice)."""
    draft = Deputy(person=person, stands_in=stands_in, since=since, until=until)
    return add_staff_rows([draft], actor=actor)[0]


def end_deputies(rows: Iterable[Deputy], *, last: date, actor: Actor) -> list[Deputy]:
    """They stand in until the day `last` and no longer; one that begins later never did, and ends
    the day before it begins. Refuses (`Refused`) outside of where the actor makes the roster."""
    ends = []
    for row in rows:
        actor.require("roster.edit", row.person.place.path if row.person.place else "")
        ends.append(Change(row, {"until": max(last, row.since - timedelta(days=1))}))
    return amend(ends, actor=actor)


def add_qualification(
    *,
    actor: Actor,
    person: Person,
    type: str,
    number: str = "",
    issued_on: date | None = None,
    expires_on: date | None = None,
) -> Qualification:
    """Add a certificate; `expires_on` is its last valid day."""
    draft = Qualification(
        person=person, type=type, number=number, issued_on=issued_on, expires_on=expires_on
    )
    return add_staff_rows([draft], actor=actor)[0]


def add_staff_rows(drafts: Sequence[S], *, actor: Actor) -> list[S]:
    """Add unsaved rows of one of the six kinds. All or nothing.

    Refuses an end before the beginning, someone who is no staff member, one's own deputy, someone
    on duty twice at once (`NotYet`), what is already there (`Conflict`), a place outside the
    actor's (`Refused`).
    """
    for draft in drafts:
        _check(draft, actor)
    with acting(actor):
        nobody_twice(drafts)
        return enter(drafts, actor=actor)


def edit_staff_rows(changes: Sequence[Change[S]], *, actor: Actor) -> list[S]:
    """Change rows of one kind. Refuses as `add_staff_rows`, a stale version (`Conflict`), and of a
    duty what would change who was on duty at a past instant (`NotYet`)."""
    shown: list[Duty] = []
    for change in changes:
        _check(change.row, actor)
        after = type(change.row)(**{f.name: getattr(change.row, f.name) for f in _fields(change)})
        for name, value in change.values.items():
            setattr(after, name, value)
        _check(after, actor)
        if isinstance(after, Duty) and isinstance(change.row, Duty):
            past_stands(change.row, after)
            shown.append(after)
    with acting(actor):
        nobody_twice(shown)
        return amend(changes, actor=actor)


def _fields(change: Change[S]) -> "list[models.Field[Any, Any]]":
    return [f for f in change.row._meta.concrete_fields if f.name != "company"]


def _check(row: S, actor: Actor) -> None:
    place = row.post.place if isinstance(row, Assignment | Duty) else None
    people: list[Person | None] = []
    if isinstance(row, Post | Team):
        place = row.place
        people += [row.leader] if isinstance(row, Team) else []
    else:
        people += [row.person, *([row.stands_in] if isinstance(row, Deputy) else [])]
        place = place or row.person.place
    needed = "roster.edit" if isinstance(row, Duty | Deputy) else "staff.edit"
    actor.require(needed, place.path if place else "")
    for person in people:
        if person and (person.kind != "staff" or person.erased_at):
            raise NotYet(
                _("%(name)s is no staff member. Choose a staff member.")
                % {"name": person.masked_name},
                fields={"person": _("Choose a staff member.")},
            )
    if isinstance(row, Deputy) and row.person_id == row.stands_in_id:
        raise NotYet(
            _("Nobody can stand in for themselves. Choose another person."),
            fields={"stands_in": _("Choose another person.")},
        )
    _check_span(row)


def _check_span(row: S) -> None:
    if isinstance(row, Assignment | Deputy):
        wrong = row.since and row.until and row.until < row.since
    elif isinstance(row, Duty):
        wrong = row.ends_at <= row.starts_at
    elif isinstance(row, Qualification):
        wrong = row.issued_on and row.expires_on and row.expires_on < row.issued_on
    else:
        wrong = False
    if wrong:
        raise NotYet(
            _("The end is before the beginning. Please check both."),
            fields={"until": _("Please give an end after the beginning.")},
        )
