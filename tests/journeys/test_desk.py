"""A call at the service desk, by keyboard alone, within the budget of keys."""

from __future__ import annotations

from base64 import b64encode

import pytest
from playwright.sync_api import Browser

from anju.domains.requests.learning import refresh
from anju.engine.loop.models import Case, WorkOrder
from anju.foundation.files.testing import a_picture
from anju.foundation.places.models import Place
from anju.foundation.places.testing import a_place
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, WIDE, a_hand
from tests.journeys.world import World, a_reported_case, a_world
from tests.sizes import some

pytestmark = pytest.mark.browser
FIND, LOG, ANSWER = 6, 12, 6  # keys beside the text: what the desk is given for each task


@pytest.fixture(scope="module")
def world() -> World:
    """The same room number stands in another building, and others in the same one."""
    made = a_world(roles=("desk", "concierge"))
    with acting(made.actor):
        for number in ("5-2-1201", "3-2-1202"):
            a_place(made.actor, number=number, community=made.house.community)
    return made


def a_room_beside(world: World) -> Place:
    """Another home of the same unit."""
    with acting(world.actor):
        return a_place(world.actor, number="3-2-1101", community=world.house.community)


@pytest.mark.parametrize("role", ["desk", "concierge"])
def test_a_repair_is_logged_and_sent_by_keyboard(
    browser: Browser, base: str, world: World, role: str
) -> None:
    with a_hand(browser, base, device=world.devices[role]) as hand:
        hand.go("/desk")
        hand.start()
        hand.type("31201")  # the clue has the focus; 1201 of building 3, as callers say it
        found = hand.page.locator("#found .desk-who")
        found.get_by_text(world.house.room.full_code).wait_for()  # before any other key
        assert world.house.resident.name in found.inner_text()
        assert hand.keys + len("31201") <= FIND
        hand.took("find")
        hand.leave("Enter")
        hand.type("厨房水管漏水")  # and now the matter
        hand.leave("Control+Enter")
        hand.page.wait_for_url("**/desk?done=*")
        assert hand.taps == 0
        assert hand.keys <= LOG
        hand.took("log")
        assert "已受理" in hand.text()
        assert hand.faults(WIDE[0], 1024, 768, PHONE[0]) == []
    with acting(world.actor):
        case = Case.objects.filter(title="厨房水管漏水").latest("id")
        work = WorkOrder.objects.get(case_id=case.id)
    assert (case.channel, work.state) == ("phone", "assigned")
    assert work.person_id == world.house.worker.id


def test_where_is_my_repair(browser: Browser, base: str, world: World) -> None:
    case = a_reported_case(world).case
    with a_hand(browser, base, device=world.devices["desk"]) as hand:
        hand.go(f"/desk?caller={world.house.resident.phone}")  # as a telephone system opens it
        assert case.number in hand.text()
        hand.go("/desk")
        hand.start()
        hand.type("31201")
        hand.page.locator("#found").get_by_text(case.number).wait_for()
        assert hand.keys + len("31201") <= ANSWER
        hand.took("answer")
        wrong = hand.faults(WIDE[0], 1024, 768, PHONE[0])
        assert wrong + hand.unreadable("light") + hand.unreadable("dark") == []


def test_a_clue_that_fits_several_homes_lists_them_and_asks_no_key(
    browser: Browser, base: str, world: World
) -> None:
    with a_hand(browser, base, device=world.devices["desk"]) as hand:
        hand.go("/desk")
        hand.type("1201")
        hand.page.locator("#found li").nth(1).wait_for()
        listed = hand.page.locator("#found").inner_text()
        assert "3-2-1201" in listed
        assert "5-2-1201" in listed
        assert hand.page.locator("#found .desk-who").count() == 0
        hand.page.fill("#clue", "1")  # one sign says nothing
        hand.page.wait_for_function("() => !document.querySelector('#found').innerText.trim()")
        assert hand.page.locator("#clue").evaluate("e => e === document.activeElement")


def test_typing_shows_who_reported_it_and_fills_the_category(
    browser: Browser, base: str, world: World
) -> None:
    other = a_room_beside(world)
    known = a_reported_case(world, title="电梯停了，门打不开", category="电梯", text="").case
    for _n in range(26):  # enough to learn anew, whatever was learnt before
        a_reported_case(world, title="电梯停了按键没反应", category="电梯", text="")
        a_reported_case(world, title="厨房水管漏水", category="给排水", text="")
    refresh(world.actor.company_id)
    with a_hand(browser, base, device=world.devices["desk"]) as hand:
        hand.go(f"/desk?place={other.id}")
        hand.start()
        hand.type("电梯停在一楼，门打不开")
        hand.page.locator("#suggest a").first.wait_for()
        assert f"/cases/{known.id}" in hand.page.locator("#suggest").inner_html()
        assert hand.faults(WIDE[0], 1024, 768, PHONE[0]) == []
        for theme in ("light", "dark"):
            assert hand.unreadable(theme) == []
        hand.button("类别：电梯").click()
        assert hand.page.locator("#id_category").input_value() == "电梯"
        hand.page.locator("#suggest a").first.click()
        hand.page.wait_for_url("**/cases/*")


def test_keys_lead_through_the_queue(browser: Browser, base: str, world: World) -> None:
    case = a_reported_case(world).case
    with a_hand(browser, base, device=world.devices["desk"]) as hand:
        hand.go("/desk")
        hand.page.keyboard.press("Tab")
        hand.page.keyboard.press("Tab")
        hand.page.locator("main").focus()
        hand.leave("3")
        assert case.title in hand.text()
        hand.page.locator("main").focus()
        hand.press("j")
        hand.leave("Enter")
        assert "/cases/" in hand.page.url
        assert hand.unreadable("light") == []


PASTE = """picture => {
    const data = new DataTransfer(), bytes = Uint8Array.from(atob(picture), c => c.charCodeAt(0));
    data.items.add(new File([bytes], 'chat.jpg', {type: 'image/jpeg'}));
    document.getElementById('id_title').dispatchEvent(
        new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""


def test_a_chat_is_pasted_and_becomes_a_case_with_its_picture(
    browser: Browser, base: str, world: World
) -> None:
    room = world.house.room.full_code
    chat = f"王女士 2026/11/28 14:03\n您好\n{room} 阳台门关不上\n\n王女士 14:05\n[图片]"
    with a_hand(browser, base, device=world.devices["desk"]) as hand:
        hand.go("/desk")
        hand.page.locator("#chat").fill(chat)
        assert hand.faults(WIDE[0], 768, PHONE[0]) == []
        hand.start()
        hand.tap(hand.button("生成草稿"))
        assert hand.page.locator("#id_title").input_value() == "阳台门关不上"
        assert hand.page.locator("#id_text").input_value() == chat
        assert hand.faults(WIDE[0], 768, PHONE[0]) == []
        for theme in ("light", "dark"):
            assert hand.unreadable(theme) == []
        hand.page.evaluate(PASTE, b64encode(a_picture()).decode())
        hand.keys += 1  # Ctrl V
        files = "document.getElementById('id_photos').files.length"
        assert hand.page.evaluate(files) == 1
        hand.page.locator("#id_title").focus()
        hand.leave("Control+Enter")
        assert hand.taps + hand.keys <= LOG
    with acting(world.actor):
        case = Case.objects.get(title="阳台门关不上")
        assert (case.channel, case.text.replace("\r", "")) == ("wechat", chat)
        assert list(case.records.values_list("kind", flat=True)) == ["photo"]


@pytest.mark.parametrize(
    ("language", "size"), some([("zh-hans", PHONE), ("en", WIDE), ("en", PHONE)])
)
def test_it_reads_well(
    browser: Browser, base: str, world: World, language: str, size: tuple[int, int]
) -> None:
    a_reported_case(world)
    device = world.devices["desk"]
    with a_hand(browser, base, device=device, language=language, size=size) as hand:
        hand.go(f"/desk?place={world.house.room.id}")
        assert hand.faults(size[0]) == []
        for theme in ("light", "dark"):
            assert hand.unreadable(theme) == []
        if size == PHONE:
            assert hand.too_small() == []
