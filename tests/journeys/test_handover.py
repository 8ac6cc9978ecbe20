"""The change of shift at the desk, within the budget of five actions for both."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from anju.domains.requests.handover.models import Handover
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, WIDE, a_hand
from tests.journeys.world import World, a_reported_case, a_world

pytestmark = pytest.mark.browser
HAND_OVER = 5  # actions of giver and taker together, beside what is written


@pytest.fixture(scope="module")
def world() -> World:
    return a_world(roles=("desk", "concierge"))


def test_a_shift_changes_hands(browser: Browser, base: str, world: World) -> None:
    case = a_reported_case(world, title="地下室进水", urgency=1).case
    with a_hand(browser, base, device=world.devices["desk"]) as hand:
        hand.go("/desk")
        hand.start()
        hand.tap(".desk-side a[href='/handover']")
        assert case.number in hand.text()
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
        hand.leave("Enter")  # the signature has the focus
        assert given + hand.keys + hand.taps <= HAND_OVER
    with acting(world.actor):
        handover = Handover.objects.get(company_id=world.actor.company_id)
    assert (handover.giver, handover.taker) == (
        world.accounts["desk"], world.accounts["concierge"],
    )  # fmt: skip
    assert [line.case for line in handover.signed_lines] == [str(case.id)]
