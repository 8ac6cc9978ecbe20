"""Lines of ledgers that were refused: put back into their form and kept again, or seen and done
with. Nothing of them ends before what takes its place is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from anju.domains.ledgers.commands import end_ledger
from anju.domains.ledgers.models import Ledger
from anju.domains.ledgers.testing import a_ledger
from anju.foundation.lib import now
from tests.journeys.hand import PHONE, Hand, a_hand
from tests.journeys.test_offline import a_photo, queue, wait_until_brought
from tests.journeys.test_offline_ledgers import came, lines_of
from tests.journeys.test_offline_pages import wait_until
from tests.journeys.world import World, a_world

pytestmark = pytest.mark.browser
LINES = "(n) => document.querySelectorAll('[data-queue] li').length === n"
AGAIN = "[data-queue] .note.bad button.primary"


@pytest.fixture(scope="module")
def world() -> World:
    return a_world(roles=("guard",))


@pytest.fixture(scope="module")
def visitors(world: World) -> Ledger:
    return a_ledger(world.actor, world.house.community)


def without_a_signal(hand: Hand, ledger: Ledger) -> Page:
    """The page of the ledger as the phone keeps it."""
    page, path = hand.page, f"/work/ledgers/{ledger.id}"
    hand.go("/work")
    wait_until(page, path)
    page.context.set_offline(True)
    page.goto(hand.base + path)
    page.wait_for_selector("[data-kept-line]:not([hidden])")
    return page


def left(page: Page, name: str) -> None:
    """Whom only this phone knows has left."""
    page.click(f"[data-here] li:has-text('{name}') button")
    page.click("#ended label:has([value=pass])")
    page.click("#ended button.primary")
    page.wait_for_selector("#ended", state="hidden")


def brought(hand: Hand) -> None:
    """The line is back."""
    hand.wrong.clear()  # it was cut on purpose
    hand.page.context.set_offline(False)
    wait_until_brought(hand.page)


def test_what_was_put_back_stays_until_it_is_kept_again(
    browser: Browser, base: str, world: World, visitors: Ledger
) -> None:
    device = world.devices["guard"]
    with a_hand(browser, base, device=device, language="en", size=PHONE, keeps=True) as hand:
        page = without_a_signal(hand, visitors)
        page.click("#line details summary")
        page.fill("#line [name=place]", "99-9-9999")
        came(page, "钱途")
        left(page, "钱途")
        page.wait_for_function(LINES, arg=2)
        brought(hand)
        page.click(AGAIN)
        page.wait_for_function("() => document.querySelector('#line [name=at]').value")
        page.reload()  # closed, or put down by itself, before it was pressed
        page.wait_for_function(LINES, arg=2)
        page.click(AGAIN)
        page.fill("#line [name='answers.name']", "")
        page.click("#line button.primary")  # with a signal, too, it stays on the phone
        page.locator("[data-queue] [role=status]", has_text="still missing").wait_for()
        assert page.locator("[data-queue] li").count() == 2
        moment = now()
        page.fill("#line [name='answers.name']", "钱大途")
        page.fill("#line [name=place]", "")
        page.click("#line button.primary")
        page.wait_for_function(LINES, arg=2)
        page.locator("[data-queue] li", has_text="received").nth(1).wait_for()
        assert page.locator("[data-queue] .note.bad").count() == 0
    (line,) = lines_of(world, visitors)
    assert line.ended_at
    assert line.at <= line.ended_at < moment


def test_how_it_ended_keeps_its_own_time_when_it_is_mended(
    browser: Browser, base: str, world: World
) -> None:
    book = a_ledger(world.actor, world.house.community, "VISITOR", code="VISITOR2")
    device = world.devices["guard"]

    def spoil(one: Route) -> None:
        said: dict[str, Any] = json.loads(one.request.post_data or "{}")
        for each in said["commands"]:
            if each["name"] == "line_more":
                each["said"]["answers.left"] = "perhaps"
        one.continue_(post_data=json.dumps(said))

    with a_hand(browser, base, device=device, language="en", size=PHONE, keeps=True) as hand:
        page = without_a_signal(hand, book)
        page.context.route("**/api/v1/commands", spoil)
        came(page, "李晚")
        left(page, "李晚")
        brought(hand)
        page.click(AGAIN)
        page.wait_for_selector("#ended:visible")
        page.context.unroute("**/api/v1/commands", spoil)
        page.reload()
        page.click(AGAIN)
        moment = now()
        page.click("#ended label:has([value=pass])")
        page.click("#ended button.primary")
        page.wait_for_selector("#ended", state="hidden")
        wait_until_brought(page)
        assert page.locator("[data-queue] .note.bad").count() == 0
    (line,) = lines_of(world, book)
    assert line.ended_at
    assert line.ended_at < moment


def test_a_line_that_was_taken_without_its_picture_is_not_put_back(
    browser: Browser, base: str, world: World, tmp_path: Path
) -> None:
    odd = a_ledger(world.actor, world.house.community, "EXCEPT")
    device = world.devices["guard"]

    def refuse(one: Route) -> None:
        if one.request.method == "PUT":
            one.fulfill(status=422, json={"code": "file", "detail": "This is no picture."})
        else:
            one.continue_()

    with a_hand(browser, base, device=device, language="en", size=PHONE, keeps=True) as hand:
        page = without_a_signal(hand, odd)
        page.context.route("**/api/v1/files/**", refuse)
        page.click("#line label:has([value=未能按计划进行])")
        page.fill("#line [name='answers.what']", "绿篱修剪")
        page.fill("#line [name='answers.fact']", "下雨")
        page.set_input_files("#line [name='picture.photo']", a_photo(tmp_path, 7))
        page.wait_for_selector("#line .field-photo.have")
        page.click("#line button.primary")
        page.wait_for_function(LINES, arg=1)
        brought(hand)
        page.locator("[data-queue] .note.bad button", has_text="Understood").wait_for()
        assert "This is no picture." in queue(page)
        assert "received, No." in queue(page)
        assert page.locator(AGAIN).count() == 0
        hand.wrong.clear()
    assert len(lines_of(world, odd)) == 1


def test_what_its_page_shows_no_more_is_done_with_where_it_is_told(
    browser: Browser, base: str, world: World
) -> None:
    over = a_ledger(world.actor, world.house.community, "EXCEPT", code="OVER")
    device = world.devices["guard"]
    with a_hand(browser, base, device=device, language="en", size=PHONE, keeps=True) as hand:
        page = without_a_signal(hand, over)
        page.click("#line label:has([value=未能按计划进行])")
        page.fill("#line [name='answers.what']", "绿篱修剪")
        page.fill("#line [name='answers.fact']", "下雨")
        page.click("#line button.primary")
        page.wait_for_function(LINES, arg=1)
        end_ledger(over.id, actor=world.actor)
        brought(hand)
        hand.go("/work/uploads")
        with page.expect_navigation():
            page.locator("[data-uploads] .note.bad button", has_text="Understood").click()
        page.wait_for_selector("[data-none]:not([hidden])")
        assert page.locator("[data-uploads] .note.bad").count() == 0
    assert lines_of(world, over) == []
