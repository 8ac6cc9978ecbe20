"""The wall screen at its size: what is read from five metres is large enough, it turns by itself,
and stays where somebody wishes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.journeys.hand import a_hand
from tests.journeys.pages import an_emergency
from tests.journeys.world import World, a_reported_case, a_world

pytestmark = pytest.mark.browser
SCREEN = (1920, 1080)
# Smallest text that says something of the work; the footer is for who stands in front of it.
SMALL = """() => [...document.querySelectorAll('.wall header *, .wall-grid *')]
    .filter(e => e.offsetParent && !e.closest('.sr') && !e.closest('svg'))
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .filter(e => parseFloat(getComputedStyle(e).fontSize) < 18)
    .map(e => e.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module")
def world() -> World:
    return a_watch()


def a_watch() -> World:
    """A case of each urgency and an emergency that runs."""
    made = a_world(roles=("headquarters",))
    for urgency in (1, 2, 3):
        a_reported_case(made, urgency=urgency)
    an_emergency(made)
    return made


def test_each_page_is_read_from_afar(browser: Browser, base: str, world: World) -> None:
    device = world.devices["headquarters"]
    with a_hand(browser, base, device=device, size=SCREEN) as hand:
        for page in (1, 2, 3):
            hand.go(f"/wall?page={page}&stay=yes")
            assert hand.page.evaluate(SMALL) == []
            assert hand.page.evaluate("document.documentElement.scrollHeight") <= SCREEN[1]
            assert hand.faults() == []


def test_it_turns_and_stays_at_one_tap(browser: Browser, base: str, world: World) -> None:
    with a_hand(browser, base, device=world.devices["headquarters"], size=SCREEN) as hand:
        hand.go("/wall")
        here = hand.page.locator("footer [aria-current]")
        assert here.inner_text().startswith("1")
        asked = hand.page.locator("#main").get_attribute("hx-get")
        hand.page.evaluate(
            f"htmx.ajax('GET', '{asked}', {{target: '#main', select: '#main', swap: 'outerHTML'}})"
        )
        hand.page.wait_for_selector("footer [aria-current]:has-text('2')")
        hand.start()
        hand.tap("footer a[href$='page=2&stay=yes'] >> nth=-1")
        assert hand.taps == 1
        assert "page=2&stay=yes" in str(hand.page.locator("#main").get_attribute("hx-get"))
