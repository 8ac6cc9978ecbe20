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
from anju.engine.loop.testing import photos_are_asked
from anju.engine.offline.models import Delivery
from anju.foundation.files.testing import a_picture
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, Hand, a_hand
from tests.journeys.test_field import fine, given, state
from tests.journeys.world import World, a_world
from tests.sizes import sized

TABS = int(os.environ.get("ANJU_DEEP_SIZE", sized(5, by_hand=1)))  # each killed three times
pytestmark = pytest.mark.browser
# What may not be said of what the server does not have (experience.md: the worst lie).
HOLDS = """() => {
    const forEver = () => { window.held = true; return new Promise(() => {}); };
    navigator.locks.request('anju-flush', forEver);
    return window.held;
}"""
FALSE = re.compile(r"received, No\.|已送达")


@pytest.fixture(scope="module")
def world() -> World:
    made = a_world(roles=("technician",))
    photos_are_asked(made.actor)
    return made


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


def photographed_and_finished(hand: Hand, folder: Path, n: int) -> None:
    """Both photos are given, a result is chosen, and it is pressed."""
    page = hand.page
    for which in ("before", "after"):
        gives(page, which, a_photo(folder, n + len(which)))
        page.wait_for_selector("#finish button.primary:not([disabled])")
    hand.tap(".field-three label")
    hand.tap("#finish button.primary")


def test_a_photo_that_has_no_room_goes_with_the_form(
    browser: Browser, base: str, world: World, tmp_path: Path
) -> None:
    work = given(world, "accept", "arrive")
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE) as hand:
        enrolled(hand, work)
        page = hand.page
        page.evaluate(NO_ROOM)
        gives(page, "before", a_photo(tmp_path, 1))
        page.wait_for_selector("[data-queue] :text('no room')")
        assert page.locator(".field-photo.have").count() == 0
        with page.expect_navigation():
            photographed_and_finished(hand, tmp_path, 200)
    assert state(world, work) in ("done", "passed")
    assert deliveries(world, work) == []
    with acting(world.actor):
        assert Record.objects.filter(work_id=work.id, kind="photo").count() == 2


def test_a_refused_photo_is_told_and_stops_nothing(
    browser: Browser, base: str, world: World, tmp_path: Path
) -> None:
    work = given(world, "accept", "arrive")
    device = world.devices["technician"]
    refused: list[str] = []

    def refuse(one: Route) -> None:
        request = one.request
        if request.method == "PUT" and request.url in (refused or [request.url]):
            refused.append(request.url)
            one.fulfill(status=422, json={"code": "file", "detail": "This is no picture."})
        else:
            one.continue_()

    with a_hand(browser, base, device=device, language="en", size=PHONE) as hand:
        enrolled(hand, work)
        page = hand.page
        page.context.set_offline(True)
        photographed_and_finished(hand, tmp_path, 300)
        page.wait_for_function("document.querySelectorAll('[data-queue] li').length === 3")
        page.route("**/api/v1/files/**", refuse)
        hand.wrong.clear()
        page.context.set_offline(False)
        page.wait_for_selector("[data-queue] .note.bad")
        wait_until_brought(page)
        assert "This is no picture." in queue(page)
        assert queue(page).count("not taken") == 1
        hand.wrong.clear()
    assert state(world, work) in ("done", "passed")
    states = sorted((row.name, row.state) for row in deliveries(world, work))
    assert states == [
        ("finish", "taken"), ("photo", "aside"), ("photo", "taken"), ("waive", "taken"),
    ]  # fmt: skip


def test_a_dead_token_stops_nobody_and_is_made_anew(
    browser: Browser, base: str, world: World
) -> None:
    work = given(world)
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE) as hand:
        enrolled(hand, work)
        page = hand.page
        page.evaluate(LEFT_BEHIND)  # of a colleague who has left
        hand.tap("[data-do=accept] button")
        page.wait_for_selector("[data-queue] li:has-text('received, No.')")
        assert state(world, work) == "accepted"
        assert page.evaluate(TOKENS) == [True]
        page.evaluate(LONG_AGO)
        enrolled(hand, work)
        hand.wrong.clear()


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
FACTS = """const facts = await new Promise((done) => {
    const request = indexedDB.open('anju-field', 1);
    request.onsuccess = () => done(request.result.transaction(['facts', 'commands'], 'readwrite'));
}), heard = (request) => new Promise((done) => request.onsuccess = () => done(request.result));
const put = (value, key) => heard(facts.objectStore('facts').put(value, key));
const keys = (await heard(facts.objectStore('facts').getAllKeys()));"""
LEFT_BEHIND = f"""async () => {{ {FACTS}
    const who = '00000000-0000-4000-8000-000000000000', id = crypto.randomUUID();
    await put('anju_dead', `token ${{who}}`);
    await heard(facts.objectStore('commands').put({{
        id, device: id, seq: 1, who, subject: id, base: null, name: 'note', said: {{ text: 'x' }},
        at: new Date().toISOString(), tick: 1, start: '', receipt: null,
    }}));
}}"""
TOKENS = f"""async () => {{ {FACTS}
    return keys.filter((key) => key.startsWith('token ')).map((key) => !key.includes('0000-4000-'));
}}"""
LONG_AGO = f"""async () => {{ {FACTS}
    const old = Date.now() - 21 * 864e5;
    for (const key of keys) if (key.startsWith('enrolled ')) await put(old, key);
}}"""
NO_ROOM = """() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (value, ...more) {
        if (value.bytes) throw new DOMException('full', 'QuotaExceededError');
        return put.call(this, value, ...more);
    };
}"""
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


def test_what_another_tab_kept_from_being_sent_goes_as_soon_as_that_is_closed(
    browser: Browser, base: str, world: World
) -> None:
    work = given(world)
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE) as hand:
        enrolled(hand, work)
        other = hand.page.context.new_page()
        other.goto(f"{base}/work/uploads")
        other.wait_for_function(HOLDS)  # it sends, and never comes to an end
        hand.tap("[data-do=accept] button")
        hand.page.locator("[data-queue] li", has_text="on the phone").wait_for()
        other.close()
        hand.page.wait_for_selector("[data-left][hidden]", state="attached", timeout=8_000)
        hand.wrong.clear()
    assert state(world, work) == "accepted"
