"""Planned work without a signal: done, held, answered and noted on the phone, brought later."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from anju.domains.rounds.queries import points_of, points_to_come
from anju.engine.loop.asked import notes_of, typed_of
from anju.engine.loop.models import Case, Record, WorkOrder
from anju.engine.plans.testing import a_round
from anju.engine.standards.commands import put_in_force
from anju.engine.standards.document import Document, Item, Method
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, Hand, a_hand
from tests.journeys.test_field import READER, fine, state, take
from tests.journeys.test_offline import (
    FALSE,
    a_photo,
    deliveries,
    enrolled,
    gives,
    queue,
    wait_until_brought,
)
from tests.journeys.test_offline_pages import wait_until
from tests.journeys.test_rounds import a_walk
from tests.journeys.world import World, a_world

pytestmark = pytest.mark.browser
ITEMS = (
    Item(code="leak", text="有没有漏水", required=True),
    Item(code="bar", text="压力表读数", kind="number", unit="MPa"),
)


@pytest.fixture(scope="module")
def world() -> World:
    made = a_world(roles=("technician", "leader"))
    asks = Document(code="pumps", name="泵房", method=Method(photos=("after",)), items=ITEMS)
    with acting(made.actor), frozen(now() - timedelta(hours=3)):
        put_in_force(asks, actor=made.actor, why="开始")
    return made


def lines(n: int) -> str:
    return f"() => document.querySelectorAll('[data-queue] li').length === {n}"


def on_the_phone(n: int) -> str:
    """So many are said to be here alone, once it was tried to bring them."""
    text = "document.querySelector('[data-queue] ul').innerText"
    return f"() => {text}.split('on the phone').length === {n} + 1"


def test_a_round_is_photographed_answered_and_done_without_a_signal(
    browser: Browser, base: str, world: World, tmp_path: Path
) -> None:
    work = a_round(world.house, "OFF-1", standard="pumps")
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE) as hand:
        enrolled(hand, work)
        items = hand.page.context.new_page()
        items.goto(f"{base}/work/{work.id}/items")
        page = hand.page
        page.context.set_offline(True)

        items.click("form[data-key=leak] [value=pass]")
        items.fill("form[data-key=bar] [name=value]", "0.42")
        items.click("form[data-key=bar] button")
        items.wait_for_function(lines(2))
        items.locator("form[data-key=bar] [data-said]", has_text="on the phone").wait_for()

        hand.tap("form[data-do=done] button.primary")  # its photo is missing, and that is said
        assert "still missing" in queue(page)
        gives(page, "after", a_photo(tmp_path, 7))
        page.wait_for_selector(".field-photo:has([name=after]) img:not([hidden])")
        hand.tap(".field-more:has([name=text]) summary")
        page.fill("[name=text]", "灯管闪烁")
        page.click("form[data-do=note] > button")
        page.wait_for_function(lines(4))
        hand.tap("form[data-do=done] button.primary")
        page.wait_for_function(lines(5))
        assert page.is_hidden("form[data-do=done]")
        assert page.is_visible("[data-when=done]")
        page.wait_for_function(on_the_phone(5))
        assert not FALSE.search(page.inner_text("body"))
        assert state(world, work) in ("waiting", "assigned")
        hand.wrong.clear()  # the line was cut on purpose
        fine(hand)
        items.close()
        page.context.set_offline(False)
        wait_until_brought(page)
    assert state(world, work) in ("done", "passed")
    rows = deliveries(world, work)
    assert [row.name for row in rows] == ["answer", "answer", "photo", "note", "done"]
    assert {row.state for row in rows} == {"taken"}
    with acting(world.actor):
        kept = Record.objects.filter(work_id=work.id)
        assert sorted(kept.values_list("kind", flat=True)) == [
            "answer", "answer", "note", "photo", "result",
        ]  # fmt: skip
        assert notes_of(WorkOrder.objects.get(id=work.id)) == ["灯管闪烁"]


def test_a_round_that_cannot_go_on_is_held_without_a_signal(
    browser: Browser, base: str, world: World
) -> None:
    work = a_round(world.house, "OFF-2")
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE) as hand:
        enrolled(hand, work)
        page = hand.page
        page.context.set_offline(True)
        hand.tap(page.locator(".field-holds summary").first)
        hand.tap(page.locator(".field-hold[open] button").first)
        page.wait_for_function(lines(1))
        assert page.is_hidden(".field-holds")
        assert page.is_visible("form[data-do=done]")  # held, it can still be done
        hand.wrong.clear()
        page.context.set_offline(False)
        wait_until_brought(page)
    assert state(world, work) == "held"


def test_what_is_wrong_and_what_a_leader_writes_down_go_without_a_signal(
    browser: Browser, base: str, world: World, tmp_path: Path
) -> None:
    work = a_round(world.house, "OFF-4")
    device = world.devices["leader"]
    with a_hand(browser, base, device=device, language="en", size=PHONE) as hand:
        enrolled(hand, work)
        page = hand.page
        page.context.set_offline(True)
        hand.tap(".field-hold:has(#wrong) summary")
        page.set_input_files("#wrong-photo", a_photo(tmp_path, 21))
        page.wait_for_selector("#wrong .field-photo img:not([hidden])")
        hand.tap("#wrong button.primary")
        page.wait_for_function(lines(1))
        page.click(".field-more:has([data-for]) summary")
        page.select_option("[data-for]", str(world.accounts["technician"]))
        page.click(".field-more:has([name=text]) summary")
        page.fill("[name=text]", "他说灯管闪烁")
        page.click("form[data-do=note] > button")
        page.wait_for_function(lines(2))
        assert world.people["technician"].name in queue(page)
        hand.wrong.clear()  # the line was cut on purpose
        fine(hand)
        page.context.set_offline(False)
        wait_until_brought(page)
        hand.wrong.clear()
    rows = deliveries(world, work)
    assert [(row.name, row.state) for row in rows] == [("report", "taken"), ("note", "taken")]
    with acting(world.actor):
        case = Case.objects.get(kind="repair", place=work.place)
        assert case.records.filter(kind="photo").count() == 1
        note = Record.objects.get(work_id=work.id, kind="note")
    written = (world.accounts["technician"], world.accounts["leader"])
    assert (note.by, note.written_by) == written


def test_what_is_signed_and_used_on_a_round_is_brought_from_its_own_pages(
    browser: Browser, base: str, world: World
) -> None:
    work = a_round(world.house, "OFF-3")
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE) as hand:
        enrolled(hand, work)
        hand.go(f"/work/{work.id}/used")
        page = hand.page
        page.context.set_offline(True)
        page.fill("#material [name=name]", "角阀 DN15")
        hand.tap("#material button.primary")
        page.fill("#time [name=minutes]", "35")
        hand.tap("#time button")
        page.wait_for_function(lines(2))
        hand.wrong.clear()
        page.context.set_offline(False)
        wait_until_brought(page)
        hand.go(f"/work/{work.id}/signature")
        box = page.locator("canvas").bounding_box()
        assert box is not None
        page.context.set_offline(True)
        page.mouse.move(box["x"] + 20, box["y"] + 40)
        page.mouse.down()
        page.mouse.move(box["x"] + 200, box["y"] + 90, steps=8)
        page.mouse.up()
        page.click("#sign button.primary")
        page.wait_for_function(lines(3))
        hand.wrong.clear()
        page.context.set_offline(False)
        wait_until_brought(page)
    with acting(world.actor):
        kept = Record.objects.filter(work_id=work.id)
        assert sorted(kept.values_list("kind", flat=True)) == ["labour", "material", "signature"]


def test_points_are_scanned_photographed_and_passed_without_a_signal(
    browser: Browser, base: str, world: World, tmp_path: Path
) -> None:
    work, code = a_walk(world, "OFF-WALK")
    with acting(world.actor):
        first, second, third = points_of(work)
    at = f"/work/{work.id}"
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE, keeps=True) as hand:
        page = hand.page
        hand.go("/work")
        points = [f"{at}/points/{one.point_id}" for one in (first, second, third)]
        wait_until(page, "/work", "/work/scan", at, *points)
        page.context.set_offline(True)
        page.goto(f"{base}/work/scan")
        page.fill("[name=label]", "NOSUCHXX")
        page.click("#scan button.primary")
        page.wait_for_function("() => document.body.innerText.includes('found at no point')")
        page.add_init_script(READER % f"https://anju.example/q/{code}")
        page.goto(f"{base}/work/scan")  # the camera reads it by itself
        page.wait_for_url(re.compile(f"{second.point_id}.*label={code}"))
        assert page.is_visible("[data-scanned]")
        take(hand, "photo", a_photo(tmp_path, 11))
        page.click("#point [value=pass]")
        page.wait_for_url(f"**{at}?passed=*")
        says = f"li[data-key='{second.point_id}'] [data-said]"
        page.locator(says, has_text="on the phone").wait_for()

        page.click("section a[href*='/points/']")  # the next one, without a scan
        page.wait_for_url(f"**/points/{first.point_id}")
        take(hand, "photo", a_photo(tmp_path, 12))
        page.click("#point summary")
        page.fill("#point [name=note]", "灯不亮")
        page.click("#point [value=fail]")
        page.wait_for_url(f"**{at}?passed=*")
        page.wait_for_function(lines(2))
        page.wait_for_function(on_the_phone(2))
        assert not FALSE.search(page.inner_text("body"))
        assert page.inner_text(f"li[data-key='{third.point_id}'] [data-said]") == "to be done now"
        hand.wrong.clear()  # the line was cut on purpose
        fine(hand)
        back = now()
        page.context.set_offline(False)
        wait_until_brought(page)
        hand.wrong.clear()
    rows = deliveries(world, work)
    assert [(row.name, row.state) for row in rows] == [("point", "taken")] * 2
    with acting(world.actor):
        stood = points_of(work)
        records = Record.objects.filter(work_id=work.id, file_id__isnull=False)
        typed = typed_of(list(records))
        shown = sorted(
            (row.item.rpartition(".")[2], row.value["how"], typed.get(row.id, {}).get("note", ""))
            for row in records
        )
    assert shown == [("P1", "photo", "灯不亮"), ("P2", "qr", "")]
    assert [row.verdict for row in stood] == ["fail", "pass", ""]
    times = [row.at for row in stood if row.at]
    assert len(times) == 2
    assert times[1] < times[0] < back  # by their own times, not by when they were brought
    assert [("order" in row.flags, "photo" in row.flags) for row in stood[:2]] == [
        (True, False), (False, False),
    ]  # fmt: skip


def test_the_points_of_a_round_whose_window_opens_without_a_signal_are_known(
    browser: Browser, base: str, world: World, tmp_path: Path
) -> None:
    work, code = a_walk(world, "OFF-LATER", opens_in=timedelta(minutes=50))
    with acting(world.actor):
        assert points_of(work) == []
        first, second, _third = points_to_come([work])[work.id]
        WorkOrder.objects.filter(id=work.id).update(person=world.people["technician"])
    at, device = f"/work/{work.id}", world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE, keeps=True) as hand:
        page = hand.page
        hand.go("/work")
        points = [f"{at}/points/{one.point_id}" for one in (first, second)]
        wait_until(page, "/work", "/work/scan", at, *points)
        page.clock.install()
        page.context.set_offline(True)
        page.goto(f"{base}{at}")
        assert "not yet time" in hand.text()
        assert page.is_hidden("li[data-key] a")
        page.goto(f"{base}/work/scan")
        page.fill("[name=label]", code)
        page.click("#scan button.primary")  # nobody passes a point before its window
        page.locator("[data-scan] p", has_text="found at no point").wait_for()
        page.clock.set_fixed_time(work.opened_at + timedelta(minutes=1))
        page.goto(f"{base}{at}")
        assert page.is_visible("li[data-key] a")
        page.goto(f"{base}/work/scan")
        page.fill("[name=label]", code)
        page.click("#scan button.primary")
        page.wait_for_url(re.compile(f"{second.point_id}.*label={code}"))
        take(hand, "photo", a_photo(tmp_path, 31))
        page.click("#point [value=pass]")
        page.wait_for_url(f"**{at}?passed=*")
        says = f"li[data-key='{second.point_id}'] [data-said]"
        page.locator(says, has_text="on the phone").wait_for()
        hand.wrong.clear()  # the line was cut on purpose
    assert deliveries(world, work) == []


def test_a_round_moves_on_from_point_to_point_without_a_signal(
    browser: Browser, base: str, world: World
) -> None:
    """One that cannot be reached comes last again; the list shows how far this phone is."""
    work, _code = a_walk(world, "OFF-ON")
    with acting(world.actor):
        rows = points_of(work)
    at, device = f"/work/{work.id}", world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE, keeps=True) as hand:
        page = hand.page
        hand.go("/work")
        wait_until(page, "/work", at, *(f"{at}/points/{row.point_id}" for row in rows))
        page.context.set_offline(True)
        page.goto(f"{base}{at}")
        head, card = page.locator(".field-head"), page.locator("[data-next]")
        goes_on(hand, "1. 1号点", "pass")
        page.locator("[data-next] h2", has_text="2. 2号点").wait_for()
        assert "1 kept on this phone" in head.inner_text()
        assert card.locator("[data-said]").inner_text() == ""
        goes_on(hand, "2. 2号点", "na")
        page.locator("[data-next] h2", has_text="3. 3号点").wait_for()
        assert "1 not reached, kept" in head.inner_text()
        hand.wrong.clear()  # the line was cut on purpose
        fine(hand)
        goes_on(hand, "3. 3号点", "pass")
        card.locator("[data-said]", has_text="on the phone").wait_for()
        page.goto(f"{base}/work")
        mine = page.locator(f"[data-card='{work.id}']")
        mine.locator("[data-here=passed]", has_text="2 kept on this phone").wait_for()
        assert "1 not reached, kept" in mine.inner_text()
        mine.locator("a.btn[data-when]").click()
        goes_on(hand, "2. 2号点", "pass")
        page.locator("[data-when=done]", has_text="Done on this phone").wait_for()
        assert card.is_hidden()
        page.goto(f"{base}/work")
        mine.locator("[data-when=done]", has_text="Done on this phone").wait_for()
        assert mine.locator("a.btn[data-when]").is_hidden()
        assert "3 kept on this phone" in mine.inner_text()
        hand.wrong.clear()
        fine(hand)
        page.goto(f"{base}{at}")
        page.context.set_offline(False)
        wait_until_brought(page)
        hand.wrong.clear()
    assert state(world, work) in ("done", "passed")
    with acting(world.actor):
        assert [row.verdict for row in points_of(work)] == ["pass"] * 3


def goes_on(hand: Hand, name: str, verdict: str) -> None:
    """The next point of the round is the one with this name; it is passed, or cannot be reached."""
    page = hand.page
    page.locator("[data-next] h2", has_text=name).wait_for()
    page.click("[data-next] [data-to]")
    page.wait_for_selector("#point")
    if page.locator("#point [name=value]").count():
        page.fill("#point [name=value]", "0.5")
    if verdict == "na":
        page.click("#point summary")
        page.fill("#point [name=note]", "门锁着")
    page.click(f"#point [value={verdict}]")
    page.wait_for_url("**?passed=*")
