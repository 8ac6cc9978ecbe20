"""What no plan covers, and where a plan and its standard disagree."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation

from anju.engine.loop.testing import House, a_house
from anju.engine.plans.commands import move_plan
from anju.engine.plans.testing import a_plan
from anju.engine.standards.commands import put_in_force
from anju.engine.standards.document import Document, Method
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.places.testing import an_asset
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def someone(house: House, role: str) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.cookies[DEVICE_COOKIE] = an_account(house.actor, role, house.community.path).device
    return client


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def a_standard(house: House, times: float) -> None:
    said = Document(code="lobby", name="大堂保洁", method=Method(times_a_year=times))
    put_in_force(said, actor=house.actor, why="试")


def test_a_standard_that_says_how_often_wants_a_plan_and_begins_one(house: House) -> None:
    desk = someone(house, "manager")
    assert "Everything is covered" in page(desk, "/plans/uncovered")
    a_standard(house, 52)
    shown = page(desk, "/plans/uncovered")
    assert "大堂保洁" in shown
    assert "52 times a year" in shown
    begun = page(desk, f"/plans/new?place={house.community.id}&standard=lobby")
    assert 'value="大堂保洁"' in begun
    assert '<option value="lobby" selected>' in begun
    assert '<option value="week" selected>' in begun
    assert "standard=lobby" in shown.replace("&amp;", "&")
    assert "standard=lobby" not in page(someone(house, "guard"), "/plans/uncovered")
    plan = a_plan(house, "LOBBY", standard="lobby")
    assert "Everything is covered" in page(desk, "/plans/uncovered")
    move_plan(plan.id, "end", actor=house.actor, why="停用")
    assert "大堂保洁" in page(desk, "/plans/uncovered")


def test_equipment_of_a_kind_that_is_planned_for_wants_it_too(house: House) -> None:
    desk = someone(house, "manager")
    with acting(house.actor):
        first = an_asset(house.actor, place=house.community)
        second = an_asset(house.actor, place=house.community)
    assert "Everything is covered" in page(desk, "/plans/uncovered")
    a_plan(house, "LIFT", subjects=((first.place, first),))
    shown = page(desk, "/plans/uncovered")
    assert "1 without a plan" in shown
    assert second.code in shown
    begun = page(desk, f"/plans/new?place={house.community.id}&system={second.system}")
    assert second.code in begun
    assert first.code not in begun


def test_a_plan_says_where_its_standard_asks_for_another_frequency(house: House) -> None:
    desk = someone(house, "manager")
    a_standard(house, 52)
    often = a_plan(house, "OFTEN", standard="lobby")
    shown = page(desk, f"/plans/{often.id}")
    assert "It comes to 365 times a year, its standard says 52" in shown
    when = {"start": "2026-01-01", "rule": "FREQ=WEEKLY", "times": ("09:00",)}
    weekly = a_plan(house, "WEEKLY", standard="lobby", when=when)
    assert "its standard says" not in page(desk, f"/plans/{weekly.id}")
