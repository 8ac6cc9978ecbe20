"""Residents and staff: does it, refuses and leaves no trace."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from anju.foundation.events.models import Event
from anju.foundation.lib import frozen
from anju.foundation.people.commands import (
    add_person,
    add_qualification,
    add_vehicle,
    assign,
    change_owner,
    edit_person,
    end_deputies,
    end_occupancy,
    move_in,
    name_deputy,
    put_on_duty,
)
from anju.foundation.people.models import Occupancy, Person
from anju.foundation.people.queries import (
    deputies_of,
    duty_of,
    establishment,
    expiring,
    household,
    on_duty,
    people_with_phone,
)
from anju.foundation.people.testing import a_duty, a_person, a_post, a_team, a_worker
from anju.foundation.places.testing import a_community, a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused

TODAY = date(2026, 11, 20)


def test_a_person_has_all_readings_and_no_name_in_the_event(actor: Actor) -> None:
    with acting(actor):
        person = a_person(actor, name="翟小明", phone="+86 138 0013 8000")
        assert person.phone == "13800138000"
        assert person.pinyin == "zhaixiaoming dixiaoming"
        assert person.initials == "zxm dxm"
        event = Event.objects.get(subject_id=person.id)
        assert "翟" not in str(event.said)
        assert set(event.values) == {"name", "phone"}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "owner", "name": " "}, "name"),
        ({"kind": "friend", "name": "张伟"}, "kind"),
        ({"kind": "owner", "name": "张伟", "phone": "call me"}, "phone"),
    ],
)
def test_a_bad_person_is_refused(actor: Actor, values: dict[str, str], field: str) -> None:
    with acting(actor):
        with pytest.raises(NotYet) as refused:
            add_person(actor=actor, **values)  # type: ignore[arg-type]  # parametrised values
        assert field in refused.value.fields
        assert not Person.objects.exists()


def test_a_household_has_several_owners_and_a_history(actor: Actor) -> None:
    with acting(actor):
        room = a_place(actor)
        wife, husband = (a_person(actor, name=n, lives_at=room) for n in ("王芳", "张伟"))
        tenant = a_person(actor, name="李娜", kind="tenant", place=room)
        move_in(tenant, place=room, role="tenant", since=date(2024, 1, 1), actor=actor)
        held = household(room, actor=actor, on=TODAY)
        assert [o.person_id for o in held] == [wife.id, husband.id, tenant.id]
        end_occupancy(held[2], on=date(2025, 12, 31), actor=actor)
        assert len(household(room, actor=actor, on=TODAY)) == 2
        assert len(household(room, actor=actor, on=date(2025, 12, 31))) == 3


def test_ownership_passes_on_a_day(actor: Actor) -> None:
    with acting(actor):
        room = a_place(actor)
        a_person(actor, name="王芳", lives_at=room)
        buyer = a_person(actor, name="陈静", place=room)
        change_owner(room, to=[buyer], on=TODAY, actor=actor)
        before = household(room, actor=actor, on=TODAY - timedelta(days=1))
        assert [o.person.name for o in before] == ["王芳"]
        assert [o.person_id for o in household(room, actor=actor, on=TODAY)] == [buyer.id]


def test_nobody_moves_in_twice_or_out_before_in(actor: Actor) -> None:
    with acting(actor):
        room = a_place(actor)
        person = a_person(actor, lives_at=room)
        with pytest.raises(Conflict):
            move_in(person, place=room, role="owner", since=date(2020, 1, 1), actor=actor)
        with pytest.raises(NotYet):
            end_occupancy(Occupancy.objects.get(), on=date(2019, 1, 1), actor=actor)
        assert Occupancy.objects.get().until is None


def test_people_are_seen_where_they_live_or_belong_and_nowhere_else(actor: Actor) -> None:
    with acting(actor):
        here, there = a_place(actor), a_place(actor)
        neighbour = a_person(actor, lives_at=here)
        landlord = a_person(actor, lives_at=there)
        move_in(landlord, place=here, role="owner", since=None, actor=actor)
        stranger = a_person(actor, lives_at=there)
        desk = Actor.of(actor.company_id, "desk", ["person.see", "person.edit"], here.path)
        assert set(Person.objects.seen_by(desk)) == {neighbour, landlord}
        with pytest.raises(Refused):
            edit_person(stranger, actor=desk, name="李四")
        assert list(people_with_phone(landlord.phone, actor=desk)) == [landlord]
        assert not people_with_phone(stranger.phone, actor=desk)
        cleaner = Actor.of(actor.company_id, "cleaner", ["place.see"], here.path)
        assert not Person.objects.seen_by(cleaner).exists()
        assert neighbour.name_for(cleaner) == "张*"


def test_a_plate_is_registered_once(actor: Actor) -> None:
    with acting(actor):
        person = a_person(actor)
        add_vehicle(actor=actor, person=person, plate="沪A·12345")
        with pytest.raises(Conflict):
            add_vehicle(actor=actor, person=person, plate="沪a12345")
        with pytest.raises(NotYet):
            add_vehicle(actor=actor, person=person, plate="没有牌照")
        assert person.vehicles.count() == 1


def test_who_is_on_duty_now(actor: Actor) -> None:
    at = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
    with frozen(at), acting(actor):
        community = a_community(actor)
        post = a_post(actor, place=community)
        early, late = (a_worker(actor, place=community, name=n) for n in ("李强", "赵敏"))
        a_duty(actor, post=post, person=early, starts_at=at - timedelta(hours=8))
        a_duty(actor, post=post, person=late, starts_at=at)
        assert [d.person_id for d in on_duty(actor=actor)] == [late.id]
        assert duty_of(post, actor=actor, at=at - timedelta(seconds=1)) == early
        with pytest.raises(NotYet):
            put_on_duty(late, post=post, starts_at=at, ends_at=at, actor=actor)


def test_a_deputy_ends_even_before_the_first_day(actor: Actor) -> None:
    with acting(actor):
        community = a_community(actor)
        boss, deputy = (a_worker(actor, place=community, name=n) for n in ("李强", "赵敏"))
        days = [TODAY + timedelta(days=n) for n in range(-3, 4)]
        held = [
            name_deputy(boss, stands_in=deputy, since=since, until=days[-1], actor=actor)
            for since in (days[0], days[5])
        ]
        nobody = replace(actor, grants={})
        with pytest.raises(Refused):
            end_deputies(held, last=TODAY, actor=nobody)
        assert deputies_of(boss, on=days[-1]) == [deputy, deputy]
        end_deputies(held, last=TODAY, actor=actor)
        assert [bool(deputies_of(boss, on=day)) for day in days] == [True] * 4 + [False] * 3
        assert held[1].until == days[4]


def test_deputies_establishment_and_what_runs_out(actor: Actor) -> None:
    with acting(actor):
        community = a_community(actor)
        boss, deputy = (a_worker(actor, place=community, name=n) for n in ("李强", "赵敏"))
        post = a_post(actor, place=community, team=a_team(actor, place=community, leader=boss))
        assign(boss, post=post, since=date(2020, 1, 1), actor=actor)
        assert [p.filled for p in establishment(actor=actor, on=TODAY)] == [1]
        assert [p.filled for p in establishment(actor=actor, on=date(2019, 1, 1))] == [0]
        name_deputy(boss, stands_in=deputy, since=TODAY, until=TODAY, actor=actor)
        assert deputies_of(boss, on=TODAY) == [deputy]
        assert deputies_of(boss, on=TODAY + timedelta(days=1)) == []
        with pytest.raises(NotYet):
            name_deputy(boss, stands_in=boss, since=TODAY, actor=actor)
        for days in (-1, 59, 61):
            add_qualification(
                actor=actor, person=boss, type="电工证", number=str(days),
                expires_on=TODAY + timedelta(days=days),
            )  # fmt: skip
        assert [q.number for q in expiring(actor=actor, on=TODAY)] == ["-1", "59"]
        with pytest.raises(NotYet):
            assign(a_person(actor), post=post, since=None, actor=actor)
