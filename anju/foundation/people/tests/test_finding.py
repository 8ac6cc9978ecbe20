"""One box finds everything, for who may see it, by its index."""

from uuid import UUID

import pytest
from django.db import connection

from anju.foundation.entries.queries import found
from anju.foundation.people.commands import add_vehicle, edit_person
from anju.foundation.people.testing import a_person
from anju.foundation.places.commands import edit_place
from anju.foundation.places.testing import a_community, a_place, an_asset
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def ids(text: str, actor: Actor, limit: int = 20) -> set[UUID]:
    return {hit.id for hit in found(text, actor=actor, limit=limit)}


@pytest.mark.parametrize(
    "text",
    ["3-2-1201", "3栋2单元1201", "３－２－１２０１", "3號樓2單元1201室", "31201", "321201", "1201"],
)
def test_a_room_is_found_however_it_is_written(actor: Actor, text: str) -> None:
    with acting(actor):
        room = a_place(actor, number="3-2-1201")
        a_place(actor, number="3-2-1202")
        assert ids(text, actor) == {room.id}


@pytest.mark.parametrize(
    "text",
    [
        "翟小明",
        "小明",
        "翟",
        "zhaixiaoming",
        "dixiaom",
        "zxm",
        "xm",
        "8000",
        "13800138000",
        "翟 8000",
    ],
)
def test_a_person_is_found_by_name_sound_and_telephone(actor: Actor, text: str) -> None:
    with acting(actor):
        person = a_person(actor, name="翟小明", phone="13800138000")
        a_person(actor, name="王芳", phone="13911112222", place=person.place)
        assert ids(text, actor) == {person.id}


def test_hits_are_masked_and_say_where(actor: Actor) -> None:
    with acting(actor):
        room = a_place(actor)
        a_person(actor, name="翟小明", phone="13800138000", lives_at=room)
        (hit,) = found("zxm", actor=actor)
        assert "138****8000" in hit.detail
        assert "3-2-1201" in hit.detail
        assert "13800138000" not in hit.title + hit.detail


def test_plates_and_equipment_are_found(actor: Actor) -> None:
    with acting(actor):
        vehicle = add_vehicle(actor=actor, person=a_person(actor), plate="沪A12345")
        lift = an_asset(actor, code="DH-LE-KT-007", name="货梯")
        for text in ("沪A12345", "a12345", "12345", "沪a·12345"):
            assert ids(text, actor) == {vehicle.id}
        for text in ("DH-LE-KT-007", "huoti", "货梯"):
            assert ids(text, actor) == {lift.id}


def test_traditional_and_simplified_find_each_other(actor: Actor) -> None:
    with acting(actor):
        place = a_community(actor, name="東湖花園")
        assert ids("东湖花园", actor) == ids("東湖花園", actor) == {place.id}


def test_a_changed_name_is_found_and_the_old_one_is_not(actor: Actor) -> None:
    with acting(actor):
        person = a_person(actor, name="张伟")
        edit_person(person, actor=actor, name="李娜")
        assert ids("李娜", actor) == {person.id}
        assert ids("张伟", actor) == set()
        unit = a_place(actor, number="3-2-1201").parent
        assert unit
        edit_place(unit, actor=actor, code="7")
        assert len(ids("3-7-1201", actor)) == 1


def test_another_companys_rows_and_other_communities_are_not_found(
    actor: Actor, other_actor: Actor
) -> None:
    with acting(actor):
        mine, theirs = a_place(actor), a_place(actor)
        guest = Actor.of(actor.company_id, "guest", ["place.see"], mine.path)
        assert ids("3-2-1201", guest) == {mine.id}
        assert ids("3-2-1201", actor) == {mine.id, theirs.id}
    assert ids("3-2-1201", other_actor) == set()
    with acting(other_actor), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM anju_search(%s, %s, 10)", [actor.company_id, "'1201'"])
        assert cursor.fetchall() == []


@pytest.mark.parametrize("text", ["", "   ", "'", "''); --", "!!!", "& | !", "\\", "（）"])
def test_odd_questions_find_nothing_and_break_nothing(actor: Actor, text: str) -> None:
    with acting(actor):
        a_place(actor)
        assert found(text, actor=actor) == []


def test_an_unseen_crowd_does_not_hide_what_is_ones_own(actor: Actor) -> None:
    with acting(actor):
        mine = a_place(actor)
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO entries_searchrow (company_id, id, kind, subject_id, tokens)
                   SELECT %s, gen_random_uuid(), 'place', gen_random_uuid(), '''1201'''::tsvector
                     FROM generate_series(1, 500)""",
                [actor.company_id],
            )
        assert ids("1201", actor) == {mine.id}
