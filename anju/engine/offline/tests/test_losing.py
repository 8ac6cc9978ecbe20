"""A phone is lost: who may say so, and what follows."""

from datetime import timedelta

import pytest

from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.offline.commands.bringing import bring, enrol, hear
from anju.engine.offline.commands.losing import report_lost, turned_away
from anju.engine.offline.models import Device
from anju.engine.offline.queries import late_files, phones_of
from anju.engine.offline.rules import Heard
from anju.engine.offline.testing import Phone
from anju.foundation.access.commands import create_account, grant_role, open_device
from anju.foundation.access.commands.phones import enrol_phone
from anju.foundation.access.queries import by_device, by_login, by_token, is_lost
from anju.foundation.events.models import Event
from anju.foundation.lib import now, uuid7
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def a_hand(house: House, role: str = "technician", *, path: str = "") -> tuple[Actor, str]:
    """Somebody of this role at the community, and their signed-in telephone."""
    login = f"{role}{house.actor.company_id.hex[-10:]}"
    person = house.worker.id if role == "technician" else None
    account = create_account(actor=house.actor, login=login, name="张师傅", person_id=person)
    grant_role(account.id, actor=house.actor, role=role, path=path or house.community.path)
    found = by_login(login)
    assert found is not None
    return found[0].actor, open_device(found[0], actor=found[0].actor, device="test", mine=True)


def held(house: House, hand: Actor, token: str, *, left: int) -> Device:
    """Their telephone was heard of, and holds so much."""
    phone, who = Phone(hand), by_token(token)
    assert who is not None
    hear(phone.id, Heard(now(), now(), None), actor=hand, left=left, token=who.held)
    with acting(house.actor):
        return Device.objects.get(device=phone.id)


def test_a_lost_phone_brings_nothing_and_opens_nothing(house: House) -> None:
    hand, cookie = a_hand(house)
    token = enrol_phone(actor=hand, name="Android")
    device = held(house, hand, token, left=3)
    assert by_device(cookie)
    assert not is_lost(token)
    leader, _cookie = a_hand(house, "leader")
    with acting(leader):
        assert [one.id for one in phones_of(leader, most=9)] == [device.id]
    report_lost(device.id, actor=leader, reason="落在出租车上")
    report_lost(device.id, actor=leader, reason="又说一次")
    assert by_token(token) is None
    assert by_device(cookie) is None
    assert is_lost(token)
    with acting(house.actor):
        (told,) = Event.objects.filter(name="device.lost")
        assert (told.said["left"], told.said["files"]) == (3, 0)
        assert phones_of(leader, most=9) == []


def test_a_lost_phone_that_signed_in_anew_is_turned_away(house: House) -> None:
    hand, _cookie = a_hand(house)
    device = held(house, hand, enrol_phone(actor=hand, name="Android"), left=3)
    before = enrol_phone(actor=hand, name="kept page of an older version")
    report_lost(device.id, actor=house.actor, reason="落在出租车上")
    for token in (before, enrol(device.device, actor=hand, name="Android")):
        who = by_token(token)
        assert who is not None
        assert not is_lost(token)
        assert turned_away([device.device], actor=hand, token=who.held)
        assert by_token(token) is None
        assert is_lost(token)


def test_a_phone_that_brought_nothing_yet_can_be_reported_lost(house: House) -> None:
    hand, _cookie = a_hand(house)
    phone = Phone(hand)
    token = enrol(phone.id, actor=hand, name="Android")
    assert not turned_away([phone.id], actor=hand, token=None)
    with acting(house.actor):
        (device,) = phones_of(house.actor, most=9)
    report_lost(device.id, actor=house.actor, reason="落在出租车上")
    assert is_lost(token)


def test_the_other_phones_of_a_person_keep_their_tokens(house: House) -> None:
    hand, cookie = a_hand(house)
    token = enrol_phone(actor=hand, name="Android")
    lost = held(house, hand, token, left=1)
    other = enrol_phone(actor=hand, name="iPhone")
    with acting(house.actor):  # a device from before tokens were written down
        Device.objects.filter(id=lost.id).update(tokens={})
    report_lost(lost.id, actor=house.actor, reason="落在出租车上")
    assert by_token(other)
    assert by_device(cookie) is None


def test_who_hands_no_work_to_them_and_who_gives_no_reason_is_refused(house: House) -> None:
    hand, cookie = a_hand(house)
    device = held(house, hand, enrol_phone(actor=hand, name="Android"), left=1)
    guard, _cookie = a_hand(house, "guard")
    with pytest.raises(Unknown):
        report_lost(device.id, actor=guard, reason="丢了")
    with pytest.raises(NotYet):
        report_lost(device.id, actor=house.actor, reason="  ")
    assert by_device(cookie)


def test_photos_that_are_late_are_listed_for_who_hands_out_the_work(house: House) -> None:
    hand, _cookie = a_hand(house)
    work = a_case(house).work
    assert work
    move_work(work.id, "assign", actor=house.actor, said={"person": str(house.worker.id)})
    phone = Phone(hand)
    bring(
        [phone.does("accept", work.id), phone.does("photo", work.id, file="ab" * 32)],
        Heard(now(), now(), None), actor=hand,
    )  # fmt: skip
    with acting(house.actor):
        (late,) = late_files(house.actor, most=9)
        assert (late.work.id, late.awaited.files) == (work.id, ("ab" * 32,))
    elsewhere = Phone(hand)
    bring(
        [elsewhere.does("photo", uuid7(), at=now() - timedelta(days=1), file="cd" * 32)],
        Heard(now(), now(), None), actor=hand,
    )  # fmt: skip
    leader, _cookie = a_hand(house, "leader")
    with acting(leader):  # what they do not see takes nobody's place
        assert [one.work.id for one in late_files(leader, most=1)] == [work.id]
    guard, _cookie = a_hand(house, "guard")
    with acting(guard):
        assert late_files(guard, most=9) == []
