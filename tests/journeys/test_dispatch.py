"""Giving work away on the board, with the load of everybody in sight: at most three taps."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from anju.engine.loop.models import WorkOrder
from anju.foundation.people.testing import a_duty, a_post
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, WIDE, a_hand
from tests.journeys.world import World, a_reported_case, a_world

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def world() -> World:
    return a_world(roles=("desk", "technician", "manager"))


def given(world: World, work: WorkOrder | None) -> WorkOrder:
    assert work is not None
    with acting(world.actor):
        return WorkOrder.objects.get(id=work.id)


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_the_advised_one_is_one_tap_away(
    browser: Browser, base: str, world: World, size: tuple[int, int]
) -> None:
    work = a_reported_case(world).work
    with a_hand(browser, base, device=world.devices["desk"], size=size) as hand:
        hand.go("/board")
        hand.start()
        assert work is not None
        hand.tap(hand.page.locator(f"form:has(input[value='{work.id}']) button"))
        assert hand.taps <= 3
        hand.took("dispatch")
        assert hand.faults(size[0]) == []
    assert given(world, work).person_id == world.house.worker.id


def test_someone_else_is_three_taps_away(browser: Browser, base: str, world: World) -> None:
    work = a_reported_case(world).work
    assert work is not None
    other = world.people["technician"]
    with acting(world.actor):
        a_duty(world.actor, post=a_post(world.actor, place=world.house.community), person=other)
    with a_hand(browser, base, device=world.devices["manager"]) as hand:
        hand.go("/board")
        hand.start()
        hand.tap(f"a[href='/work-orders/{work.id}/steps/assign']")
        hand.page.select_option("[name=person]", str(other.id))
        hand.point()
        hand.tap("form#form button[type=submit]")
        assert hand.taps <= 3
    assert given(world, work).person_id == other.id


def test_a_technician_takes_what_waits(browser: Browser, base: str, world: World) -> None:
    work = a_reported_case(world).work
    assert work is not None
    with a_hand(browser, base, device=world.devices["technician"], size=PHONE) as hand:
        hand.go(f"/work-orders/{work.id}")
        hand.start()
        hand.tap(hand.button("抢单"))
        assert hand.taps == 1
    assert given(world, work).state == "accepted"
