"""Bad input: each has its message, and nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import uuid4

import pytest
from playwright.sync_api import Browser

from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.models import Case
from anju.foundation.access.commands import open_device, sign_out
from anju.foundation.access.queries import by_device, by_login
from anju.foundation.access.testing import PASSWORD
from anju.foundation.files.testing import a_picture
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import Hand, a_hand
from tests.journeys.world import World, a_reported_case, a_world

pytestmark = pytest.mark.browser
As = Callable[[str], AbstractContextManager[Hand]]


@pytest.fixture(scope="module")
def world() -> World:
    return a_world(roles=("desk", "manager"))


@pytest.fixture
def case(world: World) -> Case:
    return a_reported_case(world).case


@pytest.fixture
def as_role(browser: Browser, base: str, world: World) -> As:
    def hand(role: str) -> AbstractContextManager[Hand]:
        return a_hand(browser, base, device=world.devices[role])

    return hand


def summary(hand: Hand) -> str:
    """What the page says is to be corrected; it has the focus."""
    box = hand.page.locator(".summary")
    assert hand.page.evaluate("document.activeElement.classList.contains('summary')")
    return box.inner_text()


def test_a_stale_version_keeps_what_was_typed(as_role: As, world: World, case: Case) -> None:
    with as_role("desk") as hand:
        hand.go(f"/cases/{case.id}/steps/classify")
        hand.page.fill("[name=reason]", "楼下电箱进水")
        move_case(case.id, "respond", actor=world.actor)
        hand.leave("Control+Enter")
        assert "在此期间有人改过" in summary(hand)
        assert hand.page.input_value("[name=reason]") == "楼下电箱进水"
        hand.press("Tab")
        hand.page.select_option("[name=urgency]", "2")
        hand.page.locator("form#form button[type=submit]").click()
        hand.page.wait_for_url(f"**/cases/{case.id}")
    with acting(world.actor):
        assert Case.objects.get(id=case.id).urgency == 2


def test_an_expired_sign_in_keeps_what_was_typed(browser: Browser, base: str, world: World) -> None:
    mine, _rest = by_login(world.login("desk")) or (None, None)
    assert mine is not None
    device = open_device(mine, actor=mine.actor, device="test", mine=False)
    found = by_device(device)
    assert found is not None
    with a_hand(browser, base, device=device) as hand:
        hand.go("/cases/new")
        hand.page.fill("[name=place]", world.house.room.full_code)
        hand.page.fill("[name=title]", "门禁失灵")
        # What the page asks for beside the form has come: nothing else leads away from it.
        hand.page.locator("#beside .beside").wait_for()
        hand.page.locator("#places option").first.wait_for(state="attached")
        sign_out(found.held, actor=found.actor)
        hand.leave("Control+Enter")
        hand.page.wait_for_url("**/sign-in**")
        hand.page.fill("[name=login]", world.login("desk"))
        hand.page.fill("[name=password]", PASSWORD)
        hand.leave("Enter")
        hand.page.wait_for_url("**/cases/new")  # back where one was, not at the start
        assert hand.page.input_value("[name=title]") == "门禁失灵"
        hand.page.locator("form#form button[type=submit]").click()
        hand.page.wait_for_url(lambda url: "/cases/" in url and "/new" not in url)


def test_a_closed_case_says_what_is_still_possible(as_role: As, world: World, case: Case) -> None:
    move_case(case.id, "void", actor=world.actor, said={"reason": "重复"})
    with as_role("desk") as hand:
        hand.go(f"/cases/{case.id}/steps/classify")
        assert "当前状态已不适合这一步" in hand.text()
        hand.page.fill("[name=reason]", "加急")
        hand.leave("Control+Enter")
        said = summary(hand)
        assert "作废" in said
        assert "classify" not in said
        assert hand.page.input_value("[name=reason]") == "加急"


def test_a_foreign_case_is_as_unknown_as_one_that_never_was(
    as_role: As, case: Case, other_actor: object
) -> None:
    theirs = a_world(roles=()).house
    foreign = a_reported_case(World(theirs)).case
    pages = []
    with as_role("desk") as hand:
        for id in (foreign.id, uuid4()):
            answer = hand.page.goto(f"{hand.base}/cases/{id}")
            assert answer is not None
            assert answer.status == 404
            pages.append(hand.text())
    assert pages[0] == pages[1]
    assert "没有找到" in pages[0]


@pytest.mark.parametrize("place", ["9-9-9999", "卫生间", "𠮷䶮㛃", "'; --"])
def test_an_unknown_place_is_named_beside_its_field(as_role: As, place: str) -> None:
    with as_role("desk") as hand:
        hand.go("/cases/new")
        hand.page.fill("[name=place]", place)
        hand.page.fill("[name=title]", "漏水")
        hand.leave("Control+Enter")
        assert place in summary(hand)
        assert place in hand.page.locator("#id_place_error").inner_text()
        assert hand.page.input_value("[name=title]") == "漏水"


def test_an_empty_form_names_every_field(as_role: As) -> None:
    with as_role("desk") as hand:
        hand.go("/cases/new")
        hand.leave("Control+Enter")
        assert hand.page.locator(".summary li").count() == 2
        assert hand.page.title().startswith("请更正")


def test_one_broken_photo_does_not_cost_the_other(as_role: As, case: Case) -> None:
    with as_role("desk") as hand:
        hand.go(f"/cases/{case.id}")
        hand.page.set_input_files(
            "[name=photos]",
            [
                {"name": "好.jpg", "mimeType": "image/jpeg", "buffer": a_picture()},
                {"name": "坏.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff no"},
            ],
        )
        hand.page.locator("form#photos button[type=submit]").click()
        hand.page.wait_for_load_state()
        assert "坏.jpg" in summary(hand)
        assert "好.jpg" not in summary(hand)
        assert hand.page.locator(".shot img").count() == 1


def test_a_form_sent_twice_acts_once(as_role: As, world: World) -> None:
    with as_role("desk") as hand:
        hand.go("/cases/new")
        hand.page.fill("[name=place]", world.house.room.full_code)
        hand.page.fill("[name=title]", "按了两次")
        hand.page.evaluate("""() => { const f = document.querySelector('form#form');
            const body = new FormData(f);
            return Promise.all([1, 2].map(() => fetch(location.href, {method: 'POST', body}))) }""")
    with acting(world.actor):
        assert Case.objects.filter(title="按了两次").count() == 1


def test_an_address_nobody_knows_is_a_page_with_a_way_back(as_role: As) -> None:
    with as_role("desk") as hand:
        answer = hand.page.goto(f"{hand.base}/nothing-here")
        assert answer is not None
        assert answer.status == 404
        hand.tap(hand.button("回到首页|首页"))
        assert hand.page.url == f"{hand.base}/"


def test_a_hostile_address_of_a_list_is_said_and_left_out(as_role: As) -> None:
    with as_role("desk") as hand:
        hand.go("/cases?state=nothing&sort=secret&size=7&after=zz&opened_from=31.2.2026")
        assert hand.page.locator(".note.warn").count() >= 3
        assert hand.faults(1440, 390) == []
