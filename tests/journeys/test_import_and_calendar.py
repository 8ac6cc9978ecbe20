"""What comes in from outside: a list of rooms as CSV, and the yearly notice of holidays."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Browser

from anju.foundation.lib import now
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import Hand, a_hand
from tests.journeys.world import World, a_calendar, a_world

pytestmark = pytest.mark.browser
As = Callable[[str], AbstractContextManager[Hand]]
HEADER = "小区,楼栋,单元,房号,面积\n"
GOOD = "西湖花园,7栋,1单元,0301,89.5\n西湖花园,7栋,1单元,0302,𠮷\n"
MENDED = GOOD.replace("𠮷", "91")


@pytest.fixture(scope="module")
def world() -> World:
    return a_world(roles=("admin", "manager"))


@pytest.fixture
def as_role(browser: Browser, base: str, world: World) -> As:
    def hand(role: str) -> AbstractContextManager[Hand]:
        return a_hand(browser, base, device=world.devices[role])

    return hand


def upload(hand: Hand, text: str) -> None:
    """Choose the list of places, then a file."""
    hand.go("/imports/lists/places")
    file = {"name": "房屋.csv", "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")}
    hand.page.set_input_files("[name=file]", file)
    with hand.page.expect_navigation():
        hand.page.locator("main form button[type=submit]").first.click()


def rooms(world: World) -> int:
    with acting(world.actor):
        held = Place.objects.filter(company_id=world.actor.company_id)
        return held.filter(full_code__startswith="7-").count()


def test_a_list_comes_in_all_or_nothing_and_can_be_undone(as_role: As, world: World) -> None:
    with as_role("admin") as hand:
        upload(hand, HEADER + GOOD)
        assert "1" in hand.page.locator(".note.warn").first.inner_text()
        assert hand.page.get_by_text("下载").first.is_visible()  # the error table
        assert hand.page.locator("form[action$=confirm]").count() == 0
        assert rooms(world) == 0

        upload(hand, HEADER + MENDED)
        assert hand.faults(1440, 390, 320) == []
        hand.page.set_viewport_size({"width": 1440, "height": 900})
        with hand.page.expect_navigation():
            hand.page.locator("form[action$=confirm] button").click()
        assert rooms(world) == 3  # the unit and its two rooms

        with hand.page.expect_navigation():
            hand.page.locator("form[action$=undo] button").click()
        assert rooms(world) == 0


def test_a_file_that_is_none_is_said_so(as_role: As) -> None:
    with as_role("admin") as hand:
        hand.go("/imports/lists/places")
        file = {"name": "坏.xlsx", "mimeType": "application/zip", "buffer": b"PK\x03\x04 not"}
        hand.page.set_input_files("[name=file]", file)
        with hand.page.expect_navigation():
            hand.page.locator("main form button[type=submit]").first.click()
        assert hand.page.locator(".summary").is_visible()
        assert hand.faults(1440, 390) == []


def notice(year: int) -> str:
    """A notice as the State Council words it, for a year that is still to come."""
    return (
        f"国务院办公厅关于{year}年部分节假日安排的通知\n各省、自治区、直辖市人民政府：\n"
        "一、元旦：1月1日放假，共1天。\n"
        "二、春节：2月5日至11日放假调休，共7天。2月14日上班。\n"
    )


def test_the_notice_of_the_holidays_is_pasted(as_role: As, world: World) -> None:
    calendar, year = a_calendar(world), now().year + 1
    with as_role("admin") as hand:
        hand.go(f"/calendars/{calendar.id}?year={year}")
        before = hand.page.locator(".months .holiday").count()
        broken = notice(year).replace("共7天", "共8天")
        hand.page.fill("[name=text]", broken)
        hand.leave("Control+Enter")
        assert "春节" in hand.page.locator(".summary").inner_text()
        assert hand.page.input_value("[name=text]") == broken.replace("\r\n", "\n")
        hand.page.fill("[name=text]", notice(year))
        hand.leave("Control+Enter")
        assert hand.page.locator(".months .holiday").count() >= max(before, 8)
        assert hand.page.locator(".months .workday").count() >= 1
        assert hand.faults(1440, 390, 320) == []


def test_who_may_not_edit_calendars_is_not_asked_to(as_role: As, world: World) -> None:
    with as_role("manager") as hand:
        hand.go(f"/calendars/{a_calendar(world).id}")
        assert hand.page.locator("#notice").count() == 0
