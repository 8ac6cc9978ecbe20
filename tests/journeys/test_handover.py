"""The change of shift at the desk and at a guard's post, within five actions for both."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Browser

from anju.domains.staff.handover.models import Handover
from anju.foundation.people.commands import assign
from anju.foundation.people.testing import a_post
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, WIDE, a_hand
from tests.journeys.world import World, a_reported_case, a_world

pytestmark = pytest.mark.browser
HAND_OVER = 5  # actions of giver and taker together, beside what is written


@pytest.fixture(scope="module")
def world() -> World:
    return a_world(roles=("desk", "concierge", "guard", "technician"))


def test_a_shift_changes_hands(browser: Browser, base: str, world: World) -> None:
    case = a_reported_case(world, title="地下室进水", urgency=1).case
    with a_hand(browser, base, device=world.devices["desk"]) as hand:
        hand.go("/desk")
        hand.start()
        hand.tap(".desk-side a[href='/handover']")
        assert case.number in hand.text()
        hand.tap("#beside")  # not focused before: the page would pass over what is handed over
        hand.type("水泵已开，等师傅到场")
        hand.leave("Control+Enter")
        given = hand.keys + hand.taps
        assert hand.faults(WIDE[0], 1024, 768, PHONE[0]) == []
    with a_hand(browser, base, device=world.devices["concierge"]) as hand:
        hand.go("/desk")
        assert "交接班" in hand.page.locator(".desk-side").inner_text()
        hand.start()
        hand.tap(".desk-side a[href='/handover']")
        assert "水泵已开，等师傅到场" in hand.text()
        assert hand.faults(WIDE[0], PHONE[0]) == []
        hand.tap("#take [value=take]")
        assert given + hand.keys + hand.taps <= HAND_OVER
    with acting(world.actor):
        handover = Handover.objects.get(company_id=world.actor.company_id, post=None)
    assert (handover.giver, handover.taker) == (
        world.accounts["desk"], world.accounts["concierge"],
    )  # fmt: skip
    assert [one.id for one in handover.signed] == [case.id]


def test_a_post_changes_hands_on_the_phone(browser: Browser, base: str, world: World) -> None:
    with acting(world.actor):
        post = a_post(world.actor, place=world.house.community, name="监控室")
        for role in ("guard", "technician"):
            assign(world.people[role], post=post, since=date(2024, 1, 1), actor=world.actor)
    with a_hand(browser, base, device=world.devices["guard"], size=PHONE) as hand:
        hand.go("/work")
        hand.start()
        hand.tap(".field-head a[href='/work/handover']")
        assert "监控室" in hand.text()
        hand.tap("#give button[value=give]")
        given = hand.keys + hand.taps
        assert hand.faults(PHONE[0]) == []
    with a_hand(browser, base, device=world.devices["technician"], size=PHONE) as hand:
        hand.go("/work")
        assert "监控室：接班" in hand.text()
        hand.start()
        hand.tap("#day a[href^='/work/handover']")
        hand.tap("#take button[value=take]")
        assert given + hand.keys + hand.taps <= HAND_OVER
        assert hand.faults(PHONE[0]) == []
    with acting(world.actor):
        taken = Handover.objects.get(company_id=world.actor.company_id, post=post)
    assert (taken.state, taken.taker) == ("taken", world.accounts["technician"])
