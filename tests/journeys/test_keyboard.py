"""By keys alone: Tab reaches every control that can be seen, and shows where it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.hand import Hand, a_hand
from tests.journeys.pages import LISTS, OTHERS, addresses
from tests.journeys.world import World, a_world, fill

pytestmark = pytest.mark.browser
PAGES = (
    "home", "desk", "board", "cases", "case", "callbacks", "handover", "tell", "assign", "place",
    "people", "set-up people", "set-up labels", "work on foot", "work at hand", "users",
)  # fmt: skip
MOST = 400
# What has the focus: which control it is, and whether an eye finds it.
FOCUS = """() => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const r = e.getBoundingClientRect();
    const marked = [e, e.closest('.find, .chip, label')].some(one => {
        const look = one && getComputedStyle(one);
        return look && ((look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0)
            || look.boxShadow !== 'none'); });
    return {n: [...document.querySelectorAll('*')].indexOf(e), html: e.outerHTML.slice(0, 90),
            name: e.name ?? '', seen: marked && r.right > 0 && r.left < innerWidth};
}"""
# A group of radio buttons is one stop of Tab; a summary opens what stands in its details.
REACHABLE = """() => {
    const every = [...document.querySelectorAll('*')];
    const first = new Set();
    return every.map((e, n) => [e, n])
        .filter(([e]) => e.matches('a[href], button, input, select, textarea, summary'))
        .filter(([e]) => e.checkVisibility({visibilityProperty: true}) && !e.disabled
            && e.tabIndex >= 0 && e.type !== 'hidden' && !e.closest('[inert]'))
        .filter(([e]) => e.type !== 'radio' || (!first.has(e.name) && first.add(e.name)))
        .map(([e, n]) => [n, e.type === 'radio' ? e.name : '', e.outerHTML.slice(0, 90)]);
}"""


@pytest.fixture(scope="module")
def world() -> World:
    made = a_world(roles=("technician", "admin"))
    fill(made, 2)
    return made


@pytest.fixture(scope="module")
def hand(browser: Browser, base: str) -> Iterator[Hand]:
    with a_hand(browser, base) as found:
        yield found


@pytest.mark.parametrize("name", PAGES)
def test_tab_reaches_every_control_and_shows_it(hand: Hand, world: World, name: str) -> None:
    path = addresses(world, {name: (LISTS | OTHERS)[name]})[name]
    on_foot = path.startswith("/work/") or path == "/work"
    hand.comes(path, device=world.devices["technician" if on_foot else "admin"])
    hand.page.locator(".skip").focus()
    reached: set[int] = set()
    names: set[str] = set()
    unseen: list[str] = []
    for _n in range(MOST):
        at = hand.page.evaluate(FOCUS)
        if at is None or at["n"] in reached:
            break
        reached.add(at["n"])
        names.add(at["name"])
        if not at["seen"]:
            unseen.append(at["html"])
        hand.press("Tab")
    missed = [
        html
        for n, group, html in hand.page.evaluate(REACHABLE)
        if n not in reached and group not in names
    ]
    assert (unseen, missed) == ([], [])
    assert len(reached) > 5
