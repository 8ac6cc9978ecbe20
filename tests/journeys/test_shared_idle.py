"""A shared phone is joined by a square; one that nobody touches is put down by itself."""

from __future__ import annotations

from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser

from anju.faces.cookies import badge_says
from anju.foundation.access.commands import make_badge, set_pin
from anju.foundation.access.testing import PASSWORD
from tests.journeys.hand import PHONE, a_hand
from tests.journeys.test_field import READER
from tests.journeys.test_shared_phone import PINS, in_hand, joins, keeps_own, takes
from tests.journeys.world import World, a_world

pytestmark = pytest.mark.browser
UNTOUCHED = "(minutes) => localStorage.setItem('anju-moved', Date.now() - minutes * 60000)"


@pytest.fixture(scope="module")
def world() -> World:
    made = a_world(roles=("technician", "manager"))
    set_pin(
        actor=made.as_role("technician"), login=made.login("technician"), password=PASSWORD,
        pin=PINS["technician"], address="127.0.0.1",
    )  # fmt: skip
    return made


def test_a_shared_phone_that_nobody_touches_is_put_down(
    browser: Browser, base: str, world: World
) -> None:
    with a_hand(browser, base, language="en", size=PHONE, keeps=True) as hand:
        page = hand.page
        joins(hand, world)
        takes(page, world, "technician")
        page.wait_for_url(f"{base}/work")
        keeps_own(page, world, "technician")
        page.evaluate(UNTOUCHED, 9)
        hand.go("/work/scan")  # nine minutes are not ten
        assert in_hand(page) == world.people["technician"].name
        page.evaluate(UNTOUCHED, 11)
        page.wait_for_url("**/work/take", timeout=20_000)  # by itself
        takes(page, world, "technician")
        page.wait_for_url(f"{base}/work")
        page.evaluate(UNTOUCHED, 11)
        page.context.set_offline(True)
        page.goto(f"{base}/work")  # it slept, and there is no signal
        page.wait_for_url("**/work/take")
        assert page.locator("form[data-put-down]").count() == 0
        page.goto(f"{base}/work")  # of nobody: it is taken here, as without a signal as with one
        page.wait_for_url("**/work/take", timeout=5_000)
        hand.wrong.clear()  # the line was cut on purpose


def test_a_badge_that_is_held_before_the_camera_is_a_touch(
    browser: Browser, base: str, world: World
) -> None:
    """The page on which the phone is taken may have lain there for hours."""
    badge = make_badge(world.accounts["technician"], actor=world.actor)
    with a_hand(browser, base, language="en", size=PHONE, keeps=True) as hand:
        page = hand.page
        joins(hand, world)
        near = READER.replace("return [", "return !window.near ? [] : [")
        page.add_init_script(near % badge_says(badge))
        page.goto(f"{base}/work/take")
        page.wait_for_selector("video:not([hidden])", state="attached")
        page.evaluate(UNTOUCHED, 60)
        page.evaluate("() => { window.near = true; }")
        page.wait_for_url(f"{base}/work")
        keeps_own(page, world, "technician")
        assert page.url == f"{base}/work"
        assert in_hand(page) == world.people["technician"].name


def test_the_square_of_a_shared_phone_is_drawn_and_leads_to_joining(
    browser: Browser, base: str, world: World
) -> None:
    with a_hand(browser, base, device=world.devices["manager"], language="en") as hand:
        page = hand.page
        hand.go("/phones")
        page.locator("details:has([name=name])").evaluate("e => { e.open = true; }")
        page.fill("#share-name", "门岗 2")
        page.fill("#share-place", world.house.community.code)
        page.click("form[action$='phones/share'] button")
        drawn = Image.open(BytesIO(page.locator("svg.qr").screenshot()))
        (code,) = zxingcpp.read_barcodes(drawn, formats=zxingcpp.BarcodeFormat.QRCode)
        assert code.text == page.locator("main code").inner_text()
        assert code.text.startswith(f"{base}/work/join/")
        assert "<svg" not in hand.text()
