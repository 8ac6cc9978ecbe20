"""A concierge at her lobby: her own queue, who owns what, and what she can do about it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from anju.engine.loop.commands.owning import name_owners
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case
from anju.foundation.lib import now
from anju.foundation.people.commands import add_post
from anju.foundation.people.testing import a_duty
from anju.foundation.places.models import Place
from anju.foundation.places.testing import a_place
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, WIDE, a_hand
from tests.journeys.world import World, a_reported_case, a_world
from tests.sizes import some

pytestmark = pytest.mark.browser
ACT = 3  # taps to dispatch or reassign, taken for urging and taking over as well


@pytest.fixture(scope="module")
def world() -> World:
    found = a_world(roles=("desk", "concierge"))
    actor, house = found.actor, found.house
    with acting(actor):
        building = Place.objects.get(kind="building", path__lt=house.room.path)
        lobby = add_post(actor=actor, place=building, code="LB3", name="3 栋礼宾", desk="lobby")
        front = add_post(
            actor=actor, place=house.community, code="QT1", name="服务前台", desk="front"
        )
        a_duty(actor, post=lobby, person=found.people["concierge"])
        a_duty(actor, post=front, person=found.people["desk"])
    return found


def test_her_own_queue_opens_first_and_one_key_shows_everything(
    browser: Browser, base: str, world: World
) -> None:
    mine = a_reported_case(world).case
    with acting(world.actor):
        away = a_place(world.actor, number="8-1-101", community=world.house.community)
    other = a_reported_case(world, title="花园喷泉漏水", place=away).case
    name_owners(actor=world.actor)
    with a_hand(browser, base, device=world.devices["concierge"]) as hand:
        hand.go("/desk")
        assert mine.title in hand.text()
        assert other.title not in hand.text()
        assert "无人值守" in hand.text()
        hand.page.locator("main").focus()
        hand.start()
        hand.leave("m")
        assert (hand.taps, hand.keys) == (0, 1)
        assert other.title in hand.text()
        assert hand.faults(WIDE[0], 1024, 768, PHONE[0]) == []


@pytest.mark.parametrize(("language", "size"), some([("zh-hans", WIDE), ("en", PHONE)]))
def test_the_owner_urges_and_escalates_from_the_case(
    browser: Browser, base: str, world: World, language: str, size: tuple[int, int]
) -> None:
    case = a_reported_case(world).case
    name_owners(actor=world.actor)
    device = world.devices["concierge"]
    with a_hand(browser, base, device=device, language=language, size=size) as hand:
        hand.go(f"/cases/{case.id}")
        assert world.people["concierge"].name in hand.text()
        for name, words in (("^(催一下|Urge)$", "业主在等"), ("^(升级|Escalate)$", "没有备件")):
            hand.start()
            hand.tap(hand.button(name))
            hand.type(words)
            hand.leave("Control+Enter")
            assert hand.taps + hand.keys <= ACT
            assert words in hand.text()
        assert hand.faults(size[0]) == []
        for theme in ("light", "dark"):
            assert hand.unreadable(theme) == []


def test_what_came_back_and_what_nobody_has_is_seen_on_the_board(
    browser: Browser, base: str, world: World
) -> None:
    opened = a_reported_case(world, urgency=2, at=now() - timedelta(minutes=16))
    assert opened.work is not None
    said = {"person": str(world.house.worker.id)}
    move_work(opened.work.id, "assign", actor=world.actor, said=said)
    back = {"reason": "没有登高证"}
    move_work(opened.work.id, "hand_back", actor=world.actor, said=back)
    a_reported_case(world, urgency=2, title="水泵停了", at=now() - timedelta(minutes=16))
    name_owners(actor=world.actor)
    with a_hand(browser, base, device=world.devices["desk"]) as hand:
        hand.go("/board")
        assert "没有登高证" in hand.text()
        assert "已超派工时限" in hand.text()
        assert "水泵停了" in hand.page.locator(".lane.pool li").first.inner_text()
        assert hand.faults(WIDE[0], 768, PHONE[0]) == []
        for theme in ("light", "dark"):
            assert hand.unreadable(theme) == []


def test_the_front_desk_takes_a_case_over_in_one_press(
    browser: Browser, base: str, world: World
) -> None:
    case = a_reported_case(world).case
    name_owners(actor=world.actor)
    with a_hand(browser, base, device=world.devices["desk"]) as hand:
        hand.go(f"/cases/{case.id}")
        hand.start()
        hand.tap(hand.button("由我接过"))
        assert hand.taps == 1
        hand.go("/desk?whose=mine")
        assert case.number in hand.page.content() or case.title in hand.text()
        hand.go("/board")
        assert world.people["desk"].name in hand.text()
    with acting(world.actor):
        assert Case.objects.get(id=case.id).state == "open"
