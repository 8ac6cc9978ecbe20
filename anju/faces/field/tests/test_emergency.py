"""Whoever was called out to an emergency sees it on foot and says that they are coming."""

import pytest
from django.test import Client

from anju.domains.emergency.commands.planning import ship_plans
from anju.domains.emergency.commands.running import start
from anju.domains.emergency.models import Plan
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.testing import House, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.messages.models import Message
from anju.foundation.messages.registry import page_of
from anju.foundation.people.testing import a_worker
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def phone(device: str) -> Client:
    made = Client(headers={"Accept-Language": "en"})
    made.cookies[DEVICE_COOKIE] = device
    return made


def test_called_out_one_sees_it_and_says_that_one_is_coming(house: House) -> None:
    ship_plans(actor=house.actor)
    with acting(house.actor):
        who = a_worker(house.actor, place=house.community, name="张伟")
        other = a_worker(house.actor, place=house.community, name="孙强")
        lift = Plan.objects.get(code="lift")
    path = house.community.path
    called = an_account(house.actor, "technician", path, person_id=who.id)
    tech = phone(called.device)
    desk = phone(an_account(house.actor, "desk", path).device)
    made = start(lift, house.room, actor=house.doer, matter="一人被困")
    late = phone(an_account(house.actor, "technician", path, person_id=other.id).device)
    with acting(house.actor):
        sent = Message.objects.filter(kind="emergency.called_out").first()
    assert sent is not None
    page = page_of(sent.subject_kind, sent.subject_id)
    shown = tech.get(page).content.decode()
    for words in (lift.notice, lift.ordered[0].what, "tel:119", "一人被困", house.room.full_code):
        assert words in shown
    assert page in tech.get("/work").content.decode()
    assert late.get(page).status_code == 404
    assert late.post(page).status_code == 404
    assert page not in late.get("/work").content.decode()
    assert tech.get(f"/emergency/{made.id}").status_code == 403
    assert "on the way" not in desk.get(f"/emergency/{made.id}").content.decode()
    assert tech.post(page)["Location"] == page
    assert "You said that you are on the way." in tech.get(page).content.decode()
    board = desk.get(f"/emergency/{made.id}").content.decode()
    assert "on the way" in board
    answered = board[board.index('id="called"') :]
    assert answered.index(called.name) < answered.index("on the way")
    move_case(made.case_id, "void", actor=house.doer, said={"reason": "误报"})
    over = tech.get(page).content.decode()
    assert "This emergency is over." in over
    assert "tel:" not in over
    assert page not in tech.get("/work").content.decode()
