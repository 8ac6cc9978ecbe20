"""What work took: arriving by a label, photos by stage, materials, time, the signature."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pytest

from anju.engine.loop.commands.effort import (
    Material,
    sign_for,
    sign_for_nobody,
    spend_minutes,
    take_back,
    use_material,
)
from anju.engine.loop.commands.erasing import erase_reporter
from anju.engine.loop.commands.evidence import Given, add_evidence
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Record, WorkOrder
from anju.engine.loop.queries import effort_of
from anju.engine.loop.testing import a_case, a_house, everyone
from anju.foundation.events.models import Event
from anju.foundation.events.testing import seal_all, verified
from anju.foundation.files.models import StoredFile
from anju.foundation.files.testing import a_picture
from anju.foundation.places.commands import make_labels
from anju.foundation.places.testing import a_place, an_asset
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.errors import NotYet, Refused, Unknown


def accepted(house, **more):
    """A case whose work the worker has accepted."""
    opened = a_case(house, **more)
    said = {"person": str(house.worker.id)}
    move_work(opened.work.id, "assign", actor=house.actor, said=said)
    move_work(opened.work.id, "accept", actor=house.doer)
    return opened


def label_at(house, subject):
    return make_labels([subject], actor=house.actor)[0].code


def kinds(house, opened):
    with acting(house.actor):
        found = Record.objects.filter(case_id=opened.case.id)
        return list(found.order_by("noted_at", "id").values_list("kind", flat=True))


def test_the_label_on_the_door_shows_who_was_there(actor):
    house = a_house(actor)
    opened = accepted(house)
    code = label_at(house, house.room)
    said = {"label": code.lower()}
    work = move_work(opened.work.id, "arrive", actor=house.doer, said=said)
    assert work.state == "arrived"
    with acting(actor):
        scan = Record.objects.get(case_id=opened.case.id, kind="scan")
        told = Event.objects.about("case", opened.case.id).last()
    assert (scan.place_id, scan.work_id) == (house.room.id, work.id)
    assert told.said["label"] == code
    seal_all()
    assert verified(actor.company_id).problems == []


def test_a_label_elsewhere_is_refused_by_both_names_and_nothing_changes(actor):
    house = a_house(actor)
    opened = accepted(house)
    with acting(actor):
        other = a_place(actor, number="3-2-1101", community=house.community)
    with pytest.raises(NotYet) as refusal:
        said = {"label": label_at(house, other)}
        move_work(opened.work.id, "arrive", actor=house.doer, said=said)
    assert refusal.value.code == "wrong_label"
    assert "3-2-1101" in str(refusal.value.message)
    assert "3-2-1201" in str(refusal.value.message)
    with pytest.raises(NotYet) as refusal:
        move_work(opened.work.id, "arrive", actor=house.doer, said={"label": "NOSUCH"})
    assert refusal.value.code == "unknown_label"
    with acting(actor):
        assert WorkOrder.objects.get(id=opened.work.id).state == "accepted"
    assert kinds(house, opened) == []


def test_the_thing_itself_or_any_thing_at_the_place_will_do_but_no_other_thing(actor):
    house = a_house(actor)
    house = replace(house, room=house.community)
    with acting(actor):
        lift = an_asset(actor, place=house.community)
        pump = an_asset(actor, place=house.community, name="生活水泵")
    about_lift = accepted(house, asset=lift)
    with pytest.raises(NotYet):
        said = {"label": label_at(house, pump)}
        move_work(about_lift.work.id, "arrive", actor=house.doer, said=said)
    said = {"label": label_at(house, lift)}
    assert move_work(about_lift.work.id, "arrive", actor=house.doer, said=said).state == "arrived"
    about_place = accepted(house)
    said = {"label": label_at(house, pump)}
    assert move_work(about_place.work.id, "arrive", actor=house.doer, said=said).state == "arrived"


def test_without_a_label_the_arrival_counts_and_has_no_scan(actor):
    house = a_house(actor)
    opened = accepted(house)
    move_work(opened.work.id, "arrive", actor=house.doer)
    assert kinds(house, opened) == []


def test_materials_and_time_are_added_up_and_a_wrong_line_counts_no_more(actor):
    house = a_house(actor)
    opened = accepted(house)
    work = opened.work.id
    valve = Material("角阀 DN15", Decimal("2"), "个", Decimal("18.5"))
    use_material(work, valve, actor=house.doer)
    wrong = use_material(work, Material("生料带", Decimal(100), "卷"), actor=house.doer)
    spend_minutes(work, 45, actor=house.doer)
    first = take_back(work, wrong.id, actor=house.doer)
    assert take_back(work, wrong.id, actor=house.doer).id == first.id
    with acting(actor):
        effort = effort_of(opened.case)
    assert [(u.name, u.quantity, u.unit, u.total) for u in effort.used] == [
        ("角阀 DN15", Decimal(2), "个", Decimal("37.00"))
    ]
    assert (effort.total, effort.minutes) == (Decimal("37.00"), 45)
    seal_all()
    assert verified(actor.company_id).problems == []


@pytest.mark.parametrize(
    ("field", "used"),
    [
        ("name", Material(" ", Decimal(1))),
        ("quantity", Material("角阀", Decimal(0))),
        ("quantity", Material("角阀", Decimal("NaN"))),
        ("price", Material("角阀", Decimal(1), "个", Decimal(-1))),
    ],
)
def test_a_line_that_cannot_be_is_refused_beside_its_field(actor, field, used):
    house = a_house(actor)
    opened = accepted(house)
    with pytest.raises(NotYet) as refusal:
        use_material(opened.work.id, used, actor=house.doer)
    assert list(refusal.value.fields) == [field]
    assert kinds(house, opened) == []


def test_nothing_is_noted_on_what_is_not_in_hand_or_somebody_elses(actor, other_actor):
    house = a_house(actor)
    opened = a_case(house)
    with pytest.raises(NotYet) as refusal:
        spend_minutes(opened.work.id, 5, actor=house.doer)
    assert refusal.value.code == "not_in_hand"
    with pytest.raises(Unknown):
        spend_minutes(opened.work.id, 5, actor=other_actor)
    mine = accepted(house)
    stranger = everyone(actor, "stranger")
    hand = type(stranger)(
        id=stranger.id,
        name="hand",
        company_id=actor.company_id,
        grants={"work.do": ("",), "work.see": ("",)},
    )
    with pytest.raises(Refused):
        spend_minutes(mine.work.id, 5, actor=hand)
    with pytest.raises(NotYet):
        spend_minutes(mine.work.id, 0, actor=house.doer)


def test_photos_say_whether_they_show_before_or_after(actor):
    house = a_house(actor)
    opened = accepted(house)
    given = [
        Given("a.jpg", BytesIO(a_picture()), "before"),
        Given("b.jpg", BytesIO(a_picture(colour="red")), "after"),
        Given("c.jpg", BytesIO(a_picture(colour="blue")), "sideways"),
    ]
    add_evidence(opened.case.id, given, actor=house.doer, work_id=opened.work.id)
    with acting(actor):
        assert effort_of(opened.case, work=opened.work.id).photos == {"before": 1, "after": 1}


def test_a_signature_is_kept_and_goes_with_the_reporters_data(actor):
    house = a_house(actor)
    opened = accepted(house)
    made = sign_for(opened.work.id, a_picture("PNG"), signer="reporter", actor=house.doer)
    assert made.value == {"by": "reporter"}
    with pytest.raises(NotYet) as refusal:
        sign_for(opened.work.id, b"%PDF-1.7 x", signer="reporter", actor=house.doer)
    assert refusal.value.fields.keys() == {"signature"}
    with pytest.raises(NotYet):
        sign_for(opened.work.id, a_picture("PNG"), signer="somebody", actor=house.doer)
    sign_for_nobody(opened.work.id, "nobody_home", actor=house.doer)
    with pytest.raises(NotYet):
        sign_for_nobody(opened.work.id, "because", actor=house.doer)
    with acting(actor):
        assert effort_of(opened.case).signature.value == {"absent": "nobody_home"}
    erase_reporter(house.resident, actor=actor)
    with acting(actor):
        assert StoredFile.objects.get(id=made.file_id).erased_at is not None
