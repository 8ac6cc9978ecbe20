"""A round with points on foot: three taps a point, on a slow narrow telephone."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser

from anju.domains.rounds.commands import PointSaid, RouteSaid, make_route
from anju.domains.rounds.queries import points_of
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.plans.commands import look_at_planned
from anju.engine.plans.testing import a_plan
from anju.foundation.files.testing import a_picture
from anju.foundation.lib import frozen, now
from anju.foundation.places.commands import make_labels
from anju.foundation.places.testing import a_place
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import Hand, a_hand
from tests.journeys.test_field import LANGUAGES, NARROW, READER, SLOW, fine, take
from tests.journeys.world import World, a_world

pytestmark = pytest.mark.browser
BUILDINGS, COLOURS = count(7), count(1)


@pytest.fixture(scope="module")
def world() -> World:
    return a_world(roles=("technician",))


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    kept = tmp_path / "point.jpg"
    # Another one each time: a picture that was shown before is odd.
    kept.write_bytes(a_picture(size=(320, 240), colour=f"#{next(COLOURS):06x}"))
    return kept


def a_walk(
    world: World, code: str, *, opens_in: timedelta = timedelta(minutes=-90), building: int = 0
) -> tuple[WorkOrder, str]:
    """A round whose window is open, or opens later, with three points in a building that no other
    has unless it is given; the label of the second."""
    building = building or next(BUILDINGS)
    actor, house = world.actor, world.house
    with frozen(now() - timedelta(minutes=90)):
        start = (now() + timedelta(minutes=150) + opens_in).astimezone(ZoneInfo("Asia/Shanghai"))
        when = {"start": f"{start:%Y-%m-%d}", "times": (f"{start:%H:%M}",)}
        plan = a_plan(house, code, when=when, early=60, late=240)
    with acting(actor):
        places = [
            a_place(actor, number=f"{building}-{n}", community=house.community) for n in range(1, 4)
        ]
        points = [
            PointSaid(f"P{n}", f"{n}号点", place, high=Decimal(1) if n == 3 else None)
            for n, place in enumerate(places, 1)
        ]
        make_route(plan.id, code, RouteSaid("环线", points), actor=actor)
        labels = make_labels(places, actor=actor)
    look_at_planned()
    with acting(actor):
        work = WorkOrder.objects.filter(occurrence__plan=plan).earliest("opened_at")
    return work, labels[1].code


def stood(world: World, work: WorkOrder) -> list[tuple[str, str, list[str]]]:
    with acting(world.actor):
        return [(row.state, row.verdict, row.flags) for row in points_of(work)]


def slow(hand: Hand) -> None:
    hand.page.context.new_cdp_session(hand.page).send(
        "Emulation.setCPUThrottlingRate", {"rate": SLOW}
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_point_is_scanned_shown_and_passed_in_three_taps(
    browser: Browser, base: str, world: World, language: str, photo: Path
) -> None:
    work, code = a_walk(world, f"WALK-{language[:2]}{language[-1]}".upper())
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language=language, size=NARROW) as hand:
        slow(hand)
        hand.page.add_init_script(READER % f"https://anju.example/q/{code}")
        hand.go(f"/work/{work.id}")
        hand.start()
        hand.tap("a.btn.primary[href$='/work/scan']")
        hand.page.wait_for_url(re.compile("/points/.*label="))
        take(hand, "photo", photo)
        hand.tap("#point button[value=pass]")
        hand.page.wait_for_url(re.compile("passed="))
        assert hand.taps <= 3
        hand.took("point")
        assert stood(world, work)[1] == ("on_time", "pass", [])
        fine(hand)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_label_of_two_rounds_is_read_once_and_leaves_the_choice(
    browser: Browser, base: str, world: World, language: str
) -> None:
    """The camera is still held over the label while the two cards are looked at."""
    tag = f"{language[:2]}{language[-1]}".upper()
    building = next(BUILDINGS)
    one, code = a_walk(world, f"ONE-{tag}", building=building)
    other, _code = a_walk(world, f"OTHER-{tag}", building=building)
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language=language, size=NARROW) as hand:
        hand.page.add_init_script(READER % f"https://anju.example/q/{code}")
        asked: list[str] = []
        hand.page.on("request", lambda r: asked.append(r.method) if "/work/scan" in r.url else None)
        hand.go("/work/scan")
        hand.page.wait_for_selector("ol.field-cards")
        hand.page.wait_for_timeout(1_000)
        assert asked == ["GET", "POST"]
        assert hand.page.input_value("#scan [name=label]") == code  # not the whole address
        for work in (one, other):
            assert hand.page.locator(f"ol.field-cards a[href^='/work/{work.id}']").count() == 1
        fine(hand)
        with hand.page.expect_request(lambda r: r.method == "POST" and "/work/scan" in r.url):
            hand.tap("form#scan .field-camera a")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong_at_a_point_is_said_in_three_taps(
    browser: Browser, base: str, world: World, language: str, photo: Path
) -> None:
    work, _code = a_walk(world, f"BAD-{language[:2]}{language[-1]}".upper())
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language=language, size=NARROW) as hand:
        slow(hand)
        hand.go(f"/work/{work.id}")
        hand.start()
        hand.tap("section a.btn[href*='/points/']")
        take(hand, "photo", photo)
        hand.tap("#point button[value=fail]")
        hand.page.wait_for_url(re.compile("passed="))
        assert hand.taps <= 3
        assert stood(world, work)[0][:2] == ("on_time", "fail")
        hand.go(f"/work/{work.id}")
        hand.tap("ol.field-lines li:last-child a")
        fine(hand)
    with acting(world.actor):
        assert Case.objects.filter(item__startswith="bad-", item__endswith=".P1", state="open")
