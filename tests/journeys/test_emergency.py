"""F9 from anywhere: three actions to the first message, the steps in sight after two."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from anju.domains.emergency.commands.planning import ship_plans
from anju.engine.loop.models import Case
from anju.foundation.messages.models import Message
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, WIDE, a_hand
from tests.journeys.world import World, a_reported_case, a_world
from tests.sizes import some

pytestmark = pytest.mark.browser
START, STEPS_IN_SIGHT = 3, 2  # actions; the budget of the desk


@pytest.fixture(scope="module")
def world() -> World:
    found = a_world(roles=("desk", "concierge", "guard", "manager"))
    ship_plans(actor=found.actor)
    return found


def told(world: World) -> int:
    with acting(world.actor):
        return Message.objects.filter(kind="emergency.called_out").count()


@pytest.mark.parametrize("place", ["case", "desk"])
def test_three_keys_from_where_one_is_to_the_first_message(
    browser: Browser, base: str, world: World, place: str
) -> None:
    case = a_reported_case(world, title="2 号电梯困人").case
    path = f"/cases/{case.id}" if place == "case" else f"/desk?place={world.house.room.id}"
    plan, words = ("2", "电梯困人") if place == "case" else ("5", "燃气泄漏")
    before = told(world)
    with a_hand(browser, base, device=world.devices["desk"]) as hand:
        hand.go(path)
        hand.start()
        hand.leave("F9")  # the desk has the matter in focus: it works from within a field
        hand.leave(plan)
        assert hand.taps + hand.keys == STEPS_IN_SIGHT
        hand.took("steps")
        assert words in hand.text()
        assert "处置步骤" in hand.text()
        assert hand.faults(WIDE[0], 1024, 768, PHONE[0]) == []
        hand.leave("Enter")
        assert hand.taps + hand.keys <= START
        hand.took("call out")
        assert "/emergency/" in hand.page.url
        assert told(world) > before
        assert "已召集" in hand.text()
        assert hand.page.locator("a[href^='tel:119'], a[href^='tel:1']").count() > 0
        hand.start()
        hand.leave("d")  # the first step is done
        assert hand.keys == 1
        assert hand.page.locator(".sop .done").count() == 1
        assert hand.faults(WIDE[0], 1024, 768, PHONE[0]) == []
        for theme in ("light", "dark"):
            assert hand.unreadable(theme) == []
    with acting(world.actor):
        raised = Case.objects.filter(urgency=1)
        assert raised.filter(id=case.id).exists() == (place == "case")


def test_without_a_place_it_is_asked_for_and_nothing_typed_is_lost(
    browser: Browser, base: str, world: World
) -> None:
    with a_hand(browser, base, device=world.devices["concierge"]) as hand:
        hand.go("/")
        hand.leave("F9")
        hand.leave("1")
        hand.type("九栋九单元")
        hand.leave("Enter")
        assert "请写明地点" in hand.text()
        assert hand.page.locator("#alarm-place").input_value() == "九栋九单元"
        hand.page.locator("#alarm-place").fill(world.house.room.full_code)
        hand.leave("Enter")
        assert "火灾" in hand.text()
        assert hand.faults(WIDE[0], PHONE[0]) == []


def test_who_hands_out_no_work_has_no_button(browser: Browser, base: str, world: World) -> None:
    with a_hand(browser, base, device=world.devices["guard"]) as hand:
        hand.go("/")
        assert hand.page.locator("[data-key=F9]").count() == 0


@pytest.mark.parametrize(
    ("language", "size"), some([("zh-hans", PHONE), ("en", WIDE), ("en", PHONE)])
)
def test_it_reads_well(
    browser: Browser, base: str, world: World, language: str, size: tuple[int, int]
) -> None:
    device = world.devices["desk"]
    with a_hand(browser, base, device=device, language=language, size=size) as hand:
        for path in ("/emergency", f"/emergency/plans/burst?place={world.house.room.id}"):
            hand.go(path)
            assert hand.faults(size[0]) == []
            for theme in ("light", "dark"):
                assert hand.unreadable(theme) == []
            if size == PHONE:
                assert hand.too_small() == []
