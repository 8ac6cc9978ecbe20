"""Every page with ten thousand rows and the longest names, wide and narrow, light and dark; by hand
some of them, with a thousand.

One load at a desk in Chinese, seen by axe-core in both themes, made as narrow as a tablet, as a
desk at 200 % zoom and as a telephone; one load in English at a telephone. A page may neither
complain, nor be wider than its window, nor show a word of the machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.hand import PHONE, TABLET, ZOOMED, Hand, a_hand
from tests.journeys.pages import LISTS, OTHERS, addresses
from tests.journeys.world import LONG_NAME, LONG_TITLE, World, a_world, fill
from tests.sizes import IN_CI, sized, some, spread

pytestmark = pytest.mark.browser
PAGES = spread({**LISTS, **OTHERS}, by_hand=24)
THEMES = some(["light", "dark"])
WIDTHS = some([1440, 390, TABLET, ZOOMED, 320], by_hand=2)
CHINESE = re.compile(r"[一-鿿]")


@pytest.fixture(scope="module")
def world() -> World:
    made = a_world(name=LONG_NAME, roles=("technician", "admin"))
    fill(made, sized(10_000, by_hand=300))
    return made


@pytest.fixture(scope="module")
def hands(browser: Browser, base: str) -> Iterator[tuple[Hand, Hand]]:
    """At a desk in Chinese, and at a telephone in English."""
    with a_hand(browser, base) as desk, a_hand(browser, base, language="en", size=PHONE) as phone:
        yield desk, phone


@pytest.mark.parametrize("name", PAGES)
def test_a_full_page(hands: tuple[Hand, Hand], world: World, name: str) -> None:
    device = "" if name == "sign in" else world.devices["admin"]
    path = addresses(world, {name: PAGES[name]})[name]
    desk, phone = hands
    desk.comes(path, device=device)
    wrong = [found for theme in THEMES for found in desk.unreadable(theme)]
    wrong += desk.faults(*WIDTHS)
    wrong += [f"390 {found}" for found in desk.unreadable("light", again=True)] if IN_CI else []
    phone.comes(path, device=device, size=PHONE)
    wrong += phone.faults(390, 1440) + phone.too_small()
    left = phone.page.locator("nav.rail").all_inner_texts()
    wrong += [f"not English: {words}" for words in left if CHINESE.search(words)]
    assert wrong == []


def test_the_longest_names_stand_whole_on_their_pages(
    browser: Browser, base: str, world: World
) -> None:
    with a_hand(browser, base, device=world.devices["admin"], size=PHONE) as hand:
        hand.go(addresses(world, {"case": "/cases/{case}"})["case"])
        assert LONG_TITLE in hand.page.locator("h1").inner_text()
        assert LONG_NAME in hand.text()
        hand.go("/cases?q=𠮷䶮㛃")
        assert hand.page.locator("[data-row]").count() == 50


def test_pages_follow_each_other_without_gap_or_double(
    browser: Browser, base: str, world: World
) -> None:
    seen: list[str] = []
    with a_hand(browser, base, device=world.devices["admin"]) as hand:
        hand.go("/cases?size=100&sort=-at")
        for _page in range(3):
            seen += hand.page.locator("[data-row] td:first-child").all_inner_texts()
            hand.tap("a[rel=next]")
            hand.page.wait_for_function(
                "last => document.querySelector('[data-row] td').innerText !== last", arg=seen[-100]
            )
    assert len(seen) == len(set(seen)) == 300
