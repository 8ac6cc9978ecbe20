"""Every role comes in the way it comes in life, and finds what its day begins with."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from anju.foundation.access.queries import by_login
from anju.foundation.access.rules import needs_second_factor
from anju.foundation.access.second_factor import code_now
from anju.foundation.access.testing import PASSWORD
from tests.journeys.hand import PHONE, Hand, a_hand
from tests.journeys.world import ROLES, World, a_world

pytestmark = pytest.mark.browser
# Written by hand: the groups of the menu a role finds, in their order.
MENUS = {
    "desk": "工作台 服务请求 计划任务 住户与房产 标准与合同 文件公告应急 指标 通道与接口 设置",
    "concierge": "工作台 服务请求 计划任务 住户与房产 标准与合同 文件公告应急 通道与接口 设置",
    "technician": "工作台 我的工单 服务请求 计划任务 住户与房产 标准与合同 文件公告应急 设置",
    "guard": "工作台 我的工单 服务请求 计划任务 住户与房产 标准与合同 文件公告应急 设置",
    "cleaner": "工作台 我的工单 服务请求 计划任务 住户与房产 标准与合同 文件公告应急 设置",
    "leader": "工作台 服务请求 计划任务 住户与房产 标准与合同 文件公告应急 指标 通道与接口 设置",
    "inspector": "工作台 服务请求 计划任务 住户与房产 标准与合同 文件公告应急 指标 设置",
    "manager": "工作台 服务请求 计划任务 住户与房产 标准与合同 文件公告应急 指标 通道与接口 设置",
    "headquarters": (
        "工作台 服务请求 计划任务 住户与房产 标准与合同 文件公告应急 指标 通道与接口 设置"
    ),
    "admin": "工作台 服务请求 计划任务 住户与房产 标准与合同 文件公告应急 指标 通道与接口 设置",
    "reviewer": "工作台 服务请求 计划任务 住户与房产 标准与合同 文件公告应急 指标 设置",
    "resident": "我的事项",
}


@pytest.fixture(scope="module")
def world() -> World:
    return a_world()


def sign_in(hand: Hand, world: World, role: str) -> None:
    """Login name, password, and the code where the role needs one."""
    page = hand.page
    page.fill("[name=login]", world.login(role))
    page.fill("[name=password]", PASSWORD)
    hand.leave("Enter")
    if needs_second_factor([role]):
        page.wait_for_url("**/sign-in/code**")
        found = by_login(world.login(role))
        assert found is not None
        page.fill("[name=code]", code_now(found[0].account, found[0].totp_n))
        hand.leave("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_comes_in_and_finds_its_menu(
    browser: Browser, base: str, world: World, role: str
) -> None:
    with a_hand(browser, base) as hand:
        hand.go("/sign-in")
        sign_in(hand, world, role)
        if role == "resident":  # their pages are those of the portal, whichever way they come in
            assert hand.page.url.endswith("/me")
            hand.go("/account/devices")
        groups = hand.page.locator("nav.rail > a span").all_inner_texts()
        assert " ".join(groups) == MENUS[role]
        first = "我的设备" if role == "resident" else "今天"
        assert hand.page.locator("h1").inner_text().startswith(first)
        assert hand.faults(1440, 390, 320) == []


def test_who_works_on_foot_has_the_work_one_tap_away(
    browser: Browser, base: str, world: World
) -> None:
    with a_hand(browser, base, device=world.devices["technician"], size=PHONE) as hand:
        hand.go("/")
        hand.start()
        hand.tap(hand.page.locator("nav.bar").get_by_text("我的工单"))
        assert hand.page.url.endswith("/work")
        assert hand.taps == 1


def test_a_wrong_password_is_said_and_the_name_stays(
    browser: Browser, base: str, world: World
) -> None:
    with a_hand(browser, base) as hand:
        hand.go("/sign-in")
        hand.page.fill("[name=login]", world.login("desk"))
        hand.page.fill("[name=password]", "not this one")
        hand.leave("Enter")
        assert hand.page.locator(".summary, .err").first.is_visible()
        assert hand.page.input_value("[name=login]") == world.login("desk")
