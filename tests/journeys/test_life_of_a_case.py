"""A case from its report to its end, each step by the role that takes it, taps and keys counted.

The budgets are those of the experience: what a person may be asked to do beside typing the text.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Browser

from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case
from anju.foundation.events.testing import seal_all
from anju.foundation.files.testing import a_picture
from anju.foundation.people.testing import a_duty, a_post
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, WIDE, Hand, a_hand
from tests.journeys.world import World, a_reported_case, a_world

pytestmark = pytest.mark.browser
At = Callable[..., AbstractContextManager[Hand]]


@pytest.fixture(scope="module")
def world() -> World:
    made = a_world()
    with acting(made.actor):
        post = a_post(made.actor, place=made.house.community)
        a_duty(made.actor, post=post, person=made.people["technician"])
    return made


@pytest.fixture
def at(browser: Browser, base: str, world: World) -> At:
    """A role at its own device: on foot at a telephone, else at a desk."""

    def hand(role: str, *, size: tuple[int, int] = WIDE) -> AbstractContextManager[Hand]:
        return a_hand(browser, base, device=world.devices[role], size=size)

    return hand


@pytest.fixture
def reported(world: World) -> Case:
    return a_reported_case(world).case


def test_a_repair_is_reported_done_checked_told_called_back_and_closed(
    at: At, world: World
) -> None:
    with at("desk") as desk:  # a call is written down by keyboard alone: 12 keys beside the text
        desk.go("/")
        desk.start()
        desk.leave("n")
        desk.page.wait_for_url("**/cases/new")
        desk.type(world.house.room.full_code)
        desk.press("Tab")
        desk.type("卫生间漏水，楼下也渗水")
        desk.leave("Control+Enter")
        desk.page.wait_for_url(lambda url: "/cases/" in url and "/new" not in url)
        assert (desk.taps, desk.keys <= 12) == (0, True)
        assert "卫生间漏水" in desk.page.locator("h1").inner_text()
        url = desk.page.url.removeprefix(desk.base)

        desk.start()  # dispatched in 3: the act, the person, send
        desk.leave("a")
        desk.page.wait_for_selector("[name=person]")
        desk.page.select_option("[name=person]", str(world.people["technician"].id))
        desk.taps += 1
        desk.leave("Control+Enter")
        desk.page.wait_for_url(f"**{url}")
        assert desk.taps + desk.keys <= 3
        assert "派给technician员" in desk.text()

    with at("technician", size=PHONE) as technician:
        hand = technician
        hand.go("/")
        for words in ("接单", "到场"):  # two taps each
            hand.start()
            hand.tap(hand.page.locator(".due .btn").filter(has_text=words))
            assert hand.taps <= 2
            hand.page.wait_for_url(f"**{url}")
            hand.go("/")
        hand.tap(hand.page.locator(".due .btn").filter(has_text="开始作业"))
        hand.page.wait_for_url(f"**{url}")
        hand.start()  # finished with two photos and the result: five
        hand.tap(hand.button("完工"))
        hand.page.fill("[name=result]", "更换三通，保压 20 分钟无渗漏")
        hand.point()
        hand.page.set_input_files(
            "[name=photos]",
            [
                {"name": n, "mimeType": "image/jpeg", "buffer": a_picture(colour=colour)}
                for n, colour in (("修前.jpg", "red"), ("修后.jpg", "green"))
            ],
        )
        hand.point()
        hand.tap("form#form button[type=submit]")
        hand.page.wait_for_url(f"**{url}")
        assert hand.taps <= 5
        assert hand.page.locator(".shot img").count() == 2
        assert hand.faults(390, 320) == []
        assert hand.page.locator("a, button").filter(has_text="核验").count() == 0  # not one's own

    with at("concierge") as concierge:
        concierge.go(url)
        concierge.leave("v")
        assert "核验通过" in concierge.page.locator(".line").inner_text()

    with at("desk") as desk:
        desk.go(url)
        desk.leave("t")
        desk.page.fill("[name=text]", "已更换接头，不再漏水，请您查看。")
        desk.tap(desk.page.get_by_text("结果", exact=True))
        desk.leave("Control+Enter")
        desk.page.wait_for_url(f"**{url}")

    with at("inspector") as inspector:  # somebody who did not do it calls back
        inspector.go(url)
        inspector.leave("b")
        inspector.page.check("[name=outcome][value=satisfied]")
        inspector.leave("Control+Enter")
        inspector.page.wait_for_url(f"**{url}")

    with at("desk") as desk:
        desk.go(url)
        desk.leave("s")
        desk.page.wait_for_selector("text=已关闭")
        assert desk.page.locator(".track .wait").count() == 0
        assert desk.faults(1440, 390) == []
    with acting(world.actor):
        case = Case.objects.get(id=url.rpartition("/")[2])
        assert (case.state, case.outcome) == ("closed", "satisfied")


def test_a_promise_opens_its_account(at: At, reported: Case) -> None:
    with at("desk") as hand:
        hand.go(f"/cases/{reported.id}")
        hand.tap(hand.page.locator(".track summary").filter(has_text="完工"))
        shown = hand.page.locator(".track details[open] .pop").inner_text()
        for word in ("时限", "日历", "起点", "到期", "之后", "依据"):
            assert word in shown


@pytest.mark.parametrize("path", ["/cases", "/cases/new"])
def test_pages_of_the_staff_are_not_the_residents(at: At, path: str) -> None:
    with at("resident", size=PHONE) as hand:
        answer = hand.page.goto(f"{hand.base}{path}")
        assert answer is not None
        assert answer.status == 403


def test_the_telephone_is_shown_for_a_reason(at: At, world: World, reported: Case) -> None:
    phone = world.house.resident.phone
    with at("desk") as hand:
        hand.go(f"/cases/{reported.id}")
        assert phone not in hand.page.content()
        hand.tap(hand.button("显示电话"))
        hand.page.fill("[name=reason]", "回访漏水")
        hand.leave("Enter")
        assert phone in hand.text()


def test_from_a_figure_to_the_photo_behind_it_in_three_taps(at: At, world: World) -> None:
    opened = a_reported_case(world, title="地库积水")
    assert opened.work is not None
    for name in ("assign", "accept", "arrive", "finish"):
        said = {"person": str(world.house.worker.id), "result": "已抽干"}
        move_work(opened.work.id, name, actor=world.house.doer, said=said)
    with at("manager") as hand:
        hand.go(f"/cases/{opened.case.id}")
        hand.page.set_input_files(
            "[name=photos]",
            {"name": "积水.jpg", "mimeType": "image/jpeg", "buffer": a_picture(colour="blue")},
        )
        hand.tap(hand.button("添加照片"))
        hand.go("/")
        hand.start()
        hand.tap(hand.page.locator(".tile a").filter(has_text="报修及时率"))
        hand.tap(hand.page.locator(".table a").filter(has_text="地库积水"))
        assert hand.page.locator(".shot img").first.is_visible()
        assert hand.taps <= 3


def test_the_archive_of_a_case_is_handed_out(at: At, world: World, reported: Case) -> None:
    seal_all()  # the ticker's part
    with at("manager") as hand:
        hand.go(f"/cases/{reported.id}")
        hand.tap(hand.page.locator(".detail-head .drop.right summary"))
        with hand.page.expect_download() as download:
            hand.page.get_by_text("导出存档").click()
        assert download.value.suggested_filename == f"{reported.number}.zip"


def test_what_one_may_not_do_is_not_offered(at: At, reported: Case) -> None:
    with at("reviewer") as hand:
        hand.go(f"/cases/{reported.id}")
        assert hand.page.locator("main form").count() == 1  # the archive, which reviewers take
        assert hand.page.locator(".btn.primary").count() == 0
        answer = hand.page.goto(f"{hand.base}/cases/{reported.id}/steps/tell")
        assert answer is not None
        assert answer.status == 403
