"""Every page of a company that has just begun: nothing there yet, and the first row."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.hand import PHONE, Hand, a_hand
from tests.journeys.pages import LISTS, addresses
from tests.journeys.world import World, a_reported_case, a_world
from tests.sizes import some

pytestmark = pytest.mark.browser
PAGES = {**LISTS, "home": "/", "indicators": "/indicators"}


@pytest.fixture(scope="module")
def empty() -> World:
    return a_world(roles=("admin", "resident"))


@pytest.fixture(scope="module")
def single() -> World:
    made = a_world(roles=("admin",))
    opened = a_reported_case(made)
    made.case, made.work = opened.case, opened.work
    return made


@pytest.fixture(scope="module")
def hand(browser: Browser, base: str) -> Iterator[Hand]:
    with a_hand(browser, base) as found:
        yield found


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("rows", some([0, 1]))
def test_a_page_with_hardly_a_row(
    hand: Hand, empty: World, single: World, name: str, rows: int
) -> None:
    world = single if rows else empty
    hand.comes(addresses(world, {name: PAGES[name]})[name], device=world.devices["admin"])
    assert hand.faults(1440, 390) == []
    if rows == 0 and hand.page.locator("main tbody tr").count() == 0:
        assert name in ("home", "indicators") or hand.page.locator(".empty").count() == 1


@pytest.mark.parametrize("path", ["/cases", "/journal", "/places", "/"])
def test_an_empty_page_says_what_will_be_there(hand: Hand, empty: World, path: str) -> None:
    hand.comes(path, device=empty.devices["admin"], size=PHONE)
    assert hand.unreadable("light") == []
    for box in hand.page.locator(".empty").all():
        assert len(box.inner_text()) > 10
