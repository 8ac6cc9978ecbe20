"""What was refused: lines of ledgers put back into their form and kept again, or seen and done
with; a wrong label tried again. Nothing of them ends before what takes its place is kept."""

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
from anju.foundation.places.commands import make_labels
from anju.foundation.places.testing import a_place
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, Hand, a_hand
from tests.journeys.test_field import fine, given, state
from tests.journeys.test_offline import a_photo, deliveries, enrolled, queue, wait_until_brought
from tests.journeys.test_offline_ledgers import came, lines_of
from tests.journeys.test_offline_pages import wait_until
from tests.journeys.world import World, a_world

pytestmark = pytest.mark.browser
LINES = "(n) => document.querySelectorAll('[data-queue] li').length === n"
AGAIN = "[data-queue] .note.bad button.primary"


@pytest.fixture(scope="module")
def world() -> World:
    return a_world(roles=("guard", "technician"))


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


def test_a_wrong_label_is_said_at_its_field_and_the_right_one_takes_its_place(
    browser: Browser, base: str, world: World
) -> None:
    work, (here, there) = given(world, "accept"), labels(world)
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE) as hand:
        page = hand.page
        enrolled(hand, work)
        hand.go(f"/work/{work.id}/arrive")
        page.fill("#scan [name=label]", there)
        hand.tap("#scan button.primary")
        page.locator("#scan .err", has_text="Your work is at").wait_for()
        assert page.locator("[data-queue] .note.bad").count() == 0
        assert page.is_visible("#scan [data-rescan]")
        fine(hand)
        page.fill("#scan [name=label]", here)
        hand.tap("#scan button.primary")
        page.wait_for_url(f"**/work/{work.id}")
        page.wait_for_selector("#finish")
        assert page.locator("[data-queue] .note.bad").count() == 0
    assert state(world, work) == "arrived"


def test_a_right_label_after_a_wrong_one_is_taken_when_both_are_brought(
    browser: Browser, base: str, world: World
) -> None:
    """Finished between the two: that is brought once more, after the right one."""
    work, (here, there) = given(world, "accept"), labels(world)
    device, at = world.devices["technician"], f"/work/{work.id}"
    with a_hand(browser, base, device=device, language="en", size=PHONE, keeps=True) as hand:
        page = hand.page
        hand.go("/work")
        wait_until(page, at, f"{at}/arrive")
        page.context.set_offline(True)
        arrives(hand, at, there)
        page.click(".field-three label")
        page.click("#finish button.primary")
        page.wait_for_function(LINES, arg=2)
        arrives(hand, at, here)
        page.wait_for_function(LINES, arg=3)
        brought(hand)
        page.wait_for_function(LINES, arg=2)
        assert page.locator("[data-queue] li", has_text="received").count() == 2
        assert page.locator("[data-queue] .note.bad").count() == 0
    assert state(world, work) in ("done", "passed")
    rows = [(row.name, row.state) for row in deliveries(world, work)]
    assert rows == [
        ("arrive", "refused"), ("finish", "blocked"), ("arrive", "taken"), ("finish", "taken"),
    ]  # fmt: skip


def labels(world: World) -> tuple[str, str]:
    """The label of the room that work is at, and another's."""
    with acting(world.actor):
        other = a_place(world.actor, number="8-8-801", community=world.house.community)
    here, there = make_labels([world.house.room, other], actor=world.actor)
    return here.code, there.code


def arrives(hand: Hand, at: str, label: str) -> None:
    hand.page.goto(f"{hand.base}{at}/arrive")
    hand.page.fill("#scan [name=label]", label)
    hand.page.click("#scan button.primary")
    hand.page.wait_for_url(f"**{at}")
