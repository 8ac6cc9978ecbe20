"""A standard published in the browser: the next case runs by it, the open one does not; its figure
appears, and the photo behind the figure is three clicks away."""

from __future__ import annotations

from io import BytesIO

import pytest
from playwright.sync_api import Browser

from anju.engine.clocks.models import Clock
from anju.engine.loop.commands.evidence import Given, add_evidence
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.standards.models import Standard
from anju.foundation.files.testing import a_picture
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, WIDE, a_hand
from tests.journeys.world import World, a_reported_case, a_world
from tests.sizes import some

pytestmark = pytest.mark.browser
DRILL = 3  # clicks from a figure to the photo that proves it
PUBLISH = 8  # acts from the version in force to the next one in force, beside what is typed


def arrival(world: World, case: object) -> int:
    with acting(world.actor):
        return Clock.objects.get(case_id=case.id, kind="arrive").minutes  # type: ignore[attr-defined]  # a Case


@pytest.mark.parametrize(("size", "language"), some([(WIDE, "zh-hans"), (PHONE, "en")]))
def test_what_is_published_rules_the_next_case(
    browser: Browser, base: str, size: tuple[int, int], language: str
) -> None:
    world = a_world(roles=("headquarters",))
    before = a_reported_case(world, title="旧")
    with acting(world.actor):
        old = Standard.objects.get(code="repair", state="published")
    device = world.devices["headquarters"]
    with a_hand(browser, base, device=device, size=size, language=language) as hand:
        page = hand.page
        hand.go(f"/standards/{old.id}")
        hand.start()
        hand.tap(f'form[action$="/{old.id}/next"] button')
        page.wait_for_url("**/write")
        cell = page.locator('.line-row.limit:has(option[value="arrive"]:checked) [value="120"]')
        hand.tap(cell)
        cell.fill("77")
        hand.tap("form#form button[type=submit]")
        page.wait_for_url(lambda url: url.rsplit("/", 1)[-1] not in ("write", str(old.id)))
        for step in ("submit", "publish"):
            if step == "publish":  # a draft has one step only: it is chosen already
                hand.tap(f'label:has(input[value="{step}"])')
            hand.tap('input[name="why"]')
            page.fill('input[name="why"]', "客户要求更快")
            hand.tap("form#form button[type=submit]")
            page.wait_for_load_state()
        assert hand.taps <= PUBLISH
        assert hand.faults(size[0]) == []
        after = a_reported_case(world, title="新")
        assert (arrival(world, before.case), arrival(world, after.case)) == (120, 77)
        _worked(world, after)
        page.reload()
        hand.start()
        hand.tap('.tile a[href*="standard=repair"], a.tile[href*="standard=repair"]')
        hand.tap(page.locator('tbody a[href^="/cases/"]').first)
        hand.tap(page.locator(".photos a, .photos img, .shot").first)
        assert hand.taps <= DRILL


def _worked(world: World, opened: object) -> None:
    """Done within its promises, with a photo of it."""
    work = opened.work  # type: ignore[attr-defined]  # an Opened
    house = world.house
    said = {"assign": {"person": str(house.worker.id)}, "finish": {"result": "换件"}}
    for name in ("assign", "accept", "start", "finish"):
        move_work(work.id, name, actor=house.doer, said=said.get(name))
    photo = Given("after.jpg", BytesIO(a_picture()))
    add_evidence(opened.case.id, [photo], actor=house.doer)  # type: ignore[attr-defined]  # an Opened
    move_work(work.id, "pass", actor=house.judge)
