"""A form and a procedure are written on their pages, from the first word into force."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from anju.engine.forms.models import Form
from anju.engine.procedures.models import Procedure
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, WIDE, a_hand
from tests.journeys.world import World, a_world

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def world() -> World:
    return a_world(roles=("headquarters",))


def test_a_procedure_is_drawn_while_it_is_written(
    browser: Browser, base: str, world: World
) -> None:
    with a_hand(browser, base, device=world.devices["headquarters"], size=WIDE) as hand:
        hand.go("/procedures/new")
        page = hand.page
        page.fill("[name=name]", "访客登记")
        page.fill("[name=step-0-name]", "问清来访")
        page.fill("[name=step-0-role]", "秩序维护员")
        page.fill("[name=step-0-brief]", "看证件，打电话给住户")
        page.click("#step-add-0")
        page.wait_for_selector("[name=step-1-name]:focus")  # one goes on typing at once
        page.keyboard.type("放行")
        page.fill("[name=step-1-role]", "秩序维护员")
        page.fill("[name=step-1-brief]", "登记时间")
        page.locator("#looks svg", has_text="放行").wait_for()
        page.click("#step-up-1")
        page.wait_for_selector("[name=step-0-name][value=放行]")
        page.click("#step-up-1")
        page.wait_for_selector("[name=step-1-name][value=放行]")
        page.press("[name=name]", "Enter")  # saves, and adds no row
        page.wait_for_url("**/procedures/0*")
        hand.tap("text=发布")
        page.wait_for_load_state()
        assert hand.faults(1440) == []
    with acting(world.actor):
        said = Procedure.objects.get(code="fang-ke-deng-ji", state="published").text
    assert [(step.name, [way.to for way in step.next]) for step in said.steps] == [
        ("问清来访", [said.steps[1].code]), ("放行", []),
    ]  # fmt: skip


def test_a_form_is_written_on_a_telephone(browser: Browser, base: str, world: World) -> None:
    device = world.devices["headquarters"]
    with a_hand(browser, base, device=device, size=PHONE, language="en") as hand:
        hand.go("/forms/new")
        page = hand.page
        page.fill("[name=name]", "Plant room")
        page.fill("[name=item-0-text]", "Temperature")
        assert not page.locator("[name=item-0-min]").is_visible()  # what only a number has
        page.select_option("[name=item-0-kind]", "number")
        page.fill("[name=item-0-min]", "5")
        page.fill("[name=item-0-max]", "warm")
        page.press("[name=item-0-max]", "Enter")
        page.wait_for_selector(".summary")
        page.wait_for_load_state()
        assert page.input_value("[name=item-0-max]") == "warm"  # nothing typed is lost
        page.fill("[name=item-0-max]", "45")
        page.locator("#looks", has_text="5–45").wait_for()
        assert [one for one in hand.faults(390) if "422" not in one] == []
        page.press("[name=item-0-max]", "Enter")
        page.wait_for_url("**/forms/0*")
    with acting(world.actor):
        (item,) = Form.objects.get(code="plant-room").sheet.items
    assert (item.min, item.max) == (5, 45)
