"""A telephone without a signal: what is pressed is kept, shown as what it is, and brought later."""

from __future__ import annotations

import os
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Record, WorkOrder
from anju.engine.offline.models import Delivery
from anju.foundation.files.testing import a_picture
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, Hand, a_hand
from tests.journeys.test_field import fine, given, state
from tests.journeys.world import World, a_world
from tests.sizes import sized

TABS = int(os.environ.get("ANJU_DEEP_SIZE", sized(5, by_hand=2)))  # each killed three times
pytestmark = pytest.mark.browser
# What may not be said of what the server does not have (experience.md: the worst lie).
FALSE = re.compile(r"received, No\.|已送达")


@pytest.fixture(scope="module")
def world() -> World:
    return a_world(roles=("technician",))


def a_photo(folder: Path, n: int) -> Path:
    path = folder / f"{n}.jpg"
    path.write_bytes(a_picture(size=(400 + n, 300), colour=f"#{n * 4711 % 16**6:06x}"))
    return path


def gives(page: Page, which: str, file: Path) -> None:
    """The camera gives its picture."""
    page.set_input_files(f".field-photo [name={which}]", file)


def queue(page: Page) -> str:
    return page.locator("[data-queue]").inner_text()


def deliveries(world: World, work: WorkOrder) -> list[Delivery]:
    with acting(world.actor):
        return list(Delivery.objects.filter(stream__subject=work.id).order_by("seq"))


def wait_until_brought(page: Page) -> None:
    page.wait_for_selector("[data-left][hidden]", state="attached", timeout=20_000)


def enrolled(hand: Hand, work: WorkOrder) -> None:
    """The page of the work is open, and the telephone has its token."""
    with hand.page.expect_response("**/work/phone"):
        hand.go(f"/work/{work.id}")


def test_accept_arrive_photos_finish_without_a_signal(
    browser: Browser, base: str, world: World, tmp_path: Path
) -> None:
    work = given(world)
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE) as hand:
        enrolled(hand, work)
        page = hand.page
        page.context.set_offline(True)
        hand.tap("[data-do=accept] button")
        hand.tap("[data-when=accepted] summary")
        hand.tap("[data-do=arrive] button")
        for which in ("before", "after"):
            gives(page, which, a_photo(tmp_path, len(which)))
            page.wait_for_selector(f".field-photo:has([name={which}]) img:not([hidden])")
        hand.tap(".field-three label")
        hand.tap("#finish button.primary")
        page.wait_for_function("document.querySelectorAll('[data-queue] li').length === 5")
        said = queue(page)
        assert said.count("on the phone") == 5
        assert not FALSE.search(page.inner_text("body"))
        assert state(world, work) == "assigned"
        hand.wrong.clear()  # the line was cut on purpose
        fine(hand)
        page.context.set_offline(False)
        wait_until_brought(page)
    assert state(world, work) in ("done", "passed")
    rows = deliveries(world, work)
    assert [row.name for row in rows] == ["accept", "arrive", "photo", "photo", "finish"]
    assert {row.state for row in rows} == {"taken"}
    with acting(world.actor):
        assert Record.objects.filter(work_id=work.id, kind="photo").count() == 2


def test_a_refusal_is_a_card_that_says_what_is_left(
    browser: Browser, base: str, world: World
) -> None:
    work = given(world)
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE) as hand:
        enrolled(hand, work)
        page = hand.page
        page.context.set_offline(True)
        hand.tap("[data-do=accept] button")
        hand.tap("[data-when=accepted] summary")
        hand.tap("[data-do=arrive] button")
        move_work(work.id, "hand_back", actor=world.actor, said={"reason": "换人"})
        hand.wrong.clear()
        page.context.set_offline(False)
        page.wait_for_selector("[data-queue] .note.bad")
        assert queue(page).count("not taken") == 2
        assert "gone on without you" in queue(page)
        assert "kept" in queue(page)
        with page.expect_navigation():
            page.click("[data-queue] .note.bad button")
        assert page.locator("[data-queue] .note.bad").count() == 0
    assert [row.name for row in deliveries(world, work)] == ["accept", "arrive", "seen"]


def test_a_tab_killed_while_photographing_loses_and_doubles_nothing(
    browser: Browser, base: str, world: World, tmp_path: Path
) -> None:
    """Whatever was said to be kept is on the server in the end, once; nothing was said too soon."""
    rng = Random(20261129)
    device = world.devices["technician"]
    brought = 0
    for n in range(TABS):
        work = given(world, "accept", "arrive")
        with a_hand(browser, base, device=device, language="en", size=PHONE) as hand:
            enrolled(hand, work)
            context = hand.page.context
            for cut in range(3):
                page = context.new_page()
                page.route("**/api/v1/**", _unsteady(rng))
                page.goto(f"{base}/work/{work.id}")
                said = _photographs(page, tmp_path, n * 10 + cut, rng)
                for sign in said:
                    _is_true(world, work, sign)
                page.close(run_before_unload=False)
            page = context.new_page()
            page.goto(f"{base}/work/{work.id}")
            kept = page.evaluate(KEPT)
            for _second in range(20):
                if page.evaluate(NONE_LEFT):
                    break
                page.evaluate("dispatchEvent(new Event('online'))")
                page.wait_for_timeout(1000)
            hand.wrong.clear()
        rows = deliveries(world, work)
        brought += len(rows)
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        assert {row.state for row in rows} <= {"taken"}
        assert {str(row.command) for row in rows} >= set(kept)
        with acting(world.actor):
            photos = Record.objects.filter(work_id=work.id, kind="photo")
            assert photos.count() == len(rows)
            assert len(set(photos.values_list("file_id", flat=True))) == len(rows)
    assert brought >= TABS, "the tabs were killed before anything was kept"


READ = """new Promise((done) => {
    const request = indexedDB.open('anju-field', 1);
    request.onsuccess = () => {
        const all = request.result.transaction('commands').objectStore('commands').getAll();
        all.onsuccess = () => done(all.result);
    };
})"""
KEPT = f"async () => (await {READ}).map((one) => one.id)"
NONE_LEFT = (
    f"async () => (await {READ}).every((one) => one.receipt && one.receipt.status !== 'waiting')"
)


def _photographs(page: Page, folder: Path, n: int, rng: Random) -> list[str]:
    """Two photos, and the tab dies at some point; what it showed last."""
    for at, which in enumerate(("before", "after")):
        gives(page, which, a_photo(folder, n * 2 + at))
        page.wait_for_timeout(rng.choice((0, 5, 30, 120, 400)))
        if rng.random() < 0.3:
            break
    return page.locator(".field-photo [data-taken]").all_inner_texts()


def _is_true(world: World, work: WorkOrder, sign: str) -> None:
    """A number that is shown is one the server has given."""
    if not FALSE.search(sign):
        return
    numbers = {row.id.hex[-8:].upper() for row in deliveries(world, work) if row.state == "taken"}
    assert sign.rsplit(maxsplit=1)[-1] in numbers


def _unsteady(rng: Random) -> Any:
    def route(one: Route) -> None:
        luck = rng.random()
        if luck < 0.25:
            one.abort()
        elif luck < 0.4:
            one.fetch()  # it has come, and nobody hears the answer
            one.abort()
        else:
            one.continue_()

    return route
