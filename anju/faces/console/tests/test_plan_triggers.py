"""Plans that fall due otherwise than by the calendar, on their pages."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from anju.engine.loop.testing import House, a_house
from anju.engine.plans.models import Plan
from anju.engine.plans.testing import a_plan
from anju.foundation.access.testing import a_browser
from anju.foundation.places.models import Asset
from anju.foundation.places.testing import an_asset
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

FORM: dict[str, Any] = {
    "code": "lift-2", "name": "电梯保养", "start": "2026-12-01", "repeat": "after", "after": "15",
    "times": "09:00", "calendar": "always", "day_off": "keep", "month_end": "skip", "early": "10",
    "late": "60", "make_up": "30", "catch_up": "none", "labour": "15", "event": "case.close",
}  # fmt: skip


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def desk(house: House) -> Client:
    """The manager of the community at her screen."""
    return a_browser(house.actor, "manager", house.community.path)


@pytest.fixture
def lift(house: House) -> Asset:
    with acting(house.actor):
        return an_asset(house.actor, place=house.community)


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def made(house: House) -> Plan:
    with acting(house.actor):
        return Plan.objects.get(place=house.community)


@pytest.mark.parametrize(
    ("chosen", "kept", "said"),
    [
        ({}, {"by": "after", "days": 15, "start": "2026-12-01T09:00"},
         "15 days after the last was done, at 09:00"),
        ({"day_off": "skip", "calendar": "always"},
         {"by": "after", "days": 15, "start": "2026-12-01T09:00", "day_off": "after"},
         "on the working day after"),
        ({"repeat": "meter", "units": "500", "counted_from": "12000.5", "unit": "km",
          "counter": "km"},
         {"by": "meter", "every": 500, "base": 12_000.5, "unit": "km", "counter": "km"},
         "every 500 km of the counter"),
        ({"repeat": "event", "kind": "alarm", "category": "天气预警"},
         {"by": "event", "event": "case.close", "kind": "alarm", "category": "天气预警"},
         "whenever a case is closed"),
        ({"repeat": "hand"}, {"by": "hand"}, "when somebody begins it"),
    ],
)  # fmt: skip
def test_each_is_chosen_kept_read_and_chosen_again(
    house: House, desk: Client, lift: Asset, chosen: dict[str, str], kept: Any, said: str
) -> None:
    typed = {**FORM, "subjects": lift.code, **chosen}
    look = desk.post("/plans/new", {**typed, "do": "look"}).content.decode()
    assert "on 3" not in look
    assert "known" in look or "know" in look
    assert desk.post("/plans/new", typed).status_code == 302
    plan = made(house)
    assert plan.when == kept
    shown = page(desk, f"/plans/{plan.id}")
    assert said in shown
    assert said in page(desk, "/plans?state=active") or "&" in said
    again = desk.post(f"/plans/{plan.id}/edit", {**typed, "version": plan.version, "name": "改名"})
    assert again.status_code == 302
    assert made(house).when == kept
    value = str(kept.get("days") or kept.get("every") or kept.get("category") or "hand")
    assert value in page(desk, f"/plans/{plan.id}/edit")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"after": ""}, "say how many"),
        ({"repeat": "meter", "units": ""}, "say how many"),
        ({"repeat": "meter", "units": "0"}, "say how many"),
        ({"repeat": "meter", "units": "500", "subjects": "room"}, "Only equipment has a counter"),
    ],
)
def test_what_is_missing_is_said_beside_it(
    house: House, desk: Client, lift: Asset, change: dict[str, str], said: str
) -> None:
    typed = {**FORM, "subjects": lift.code, **change}
    typed["subjects"] = house.room.full_code if typed["subjects"] == "room" else lift.code
    answer = desk.post("/plans/new", typed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with acting(house.actor):
        assert not Plan.objects.exists()


def test_a_plan_is_begun_with_a_reason_that_its_page_shows(house: House, desk: Client) -> None:
    plan = a_plan(house, "TYPHOON", when={"by": "hand"})
    refused = desk.post(f"/plans/{plan.id}/begin", {"why": " "})
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    assert desk.post(f"/plans/{plan.id}/begin", {"why": "台风红色预警"}).status_code == 302
    shown = page(desk, f"/plans/{plan.id}")
    assert "台风红色预警" in shown
    assert "manager" in shown
    again = desk.post(f"/plans/{plan.id}/begin", {"why": "再来一次"})
    assert "not done yet" in again.content.decode()
    assert "再来一次" in again.content.decode()


def test_a_reading_is_entered_and_what_is_expected_is_shown(
    house: House, desk: Client, lift: Asset
) -> None:
    when = {"by": "meter", "every": 500, "unit": "h"}
    plan = a_plan(house, "METER", when=when, subjects=((lift.place, lift),))
    assert "no reading yet" in page(desk, f"/plans/{plan.id}")
    typed = {"asset": str(lift.id), "number": "480"}
    assert desk.post(f"/plans/{plan.id}/readings", typed).status_code == 302
    shown = page(desk, f"/plans/{plan.id}")
    assert "480" in shown
    assert "500" in shown
    less = desk.post(f"/plans/{plan.id}/readings", {**typed, "number": "20"})
    assert less.status_code == 422
    assert "It showed 480 before" in less.content.decode()
    assert 'value="20"' in less.content.decode()
    desk.post(f"/plans/{plan.id}/readings", {**typed, "number": "20", "set_back": "换表"})
    assert "20 h" in page(desk, f"/plans/{plan.id}")
    daily = a_plan(house, "DAILY")
    other = desk.post(f"/plans/{daily.id}/readings", typed)
    assert "goes by no counter" in other.content.decode()
