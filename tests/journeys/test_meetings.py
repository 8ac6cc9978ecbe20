"""The minutes of an owners' meeting become cases: paste, drop one, open the rest."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from anju.domains.requests.meetings.testing import TEXT
from anju.engine.loop.models import Case
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, WIDE, a_hand
from tests.journeys.world import World, a_world

pytestmark = pytest.mark.browser
FOUR_CASES = 6  # taps and keys from the pasted minutes to four cases, one item dropped


@pytest.fixture(scope="module")
def world() -> World:
    return a_world(roles=("desk",))


def test_minutes_become_cases_once(browser: Browser, base: str, world: World) -> None:
    room = world.house.room.full_code
    minutes = TEXT.format(room=room, building=room.split("-")[0])
    with a_hand(browser, base, device=world.devices["desk"]) as hand:
        hand.go("/cases/meetings")
        hand.start()
        hand.leave("n")
        hand.type("第三次业主大会")
        hand.page.locator("#id_held_on").fill("2026-11-20")
        hand.page.locator("#id_text").fill(minutes)
        assert hand.faults(WIDE[0], 768, PHONE[0]) == []
        hand.leave("Control+Enter")
        proposals = hand.page.locator(".item")
        assert proposals.count() == 5
        assert room in hand.page.locator("#id_3-place").input_value()
        hand.tap("#id_5-keep")
        assert hand.faults(WIDE[0], 768, PHONE[0]) == []
        for theme in ("light", "dark"):
            assert hand.unreadable(theme) == []
        url = hand.page.url
        hand.page.locator("#id_1-title").focus()
        hand.leave("Control+Enter")
        assert hand.taps + hand.keys <= FOUR_CASES
        assert hand.page.locator("td.title a").count() == 4
        assert proposals.count() == 1  # what was dropped can be opened later
        hand.tap("td.title a")
        assert hand.page.locator(f"a[href='{url.removeprefix(base)}']").count() == 1
    with acting(world.actor):
        assert Case.objects.filter(company_id=world.actor.company_id).count() == 4
