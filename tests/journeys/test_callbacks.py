"""Calling people back, by keyboard alone, within the budget of keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.models import Case, Record
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, WIDE, a_hand
from tests.journeys.world import World, a_reported_case, a_world

pytestmark = pytest.mark.browser
OUTCOME, DISSATISFIED = 1, 3  # keys for a call: one, or three beside what is said
TELL = {"text": "已答复，请查看", "substance": "result", "channel": "phone"}


@pytest.fixture
def world() -> World:
    return a_world(roles=("desk", "concierge", "headquarters"))


def an_answered_matter(world: World, title: str) -> Case:
    case = a_reported_case(world, kind="enquiry", title=title).case
    move_case(case.id, "answer", actor=world.actor, said={"text": "已答复"})
    return move_case(case.id, "tell", actor=world.actor, said=TELL)


def now_of(world: World, case: Case) -> tuple[str, str]:
    with acting(world.actor):
        found = Case.objects.get(id=case.id)
    return found.state, found.outcome


@pytest.mark.parametrize("role", ["desk", "concierge"])
def test_call_after_call_by_keyboard(browser: Browser, base: str, world: World, role: str) -> None:
    cases = [an_answered_matter(world, f"物业费怎么算{n}") for n in range(3)]
    with a_hand(browser, base, device=world.devices[role]) as hand:
        hand.go("/callbacks")
        assert hand.faults(WIDE[0], 1024, 768, PHONE[0]) == []
        hand.start()
        hand.leave("1")  # the first call is open already
        assert hand.keys <= OUTCOME
        assert now_of(world, cases[0]) == ("closed", "satisfied")
        hand.start()
        hand.leave("3")  # and the next one after it
        assert hand.keys <= OUTCOME
        assert now_of(world, cases[1]) == ("answered", "")
        assert cases[2].title in hand.page.locator(".call").inner_text()  # not the same at once
        assert hand.taps == 0
    with acting(world.actor):
        assert Record.objects.filter(case_id=cases[1].id, kind="ring").count() == 1


def test_the_dissatisfied_are_heard_by_keyboard(browser: Browser, base: str, world: World) -> None:
    case = an_answered_matter(world, "电梯广告收入去哪了")
    with a_hand(browser, base, device=world.devices["desk"]) as hand:
        hand.go("/callbacks")
        hand.start()
        hand.leave("2")  # asks with what; the field has the focus
        hand.type("没有说清楚账目")
        hand.leave("Control+Enter")
        assert hand.keys <= DISSATISFIED
        assert hand.taps == 0
        assert now_of(world, case) == ("open", "dissatisfied")
    with a_hand(browser, base, device=world.devices["headquarters"]) as hand:
        hand.go("/callbacks?show=dissatisfied")
        assert case.number in hand.text()
        assert hand.faults(WIDE[0], PHONE[0]) == []
