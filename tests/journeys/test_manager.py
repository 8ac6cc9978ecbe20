"""What a manager sees and does, within the budget of taps and keys."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import Browser

from anju.engine.loop.commands.work_moves import move_work
from anju.foundation.lib import frozen, now
from anju.foundation.people.commands.staff import name_deputy
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, WIDE, a_hand
from tests.journeys.world import World, a_reported_case, a_world

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def world() -> World:
    return a_morning()


def a_morning() -> World:
    """A repair that is due soon, one that stands still for long, a complaint nobody has read and a
    colleague on leave."""
    made = a_world(roles=("manager", "technician"))
    with frozen(now() - timedelta(hours=26)):
        work = a_reported_case(made, title="入户门禁失灵").work
        assert work is not None
        said = {"person": str(made.house.worker.id)}
        move_work(work.id, "assign", actor=made.house.doer, said=said)
        move_work(work.id, "accept", actor=made.house.doer)
        move_work(work.id, "hold", actor=made.house.doer, said={"reason": "等配件"})
    with frozen(now() - timedelta(minutes=31)):
        a_reported_case(made, kind="complaint", title="夜间装修噪声")
    a_reported_case(made, title="卫生间漏水", urgency=2)
    with acting(made.actor):
        name_deputy(
            made.people["technician"],
            stands_in=made.house.worker,
            actor=made.actor,
            since=localdate(),
        )
    return made


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_the_morning_needs_no_click(
    browser: Browser, base: str, world: World, size: tuple[int, int], language: str
) -> None:
    device = world.devices["manager"]
    with a_hand(browser, base, device=device, language=language, size=size) as hand:
        hand.go("/")
        hand.start()
        shown = hand.text()
        for told in ("卫生间漏水", "夜间装修噪声", world.people["technician"].name):
            assert told in shown
        assert hand.page.locator("a[href*='look=long_pause'] b").count() == 1
        assert (hand.taps, hand.keys) == (0, 0)
        for width in (size[0], 768):
            assert hand.faults(width) == []
        hand.tap("a[href*='look=long_pause']")
        assert "入户门禁失灵" in hand.text()
        assert "夜间装修噪声" not in hand.text()
        assert hand.faults(size[0]) == []
