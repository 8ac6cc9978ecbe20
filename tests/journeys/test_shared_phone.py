"""One phone, several people: taken by PIN or badge with and without a signal, each one's own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page

from anju.engine.loop.models import Record
from anju.engine.offline.commands.losing import report_lost
from anju.engine.offline.models import Device
from anju.engine.plans.testing import a_round
from anju.faces.cookies import badge_says
from anju.foundation.access.commands import make_badge, revoke_token, set_pin, share_phone
from anju.foundation.access.commands.shared import end_badge
from anju.foundation.access.models import ApiToken, DeviceSession, SharedPhone
from anju.foundation.access.testing import PASSWORD
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, Hand, a_hand
from tests.journeys.test_field import READER, fine
from tests.journeys.test_offline import deliveries, wait_until_brought
from tests.journeys.test_offline_pages import kept, wait_until
from tests.journeys.world import World, a_world

pytestmark = pytest.mark.browser
PINS = {"technician": "274916", "guard": "918273"}
OWN = """async (who) => Boolean(await (await caches.open('anju-pages ' + who)).match('/work'))"""

DB = """const db = await new Promise((done) => {
        const one = indexedDB.open('anju-field', 1);
        one.onsuccess = () => done(one.result);
    });
    const asked = (request) => new Promise((done) => {
        request.onsuccess = () => done(request.result);
    });"""
HELD = (
    "async ([store]) => {"
    + DB
    + """
    const held = db.transaction(store).objectStore(store);
    const [keys, all] = await Promise.all([asked(held.getAllKeys()), asked(held.getAll())]);
    db.close();
    return keys.map((key, n) => [key, all[n]]);
}"""
)
PUT = (
    "async ([store, key, value]) => {"
    + DB
    + """
    const held = db.transaction(store, 'readwrite').objectStore(store);
    await asked(key === null ? held.put(value) : held.put(value, key));
    db.close();
}"""
)
UNDERSTOOD = """async (id) => {
    const all = performance.getEntriesByType('resource').map((one) => one.name);
    const queue = await import(all.find((name) => name.includes('field/queue')));
    await queue.understood((await queue.kept()).find((one) => one.id === id));
}"""


@pytest.fixture(scope="module")
def world() -> World:
    made = a_world(roles=("technician", "guard", "manager"))
    for role, pin in PINS.items():
        set_pin(
            actor=made.as_role(role), login=made.login(role), password=PASSWORD, pin=pin,
            address="127.0.0.1",
        )  # fmt: skip
    return made


def joins(hand: Hand, world: World) -> None:
    """A manager has made this phone a shared one; its link is opened on it."""
    manager = world.as_role("manager")
    _made, token = share_phone(actor=manager, name="门岗 1", path=world.house.community.path)
    hand.go(f"/work/join/{token}")
    hand.tap("button.primary")
    hand.page.wait_for_url("**/work/take")


def takes(page: Page, world: World, role: str, *, pin: str = "") -> None:
    """They are among those who had it, or type their number."""
    mine = page.locator(f"[name=login][value={world.login(role)}]")
    if mine.count():
        mine.evaluate("e => e.click()")  # its label is drawn over it
    else:
        page.locator("details:has([name=other])").evaluate("e => { e.open = true; }")
        page.fill("[name=other]", world.login(role))
    page.fill("[name=pin]", pin or PINS[role])
    page.click("form[data-take] button.primary")


def keeps_own(page: Page, world: World, role: str) -> None:
    """The day of this person is kept on the phone, beside the days of others."""
    for _half in range(60):
        if page.evaluate(OWN, str(world.accounts[role])):
            return
        page.wait_for_timeout(500)
    raise AssertionError(role)


def in_hand(page: Page) -> str:
    return page.locator("form[data-put-down] b").inner_text()


def test_a_shared_phone_changes_hands_with_and_without_a_signal(
    browser: Browser, base: str, world: World
) -> None:
    work = a_round(world.house, "SHARED-1")
    with a_hand(browser, base, language="en", size=PHONE, keeps=True) as hand:
        page = hand.page
        joins(hand, world)
        fine(hand)
        takes(page, world, "technician", pin="111222")
        page.locator("[role=alert]", has_text="You can try 4 more times").wait_for()
        takes(page, world, "technician")
        page.wait_for_url(f"{base}/work")
        assert in_hand(page) == world.people["technician"].name
        at = f"/work/{work.id}"
        wait_until(page, "/work", at)
        hand.wrong.clear()
        fine(hand)

        page.click("form[data-put-down] button")  # to the guard, who holds a badge
        page.wait_for_url("**/work/take")
        page.goto(f"{base}{at}")
        page.wait_for_url("**/work/take**")  # it is in nobody's hand
        badge = make_badge(world.accounts["guard"], actor=world.actor)
        page.add_init_script(READER % badge_says(badge))
        page.goto(f"{base}/work/take")
        page.wait_for_url(f"{base}/work")
        assert in_hand(page) == world.people["guard"].name
        keeps_own(page, world, "guard")

        page.context.set_offline(True)
        page.goto(f"{base}{at}")
        shown = hand.text()  # the page of the other is closed; the guard's own may be kept by now
        assert "not kept on this phone" in shown or world.people["guard"].name in shown
        assert world.people["technician"].name not in shown
        page.goto(f"{base}/work")
        page.add_init_script("delete window.BarcodeDetector")
        page.click("form[data-put-down] button")
        page.wait_for_url("**/work/take")
        takes(page, world, "technician", pin="333444")
        page.locator("[role=alert]", has_text="does not fit").wait_for()
        takes(page, world, "technician")
        page.wait_for_url(f"{base}/work")
        assert in_hand(page) == world.people["technician"].name
        page.goto(f"{base}{at}")
        page.click(".field-more:has([name=text]) summary")
        page.fill("[name=text]", "灯管闪烁")
        page.click("form[data-do=note] > button")
        page.locator("[data-queue] li", has_text="on the phone").wait_for()

        page.context.set_offline(False)  # the server still knows the guard: nothing of it is shown
        wait_until_brought(page)
        page.goto(f"{base}/work")  # what was put down without a signal ends now
        page.wait_for_url("**/work/take")
        page.wait_for_function("() => !document.querySelector('form[data-put-down]')")
        with acting(world.actor):
            theirs = DeviceSession.objects.filter(account_id=world.accounts["guard"])
            assert not theirs.exclude(phone=None).filter(revoked_at=None).exists()
        for path in (at, "/"):
            page.goto(f"{base}{path}")
            page.wait_for_url("**/work/take**")
        takes(page, world, "technician")
        page.wait_for_url(f"{base}/work")
        assert in_hand(page) == world.people["technician"].name
        hand.wrong.clear()
    rows = deliveries(world, work)
    assert [(row.name, row.state, row.who) for row in rows] == [
        ("note", "taken", world.accounts["technician"])
    ]
    with acting(world.actor):
        assert Record.objects.get(work_id=work.id, kind="note")


def noted(page: Page, text: str) -> None:
    """A note is kept on the phone, on the page of its work."""
    if page.is_hidden("[name=text]"):
        page.click(".field-more:has([name=text]) summary")
    page.fill("[name=text]", text)
    page.click("form[data-do=note] > button")
    page.locator("[data-queue] li", has_text="on the phone").last.wait_for()


def facts(page: Page) -> dict[str, Any]:
    return dict(page.evaluate(HELD, ["facts"]))


def commands(page: Page) -> list[dict[str, Any]]:
    return [one for _key, one in page.evaluate(HELD, ["commands"])]


def until(page: Page, what: Callable[[], object]) -> None:
    """Whatever waits for a line is asked again, as when the signal comes back."""
    for _half in range(40):
        if what():
            return
        page.evaluate("() => dispatchEvent(new Event('online'))")
        page.wait_for_timeout(500)
    raise AssertionError(facts(page), commands(page))


def had_by_both(hand: Hand, base: str, world: World) -> Page:
    """Both took it with a signal: they are known on it, and the pages of each are kept."""
    page = hand.page
    page.set_default_timeout(12_000)
    joins(hand, world)
    for role in ("guard", "technician"):
        page.goto(f"{base}/work/take")
        with page.expect_response("**/work/phone"):
            takes(page, world, role)
        keeps_own(page, world, role)
        page.click("form[data-put-down] button")
        page.wait_for_url("**/work/take")
    takes(page, world, "technician")
    page.wait_for_url(f"{base}/work")
    return page


def test_a_revoked_hand_is_forgotten_and_strands_nobody(
    browser: Browser, base: str, world: World
) -> None:
    work = a_round(world.house, "SHARED-2")
    guard, technician = (str(world.accounts[role]) for role in ("guard", "technician"))
    with a_hand(browser, base, language="en", size=PHONE, keeps=True) as hand:
        page = had_by_both(hand, base, world)
        hand.go(f"/work/{work.id}")
        page.context.set_offline(True)
        noted(page, "保安写的")
        page.evaluate(PUT, ["commands", None, {**commands(page)[-1], "who": guard}])
        noted(page, "留下的")
        before = facts(page)["device"]
        page.click("form[data-put-down] button")
        page.wait_for_url("**/work/take")
        with acting(world.actor):
            theirs = ApiToken.objects.filter(account_id=guard, revoked_at=None)
            tokens = list(theirs.values_list("id", flat=True))
        for token in tokens:
            revoke_token(token, actor=world.actor)
        page.context.set_offline(False)  # it lies there, and nobody takes it
        until(page, lambda: deliveries(world, work))
        rows = [(row.name, row.state, str(row.who)) for row in deliveries(world, work)]
        assert rows == [("note", "taken", technician)]
        held = facts(page)
        assert f"take {technician}" in held
        assert not {f"take {guard}", f"token {guard}"} & set(held)
        assert page.evaluate(OWN, technician)
        assert not page.evaluate(OWN, guard)
        assert held["device"] != before

        with acting(world.actor):  # the sign-in of before is still known, and ends by itself
            phone = SharedPhone.objects.order_by("-made_at")[0]
            known = DeviceSession.objects.filter(phone=phone, revoked_at=None)
            assert known.exists()
        page.goto(f"{base}/work")
        page.wait_for_url("**/work/take")
        page.wait_for_function("() => !document.querySelector('form[data-put-down]')")
        with acting(world.actor):
            assert not known.exists()
        with page.expect_response("**/work/phone"):  # it says anew which device it is
            takes(page, world, "technician")
        with acting(world.actor):
            row = SharedPhone.objects.exclude(device=None).order_by("-made_at")[0]
        assert str(row.device) == held["device"]
        hand.wrong.clear()


def test_a_lost_shared_phone_is_nobodys_and_forgets(
    browser: Browser, base: str, world: World
) -> None:
    work = a_round(world.house, "SHARED-3")
    with a_hand(browser, base, language="en", size=PHONE, keeps=True) as hand:
        page = had_by_both(hand, base, world)
        hand.go(f"/work/{work.id}")
        page.context.set_offline(True)
        noted(page, "没有送到")
        page.click("form[data-put-down] button")
        page.wait_for_url("**/work/take")
        with acting(world.actor):
            row = SharedPhone.objects.filter(device__isnull=False).order_by("-made_at")[0]
            device = Device.objects.get(device=row.device)
        report_lost(device.id, actor=world.as_role("manager"), reason="落在出租车上")
        assert {name.split(" ")[0] for name in facts(page)} >= {"take", "token"}
        page.goto("about:blank")
        page.context.set_offline(False)
        page.goto(f"{base}/work")
        page.wait_for_url("**/work/take**")
        assert "not a shared phone" in hand.text()
        until(page, lambda: not [key for key in facts(page) if key.startswith("token ")])
        assert commands(page) == []
        assert kept(page) == []
        assert not [key for key in facts(page) if key.startswith("take ")]
        page.goto(f"{base}/work")
        page.wait_for_url(re.compile("sign-in"))
        hand.wrong.clear()
    assert deliveries(world, work) == []


def test_pin_and_badge_have_three_days_each_and_are_their_owners(
    browser: Browser, base: str, world: World
) -> None:
    who, login = str(world.accounts["technician"]), world.login("technician")
    with a_hand(browser, base, language="en", size=PHONE, keeps=True) as hand:
        page = hand.page
        joins(hand, world)
        takes(page, world, "technician")
        page.wait_for_url(f"{base}/work")
        until(page, lambda: f"take {who}" in facts(page))
        mine = facts(page)[f"take {who}"]
        now = page.evaluate("Date.now()")
        old = {**mine, "badge": "x", "badgeAt": now - 73 * 3_600_000}
        page.evaluate(PUT, ["facts", f"take {who}", old])
        page.click("form[data-put-down] button")
        page.wait_for_url("**/work/take")
        takes(page, world, "technician")
        page.wait_for_url(f"{base}/work")
        until(page, lambda: facts(page)[f"take {who}"]["pin"] != mine["pin"])
        assert "badge" not in facts(page)[f"take {who}"]  # the PIN does not keep it alive
        taking = {"at": now, "login": "another", "salt": "s", "pin": "another's"}
        page.evaluate(PUT, ["facts", "taking", taking])
        hand.go("/work")
        until(page, lambda: "taking" not in facts(page))
        assert facts(page)[f"take {who}"]["pin"] != "another's"
        badge = make_badge(world.accounts["technician"], actor=world.actor)
        badge = hashlib.sha256(badge.encode()).hexdigest()
        held = {**facts(page)[f"take {who}"], "badge": badge, "badgeAt": now}
        page.evaluate(PUT, ["facts", f"take {who}", held])
        hand.go("/work")
        page.wait_for_timeout(500)
        assert facts(page)[f"take {who}"]["badge"] == badge
        end_badge(world.accounts["technician"], actor=world.actor)
        hand.go("/work/take")
        takes(page, world, "technician")  # by PIN: the server was heard, so the badge is over
        page.wait_for_url(f"{base}/work")
        until(page, lambda: "badge" not in facts(page)[f"take {who}"])
        until(page, lambda: facts(page)[f"take {who}"]["pin"] != held["pin"])  # kept anew by then
        ended = hashlib.sha256(b"ended").hexdigest()
        held = {**facts(page)[f"take {who}"], "badge": ended, "badgeAt": now}
        page.evaluate(PUT, ["facts", f"take {who}", held])
        page.click("form[data-put-down] button")
        page.wait_for_url("**/work/take")
        page.goto("about:blank")
        page.goto(f"{base}/work/take#ended")
        page.locator("[role=alert]", has_text="not valid here").wait_for()
        until(page, lambda: "badge" not in facts(page)[f"take {who}"])
        assert facts(page)[f"take {who}"]["pin"] == held["pin"]

        page.context.set_offline(True)
        page.goto(f"{base}/work/take")
        page.evaluate(PUT, ["facts", "tries another", 4])
        takes(page, world, "technician", pin="333444")
        page.locator("[role=alert]", has_text="does not fit").wait_for()
        assert facts(page)[f"tries {login}"] == 1
        takes(page, world, "technician")
        page.wait_for_url(f"{base}/work")
        assert f"tries {login}" not in facts(page)
        assert facts(page)["tries another"] == 4
        hand.wrong.clear()


def test_what_anothers_refused_step_blocked_is_told_and_stays(
    browser: Browser, base: str, world: World
) -> None:
    work = a_round(world.house, "SHARED-4")
    guard, technician = (str(world.accounts[role]) for role in ("guard", "technician"))
    with a_hand(browser, base, language="en", size=PHONE, keeps=True) as hand:
        page = had_by_both(hand, base, world)
        hand.go(f"/work/{work.id}")
        one = {
            "device": facts(page)["device"], "subject": str(work.id), "base": 1, "said": {},
            "tick": 0, "start": "x", "at": "2026-11-30T00:00:00.000Z", "receipt": None,
        }  # fmt: skip
        ids = [str(uuid4()), str(uuid4())]
        said = [
            {"id": ids[0], "status": "refused", "code": "not_yet", "text": "refused"},
            {"id": ids[1], "status": "blocked", "of": ids[0], "text": "blocked by another"},
        ]
        page.route("**/api/v1/commands", lambda way: way.fulfill(json={"receipts": said}))
        steps = ((guard, "hold"), (technician, "done"))
        for seq, (who, name) in enumerate(steps, start=1):
            more = {"id": ids[seq - 1], "seq": seq, "who": who, "name": name, "n": 900 + seq}
            page.evaluate(PUT, ["commands", None, {**one, **more}])
        until(page, lambda: all(step["receipt"] for step in commands(page)))
        page.evaluate(UNDERSTOOD, ids[0])  # the guard has seen theirs
        done = next(step for step in commands(page) if step["id"] == ids[1])
        assert not done.get("understood")
        card = page.locator("[data-queue] .note.bad", has_text="blocked by another")
        card.locator("button").click()
        until(page, lambda: next(x for x in commands(page) if x["id"] == ids[1]).get("understood"))
        seen = [(x["who"], x["said"]["of"]) for x in commands(page) if x["name"] == "seen"]
        assert seen == [(guard, ids[0]), (technician, ids[0])]
        hand.wrong.clear()
