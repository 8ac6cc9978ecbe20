"""A household, a repair, a person: found from anywhere by whatever the caller says, in few keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from anju.foundation.people.testing import a_person
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import Hand, a_hand
from tests.journeys.world import World, a_reported_case, a_world

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def world() -> World:
    made = a_world(roles=("desk",))
    with acting(made.actor):
        a_person(made.actor, name="尉迟䶮", lives_at=made.house.room)
    return made


@pytest.fixture
def hand(browser: Browser, base: str, world: World) -> Iterator[Hand]:
    with a_hand(browser, base, device=world.devices["desk"]) as found:
        found.go("/")
        yield found


def ask(hand: Hand, words: str) -> str:
    """Ctrl K, the words, Enter: what is found."""
    hand.start()
    hand.press("Control+k")
    hand.type(words)
    hand.leave("Enter")
    return hand.page.locator("main").inner_text()


@pytest.mark.parametrize("words", ["3-2-1201", "尉迟", "weichi", "yuchi", "wcy", "尉迟䶮"])
def test_a_household_is_found_by_any_clue(hand: Hand, words: str) -> None:
    shown = ask(hand, words)
    assert "尉迟" in shown or "3-2-1201" in shown
    hand.press("j")
    hand.leave("Enter")
    assert hand.keys <= 6
    assert "尉迟䶮" in hand.text()


def test_a_household_is_found_by_the_end_of_its_telephone(hand: Hand, world: World) -> None:
    phone = world.house.resident.phone
    shown = ask(hand, phone[-4:])
    assert world.house.resident.name in shown
    assert phone not in shown


def test_where_is_my_repair(hand: Hand, world: World) -> None:
    case = a_reported_case(world, title="门铃不响").case
    ask(hand, case.number)
    hand.press("j")
    hand.leave("Enter")
    assert hand.keys <= 6
    assert "门铃不响" in hand.page.locator("h1").inner_text()
    assert "待派工" in hand.text()


def test_the_keys_help_themselves(hand: Hand) -> None:
    hand.press("?")
    assert hand.page.locator("dialog#keys[open]").is_visible()
    hand.press("Escape")
    assert hand.page.locator("dialog#keys[open]").count() == 0
    hand.press("/")
    assert hand.page.evaluate("document.activeElement.name") == "q"
