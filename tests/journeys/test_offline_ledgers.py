"""Ledgers without a signal: a line is written and ended on the phone, brought once, and what is
refused is a card that gives back what was typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from anju.domains.ledgers.models import Ledger, Line
from anju.domains.ledgers.queries import typed_of_lines
from anju.domains.ledgers.testing import a_ledger, a_visitor
from anju.engine.offline.models import Delivery
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, a_hand
from tests.journeys.test_field import fine
from tests.journeys.test_offline import FALSE, a_photo, queue, wait_until_brought
from tests.journeys.test_offline_pages import wait_until
from tests.journeys.world import World, a_world

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def world() -> World:
    return a_world(roles=("guard", "leader"))


@pytest.fixture(scope="module")
def visitors(world: World) -> Ledger:
    return a_ledger(world.actor, world.house.community)


def came(page: Page, name: str, room: str = "3-2-1201") -> None:
    """A visitor is written down."""
    page.fill("#line [name='answers.name']", name)
    page.fill("#line [name='answers.room']", room)
    page.click("#line label:has([value=探访])")
    before = page.locator("[data-queue] li").count()
    page.click("#line button.primary")
    page.locator("[data-queue] li").nth(before).wait_for()


def lines_of(world: World, ledger: Ledger) -> list[Line]:
    with acting(world.actor):
        return list(ledger.lines.select_related("form").order_by("n"))


def test_a_visitor_comes_and_leaves_without_a_signal(
    browser: Browser, base: str, world: World, visitors: Ledger
) -> None:
    before = a_visitor(visitors, world.actor, name="孙先来")
    page_of, line_of = f"/work/ledgers/{visitors.id}", f"/work/ledgers/lines/{before.id}"
    device = world.devices["guard"]
    with a_hand(browser, base, device=device, language="en", size=PHONE, keeps=True) as hand:
        page = hand.page
        hand.go("/work")
        wait_until(page, "/work/ledgers", page_of, line_of)
        page.context.set_offline(True)
        page.goto(f"{base}/work/ledgers")
        page.click(f"a[href='{page_of}']")
        page.wait_for_selector("[data-kept-line]:not([hidden])")
        page.click("#line button.primary")  # what is needed is not there, and that is said
        page.locator("[data-queue] [role=status]", has_text="still missing").wait_for()
        came(page, "钱途")
        came(page, "李晚", "3-2-1202")
        assert "钱途 · 3-2-1201" in queue(page)
        assert not FALSE.search(page.inner_text("body"))
        page.click("[data-here] li:has-text('钱途') button")
        page.click("#ended label:has([value=pass])")
        page.click("#ended button.primary")
        page.wait_for_function("() => document.querySelectorAll('[data-queue] li').length === 3")
        assert page.locator("[data-here] li").count() == 1
        page.click(f"a[href='{line_of}']")
        page.wait_for_url(f"**{line_of}")
        page.click("#line label:has([value=pass])")
        page.click("#line button.primary")
        page.wait_for_url(f"**{page_of}")
        said = f"li[data-key='{before.id}'] [data-said]"
        page.locator(said, has_text="on the phone").wait_for()
        hand.wrong.clear()  # the line was cut on purpose
        fine(hand)
        page.context.set_offline(False)
        wait_until_brought(page)
    first, second, third = lines_of(world, visitors)
    assert first.ended_at
    assert second.ended_at
    assert third.ended_at is None
    with acting(world.actor):
        typed = typed_of_lines([second, third])
        rows = Delivery.objects.filter(who=world.accounts["guard"])
        assert sorted(rows.values_list("name", "state")) == [
            ("line", "taken"), ("line", "taken"), ("line_more", "taken"), ("line_more", "taken"),
        ]  # fmt: skip
    assert "钱途" in typed[second.id].values()
    assert "李晚" in typed[third.id].values()
    assert second.at < third.at < second.ended_at


def test_a_refused_line_gives_back_what_was_typed(
    browser: Browser, base: str, world: World, tmp_path: Path
) -> None:
    goods = a_ledger(world.actor, world.house.community, "GOODS")
    page_of, device = f"/work/ledgers/{goods.id}", world.devices["leader"]
    with a_hand(browser, base, device=device, language="en", size=PHONE, keeps=True) as hand:
        page = hand.page
        hand.go("/work")
        wait_until(page, page_of)
        page.context.set_offline(True)
        page.goto(f"{base}{page_of}")
        page.click("#line label:has([name='answers.owner'][value=pass])")
        page.fill("#line [name='answers.list']", "沙发，1")
        page.click("#line details summary")
        page.fill("#line [name=place]", "99-9-9999")
        page.click(".field-more:has([data-for]) summary")
        page.select_option("[data-for]", str(world.accounts["guard"]))
        page.set_input_files("#line [name='picture.guard']", a_photo(tmp_path, 5))
        page.wait_for_selector("#line .field-photo.have")
        page.click("#line button.primary")
        page.wait_for_function("() => document.querySelectorAll('[data-queue] li').length === 1")
        hand.wrong.clear()
        page.context.set_offline(False)
        wait_until_brought(page)
        page.wait_for_selector("[data-queue] .note.bad")
        assert lines_of(world, goods) == []
        hand.go("/work/uploads")  # there it is told; mended where it was written
        page.locator("[data-uploads] .note.bad button", has_text="Understood").wait_for()
        assert page.locator("[data-uploads] .note.bad button").count() == 1
        page.click(f"[data-uploads] a[href='{page_of}']")
        page.click("[data-queue] .note.bad button.primary")
        page.wait_for_function("() => document.querySelector('#line [name=at]').value")
        assert page.input_value("#line [name='answers.list']") == "沙发，1"
        page.fill("#line [name=place]", "")
        page.click(".field-more:has([data-for]) summary")
        page.select_option("[data-for]", str(world.accounts["guard"]))
        page.click("#line button.primary")
        page.locator("[data-queue] li", has_text="received").wait_for()
    (line,) = lines_of(world, goods)
    assert len(line.answers["guard"]["files"]) == 1
    assert (line.by, line.written_by) == (world.accounts["guard"], world.accounts["leader"])
