"""Planned work is handed over: whoever receives it signs on the phone, with or without a signal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page

from anju.engine.loop.asked import signer_of
from anju.engine.loop.models import Record
from anju.engine.plans.testing import a_round
from anju.engine.standards.commands import put_in_force
from anju.engine.standards.document import Document, Method
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, a_hand
from tests.journeys.test_field import fine, state
from tests.journeys.test_offline import queue, wait_until_brought
from tests.journeys.test_offline_pages import wait_until
from tests.journeys.world import World, a_world

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def world() -> World:
    made = a_world(roles=("technician", "manager"))
    asks = Document(code="filter", name="净水滤芯更换", method=Method(received=True))
    with acting(made.actor), frozen(now() - timedelta(hours=3)):
        put_in_force(asks, actor=made.actor, why="开始")
    return made


def signs(page: Page) -> None:
    """A stroke of the finger."""
    pad = page.locator(".field-pen")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 90, steps=8)
    page.mouse.up()
    page.click("#sign button.primary")


def test_whoever_receives_it_signs_by_name_without_a_signal(
    browser: Browser, base: str, world: World
) -> None:
    work = a_round(world.house, "HANDOVER", standard="filter")
    at, device = f"/work/{work.id}", world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE, keeps=True) as hand:
        page = hand.page
        hand.go("/work")
        wait_until(page, at, f"{at}/signature")
        for path in (at, f"{at}/signature"):
            hand.go(path)
            fine(hand)
        page.context.set_offline(True)
        page.goto(f"{base}{at}")
        hand.tap("form[data-do=done] button.primary")
        assert "still missing" in queue(page)
        hand.tap("a[data-do=signature]")
        page.wait_for_url(f"**{at}/signature")
        assert page.locator("[name=signer] option[value=reporter]").count() == 0
        page.select_option("[name=signer]", "tenant")
        signs(page)  # the name is still to be written
        page.locator("[data-queue] [role=status]", has_text="still missing").wait_for()
        page.fill("[name=name]", "王女士")
        page.click("#sign button.primary")
        page.wait_for_url(f"**{at}")
        page.locator("a[data-do=signature] [data-said]", has_text="on the phone").wait_for()
        hand.tap("form[data-do=done] button.primary")
        page.wait_for_url("**/work?done=*")
        page.goto(f"{base}{at}")
        assert state(world, work) in ("waiting", "assigned")
        hand.wrong.clear()  # the line was cut on purpose
        page.context.set_offline(False)
        wait_until_brought(page)
        hand.comes(f"/rounds/{work.id}", device=world.devices["manager"])
        assert "signed · The tenant · 王女士" in hand.text()
    assert state(world, work) in ("done", "passed")
    with acting(world.actor):
        assert signer_of(Record.objects.get(work_id=work.id, kind="signature")) == "王女士"
