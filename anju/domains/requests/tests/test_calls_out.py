"""Where a life is at stake telephones ring, step by step, and none after a person answers."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from anju.domains.requests.tests.test_telling_staff import read_on, the_work
from anju.engine.clocks.commands import sweep
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.standards.defaults import DEFAULTS
from anju.foundation.access.commands import create_account
from anju.foundation.access.testing import an_account
from anju.foundation.lib import frozen
from anju.foundation.messages.commands import add_gateway, deliver, set_address
from anju.foundation.messages.models import Message
from anju.foundation.messages.registry import words_of
from anju.foundation.messages.testing import Provider, a_provider, a_setting
from anju.foundation.people.testing import a_duty, a_post, a_worker
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

TEN = datetime(2031, 3, 5, 23, 2, tzinfo=ZoneInfo("Asia/Shanghai"))  # at night


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setattr("django.conf.settings.WEBHOOK_NETWORKS", "127.0.0.0/8")
    with a_provider("voice") as made:
        yield made


@pytest.fixture
def house(actor: Actor, provider: Provider) -> Iterator[House]:
    with frozen(TEN):
        provider.clock = TEN.timestamp
        made = a_house(actor)
        add_gateway("voice", a_setting(provider), actor=actor)
        yield made


def held_by(house: House, role: str, *, duty: bool = False) -> UUID:
    """Somebody with a role and a telephone, on duty or not; the account."""
    actor = house.actor
    with acting(actor):
        worker = a_worker(actor, place=house.community, name=f"{role} {duty}")
        account = an_account(actor, role, house.community.path, person_id=worker.id).id
        if duty:
            a_duty(actor, post=a_post(actor, place=house.community), person=worker)
        set_address(account, f"138{worker.id.int % 10**8:08}", actor=actor, channel="sms")
    return account


def rung(house: House, minutes: float = 0) -> set[UUID]:
    """Whose telephones were rung since it began."""
    with frozen(TEN + timedelta(minutes=minutes)):
        sweep()
        read_on(house.actor)
        deliver("voice", actor=house.actor)
    with acting(house.actor):
        rows = Message.objects.filter(channel="voice", state="sent")
        return {account for account in rows.values_list("account_id", flat=True) if account}


def test_the_steps_of_life_safety_are_data_of_the_standard() -> None:
    for standard in DEFAULTS:
        limits = [limit for limit in standard.limits if limit.urgency == 1]
        assert {limit.clock: limit.minutes for limit in limits}["respond"] == 2
        for limit in limits:
            steps = [(step.after, step.to) for step in limit.ladder]
            expected = [(0, "leader"), (3, "manager"), (3, "headquarters")]
            if limit.clock in ("respond", "accept"):  # the next is told that nobody has answered
                expected = [(0, "second"), *expected]
            assert steps == expected, limit.clock


def test_on_duty_at_once_then_the_next_and_the_leader_then_manager_and_headquarters(
    house: House, provider: Provider
) -> None:
    first = held_by(house, "desk", duty=True)
    off = held_by(house, "desk")
    second = held_by(house, "guard", duty=True)
    third = held_by(house, "guard", duty=True)
    leader, manager = held_by(house, "leader"), held_by(house, "manager")
    headquarters = held_by(house, "headquarters")
    a_case(house, urgency=1)
    assert rung(house) == {first}
    assert rung(house, 1.9) == {first}
    two = rung(house, 2.1)
    assert two in ({first, second, leader}, {first, third, leader})
    assert rung(house, 4.9) == two
    assert rung(house, 5.1) == {*two, manager, headquarters}
    calls_made = len(calls(house))
    assert off not in rung(house, 30)
    assert len(calls(house)) == calls_made  # the last step is the end of it
    assert provider.refused == []
    assert {text.startswith("特急报事") for text in provider.taken} == {True}
    with acting(house.actor):
        message = Message.objects.filter(account_id=leader, kind="clock.escalated").first()
        assert message is not None
        with translation.override("en"):
            words = words_of(message.kind, message.version, message.facts)
    assert words.spoken == "Life safety, urgent: 3-2-1201. Answer in Anju now."


def test_a_person_s_answer_ends_it_at_whichever_step(house: House) -> None:
    first, leader = held_by(house, "desk", duty=True), held_by(house, "leader")
    manager = held_by(house, "manager")
    case = a_case(house, urgency=1).case
    assert rung(house, 2.1) == {first, leader}
    with frozen(TEN + timedelta(minutes=3)):
        move_case(case.id, "respond", actor=house.doer)
    assert rung(house, 6) == {first, leader}
    assert manager not in rung(house, 30)


def test_what_waits_to_ring_is_dropped_when_somebody_answers(
    house: House, provider: Provider
) -> None:
    held_by(house, "desk", duty=True)
    provider.fate = lambda text: "down"
    case = a_case(house, urgency=1).case
    assert rung(house) == set()
    move_case(case.id, "respond", actor=house.doer)
    provider.fate = lambda text: "taken"
    assert rung(house, 1) == set()
    [waiting] = calls(house)
    assert (waiting.state, waiting.error) == ("dropped", "answered")


def test_who_is_sent_is_rung_until_they_accept(house: House) -> None:
    held_by(house, "desk", duty=True)
    leader = held_by(house, "leader")
    with acting(house.actor):
        login = f"w{house.worker.id.hex}"
        doer = create_account(
            actor=house.actor, login=login, name="李强", person_id=house.worker.id
        ).id
        set_address(doer, "13900139000", actor=house.actor, channel="sms")
    case = a_case(house, urgency=1).case
    said = {"person": str(house.worker.id), "reason": "离得最近"}
    work = move_work(the_work(house.actor, case).id, "assign", actor=house.judge, said=said)
    assert doer in rung(house)
    with frozen(TEN + timedelta(minutes=1)):
        move_work(work.id, "accept", actor=house.doer)
    assert the_work(house.actor, case).state == "accepted"
    assert leader not in rung(house, 4)


def test_nobody_is_rung_for_less_than_life_safety(house: House) -> None:
    held_by(house, "desk", duty=True)
    a_case(house, urgency=2)
    assert rung(house, 60) == set()
    assert calls(house) == []


def test_where_nobody_is_rostered_all_who_answer_there_are_rung(house: House) -> None:
    desks = {held_by(house, "desk"), held_by(house, "desk")}
    an_account(house.actor, "desk", house.community.path)  # without a telephone
    a_case(house, urgency=1)
    assert rung(house) == desks


def calls(house: House) -> list[Any]:
    with acting(house.actor):
        return list(Message.objects.filter(channel="voice"))


def test_a_case_that_is_over_rings_nobody(house: House, provider: Provider) -> None:
    held_by(house, "desk", duty=True)
    provider.fate = lambda text: "down"
    case = a_case(house, urgency=1).case
    rung(house)
    move_case(case.id, "void", actor=house.doer, said={"reason": "误报"})
    provider.fate = lambda text: "taken"
    assert rung(house, 1) == set()
