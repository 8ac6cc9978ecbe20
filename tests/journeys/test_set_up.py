"""From the set-up link of an empty installation to the first case that somebody has and that its
contract measures: every act counted, in the real processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Browser

from anju.foundation.server.testing import an_empty_database
from tests.conftest import served
from tests.journeys.hand import PHONE, Hand, a_hand

pytestmark = pytest.mark.browser
LIMIT = 15 * 60  # seconds, by the keystroke-level model
ACTS = 41  # taps and keys from the link to the first case that is measured, beside what is typed
WORD = "a long enough sentence"
TOKEN = """
import django; django.setup()
from anju.foundation.access.commands import set_up_token
print(set_up_token())
"""
# the desk, and two technicians; the role stands there already
CREW = ("王静", "13800000001", "", "张伟", "13800000002", "", "陈强", "13800000003")


@pytest.fixture
def empty() -> Iterator[tuple[str, str]]:
    """An installation without a company: its address, and the set-up link it printed."""
    name = an_empty_database()
    env = {**os.environ, "ANJU_DATABASE": name}
    done = subprocess.run(
        [sys.executable, "-c", TOKEN], env=env, capture_output=True, text=True, check=True
    )
    with served(ANJU_DATABASE=name) as address:
        yield address, f"/set-up/{done.stdout.strip()}"


def write(hand: Hand, *texts: str) -> None:
    """Into the field that has the focus and those after it; "" leaves one as it is."""
    for n, text in enumerate(texts):
        if n:
            hand.press("Tab")
        if text:
            hand.type(text)


def come_in(hand: Hand, link: str) -> None:
    """Found the company, sign in, turn the second factor on."""
    hand.go(link)
    hand.start()
    write(hand, "东湖物业", "donghu", "", "张三", "zhangsan", WORD, WORD)
    hand.leave("Enter")
    write(hand, "zhangsan", WORD)
    hand.leave("Enter")
    hand.page.wait_for_url("**/second-factor**")
    secret = hand.page.locator("code").inner_text().replace(" ", "")
    write(hand, pyotp.TOTP(secret).now())
    hand.leave("Enter")


def promise(hand: Hand) -> None:
    """The second grade of the library; the contract stands there already."""
    assert hand.page.url.endswith("/start/contract")
    with hand.page.expect_response("**/start/contract?**"):
        hand.press("ArrowDown")
    hand.page.get_by_text("不超过60分钟").wait_for()
    hand.tap(hand.button("就这样承诺"))
    assert hand.page.url.endswith("/start/wording")


def measured(hand: Hand) -> None:
    """The contract counts the first case by the community's own standard: one of one kept."""
    hand.tap(hand.button("标准与合同"))
    hand.tap(hand.button("服务合同"))
    hand.tap(hand.page.locator("main td a"))
    clause = hand.page.locator("main section.panel").first
    assert "报修服务标准（东湖花园）" in clause.inner_text()
    assert "n=1" in clause.inner_text()


def test_a_new_company_is_at_work(browser: Browser, empty: tuple[str, str]) -> None:
    address, link = empty
    with a_hand(browser, address) as hand:
        come_in(hand, link)
        hand.tap(hand.button("继续设置"))
        write(hand, "东湖花园", "", "", "057188880110", "3")
        hand.leave("Enter")
        assert hand.page.url.endswith("/start/people")
        write(hand, *CREW)
        hand.leave("Enter")
        assert hand.page.locator(".links li").count() == 3
        hand.tap(hand.button("下一步"))
        promise(hand)
        write(hand, *["见公示栏"] * 3, "057187001234", "96390", "96777")
        hand.leave("Enter")
        assert hand.page.url.endswith("/start/channels")
        hand.tap(hand.button("先跳过"))
        with hand.page.expect_download() as sheet:
            hand.tap(hand.button("打印标签"))
        assert sheet.value.suggested_filename.endswith(".pdf")
        hand.tap(hand.button("第一件事项"))
        hand.tap(hand.button("报一件事"))
        hand.type("厨房水管漏水")
        hand.leave("Control+Enter")
        hand.page.wait_for_url("**/desk?done=*")
        assert "待张伟接单" in hand.text()  # the technician has it, not the desk
        measured(hand)
        assert hand.wrong == []
        print("acts", hand.taps + hand.keys, hand.acts, f"{hand.acts.seconds:.0f} s of {LIMIT}")
        assert hand.taps + hand.keys <= ACTS
        assert hand.acts.seconds <= LIMIT
        hand.took("set up")
        hand.go("/start/case")
        assert "可以开始工作了" in hand.text()
        open_ = hand.page.locator(".start nav li:not(.done) b").all_inner_texts()
        assert open_ == ["通道"]  # what was skipped still waits
        hand.tap(hand.page.locator(".start nav a").nth(4))
        for size in (1440, 768, PHONE[0]):
            assert hand.faults(size) == []
