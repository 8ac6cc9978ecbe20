"""Pages without a signal: the day and its work open on the phone, are done there and brought once;
nobody finds another's pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from anju.engine.loop.models import Case, Record, WorkOrder
from anju.engine.plans.testing import a_round
from anju.faces.field.app import app_sign
from anju.foundation.access.commands import revoke_device
from anju.foundation.access.models import DeviceSession
from anju.foundation.access.queries import digest_of
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, Hand, a_hand
from tests.journeys.test_field import fine, given, state
from tests.journeys.test_offline import a_photo, deliveries, gives, wait_until_brought
from tests.journeys.world import World, a_reported_case, a_world

pytestmark = pytest.mark.browser
KEPT = """async () => {
    const found = [];
    for (const name of await caches.keys()) {
        if (!name.startsWith('anju-pages')) continue;
        const cache = await caches.open(name);
        for (const one of await cache.keys()) found.push(new URL(one.url).pathname);
    }
    return found;
}"""
LISTED = """async (said) => {
    const answer = await caches.match('/work');
    return (await answer.text()).includes(said);
}"""
SIZE = """async () => {
    let size = 0;
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const one of await cache.keys()) size += (await (await cache.match(one)).blob()).size;
    }
    return size;
}"""


@pytest.fixture(scope="module")
def world() -> World:
    return a_world(roles=("technician", "guard"))


def kept(page: Page) -> list[str]:
    return list(page.evaluate(KEPT))


def wait_until(page: Page, *paths: str) -> None:
    """The pages are kept on the phone."""
    until(page, lambda: set(paths) <= set(kept(page)))


def until(page: Page, met: Callable[[], bool]) -> None:
    """What a phone does by itself is waited for; `wait_for_function` takes a promise for a yes."""
    for _half in range(60):
        if met():
            return
        page.wait_for_timeout(500)
    raise AssertionError(kept(page))


def opened(hand: Hand, *works: WorkOrder) -> None:
    """The day was opened once with a signal, and its pages are kept."""
    hand.go("/work")
    pages = [path for work in works for path in (f"/work/{work.id}", f"/work/{work.id}/used")]
    wait_until(hand.page, "/work", "/work/report", *pages)


def test_the_day_opens_without_a_signal_and_its_round_is_done_there(
    browser: Browser, base: str, world: World, tmp_path: Path
) -> None:
    work = a_round(world.house, "KEPT-1")
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE, keeps=True) as hand:
        opened(hand, work)
        page = hand.page
        assert page.evaluate(SIZE) < 8_000_000
        page.context.set_offline(True)
        page.goto(f"{base}/field")
        assert page.is_visible("[data-kept-line]")
        hand.wrong.clear()
        fine(hand)
        page.click(f"a.btn.primary[href$='{work.id}']")
        page.wait_for_selector("[data-kept-line]:not([hidden])")
        assert "without a signal" in hand.text()
        gives(page, "after", a_photo(tmp_path, 3))
        page.wait_for_selector(".field-photo:has([name=after]) img:not([hidden])")
        page.click("form[data-do=done] button.primary")
        page.wait_for_url("**/work?done=*")
        page.goto(f"{base}/work/{work.id}")
        page.wait_for_selector("[data-queue] li")
        assert page.is_hidden("form[data-do=done]")  # as it stands on this phone
        assert state(world, work) in ("waiting", "assigned")
        page.goto(f"{base}/work/{work.id}/nowhere")
        assert "not kept on this phone" in hand.text()
        page.goto(f"{base}/work/{work.id}")
        hand.wrong.clear()
        page.context.set_offline(False)
        wait_until_brought(page)
        hand.go(f"/work/{work.id}")
        assert page.is_hidden("[data-kept-line]")
        hand.wrong.clear()
    assert state(world, work) in ("done", "passed")
    rows = deliveries(world, work)
    assert [(row.name, row.state) for row in rows] == [("photo", "taken"), ("done", "taken")]


def test_the_list_goes_on_and_what_is_seen_is_reported_without_a_signal(
    browser: Browser, base: str, world: World, tmp_path: Path
) -> None:
    work, free = given(world), a_reported_case(world).work
    assert free is not None
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE, keeps=True) as hand:
        opened(hand, work)
        page = hand.page
        card = page.locator(f"[data-card='{work.id}']")
        page.context.set_offline(True)
        page.goto(f"{base}/field")
        page.locator(f"form[action*='{free.id}'] button").click()
        page.wait_for_selector("[data-queue] [role=status]:has-text('needs a signal')")
        card.locator("[data-do=accept] button").click()
        page.wait_for_url(f"**/work/{work.id}")
        page.wait_for_selector("[data-when=accepted] a.btn.primary")
        assert page.is_hidden("[data-do=accept]")
        page.goto(f"{base}/field")
        card.locator("[data-last]", has_text="Accept: on the phone").wait_for()
        assert card.locator("[data-do=accept]").is_hidden()
        assert card.locator("a[data-when=accepted]").is_visible()

        page.goto(f"{base}/work/report")
        gives(page, "photo", a_photo(tmp_path, 77))
        page.wait_for_selector("#seen .field-photo img:not([hidden])")
        page.fill("#seen textarea", "地库入口积水")
        page.click("#seen button.primary")
        page.locator("[data-queue] li", has_text="on the phone").wait_for()
        assert page.input_value("#seen textarea") == ""
        page.context.set_offline(False)
        wait_until_brought(page)
        hand.wrong.clear()
    assert (state(world, work), state(world, free)) == ("accepted", "waiting")
    with acting(world.actor):
        case = Case.objects.get(title="地库入口积水")
        assert case.place is not None
        assert Record.objects.filter(case=case, kind="photo").count() == 1


def test_work_that_was_taken_just_now_is_done_without_a_signal(
    browser: Browser, base: str, world: World
) -> None:
    """The phone looked ahead a moment ago, and looks again at once: the basement is next."""
    work = a_reported_case(world).work
    assert work is not None
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE, keeps=True) as hand:
        opened(hand)
        page, at = hand.page, f"/work/{work.id}"
        assert at not in kept(page)
        hand.tap(f"form[action*='{work.id}'] button")  # from the list of what nobody has
        page.wait_for_url(f"**{at}")
        assert state(world, work) == "accepted"
        wait_until(page, at, f"{at}/arrive", f"{at}/used", f"{at}/signature")
        until(page, lambda: bool(page.evaluate(LISTED, f'data-card="{work.id}"')))
        page.context.set_offline(True)
        page.goto(f"{base}/work")
        card = page.locator(f"[data-card='{work.id}']")
        card.locator("a[data-when=accepted]").click()
        page.wait_for_url(f"**{at}/arrive")
        page.click("details.field-more summary")
        page.click("details.field-more button")
        page.wait_for_url(f"**{at}")
        page.wait_for_selector("#finish")
        hand.wrong.clear()
        page.context.set_offline(False)
        wait_until_brought(page)
        hand.wrong.clear()
    assert state(world, work) == "arrived"


def test_work_of_a_later_hour_is_kept_and_opens_its_form_when_it_is_time(
    browser: Browser, base: str, world: World
) -> None:
    later = a_round(world.house, "KEPT-2")
    with acting(world.actor):
        works = WorkOrder.objects.filter(occurrence__plan__code="KEPT-2").order_by("opened_at")
        WorkOrder.objects.filter(id=works[1].id).update(person=world.people["technician"])
        tomorrow = works[1]
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE, keeps=True) as hand:
        opened(hand, later, tomorrow)
        page = hand.page
        assert "Later" in hand.text()
        page.clock.install()
        page.context.set_offline(True)
        page.goto(f"{base}/work/{tomorrow.id}")
        assert "not yet time" in hand.text()
        assert page.is_hidden("form[data-do=done]")
        page.clock.set_fixed_time(tomorrow.opened_at)
        page.goto(f"{base}/work/{tomorrow.id}")
        assert page.is_visible("form[data-do=done]")
        hand.wrong.clear()


def test_nobody_finds_the_pages_of_another_person(
    browser: Browser, base: str, world: World
) -> None:
    work = given(world)
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE, keeps=True) as hand:
        opened(hand, work)
        page = hand.page
        away = page.evaluate("async () => (await caches.match('/work/away')).text()")
        assert "data-enrol" in away
        assert str(world.accounts["technician"]) not in away
        page.context.set_offline(True)  # a kept form is another act each time it is filled
        keys = []
        for words in ("漏水", "灯坏"):
            page.goto(f"{base}/work/report")
            first = page.locator("#seen [name=idempotency_key]").input_value()
            page.fill("#seen textarea", words)
            keys += [first, page.locator("#seen [name=idempotency_key]").input_value()]
        assert keys[0] == keys[2]
        assert len(set(keys)) == 3
        page.context.set_offline(False)
        signs_in(hand, world.devices["guard"])
        hand.go("/work")
        page.wait_for_function("() => navigator.serviceWorker.controller")
        assert f"/work/{work.id}" not in kept(page)
        page.context.set_offline(True)
        page.goto(f"{base}/work/{work.id}")
        assert "not kept on this phone" in hand.text()
        hand.wrong.clear()


def test_signing_out_and_a_revoked_phone_clear_what_was_kept(
    browser: Browser, base: str, world: World
) -> None:
    work = given(world)
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=PHONE, keeps=True) as hand:
        opened(hand, work)
        page = hand.page
        signs_in(hand, "")
        page.goto(f"{base}/sign-in")
        assert kept(page) == []
        signs_in(hand, device)
        opened(hand, work)
        with acting(world.actor):
            held = DeviceSession.objects.get(digest=digest_of(device))
        revoke_device(held.id, actor=world.actor)
        page.goto(f"{base}/work")
        page.wait_for_url("**/sign-in**")
        assert kept(page) == []
        hand.wrong.clear()


def test_a_newer_version_asks_for_a_look_and_the_app_can_be_installed(
    browser: Browser, base: str, world: World
) -> None:
    device = world.devices["guard"]
    with a_hand(browser, base, device=device, language="en", size=PHONE, keeps=True) as hand:
        page = hand.page
        page.route("**/work", lambda one: one.fulfill(
            response=(answer := one.fetch()), body=answer.text().replace(app_sign(), "0" * 12),
        ))  # fmt: skip
        hand.go("/work")
        page.wait_for_selector("[data-newer]:not([hidden])")
        page.unroute("**/work")
        page.click("[data-newer] button")
        page.wait_for_load_state()
        assert page.locator("body").get_attribute("data-app") == app_sign()
        said = page.request.get(f"{base}/manifest.webmanifest").json()
        assert (said["start_url"], said["display"]) == ("/field", "standalone")
        icon = page.request.get(f"{base}{said['icons'][0]['src']}")
        assert icon.headers["content-type"].startswith("image/svg")
        assert "'unsafe" not in page.request.get(f"{base}/work").headers["content-security-policy"]


def signs_in(hand: Hand, device: str) -> None:
    """Somebody else at the same browser, or nobody."""
    hand.page.context.clear_cookies(name=DEVICE_COOKIE)
    if device:
        cookie = {"name": DEVICE_COOKIE, "value": device, "url": hand.base}
        hand.page.context.add_cookies([cookie])
