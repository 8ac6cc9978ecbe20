"""What headquarters sees of many communities: which are red and why without a tap, the cases behind
any number within the budget."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser

from anju.engine.clocks.models import Clock
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.opening import Opened
from anju.engine.loop.commands.work_moves import move_work
from anju.foundation.lib import frozen, now
from anju.foundation.places.models import Place
from anju.foundation.places.testing import a_community, a_place
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, TABLET, WIDE, a_hand
from tests.journeys.world import World, a_reported_case, a_world, copies, id_of
from tests.sizes import some

pytestmark = pytest.mark.browser
DRILL = 3  # taps from a number to the photo behind it: the figure, the case, its photo
MANY = 40


@pytest.fixture(scope="module")
def world() -> World:
    return three_communities()


def three_communities() -> World:
    """One whose repairs are all late, one whose are all in time, one with a single case, of a
    reporter who is not satisfied."""
    made = a_world(roles=("headquarters", "manager"))
    with acting(made.actor):
        rooms = [
            a_place(made.actor, community=a_community(made.actor, name=name))
            for name in ("云溪府", "启明产业园")
        ]
    with frozen(now() - timedelta(days=9)):
        late = a_reported_case(made, title="路灯不亮")
    _many(made, late)
    _many(made, _finished(made, rooms[0], title="门禁修复"))
    angry = _finished(made, rooms[1], title="水压仍低")
    said = {"outcome": "dissatisfied", "reason": "水压仍低"}
    move_case(angry.case.id, "callback", actor=made.house.judge, said=said)
    return made


def _finished(world: World, room: Place, *, title: str) -> Opened:
    opened = a_reported_case(world, place=room, title=title)
    assert opened.work is not None
    said = {"assign": {"person": str(world.house.worker.id)}, "finish": {"result": "换件"}}
    for name in ("assign", "accept", "start", "finish"):
        move_work(opened.work.id, name, actor=world.house.doer, said=said.get(name))
    move_work(opened.work.id, "pass", actor=world.house.judge)
    return opened


def _many(world: World, opened: Opened) -> None:
    """So many more of a case and its clocks."""
    key = opened.case.id.hex
    made = id_of(f"'{key}'", "c")
    copies(opened.case, MANY, id=made, number=f"'{key[-8:]}-' || i")
    with acting(world.actor):
        clocks = list(Clock.objects.filter(case_id=opened.case.id))
    for clock in clocks:
        copies(clock, MANY, id=id_of(f"'{key}'", clock.kind), case_id=made)


@pytest.mark.parametrize(
    ("size", "language"),
    some([(WIDE, "zh-hans"), (PHONE, "zh-hans"), (WIDE, "en"), (PHONE, "en")]),
)
def test_what_is_red_is_seen_without_a_tap_and_opens_its_cases(
    browser: Browser, base: str, world: World, size: tuple[int, int], language: str
) -> None:
    device, red = world.devices["headquarters"], world.house.community.name
    with a_hand(browser, base, device=device, language=language, size=size) as hand:
        hand.go("/")
        hand.start()
        notes = hand.page.locator(".reds .note")
        assert notes.count() == 2  # the single case of the third is no ground for a judgement
        assert red in notes.first.inner_text()
        assert f"n={MANY + 1}" in notes.first.inner_text()
        assert hand.page.locator(".compared [data-row]").first.inner_text().startswith(red)
        assert "水压仍低" in hand.text()
        assert (hand.taps, hand.keys) == (0, 0)
        assert hand.faults(size[0], TABLET) == []
        hand.page.set_viewport_size({"width": size[0], "height": size[1]})
        hand.tap(notes.first.locator("a").first)
        assert hand.page.locator(".tabs .on").inner_text().split()[-1] == str(MANY + 1)
        assert hand.page.locator("[data-row]").count() == MANY + 1
        hand.tap("[data-row] [data-open]")
        hand.page.wait_for_url("**/cases/*")
        assert hand.taps < DRILL  # and its photo is one tap away


def test_each_number_is_its_lists_count(browser: Browser, base: str, world: World) -> None:
    with a_hand(browser, base, device=world.devices["headquarters"]) as hand:
        hand.go("/communities?days=365&sort=found_by_staff")
        assert hand.unreadable("light") + hand.unreadable("dark") == []
        links = hand.page.locator(".compared td a").evaluate_all(
            "all => all.map(a => [a.getAttribute('href'), a.innerText])"
        )
        seen = 0
        for href, text in links:
            n = int(text.rpartition("n=")[2])
            if not n and "late=yes" not in href:
                continue
            hand.go(f"{href}&size=100")
            assert hand.page.locator("[data-row]").count() == n, (href, text)
            seen += 1
        assert seen > 12
        hand.go("/communities?days=365")
        assert hand.page.locator(".compared tr.few").count() == 1  # small n: shown, not ranked
        assert "启明产业园" in hand.page.locator(".compared tbody").last.inner_text()
        hand.go("/cases?dissatisfied=today&sort=-at")
        assert hand.page.locator("[data-row]").count() == 1
        hand.go("/communities")  # read to its end: a download breaks off what still loads
        with hand.page.expect_download() as got:
            hand.tap("a[href*='format=xlsx']")
        sheet = load_workbook(BytesIO(got.value.path().read_bytes())).active
        assert sheet is not None
        assert sheet.max_row == 1 + 3 * 9 + 3


def test_who_has_one_community_sees_that_one(browser: Browser, base: str, world: World) -> None:
    with a_hand(browser, base, device=world.devices["manager"]) as hand:
        hand.go("/communities")
        assert hand.page.locator(".compared [data-row]").count() == 1
        assert "云溪府" not in hand.text()
        assert hand.page.locator("nav.rail a[href='/communities']").count() == 0
        hand.go("/")
        assert hand.page.locator(".compared").count() == 0
