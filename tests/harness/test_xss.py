"""A crawl of every page over a company whose every text is hostile; see `xss.py`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Browser

from anju.domains.community.commands.notices import publish
from anju.domains.community.testing import a_resident
from anju.engine.loop.commands.case_moves import move_case
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.events.testing import seal_all
from tests.harness.seeding import looked_for, sown
from tests.harness.xss import payloads, poison, texts, traces
from tests.harness.xss_bugs import BUGS
from tests.journeys.hand import Hand, a_hand
from tests.journeys.pages import LISTS, OTHERS, addresses
from tests.journeys.world import World, a_reported_case, a_world, fill
from tests.sizes import sized, spread

SIZE = int(os.environ.get("ANJU_DEEP_SIZE", sized(50, by_hand=20)))
ROWS, SEED = 8, 20261128
ALL = spread(LISTS | OTHERS, by_hand=12)
ASKED = ("q", "title", "name", "place", "caller", "sort", "after", "state", "show", "opened_from")
FORMS = ("new case", "new place", "new user", "tokens", "new webhook", "password", "finish", "tell")
SOME = ("cases", "case", "people", "desk", "place")  # where each sown hole shows
pytestmark = pytest.mark.browser


def _world(attempts: list[str]) -> World:
    world = a_world(roles=("admin", "technician", "resident"))
    fill(world, ROWS)
    assert world.case is not None
    for text in ("请稍候", "已安排"):  # things said on the case whose page is looked at
        move_case(world.case.id, "note", actor=world.actor, said={"text": text})
    told = {"text": "已修好", "substance": "result", "channel": "phone"}
    move_case(world.case.id, "tell", actor=world.actor, said=told)
    seal_all()
    assert poison(world, attempts) > 200
    return world


@pytest.fixture
def hand(browser: Browser, base: str) -> Iterator[Hand]:
    with a_hand(browser, base) as found:
        yield found


def _alive(hand: Hand, world: World, pages: dict[str, str]) -> dict[str, list[str]]:
    """What came alive for an administrator, by page."""
    return _alive_for(hand, world.devices["admin"], addresses(world, pages))


def _alive_for(hand: Hand, device: str, pages: dict[str, str]) -> dict[str, list[str]]:
    """What came alive, by page; a page that does not answer is a finding too."""
    hand.page.context.add_cookies([{"name": DEVICE_COOKIE, "value": device, "url": hand.base}])
    found = {}
    for name, path in pages.items():
        answer = hand.page.goto(hand.base + path, wait_until="domcontentloaded")
        assert answer is not None
        alive = traces(hand.page) + [f"status {answer.status}"] * (answer.status >= 500)
        if hand.page.url.endswith("/me/in"):
            alive.append("nobody is signed in")
        if alive:
            found[name] = alive
    return found


def _asked(pages: dict[str, str], attempts: list[str]) -> dict[str, str]:
    """The same pages, with attempts under the names that pages read from their address."""
    return {
        f"{name}, asked": path.partition("?")[0]
        + "?"
        + urlencode({key: attempts[(n + k) % len(attempts)] for k, key in enumerate(ASKED)})
        for n, (name, path) in enumerate(pages.items())
    }


def test_every_text_that_people_fill_is_tried() -> None:
    tables = {model._meta.db_table for model, _field in texts()}
    assert {"loop_case", "people_person", "places_place", "events_eventvalue"} <= tables


def test_stored_text_stays_text(hand: Hand) -> None:
    for first in range(0, SIZE, 50):
        world = _world(payloads(SIZE, SEED)[first : first + 50])
        assert _alive(hand, world, ALL) == {}


def test_stored_text_stays_text_on_the_telephones_of_residents(hand: Hand) -> None:
    """Their own matter, the announcements to their home, and who they are."""
    world = a_world(roles=("desk", "technician"))
    resident = a_resident(world.house, world.house.resident)
    notice = publish(world.house.community, title="停梯", text="可用 2 号梯。", actor=world.actor)
    case = a_reported_case(world).case
    for name, said in (
        ("note", {"text": "请稍候"}),
        ("tell", {"text": "已修好", "substance": "result", "channel": "web"}),
    ):
        move_case(case.id, name, actor=world.actor, said=said)
    assert poison(world, payloads(50, SEED)) > 50
    pages = {"notice": f"/me/notices/{notice.id}", "matter": f"/me/matters/{case.id}"}
    pages |= {name: f"/me/{name}" for name in ("report", "matters", "notices", "self")}
    assert _alive_for(hand, resident.device, pages | {"home": "/me"}) == {}


def test_what_a_stranger_puts_into_an_address_stays_text(hand: Hand) -> None:
    world = a_world(roles=("admin", "technician"))
    fill(world, 1)
    attempts = payloads(SIZE, SEED)
    assert _alive(hand, world, _asked(ALL, attempts)) == {}
    unknown = {f"nowhere {n}": "/" + quote(text, safe="") for n, text in enumerate(attempts[:10])}
    assert _alive(hand, world, unknown) == {}


def test_what_a_form_gives_back_stays_text(hand: Hand) -> None:
    world = a_world(roles=("admin", "technician"))
    fill(world, 1)
    attempts = payloads(SIZE, SEED)
    for n, name in enumerate(FORMS):
        assert _alive(hand, world, {name: OTHERS[name]}) == {}
        boxes = hand.page.locator("main input:not([type=hidden]):not([type=radio])")
        for at, box in enumerate([*boxes.all(), *hand.page.locator("main textarea").all()]):
            if box.is_visible() and box.get_attribute("type") in ("text", "search", "url", None):
                box.evaluate("(e, text) => { e.value = text }", attempts[(n + at) % SIZE])
        with hand.page.expect_navigation():
            hand.page.evaluate(
                "[...document.querySelectorAll('main form[method=post]')].pop().submit()"
            )
        assert traces(hand.page) == [], name


@pytest.fixture(scope="module")
def hostile() -> World:
    """One world for all holes: looking changes nothing in it."""
    return _world(payloads(50, SEED))


@pytest.mark.parametrize("name", looked_for(BUGS))
def test_every_sown_hole_is_found(hand: Hand, hostile: World, name: str) -> None:
    pages = {page: (LISTS | OTHERS)[page] for page in SOME}
    with sown(BUGS[name]):
        assert _alive(hand, hostile, pages | _asked(pages, payloads(50, SEED)))
