"""Notices on a device, in a real browser under the real policy: asked for at a tap, read by its
worker, opened at the right page. Only the maker's push service is imitated."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium

from anju.domains.community.testing import a_resident
from anju.foundation.messages.commands import Note, Setting, add_gateway, deliver, queue_message
from anju.foundation.messages.models import Subscription
from anju.foundation.messages.rules.push import written
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, WIDE, Hand, a_hand
from tests.journeys.world import World, a_reported_case, a_world
from tests.push.service import Service

pytestmark = pytest.mark.browser
# Chromium would ask its maker's service for an address; ours is given instead. What the page does
# with permission and keys is kept, to be looked at.
BROWSER = """given => {
    window.asked = 0;
    Notification.requestPermission = async () => { window.asked += 1; return 'granted'; };
    let held = null;
    PushManager.prototype.getSubscription = async () => held;
    PushManager.prototype.subscribe = async options => {
        window.options = {...options, applicationServerKey: [...options.applicationServerKey]};
        held = {endpoint: given.endpoint, toJSON: () => ({endpoint: given.endpoint,
            keys: {p256dh: given.p256dh, auth: given.auth}}),
            unsubscribe: async () => { held = null; return true; }};
        return held;
    };
}"""
# The worker's own lines run; a screen to show a notice on, and a finger, are what headless lacks.
WATCHED = """() => {
    self.seen = {shown: [], opened: [], closed: 0};
    ServiceWorkerRegistration.prototype.showNotification = async (title, more) => {
        self.seen.shown.push({title, ...more});
    };
    Clients.prototype.openWindow = async url => { self.seen.opened.push(url); };
    WindowClient.prototype.focus = async function () { self.seen.opened.push(this.url); };
}"""
TAPPED = """async () => {
    const tap = new ExtendableEvent('notificationclick');
    const [told] = self.seen.shown;
    tap.notification = {...told, close: () => { self.seen.closed += 1; }};
    self.dispatchEvent(tap);
    await new Promise(done => setTimeout(done, 300));
    return self.seen;
}"""


@pytest.fixture(scope="module")
def world() -> World:
    made = a_world(roles=("technician",))
    setting = Setting(name="推送", urgencies=(1, 2, 3), hours=(0, 0))
    add_gateway("push", setting, actor=made.actor)
    return made


def browsers(world: World) -> int:
    with acting(world.actor):
        return Subscription.objects.filter(company_id=world.actor.company_id).count()


def switch(hand: Hand, service: Service, path: str) -> None:
    """Open the page, see that nothing is asked, tap once."""
    browser = service.a_browser()
    given = {"endpoint": browser.endpoint, "p256dh": browser.p256dh, "auth": browser.auth}
    hand.page.add_init_script(f"({BROWSER})({json.dumps(given)})")
    hand.page.context.grant_permissions(["notifications"], origin=hand.base)
    hand.go(path)
    tap = hand.page.locator("[data-push] button[value=on]")
    tap.wait_for()
    assert hand.page.evaluate("window.asked") == 0
    hand.start()
    hand.tap(tap)
    hand.page.locator("[data-push] button[value=off]").wait_for()
    assert hand.taps == 1
    assert hand.page.evaluate("window.asked") == 1
    assert hand.page.evaluate("window.options.userVisibleOnly")
    key = bytes(hand.page.evaluate("window.options.applicationServerKey"))
    assert written(key) == service.key


def push_in(hand: Hand, body: str, scope: str) -> dict[str, Any]:
    """Hand the worker what its maker's service would, tap the notice; what it showed and opened."""
    session = hand.page.context.new_cdp_session(hand.page)
    found: list[str] = []

    def note(event: dict[str, list[dict[str, str]]]) -> None:
        mine = (r for r in event["registrations"] if r["scopeURL"].endswith(scope))
        found.extend(r["registrationId"] for r in mine)

    session.on("ServiceWorker.workerRegistrationUpdated", note)
    session.send("ServiceWorker.enable")
    for _n in range(50):
        if found:
            break
        hand.page.wait_for_timeout(100)
    (worker,) = [w for w in hand.page.context.service_workers if w.url.endswith("worker.js")]
    worker.evaluate(WATCHED)
    asked = {"origin": hand.base, "registrationId": found[0], "data": body}
    session.send("ServiceWorker.deliverPushMessage", asked)
    hand.page.wait_for_timeout(500)
    seen: dict[str, Any] = worker.evaluate(TAPPED)
    assert seen["closed"] == 1
    return seen


def test_a_resident_taps_once_and_is_led_to_the_matter(
    browser: Chromium, base: str, world: World, service: Service
) -> None:
    resident = a_resident(world.house, world.house.resident)
    case = a_reported_case(world).case
    note = Note(
        key="journey", kind="matter.settled", account=resident.actor.id,
        subject=("matter", case.id), facts={"number": case.number},
    )  # fmt: skip
    with a_hand(browser, base, device=resident.device, size=PHONE, keeps=True) as hand:
        switch(hand, service, "/me/self")
        wrong = hand.unreadable("light") + hand.unreadable("dark") + hand.faults(1440, 390, 320)
        assert browsers(world) == 1
        queue_message(note, actor=world.actor)
        deliver("push", actor=world.actor)
        ((_path, told, _headers),) = service.got
        seen = push_in(hand, json.dumps(told), "/me")
        (shown,) = seen["shown"]
        assert shown["title"] == f"{case.number} 我们已办好，您满意吗？"
        assert shown["tag"] == told["tag"]
        assert seen["opened"] == [f"{base}/me/matters/{case.id}"]
        hand.go("/me/self")  # another visit knows nothing of the page's own state
        hand.page.locator("[data-push] button[value=on]").wait_for()
        assert wrong + hand.wrong == []


def test_staff_switch_it_on_and_off_under_my_messages(
    browser: Chromium, base: str, world: World, service: Service
) -> None:
    before = browsers(world)
    with a_hand(browser, base, device=world.devices["technician"], size=WIDE, keeps=True) as hand:
        switch(hand, service, "/messages/address")
        wrong = hand.unreadable("light") + hand.unreadable("dark") + hand.faults(1440, 390)
        assert browsers(world) == before + 1
        seen = push_in(hand, '{"title":"新事项","url":"/work","tag":"1"}', "/messages/")
        assert seen["opened"] == [f"{base}/work"]
        hand.tap("[data-push] button[value=off]")
        hand.page.locator("[data-push] button[value=on]").wait_for()
        assert browsers(world) == before
        assert wrong + hand.wrong == []
