"""Reveal, export, erasure: the promises of T13 and P22."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connections

from anju.foundation.access.commands import create_account
from anju.foundation.access.models import Account
from anju.foundation.events.models import EventValue
from anju.foundation.events.testing import seal_all, verified
from anju.foundation.people.commands import (
    add_qualification,
    add_vehicle,
    edit_person,
    erase_person,
    export_person,
    reveal,
)
from anju.foundation.people.models import Occupancy, Person, Reveal
from anju.foundation.people.queries import looks_at
from anju.foundation.people.testing import a_person
from anju.foundation.places.testing import a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused, Unknown

NAME, PHONE, PLATE, PAPER = "欧阳娜娜娜", "13812345678", "沪A98765", "T-555-0199"


def everything_stored(company: object) -> Iterator[tuple[str, str]]:
    """Every row of every table of the database that has a company, as text: (table, row)."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            """SELECT table_name FROM information_schema.columns
                WHERE table_schema = 'public' AND column_name = 'company_id' ORDER BY 1"""
        )
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT to_jsonb(t)::text FROM "{table}" t WHERE company_id = %s', [company]
            )
            for (row,) in cursor.fetchall():
                yield table, row


def traces(company: object, *values: str) -> set[str]:
    """Tables that still hold one of the values."""
    rows = [
        (table, json.dumps(json.loads(row), ensure_ascii=False))
        for table, row in everything_stored(company)
    ]
    return {table for table, row in rows if any(value in row for value in values)}


def someone(actor: Actor) -> Person:
    """A person with something in every part."""
    room = a_place(actor)
    person = a_person(actor, name=NAME, phone=PHONE, lives_at=room)
    edit_person(person, actor=actor, note="有狗")
    add_vehicle(actor=actor, person=person, plate=PLATE)
    reveal(person, f"回电 {NAME}", actor=actor)
    return person


def test_a_look_at_a_telephone_has_a_reason_and_is_kept(actor: Actor) -> None:
    with acting(actor):
        person = a_person(actor, phone=PHONE, lives_at=a_place(actor))
        assert str(person.masked_phone) == "138****5678"
        with pytest.raises(NotYet):
            reveal(person, " ", actor=actor)
        assert not Reveal.objects.exists()
        assert reveal(person, "漏水回电", actor=actor) == PHONE
        (look,) = looks_at(person, actor=actor)
        assert (look.by, look.reason) == (actor.id, "漏水回电")


def test_only_who_may_reveal_there_sees_a_number(actor: Actor) -> None:
    with acting(actor):
        here, there = a_place(actor), a_place(actor)
        person = a_person(actor, lives_at=there)
        desk = Actor.of(actor.company_id, "desk", ["person.see", "person.reveal"], here.path)
        for other in (desk, Actor.of(actor.company_id, "guard", ["person.see"])):
            with pytest.raises(Refused):
                reveal(person, "because", actor=other)
        assert not Reveal.objects.exists()


def test_an_export_holds_everything_readable_and_for_machines(actor: Actor) -> None:
    with acting(actor):
        person = someone(actor)
        file = zipfile.ZipFile(io.BytesIO(export_person(person.id, actor=actor)))
    data = json.loads(file.read("data.json"))
    page = file.read("index.html").decode()
    assert data["parts"]["person"][0]["phone"] == PHONE
    assert data["parts"]["occupancies"][0]["place"] == "东湖一期 3-2-1201"
    assert data["parts"]["vehicles"][0]["plate"] == PLATE
    assert data["parts"]["looks"][0]["reason"].startswith("回电")
    for value in (NAME, PHONE, PLATE, "3-2-1201"):
        assert value in page
    assert "<script" not in page


def test_a_person_may_export_themselves_and_nobody_elses(actor: Actor, other_actor: Actor) -> None:
    with acting(actor):
        person, other = a_person(actor), a_person(actor)
        own = Actor(
            id=actor.id, name="own", company_id=actor.company_id, kind="resident",
            person_id=person.id,
        )  # fmt: skip
        assert export_person(person.id, actor=own)
        for refused in (other.id,):
            with pytest.raises(Refused):
                export_person(refused, actor=own)
        with pytest.raises(Refused):
            erase_person(person.id, actor=own)
    with pytest.raises(Unknown):
        export_person(person.id, actor=other_actor)


def test_after_an_erasure_no_value_is_left_and_all_seals_verify(actor: Actor) -> None:
    with acting(actor):
        person = someone(actor)
        staff = a_person(
            actor, name=NAME + "甲", kind="staff", phone="13911112222", place=person.place
        )
        add_qualification(actor=actor, person=staff, type="电工证", number=PAPER)
        account = create_account(actor=actor, login=f"u{staff.id.hex}", name=NAME + "甲")
        Account.objects.filter(id=account.id).update(person_id=staff.id)
    seal_all()
    values = (NAME, PHONE, PLATE, PLATE[1:], PAPER, "13911112222", "ouyangnanana", "有狗")
    assert len(traces(actor.company_id, *values)) > 4
    for someones in (person, staff):
        erased = erase_person(someones.id, actor=actor)
        assert erased.rows["person"] == 1
        assert erased.rows["event values"] > 0
    assert traces(actor.company_id, *values) == set()
    seal_all()
    report = verified(actor.company_id)
    assert report.problems == []
    with acting(actor):
        person.refresh_from_db()
        assert person.erased_at is not None
        assert str(person).startswith("#")
        assert Occupancy.objects.filter(person=person).count() == 1
        with pytest.raises(NotYet):
            edit_person(person, actor=actor, name=NAME)
    again = erase_person(person.id, actor=actor)
    assert set(again.rows.values()) == {0}


def test_a_dry_run_counts_and_writes_nothing(actor: Actor) -> None:
    with acting(actor):
        person = someone(actor)
        before = EventValue.objects.count()
    looked = erase_person(person.id, actor=actor, dry_run=True)
    assert looked.dry_run
    assert (looked.rows["person"], looked.rows["vehicles"]) == (1, 1)
    with acting(actor):
        assert EventValue.objects.count() == before
        assert Person.objects.get(id=person.id).name == NAME
    assert erase_person(person.id, actor=actor).rows == looked.rows


def test_who_may_not_erase_is_refused(actor: Actor) -> None:
    with acting(actor):
        room = a_place(actor)
        person = a_person(actor, lives_at=room)
        manager = Actor.of(actor.company_id, "manager", ["export.person"], room.path)
    assert export_person(person.id, actor=manager)
    with pytest.raises(Refused):
        erase_person(person.id, actor=manager)
    with acting(actor):
        assert Person.objects.get(id=person.id).name
        assert Occupancy.objects.get().since == date(2020, 1, 1)
