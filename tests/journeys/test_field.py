"""A technician with a telephone, 390 px wide: every task within its taps, in Chinese and English.

The camera's own shutter is no tap of ours; choosing the photo is one.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case, Record, WorkOrder
from anju.engine.loop.queries import effort_of
from anju.engine.loop.testing import photos_are_asked
from anju.engine.plans.testing import a_round
from anju.foundation.files.testing import a_picture
from anju.foundation.places.commands import make_labels
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, Hand, a_hand
from tests.journeys.world import World, a_reported_case, a_world
from tests.sizes import some

pytestmark = pytest.mark.browser
LANGUAGES = some(("zh-hans", "en"))
SIXTY = """() => [...document.querySelectorAll('button, summary, a.btn, .field-bar a, .input,'
    + '.field-photo, .field-three span')]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 60)
    .map(e => e.outerHTML.slice(0, 80))"""
# A browser that reads codes and a camera that shows something: the reader itself is the browser's.
READER = """
window.BarcodeDetector = class { async detect() { return [{ rawValue: '%s' }]; } };
navigator.mediaDevices.getUserMedia = async () => {
    const canvas = document.createElement('canvas');
    canvas.getContext('2d').fillRect(0, 0, 9, 9);
    return canvas.captureStream(5);
};
"""


@pytest.fixture(scope="module")
def world() -> World:
    made = a_world(roles=("technician",))
    photos_are_asked(made.actor)
    return made


def given(world: World, *steps: str) -> WorkOrder:
    """Work in the technician's hands, after these steps."""
    work = a_reported_case(world).work
    assert work is not None
    said = {"person": str(world.people["technician"].id), "reason": "off duty"}
    move_work(work.id, "assign", actor=world.actor, said=said)
    for step in steps:
        move_work(work.id, step, actor=world.as_role("technician"))
    return work


def state(world: World, work: WorkOrder) -> str:
    with acting(world.actor):
        return WorkOrder.objects.get(id=work.id).state


def take(hand: Hand, which: str, file: Path) -> None:
    """Tap the frame, the camera gives its picture."""
    hand.point()
    with hand.page.expect_file_chooser() as chooser:
        hand.page.locator(f".field-photo:has([name={which}])").click()
    chooser.value.set_files(file)
    hand.page.wait_for_selector(f".field-photo:has([name={which}]) img:not([hidden])")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(a_picture(size=(3000, 2000)))
    return path


def fine(hand: Hand) -> None:
    """Nothing wrong with the page as it stands: words, width, axe in both themes, thumbs."""
    assert hand.faults(390, 320) == []
    hand.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert hand.unreadable("light") + hand.unreadable("dark") == []
    assert hand.page.evaluate(SIXTY) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_accept_arrive_finish(
    browser: Browser, base: str, world: World, language: str, photo: Path
) -> None:
    work = given(world)
    code = make_labels([world.house.room], actor=world.actor)[0].code
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language=language, size=PHONE) as hand:
        hand.go("/work")
        fine(hand)
        hand.start()
        hand.tap(f"form[action*='{work.id}/steps/accept'] button")
        assert state(world, work) == "accepted"
        assert hand.taps <= 2
        hand.took("accept")

        hand.start()
        hand.tap(f"a[href$='{work.id}/arrive']")
        fine(hand)
        hand.page.fill("[name=label]", code)
        hand.tap("#scan button.primary")
        assert state(world, work) == "arrived"
        assert hand.taps <= 2

        fine(hand)
        hand.start()
        take(hand, "before", photo)
        take(hand, "after", photo)
        hand.tap(".field-three label")
        hand.tap("#finish button.primary")
        assert state(world, work) in ("done", "passed")
        assert hand.taps <= 5
        hand.took("finish")
        fine(hand)
    with acting(world.actor):
        assert effort_of(work.case).photos == {"before": 1, "after": 1}


SLOW = 4  # times as slow as this machine: a telephone of three years
NARROW = (360, 740)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_round_is_done_in_three_taps_on_a_slow_narrow_telephone(
    browser: Browser, base: str, world: World, language: str, photo: Path
) -> None:
    work = a_round(world.house, f"TAPS-{language[:2]}")
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language=language, size=NARROW) as hand:
        hand.page.context.new_cdp_session(hand.page).send(
            "Emulation.setCPUThrottlingRate", {"rate": SLOW}
        )
        hand.go("/work")
        hand.start()
        hand.tap(f"a.btn.primary[href$='{work.id}']")
        take(hand, "after", photo)
        hand.tap("form[action$='/done'] button.primary")
        hand.page.wait_for_url(re.compile("done="))
        assert hand.taps <= 3
        hand.took("round")
        assert state(world, work) == "passed"
        hand.go(f"/work/{work.id}")
        fine(hand)


def test_the_camera_reads_the_label_and_one_tap_is_enough(
    browser: Browser, base: str, world: World
) -> None:
    work = given(world, "accept")
    code = make_labels([world.house.room], actor=world.actor)[0].code
    with a_hand(browser, base, device=world.devices["technician"], size=PHONE) as hand:
        hand.page.add_init_script(READER % f"https://anju.example/q/{code}")
        hand.go(f"/work/{work.id}")
        hand.start()
        hand.tap(f"a[href$='{work.id}/arrive']")
        hand.page.wait_for_url(re.compile(f"/work/{work.id}$"))
        assert state(world, work) == "arrived"
        assert hand.taps == 1
        hand.took("arrive")
        assert hand.wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", [0, 1, 2])
def test_what_stands_in_the_way_is_two_taps(
    browser: Browser, base: str, world: World, language: str, which: int
) -> None:
    work = given(world, "accept", "arrive")
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language=language, size=PHONE) as hand:
        hand.go(f"/work/{work.id}")
        hand.start()
        hand.tap(hand.page.locator(".field-holds summary").nth(which))
        fine(hand)
        hand.tap(hand.page.locator(".field-hold[open] button"))
        assert state(world, work) == "held"
        assert hand.taps <= 3
        hand.took("hold")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_resident_signs_with_a_finger(
    browser: Browser, base: str, world: World, language: str
) -> None:
    work = given(world, "accept", "arrive")
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language=language, size=PHONE) as hand:
        hand.go(f"/work/{work.id}/signature")
        fine(hand)
        box = hand.page.locator("canvas").bounding_box()
        assert box is not None
        hand.page.mouse.move(box["x"] + 20, box["y"] + 40)
        hand.page.mouse.down()
        hand.page.mouse.move(box["x"] + 200, box["y"] + 90, steps=8)
        hand.page.mouse.up()
        with hand.page.expect_navigation():
            hand.tap("#sign button.primary")
        assert hand.wrong == []
        hand.go(f"/work/{work.id}/used")
        fine(hand)
    with acting(world.actor):
        made = Record.objects.get(work_id=work.id, kind="signature")
    assert (made.value, made.file_id is not None) == ({"by": "reporter"}, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_seen_on_the_way_is_three_taps(
    browser: Browser, base: str, world: World, language: str, photo: Path
) -> None:
    """From the day's work: report, photo, send; where is answered already."""
    device = world.devices["technician"]
    with a_hand(browser, base, language=language, size=PHONE, device=device) as hand:
        hand.go("/work")
        hand.start()
        hand.tap(".field-bar a[href='/work/report']")
        hand.page.wait_for_url("**/work/report")
        fine(hand)
        take(hand, "photo", photo)
        hand.tap("button.primary")
        hand.page.wait_for_url("**/work?reported=*")
        assert hand.taps <= 3
        with acting(world.actor):
            case = Case.objects.filter(channel="staff").latest("at")
            assert case.records.filter(kind="photo").count() == 1
        assert case.number in hand.text()
