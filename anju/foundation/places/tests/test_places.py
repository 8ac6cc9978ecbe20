"""The place tree: does it, refuses and leaves no trace, loses the race."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection

from anju.foundation.events.models import Event
from anju.foundation.events.sealed import written
from anju.foundation.places.commands import (
    add_place,
    add_places,
    edit_place,
    make_labels,
    move_subtree,
    reinstate_place,
    retire_place,
    serve,
)
from anju.foundation.places.models import Asset, Label, Place, Served
from anju.foundation.places.queries import chain, full_name, label_subject, zone_of
from anju.foundation.places.testing import a_community, a_place, an_asset
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused


def test_a_room_has_the_code_people_use_and_its_own_event(actor: Actor) -> None:
    with acting(actor):
        room = a_place(actor, number="3-2-1201")
        assert room.full_code == "3-2-1201"
        assert [p.kind for p in chain(room)] == ["community", "building", "unit", "room"]
        assert full_name(room) == "东湖一期 3-2-1201"
        event = Event.objects.get(subject_id=room.id)
        assert event.name == "place.added"
        assert event.wrote == written(Place.objects.get(id=room.id))


def test_many_places_are_added_in_a_fixed_number_of_statements(actor: Actor) -> None:
    def statements(count: int) -> int:
        with acting(actor):
            top = a_community(actor)
            drafts = [
                Place(kind="room", code=str(n), name=str(n), parent=top) for n in range(count)
            ]
            seen: list[str] = []

            def note(execute, sql, params, many, context):  # type: ignore[no-untyped-def]  # Django's own shape
                seen.append(sql)
                return execute(sql, params, many, context)

            with connection.execute_wrapper(note):
                add_places(drafts, actor=actor)
            return len(seen)

    assert statements(10) == statements(500)


def test_a_parent_may_be_a_draft_of_the_same_list(actor: Actor) -> None:
    with acting(actor):
        community = a_community(actor)
        building = Place(kind="building", code="9", name="9", parent=community)
        room = Place(kind="room", code="101", name="101", parent=building)
        add_places([building, room], actor=actor)
        assert Place.objects.get(id=room.id).full_code == "9-101"
        assert room.path.startswith(building.path)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "unit", "code": "1"}, "kind"),
        ({"kind": "building", "code": "  "}, "code"),
        ({"kind": "building", "code": "1/2"}, "code"),
        ({"kind": "building", "code": "1", "area": Decimal(-1)}, "area"),
        ({"kind": "building", "code": "1", "zone": "Mars/Base"}, "zone"),
    ],
)
def test_a_bad_place_is_refused_and_nothing_is_written(
    actor: Actor, values: dict[str, object], field: str
) -> None:
    with acting(actor):
        community = a_community(actor)
        before = Event.objects.count()
        with pytest.raises(NotYet) as refused:
            add_place(actor=actor, parent=community, **values)  # type: ignore[arg-type]  # parametrised values
        assert field in refused.value.fields
        assert Place.objects.count() == 1
        assert Event.objects.count() == before


def test_a_code_is_used_once_among_siblings(actor: Actor) -> None:
    with acting(actor):
        community = a_community(actor)
        add_place(actor=actor, kind="building", code="3", parent=community)
        with pytest.raises(Conflict):
            add_place(actor=actor, kind="building", code="3", parent=community)
        assert Place.objects.filter(kind="building").count() == 1


def test_places_outside_ones_grants_are_neither_seen_nor_changed(actor: Actor) -> None:
    with acting(actor):
        mine, theirs = a_community(actor), a_community(actor)
    guest = Actor.of(actor.company_id, "guest", ["place.see", "place.edit"], mine.path)
    with acting(guest):
        assert list(Place.objects.seen_by(guest)) == [mine]
        add_place(actor=guest, kind="building", code="1", parent=mine)
        with pytest.raises(Refused):
            add_place(actor=guest, kind="building", code="1", parent=theirs)
        with pytest.raises(Refused):
            edit_place(theirs, actor=guest, name="新名")
        with pytest.raises(Refused):
            add_place(actor=guest, kind="community", code="X")
    nobody = Actor.of(actor.company_id, "nobody", [])
    with acting(nobody):
        assert not Place.objects.seen_by(nobody).exists()


def test_another_companys_place_cannot_be_a_parent(actor: Actor, other_actor: Actor) -> None:
    with acting(other_actor):
        theirs = a_community(other_actor)
    draft = Place(kind="building", code="1", name="1", parent=theirs)
    with pytest.raises((Conflict, IntegrityError)), acting(actor):
        add_places([draft], actor=actor)
    with acting(actor):
        assert not Place.objects.exists()


def test_a_new_code_renames_the_rooms_inside(actor: Actor) -> None:
    with acting(actor):
        room = a_place(actor, number="3-2-1201")
        unit = room.parent
        assert unit is not None
        edit_place(unit, actor=actor, code="5")
        room.refresh_from_db()
        assert room.full_code == "3-5-1201"
        building = unit.parent
        assert building is not None
        edit_place(building, actor=actor, code="30")
        room.refresh_from_db()
        assert room.full_code == "30-5-1201"


def test_a_stale_version_is_refused(actor: Actor) -> None:
    with acting(actor):
        place = a_community(actor)
        mine, theirs = (Place.objects.get(id=place.id) for _ in range(2))
        edit_place(theirs, actor=actor, version=theirs.version, name="东湖二期")
        with pytest.raises(Conflict):
            edit_place(mine, actor=actor, version=mine.version, name="西湖")
        assert Place.objects.get(id=place.id).name == "东湖二期"


def test_a_subtree_moves_with_its_codes_and_one_event(actor: Actor) -> None:
    with acting(actor):
        room = a_place(actor, number="3-2-1201")
        community, _building, unit, _room = chain(room)
        other = add_place(actor=actor, kind="building", code="4", parent=community)
        move_subtree(unit, to=other, actor=actor)
        room.refresh_from_db()
        assert room.path.startswith(other.path)
        assert room.full_code == "4-2-1201"
        assert Event.objects.filter(name="place.subtree_moved").count() == 1
        with pytest.raises(NotYet):
            move_subtree(other, to=None, actor=actor)


def test_a_moved_building_keeps_its_codes(actor: Actor) -> None:
    with acting(actor):
        room = a_place(actor, number="3-2-1201")
        other = a_community(actor, name="西湖")
        move_subtree(chain(room)[1], to=other, actor=actor)
        room.refresh_from_db()
        assert room.full_code == "3-2-1201"
        assert full_name(room) == "西湖 3-2-1201"


def test_a_place_in_use_is_not_retired(actor: Actor) -> None:
    with acting(actor):
        room = a_place(actor)
        assert room.parent
        with pytest.raises(NotYet):
            retire_place(room.parent, actor=actor, on=date(2026, 11, 20))
        retire_place(room, actor=actor, on=date(2026, 11, 20))
        assert room not in Place.objects.standing()
        reinstate_place(room, actor=actor)
        assert room in Place.objects.standing()


def test_the_nearest_zone_counts(actor: Actor) -> None:
    with acting(actor):
        room = a_place(actor)
        assert zone_of(room) == "Asia/Shanghai"
        edit_place(chain(room)[0], actor=actor, zone="Asia/Urumqi")
        assert zone_of(room) == "Asia/Urumqi"


def test_equipment_says_whom_it_serves(actor: Actor) -> None:
    with acting(actor):
        room = a_place(actor)
        assert room.parent
        lift = an_asset(actor, place=room.parent)
        serve(lift, places=[room], actor=actor)
        serve(lift, places=[room], actor=actor)
        assert [s.place_id for s in Served.objects.filter(asset=lift)] == [room.id]
        assert Event.objects.filter(name="asset.serves").count() == 1
        with pytest.raises(Conflict):
            an_asset(actor, place=room, code=lift.code)
        assert Asset.objects.seen_by(actor).count() == 1


def test_a_label_is_made_once_and_found_by_anyone_who_scans_it(actor: Actor) -> None:
    with acting(actor):
        room = a_place(actor)
        lift = an_asset(actor, place=room)
        first = make_labels([room, lift, room], actor=actor)
        again = make_labels([lift, room], actor=actor)
        assert [label.code for label in first[:2]] == [label.code for label in reversed(again)]
        assert Label.objects.count() == 2
    assert label_subject(first[1].code) == (actor.company_id, "asset", lift.id)
    assert label_subject(first[0].code.lower()) == (actor.company_id, "place", room.id)
    assert label_subject("NOSUCH00") is None
