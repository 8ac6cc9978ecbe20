"""Reporting at a label without an account, and the secret link that follows it."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.utils import translation

from anju.domains.community.commands.desk_lines import set_desk_line
from anju.domains.community.commands.landing import Told, report_at, stranger
from anju.domains.community.commands.links import give_link, revoke_links, secret_of
from anju.domains.community.models import CaseLink
from anju.domains.community.queries import case_of_link, desk_line, greeting_at
from anju.engine.loop.commands.evidence import Given
from anju.engine.loop.models import Case
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.files.testing import a_picture
from anju.foundation.lib import frozen
from anju.foundation.people.models import Person
from anju.foundation.places.testing import an_asset
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def at_label(house: House) -> Actor:
    return stranger(house.actor.company_id, house.room.path)


def test_a_photo_alone_is_a_report_about_the_thing(house: House) -> None:
    with acting(house.actor):
        lift = an_asset(house.actor, place=house.room)
    photo = Given("a.jpg", BytesIO(a_picture()))
    landed = report_at(lift, Told("", [photo]), actor=at_label(house))
    with acting(house.actor):
        case = Case.objects.get(id=landed.case.id)
        assert (case.asset_id, case.channel, case.reporter_id) == (lift.id, "qr", None)
        assert case.records.filter(kind="photo").count() == 1
    with pytest.raises(NotYet) as nothing:
        report_at(lift, Told("  "), actor=at_label(house))
    assert "words" in nothing.value.fields


def test_who_leaves_a_number_becomes_a_contact_and_never_somebody_else(house: House) -> None:
    told = Told("灯不亮", name="路人", phone=house.resident.phone)
    landed = report_at(house.room, told, actor=at_label(house))
    with acting(house.actor):
        reporter = Person.objects.get(id=landed.case.reporter_id)
    assert reporter.id != house.resident.id
    assert (reporter.kind, reporter.name) == ("contact", "路人")
    with pytest.raises(NotYet) as wrong:
        report_at(house.room, Told("灯不亮", phone="abc"), actor=at_label(house))
    assert "phone" in wrong.value.fields


def test_a_broken_photo_does_not_cost_the_report(house: House) -> None:
    cut = Given("cut.jpg", BytesIO(a_picture(size=(400, 300))[:600]))
    landed = report_at(house.room, Told("漏水", [cut]), actor=at_label(house))
    assert [name for name, _why in landed.refused] == ["cut.jpg"]
    assert landed.case.title == "漏水"


def test_a_link_opens_its_case_alone_until_it_is_over_or_ended(house: House) -> None:
    one, other = a_case(house).case, a_case(house).case
    link, second = (give_link(case, actor=house.actor) for case in (one, other))
    held = case_of_link(secret_of(link.id))
    assert held is not None
    assert (held.case, held.company) == (one.id, house.actor.company_id)
    assert case_of_link(secret_of(link.id)[:-1]) is None
    with acting(house.actor):
        row = CaseLink.objects.get(id=link.id)
        assert secret_of(link.id).encode() not in bytes(row.digest)
    with frozen(datetime.now(UTC) + timedelta(days=91)):
        assert case_of_link(secret_of(link.id)) is None
    assert revoke_links(one.id, actor=house.actor) == 1
    assert revoke_links(one.id, actor=house.actor) == 0
    assert case_of_link(secret_of(link.id)) is None
    assert case_of_link(secret_of(second.id)) is not None


def test_the_nearest_telephone_answers(house: House) -> None:
    with acting(house.actor):
        assert desk_line(house.room.path, actor=house.actor) is None
        set_desk_line(house.community, phone="0571-8888 0110", actor=house.actor)
        found = desk_line(house.room.path, actor=house.actor)
        assert found is not None
        assert found.phone == "057188880110"
        set_desk_line(house.room, phone="13800138000", hours="24 小时", actor=house.actor)
        assert str(desk_line(house.room.path, actor=house.actor)) == "13800138000"
        set_desk_line(house.room, phone="", actor=house.actor)
        assert str(desk_line(house.room.path, actor=house.actor)) == "057188880110"
        with pytest.raises(NotYet):
            set_desk_line(house.room, phone="abc", actor=house.actor)
        guard = Actor.of(house.actor.company_id, "guard", ["place.see"], house.community.path)
        with pytest.raises(Refused):
            set_desk_line(house.room, phone="110110", actor=guard)


def test_what_the_desk_says_first(house: House) -> None:
    """The community's name, unless the desk has its own words; for a room the nearest above it."""
    with acting(house.actor), translation.override("zh-hans"):
        for place in (house.room, house.community, None):
            said = greeting_at(place, actor=house.actor)
            assert said == f"您好，{house.community.name}物业服务中心，请问有什么可以帮您？"
        set_desk_line(house.community, phone="057188880110", greeting="您好！", actor=house.actor)
        assert [greeting_at(p, actor=house.actor) for p in (house.room, None)] == ["您好！"] * 2
