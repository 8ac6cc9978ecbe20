"""What is on a phone: shown in its states with what waits, told to the leader, lost with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Route

from anju.engine.loop.models import WorkOrder
from anju.engine.offline.commands.losing import report_lost
from anju.engine.offline.models import Device
from anju.engine.offline.queries import phones_of
from anju.engine.plans.testing import a_round
from anju.foundation.access.commands import open_device
from anju.foundation.access.models import Account
from anju.foundation.access.queries import by_login
from anju.foundation.files.testing import a_picture
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, WIDE, Hand, a_hand
from tests.journeys.test_field import fine, state
from tests.journeys.test_offline import FALSE, KEPT, a_photo, enrolled, gives
from tests.journeys.test_offline_pages import signs_in
from tests.journeys.world import World, a_world

pytestmark = pytest.mark.browser
ANOTHERS = """async () => {
    const db = await new Promise((done) => {
        const one = indexedDB.open('anju-field', 1);
        one.onsuccess = () => done(one.result);
    });
    const at = new Date().toISOString(), said = {}, receipt = null, seq = 1;
    const one = { id: 'x', who: 'x', subject: 'x', seq, at, said, receipt, name: 'note',
        title: '机房' };
    await new Promise((done) => {
        db.transaction('commands', 'readwrite').objectStore('commands').put(one).onsuccess = done;
    });
    new BroadcastChannel('anju-queue').postMessage(0);
}"""
ANOTHERS_GONE = """async () => {
    const db = await new Promise((done) => {
        const one = indexedDB.open('anju-field', 1);
        one.onsuccess = () => done(one.result);
    });
    const held = db.transaction('commands', 'readwrite').objectStore('commands');
    const all = await new Promise((done) => {
        held.getAll().onsuccess = (event) => done(event.target.result);
    });
    for (const one of all) if (one.who === 'x') held.delete(one.n);
}"""
WAITS = "() => document.querySelector('[data-waiting] b')?.textContent === '%d'"


WIDTHS = """async () => {
    const db = await new Promise((done) => {
        const one = indexedDB.open('anju-field', 1);
        one.onsuccess = () => done(one.result);
    });
    const files = await new Promise((done) => {
        const all = db.transaction('files').objectStore('files').getAll();
        all.onsuccess = () => done(all.result);
    });
    db.close();
    const drawn = files.map((one) => createImageBitmap(new Blob([one.bytes])));
    return (await Promise.all(drawn)).map((one) => one.width);
}"""


@pytest.fixture(scope="module")
def world() -> World:
    return a_world(roles=("technician", "leader"))


def test_everything_on_the_phone_is_on_one_page_in_its_state(
    browser: Browser, base: str, world: World, tmp_path: Path
) -> None:
    work = a_round(world.house, "UP-1")
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE) as hand:
        enrolled(hand, work)
        page = hand.page
        uploads = page.context.new_page()  # a second tab of the same phone
        uploads.goto(f"{base}/work/uploads")
        uploads.wait_for_selector("[data-none]:not([hidden])")
        page.context.set_offline(True)
        gives(page, "after", a_photo(tmp_path, 5))
        page.wait_for_selector(".field-photo:has([name=after]) img:not([hidden])")
        page.click("form[data-do=done] button.primary")
        page.wait_for_function(WAITS % 2)
        uploads.wait_for_selector(".field-card .row >> nth=1")
        said = uploads.locator("[data-uploads]").inner_text()
        assert "泵房巡查" in said
        assert said.count("on the phone") == 2
        assert "waits for what was done before it" in said
        assert "1 photos or other files" in said
        assert " MB of " in said or " GB" in said
        assert not FALSE.search(uploads.inner_text("body"))
        assert "No signal" in uploads.inner_text("header")
        uploads.evaluate(ANOTHERS)  # whoever shares the phone reads only that there is some
        uploads.wait_for_selector("ol >> text='1 of another person on this phone'")
        assert "机房" not in uploads.inner_text("[data-uploads]")
        uploads.evaluate(ANOTHERS_GONE)
        hand.wrong.clear()
        page.context.set_offline(False)
        uploads.click("[data-send]")
        uploads.wait_for_selector("[data-none]:not([hidden])")
        assert uploads.inner_text("[data-uploads]").count("received, No.") == 2
        hand.go("/work/uploads")
        fine(hand)
    assert state(world, work) in ("done", "passed")


IMPATIENT = """const patience = AbortSignal.timeout;
AbortSignal.timeout = () => patience.call(AbortSignal, 2000);"""


def test_a_line_too_slow_for_a_photo_in_one_piece_carries_it_in_small_ones(
    browser: Browser, base: str, world: World, tmp_path: Path
) -> None:
    work = a_round(world.house, "SLOW-1")
    device, went = world.devices["technician"], list[int]()
    grainy = tmp_path / "grainy.jpg"
    Image.effect_noise((1600, 1200), 60).convert("RGB").save(grainy, quality=90)

    def carry(route: Route) -> None:
        """What is larger than the line carries in time never arrives."""
        size = len(route.request.post_data_buffer or b"")
        went.append(size)
        if size <= 100_000:
            route.continue_()

    with a_hand(browser, base, device=device, language="en", size=PHONE) as hand:
        page = hand.page
        page.add_init_script(IMPATIENT)
        enrolled(hand, work)
        page.context.route("**/api/v1/files/**", carry)
        gives(page, "after", grainy)
        page.wait_for_selector(".field-photo:has([name=after]) img:not([hidden])")
        page.click("form[data-do=done] button.primary")
        page.goto(f"{base}/work/uploads")
        with page.expect_request_finished(lambda one: "/files/" in one.url, timeout=60_000):
            page.click("[data-send]")
        page.wait_for_selector("[data-none]:not([hidden])", timeout=60_000)
    assert max(went) > 100_000
    assert went.count(65_536) > 1
    assert state(world, work) in ("done", "passed")


def test_little_room_and_many_photos_are_said_before_one_is_lost(
    browser: Browser, base: str, world: World
) -> None:
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE) as hand:
        tight = "navigator.storage.estimate = async () => ({ usage: 9.6e8, quota: 1e9 })"
        hand.page.add_init_script(tight)
        hand.go("/work/uploads")
        hand.page.wait_for_selector("[data-tight]:has-text('little room')")
        assert "960 MB of 1.0 GB" in hand.text()


def test_smaller_pictures_are_taken_where_room_is_short_until_there_is_room_again(
    browser: Browser, base: str, world: World, tmp_path: Path
) -> None:
    work, device = a_round(world.house, "UP-SMALL"), world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE) as hand:
        page = hand.page
        page.add_init_script(
            "navigator.storage.estimate = async () => ({ usage: window.full ?? 9.6e8, quota: 1e9 })"
        )
        enrolled(hand, work)
        page.context.set_offline(True)
        widths = []
        for choice in ("", "Smaller pictures", "room"):
            if choice == "room":
                page.evaluate("() => { window.full = 1e8; }")
            elif choice:
                page.click(f"[data-tight] button:has-text('{choice}')")
                page.wait_for_selector("[data-tight]:has-text('until there is room again')")
            n = len(widths) + 1
            large = tmp_path / f"{n}.jpg"
            large.write_bytes(a_picture(size=(2400, 1800), colour=f"#33{n}6aa"))
            gives(page, "after", large)
            page.locator("[data-queue] li").nth(n - 1).wait_for()
            widths = [one for one in page.evaluate(WIDTHS) if one]
            assert len(widths) == n
        assert sorted(widths) == [1024, 2048, 2048]
        hand.wrong.clear()  # the line was cut on purpose


def test_a_lost_phone_is_reported_by_the_leader_and_forgets_what_it_holds(
    browser: Browser, base: str, world: World
) -> None:
    work = a_round(world.house, "UP-2")
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE) as hand:
        enrolled(hand, work)
        page = hand.page
        page.click(".field-more:has([name=text]) summary")
        page.fill("[name=text]", "送到")
        with page.expect_navigation():  # received, and drawn anew
            page.click("form[data-do=note] > button")
        page.wait_for_selector("[data-queue] li:has-text('received, No.')")
        page.context.set_offline(True)
        page.click(".field-more:has([name=text]) summary")
        page.fill("[name=text]", "没有送到")
        page.click("form[data-do=note] > button")
        page.wait_for_function(WAITS % 1)
        with a_hand(browser, base, device=world.devices["leader"], language="en") as leader:
            leader.go("/phones")
            leader.start()
            leader.tap("tr:has-text('technician员') summary")
            leader.page.fill("tr:has-text('technician员') [name=reason]", "落在出租车上")
            leader.tap("tr:has-text('technician员') button.danger")
            assert "signed out everywhere" in leader.text()
            assert leader.taps == 2
            assert leader.faults(*WIDE[:1], 390) == []
        with acting(world.actor):
            assert Device.objects.exclude(lost_at=None).count() == 1
        assert page.evaluate(KEPT)
        hand.wrong.clear()
        page.context.set_offline(False)
        for _second in range(20):
            if page.evaluate(KEPT) == []:
                break
            page.evaluate("() => dispatchEvent(new Event('online'))")
            page.wait_for_timeout(500)
        assert page.evaluate(KEPT) == []
        hand.wrong.clear()
        _found_again(hand, world, work)


def _found_again(hand: Hand, world: World, work: WorkOrder) -> None:
    """The lost phone is a new one once its person has signed in anew; then it is lost again, while
    it holds nothing, and is a new one before anything is done on it."""
    page = hand.page
    for times in (1, 2):
        with acting(world.actor):
            account = Account.objects.get(id=world.accounts["technician"])
        find = by_login(account.login)
        assert find is not None
        signs_in(hand, open_device(find[0], actor=find[0].actor, device="test", mine=False))
        enrolled(hand, work)
        page.click(".field-more:has([name=text]) summary")
        page.fill("[name=text]", f"找到了 {times}")
        with page.expect_navigation():
            page.click("form[data-do=note] > button")
        page.wait_for_selector("[data-queue] li:has-text('received, No.')")
        with acting(world.actor):
            device = phones_of(world.actor, most=9)[0]  # heard last
            assert Device.objects.exclude(lost_at=None).count() == times
        if times == 1:
            report_lost(device.id, actor=world.actor, reason="又落下了")
            signs_in(hand, "")
            hand.go("/sign-in")
    hand.wrong.clear()
