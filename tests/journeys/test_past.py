"""From a case to how it stood before, step by step; nothing can be done there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, TABLET, WIDE, a_hand
from tests.journeys.world import World, a_reported_case, a_world
from tests.sizes import some

pytestmark = pytest.mark.browser
STEP = 2  # taps from a case to how it stood a step before


@pytest.fixture(scope="module")
def world() -> World:
    return a_case_with_a_past()


def a_case_with_a_past() -> World:
    """Reported yesterday, late by the evening, finished this morning; another one is void."""
    made = a_world(roles=("manager",))
    with frozen(now() - timedelta(hours=30)):
        opened = a_reported_case(made, title="水泵异响", urgency=2)
    with frozen(now() - timedelta(hours=29)):
        gone = a_reported_case(made, title="报重了的事")
    made.case, made.work = opened.case, opened.work
    assert opened.work is not None
    with frozen(now() - timedelta(hours=3)):
        move_case(gone.case.id, "void", actor=made.house.judge, said={"reason": "重复"})
        said = {"assign": {"person": str(made.house.worker.id)}, "finish": {"result": "换轴承"}}
        for name in ("assign", "accept", "start", "finish"):
            move_work(opened.work.id, name, actor=made.house.doer, said=said.get(name))
        move_work(opened.work.id, "pass", actor=made.house.judge)
    return made


@pytest.mark.parametrize(("size", "language"), some([(WIDE, "zh-hans"), (PHONE, "en")]))
def test_a_case_is_seen_as_it_stood(
    browser: Browser, base: str, world: World, size: tuple[int, int], language: str
) -> None:
    assert world.case is not None
    with a_hand(
        browser, base, device=world.devices["manager"], language=language, size=size
    ) as hand:
        hand.go(f"/cases/{world.case.id}")
        hand.start()
        hand.tap(f"a[href='/cases/{world.case.id}/past']")
        steps = hand.page.locator("form .seg a")
        hand.tap(steps.nth(1))  # the step before: verified by then
        assert hand.taps <= STEP
        hand.go(f"/cases/{world.case.id}/past")
        hand.tap(steps.first)  # from the start
        assert hand.page.locator(".track .over, .track .broken").count() == 0
        assert hand.page.locator(".line li").count() == 2  # received, and what it waits for
        assert world.house.worker.name not in hand.text()
        assert hand.page.locator("main form[method=post], main .btn.primary").count() == 0
        assert hand.faults(size[0], TABLET) == []
        assert hand.unreadable("light") + hand.unreadable("dark") == []
        hand.page.set_viewport_size({"width": size[0], "height": size[1]})
        hand.page.fill("[name=at]", "1999-01-01T00:00")
        hand.page.locator("[name=at]").evaluate("e => e.form.submit()")
        hand.page.locator(".empty").wait_for()  # nobody knew of it yet


def test_what_was_open_is_listed_with_its_clocks_of_then(
    browser: Browser, base: str, world: World
) -> None:
    with acting(world.actor):
        before = Case.objects.get(id=world.case.id).version  # type: ignore[union-attr]  # made above
    then = f"{(now() - timedelta(hours=4)).astimezone():%Y-%m-%dT%H:%M}"
    with a_hand(browser, base, device=world.devices["manager"]) as hand:
        hand.go(f"/cases/past?at={then}%2B00:00")
        assert "水泵异响" in hand.text()
        assert "报重了的事" in hand.text()
        assert hand.page.locator("[data-row] .clock.over").count() == 2
        assert hand.faults(WIDE[0], TABLET, PHONE[0]) == []
        hand.tap("[data-row] [data-open]")
        hand.page.wait_for_url("**/past?at=*")
        hand.go("/cases/past")
        assert "报重了的事" not in hand.text()
        hand.go("/cases/past?at=nonsense")
        assert hand.page.locator(".note.bad").count() == 1
    with acting(world.actor):
        assert Case.objects.get(id=world.case.id).version == before  # type: ignore[union-attr]  # made above
