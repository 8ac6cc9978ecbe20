"""From a figure on the dashboard to a case behind it, and back to its file: every number has its
records."""

from __future__ import annotations

import csv
import io

import pytest
from playwright.sync_api import Browser

from anju.engine.loop.commands.work_moves import move_work
from tests.journeys.hand import PHONE, WIDE, a_hand
from tests.journeys.world import World, a_reported_case, a_world
from tests.sizes import some

pytestmark = pytest.mark.browser
DRILL = 3  # taps from the dashboard to what is behind a number


@pytest.fixture(scope="module")
def world() -> World:
    """A company with one repair that was finished in time."""
    made = a_world(roles=("headquarters",))
    work = a_reported_case(made).work
    assert work is not None
    said = {"assign": {"person": str(made.house.worker.id)}, "finish": {"result": "更换三通"}}
    for name in ("assign", "accept", "start", "finish"):
        move_work(work.id, name, actor=made.house.doer, said=said.get(name))
    return made


@pytest.mark.parametrize(
    ("size", "language"),
    some([(WIDE, "zh-hans"), (PHONE, "zh-hans"), (WIDE, "en"), (PHONE, "en")]),
)
def test_a_figure_opens_the_cases_behind_it(
    browser: Browser, base: str, world: World, size: tuple[int, int], language: str
) -> None:
    device = world.devices["headquarters"]
    with a_hand(browser, base, device=device, language=language, size=size) as hand:
        hand.go("/indicators?days=365")
        hand.start()
        hand.tap("a[href^='/indicators/repair_timely']")
        assert hand.faults(size[0]) == []
        assert hand.page.locator("[data-row]").count() == 1
        hand.tap("[data-row] [data-open]")
        hand.page.wait_for_url("**/cases/*")
        assert hand.taps <= DRILL
        assert hand.faults(size[0]) == []


def test_the_file_beside_a_chart_has_its_numbers(browser: Browser, base: str, world: World) -> None:
    with a_hand(browser, base, device=world.devices["headquarters"]) as hand:
        hand.go("/indicators/repair_timely?days=365")
        with hand.page.expect_download() as download:
            hand.tap("a.csv")
        text = download.value.path().read_text(encoding="utf-8-sig")
    weeks = list(csv.DictReader(io.StringIO(text)))
    assert [(week["hits"], week["n"]) for week in weeks] == [("1", "1")]
