"""Every page of work on foot in the sun and with gloves: 7:1, 60 px, read aloud, light to load."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from anju.engine.loop.commands.work_moves import move_work
from anju.faces.field.app import MODULES, NAMES
from anju.foundation.tenancy.acting import acting
from tests.browser import axe
from tests.journeys.hand import PHONE, a_hand
from tests.journeys.pages import addresses
from tests.journeys.test_field import SIXTY
from tests.journeys.world import World, a_world, fill

pytestmark = pytest.mark.browser
ON_FOOT = {
    "today": "/work",
    "work": "/work/{work}",
    "arriving": "/work/{work}/arrive",
    "materials": "/work/{work}/used",
    "signature": "/work/{work}/signature",
    "items": "/work/{round}/items",
    "round": "/work/{round}",
    "scan": "/work/scan",
    "report": "/work/report",
    "to upload": "/work/uploads",
    "ledger": "/work/ledgers/{ledger}",
    "line": "/work/ledgers/lines/{line}",
    "no signal": "/work/away",
}
# Text of 4.5:1 passes where it is large, 7:1 is asked of all other; each rule leaves to the other
# what is its own.
SUN = """async () => (await axe.run(document, {
    resultTypes: ['violations'],
    runOnly: {type: 'rule', values: ['color-contrast', 'color-contrast-enhanced']},
})).violations.flatMap(v => v.nodes.slice(0, 4).map(n => n.html.slice(0, 110) + ' '
    + (n.any[0]?.data?.contrastRatio || '')))"""
WORDS = """() => [...document.querySelectorAll('.field-bar a')].map(a => {
    const range = document.createRange();
    range.selectNodeContents([...a.childNodes].find(n => n.nodeType === 3 && n.data.trim()));
    const {left, right} = range.getBoundingClientRect();
    return [left, right, getComputedStyle(a).fontWeight];
})"""
SCRIPT = 150_000  # bytes, pressed
SPOKEN = """() => {
    window.spoken = [];
    const speak = speechSynthesis.speak.bind(speechSynthesis);
    speechSynthesis.speak = (said) => { window.spoken.push([said.lang, said.text]); speak(said); };
}"""


@pytest.fixture(scope="module")
def world() -> World:
    made = a_world(roles=("technician", "admin"))
    fill(made, 3)
    assert made.work
    said = {"person": str(made.people["technician"].id), "reason": "off duty"}
    with acting(made.actor):
        move_work(made.work.id, "assign", actor=made.actor, said=said)
    return made


@pytest.mark.parametrize("name", ON_FOOT)
def test_a_page_is_read_in_the_sun_and_pressed_with_gloves(
    browser: Browser, base: str, world: World, name: str
) -> None:
    path = addresses(world, {name: ON_FOOT[name]})[name]
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, size=PHONE) as hand:
        hand.go(path)
        hand.page.evaluate("() => document.querySelectorAll('details').forEach(d => d.open = true)")
        faint = []
        for theme in ("light", "dark"):
            hand.page.evaluate("t => { document.documentElement.dataset.theme = t }", theme)
            hand.page.evaluate(axe())
            if (button := hand.page.locator(".btn.primary:visible")).count():
                button.first.hover()  # as it stays after it was pressed on a screen
            faint += [f"{theme}: {one}" for one in hand.page.evaluate(SUN)]
        assert faint == []
        assert hand.page.evaluate(SIXTY) == []


@pytest.mark.parametrize("width", [360, 320])
def test_the_words_of_the_bar_stand_whole_and_apart(
    browser: Browser, base: str, world: World, width: int
) -> None:
    device = world.devices["technician"]
    with a_hand(browser, base, device=device, language="en", size=(width, 740)) as hand:
        hand.go("/work")
        words = hand.page.evaluate(WORDS)
        assert len(words) == 5
        assert {weight for _left, _right, weight in words} == {"400"}  # no bold made up by a phone
        edges = [edge for left, right, _weight in words for edge in (left, right)]
        assert edges == sorted(edges)
        assert edges[0] >= 0
        assert edges[-1] <= width


def test_the_eye_and_the_glove_of_this_test_are_no_blind_ones(
    browser: Browser, base: str, world: World
) -> None:
    with a_hand(browser, base, device=world.devices["technician"], size=PHONE) as hand:
        hand.go("/work")
        hand.page.evaluate(axe())
        hand.page.evaluate("() => { document.querySelector('h1').style.color = '#8a8a8a'; }")
        hand.page.evaluate("() => { document.querySelector('.mute').style.color = '#666'; }")
        hand.page.evaluate(
            "() => { const one = document.querySelector('.field-scan').style;"
            " one.minHeight = '0'; one.height = '40px'; one.alignSelf = 'start'; }"
        )
        assert len(hand.page.evaluate(SUN)) >= 2
        assert len(hand.page.evaluate(SIXTY)) == 1


def test_a_page_is_read_aloud_in_its_language_and_falls_silent(
    browser: Browser, base: str, world: World
) -> None:
    assert world.work
    with a_hand(browser, base, device=world.devices["technician"], size=PHONE) as hand:
        hand.go(f"/work/{world.work.id}")
        hand.page.evaluate(SPOKEN)
        hand.tap("[data-read]")
        ((language, text),) = hand.page.evaluate("() => window.spoken")
        assert language.lower() == "zh-hans"
        assert world.house.room.full_code in text
        assert world.work.title[:20] in text


def test_the_scripts_of_the_app_are_light() -> None:
    """All that is ever loaded, pressed as it comes."""
    root = Path(__file__).resolve().parents[2] / "anju"
    found = {
        name: len(gzip.compress(path.read_bytes()))
        for name in {*NAMES, *MODULES}
        if name.endswith(".js")
        for path in root.glob(f"*/*/static/{name}")
    }
    assert {"field/queue.js", "kit/kit.js"} <= set(found)
    assert sum(found.values()) + 20_000 <= SCRIPT, found  # and htmx, which comes with its package


LAMP = """
window.felt = [];
navigator.vibrate = (n) => window.felt.push(n);
window.BarcodeDetector = class {
    async detect() { return window.seen ? [{ rawValue: window.seen }] : []; }
};
navigator.mediaDevices.getUserMedia = async () => {
    const canvas = document.createElement('canvas');
    canvas.getContext('2d').fillRect(0, 0, 9, 9);
    const stream = canvas.captureStream(5), [track] = stream.getVideoTracks();
    track.getCapabilities = () => ({ torch: true });
    track.applyConstraints = async ({ advanced: [one] }) => { window.lit = one.torch; };
    return stream;
};
"""


def test_a_label_is_read_by_the_light_of_the_phone_and_felt(
    browser: Browser, base: str, world: World
) -> None:
    with a_hand(browser, base, device=world.devices["technician"], size=PHONE) as hand:
        page = hand.page
        page.add_init_script(LAMP)
        hand.go("/work/scan")
        for lit in (True, False):
            page.click("[data-torch]")
            page.wait_for_selector(f"[data-torch][aria-pressed={str(lit).lower()}]")
            assert page.evaluate("() => window.lit") is lit
        page.evaluate("() => document.addEventListener('submit', (one) => one.preventDefault())")
        page.evaluate("() => { window.seen = 'NOSUCH'; }")
        page.wait_for_function("() => window.felt.length > 0")


def test_where_the_camera_has_no_light_none_is_offered(
    browser: Browser, base: str, world: World
) -> None:
    with a_hand(browser, base, device=world.devices["technician"], size=PHONE) as hand:
        hand.go("/work/scan")
        assert hand.page.is_hidden("[data-torch]")
