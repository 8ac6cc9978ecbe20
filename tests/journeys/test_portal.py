"""Residents at their telephones: taps counted against experience.md B1, every page looked at.

Reporting with a photo: at most 4 taps; seeing progress: 1; rating, opening again, complaining one
level up: 2; the elderly: 2 to a call or a report.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser

from anju.domains.community.commands.coming_in import invite
from anju.domains.community.commands.desk_lines import set_desk_line
from anju.domains.community.commands.links import give_link, secret_of
from anju.domains.community.commands.notices import publish
from anju.domains.community.testing import Resident, a_resident
from anju.domains.promises.testing import a_contract
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case
from anju.foundation.files.testing import a_picture
from anju.foundation.lib import now
from anju.foundation.places.commands import make_labels
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, WIDE, Hand, a_hand
from tests.journeys.world import World, a_reported_case, a_world

pytestmark = pytest.mark.browser
LARGE = (24, 60)  # text and targets of the large-type mode, px
# Text below 18 px and targets below 60 px, as the large-type mode must not have them.
TOO_SMALL_FOR_THE_OLD = """() => {
    const seen = e => e.offsetParent && e.getClientRects().length && !e.closest('.sr, .skip');
    const text = [...document.querySelectorAll('body *')].filter(seen)
        .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
        .filter(e => parseFloat(getComputedStyle(e).fontSize) < 18 && !e.closest('svg'))
        .map(e => `text ${e.outerHTML.slice(0, 90)}`);
    const hit = [...document.querySelectorAll('main button, main a.btn, a.call, .t4 a, .pbar a')]
        .filter(seen).filter(e => !e.closest('.shot') && e.getBoundingClientRect().height < 60)
        .map(e => `target ${e.outerHTML.slice(0, 90)}`);
    return [...text, ...hit].slice(0, 5);
}"""


@pytest.fixture(scope="module")
def world() -> World:
    made = a_world(roles=("desk", "manager", "technician"))
    with acting(made.actor):
        set_desk_line(made.house.community, phone="057188880110", hours="24 小时", actor=made.actor)
    day = timezone.localdate(now())
    term = {"first": day - timedelta(days=30), "last": day + timedelta(days=300)}
    a_contract(made.actor, made.house.community, **term)
    for _n in range(6):  # fewer than five are not shown
        a_reported_case(made)
    publish(made.house.community, title="3 栋停梯保养", text="可用 2 号梯。", actor=made.actor)
    return made


@pytest.fixture(scope="module")
def resident(world: World) -> Resident:
    return a_resident(world.house, world.house.resident)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "漏水.jpg"
    path.write_bytes(a_picture(size=(1200, 900)))
    return path


@contextmanager
def at_phone(
    browser: Browser, base: str, device: str = "", *, elder: bool = False, language: str = "zh-hans"
) -> Iterator[Hand]:
    with a_hand(browser, base, device=device, size=PHONE, language=language) as hand:
        if elder:
            hand.page.context.add_cookies([{"name": "anju_face", "value": "elder", "url": base}])
        yield hand


def settled(world: World) -> Case:
    opened = a_reported_case(world)
    assert opened.work is not None
    for name, said in (("claim", {}), ("start", {}), ("finish", {"result": "换了接头"})):
        move_work(opened.work.id, name, actor=world.house.doer, said=said)
    move_work(opened.work.id, "pass", actor=world.house.judge)
    return opened.case


def cases(world: World) -> list[Case]:
    with acting(world.actor):
        return list(Case.objects.filter(company_id=world.actor.company_id).order_by("id"))


def choose(hand: Hand, path: Path) -> None:
    """The camera is one tap; what it takes comes back as a file."""
    hand.point()
    hand.page.set_input_files("input[type=file]", path)
    hand.page.wait_for_selector("[data-shots] img")


def test_a_stranger_at_a_label_reports_in_three_taps(
    browser: Browser, base: str, world: World, photo: Path
) -> None:
    with acting(world.actor):
        code = make_labels([world.house.room], actor=world.actor)[0].code
    before = len(cases(world))
    with at_phone(browser, base) as hand:
        hand.go(f"/q/{code}")
        wrong = hand.unreadable("light") + hand.unreadable("dark") + hand.faults(1440, 390, 320)
        wrong += hand.too_small()
        hand.start()
        choose(hand, photo)
        hand.page.fill("textarea", "楼道灯不亮")
        hand.tap("button[type=submit]")
        hand.page.wait_for_url("**/follow/*sent=1*")
        assert hand.taps <= 3
        wrong += hand.unreadable("light") + hand.faults(1440, 390, 320) + hand.too_small()
        assert cases(world)[-1].number in hand.text()
        assert wrong == []
    assert len(cases(world)) == before + 1
    with at_phone(browser, base, language="en") as hand:
        hand.go(f"/q/{code}")
        assert "Someone trapped" in hand.text()
        assert hand.faults(390, 1440) + hand.too_small() == []


def test_the_one_question_is_one_tap_on_the_secret_link(
    browser: Browser, base: str, world: World
) -> None:
    """Not good opens it again with one tap more; a word more arrives too."""
    opened = a_reported_case(world)
    assert opened.work is not None
    house = world.house
    for step, by, said in (
        ("claim", house.doer, {}),
        ("start", house.doer, {}),
        ("finish", house.doer, {"result": "换了接头"}),
        ("pass", house.judge, {}),
    ):
        move_work(opened.work.id, step, actor=by, said=said)
    link = give_link(opened.case, actor=world.actor)
    with at_phone(browser, base) as hand:
        hand.go(f"/follow/{secret_of(link.id)}")
        hand.start()
        hand.tap("button[value=no]")
        hand.page.wait_for_selector("button[name=preset]")
        assert hand.taps == 1
        wrong = hand.unreadable("light") + hand.unreadable("dark") + hand.faults(1440, 390, 320)
        hand.tap("button[name=preset]")
        hand.page.wait_for_url("**#story")
        hand.page.fill("textarea", "还在漏")
        hand.tap("form#more button[type=submit]")
        hand.page.get_by_text("还在漏").wait_for()
        assert wrong == []
    (case,) = [one for one in cases(world) if one.id == opened.case.id]
    assert (case.state, case.reopened) == ("open", 1)


def test_a_report_with_a_photo_is_at_most_four_taps(
    browser: Browser, base: str, resident: Resident, world: World, photo: Path
) -> None:
    with at_phone(browser, base, resident.device) as hand:
        hand.go("/me")
        hand.start()
        hand.tap(".t4 .hero")
        choose(hand, photo)
        hand.tap("button.primary")
        hand.page.wait_for_url("**/me/matters/*sent=1*")
        assert hand.taps <= 4
        hand.took("report")
        assert cases(world)[-1].number in hand.text()
        hand.go("/me")
        hand.start()
        hand.tap(f"a[href='/me/matters/{cases(world)[-1].id}']")
        assert hand.taps == 1  # progress: one tap from home, as from a notice
        hand.took("progress")


def test_rating_opening_again_and_complaining_are_at_most_two_taps(
    browser: Browser, base: str, resident: Resident, world: World
) -> None:
    case = settled(world)
    at = f"/me/matters/{case.id}"
    with at_phone(browser, base, resident.device) as hand:
        hand.go(at)
        hand.start()
        hand.tap("button[name=good][value=yes]")
        assert hand.taps == 1
        hand.took("rate")
        assert "谢谢" in hand.text()
        hand.go(at)
        hand.start()
        hand.tap(f"a[href='{at}/complain']")
        hand.tap("button[name=preset]")
        assert hand.taps == 2
        hand.took("complain")
        assert "已收到您的投诉" in hand.text()
        hand.go(at)
        hand.start()
        hand.tap(f"a[href='{at}/reopen']")
        hand.tap("button[name=preset]")
        hand.page.wait_for_url(f"**{at}")
        assert hand.taps == 2
        hand.took("reopen")
        hand.start()
        hand.tap(hand.button("催一下"))
        assert hand.taps == 1
        assert "请 desk员 马上答复您" in hand.text()


def test_the_elderly_are_two_taps_from_help(
    browser: Browser, base: str, resident: Resident, world: World
) -> None:
    before = len(cases(world))
    with at_phone(browser, base, resident.device, elder=True) as hand:
        hand.go("/me")
        assert hand.page.locator("a.call.main").get_attribute("href") == "tel:057188880110"
        hand.start()
        hand.tap(hand.button("我家有问题"))
        hand.tap(hand.button("请打电话给我"))
        hand.page.wait_for_url("**/me/matters/*")
        assert hand.taps <= 2
        hand.took("elderly")
    assert len(cases(world)) == before + 1


PAGES: dict[str, Callable[[Case], str]] = {
    "home": lambda _case: "/me",
    "report": lambda _case: "/me/report",
    "complaint": lambda _case: "/me/report?kind=complaint",
    "matters": lambda _case: "/me/matters",
    "matter": lambda case: f"/me/matters/{case.id}",
    "reopen": lambda case: f"/me/matters/{case.id}/reopen",
    "complain": lambda case: f"/me/matters/{case.id}/complain",
    "self": lambda _case: "/me/self",
    "notices": lambda _case: "/me/notices",
    "promises": lambda _case: "/me/promises",
    "year": lambda _case: "/me/year",
}


@pytest.fixture(scope="module")
def hands(browser: Browser, base: str) -> Iterator[tuple[Hand, Hand, Hand]]:
    """At telephones: plain, in large type, in English."""
    with (
        at_phone(browser, base) as plain,
        at_phone(browser, base, elder=True) as elder,
        at_phone(browser, base, language="en") as english,
    ):
        yield plain, elder, english


@pytest.mark.parametrize("name", PAGES)
def test_every_page_plain_and_in_large_type(
    hands: tuple[Hand, Hand, Hand], resident: Resident, world: World, name: str
) -> None:
    path = PAGES[name](settled(world))
    for hand in hands:
        hand.comes(path, device=resident.device, size=PHONE)
    plain, elder, english = hands
    wrong = plain.unreadable("light") + plain.unreadable("dark")
    wrong += plain.faults(1440, 390, 320) + plain.too_small()
    wrong += [f"large: {found}" for found in elder.unreadable("light")]
    wrong += [f"large: {found}" for found in elder.faults(390, 320)]
    wrong += [f"large: {found}" for found in elder.page.evaluate(TOO_SMALL_FOR_THE_OLD)]
    size = elder.page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    wrong += [] if size >= LARGE[0] else [f"large: {size} px"]
    wrong += english.faults(390, 1440)
    assert wrong == []


def test_coming_in_by_code_and_by_invitation(browser: Browser, base: str, world: World) -> None:
    with at_phone(browser, base) as hand:
        hand.go("/me/in")
        wrong = hand.unreadable("light") + hand.faults(1440, 390, 320) + hand.too_small()
        hand.page.fill("input[name=phone]", world.house.resident.phone)
        hand.start()
        hand.tap("button.primary")
        hand.page.wait_for_url("**/me/in/code")
        wrong += hand.unreadable("light") + hand.faults(1440, 390, 320) + hand.too_small()
        assert "138****" in hand.text()
        hand.page.fill("input[name=code]", "12345x")
        hand.tap("button.primary")
        assert "验证码不对" in hand.text()
        assert wrong == []
    token = invite(world.house.resident, actor=world.actor)
    with at_phone(browser, base) as hand:
        hand.go(f"/me/in/{token}")
        assert hand.faults(390, 1440) == []
        hand.start()
        hand.tap("button.primary")
        hand.page.wait_for_url("**/me")
        assert hand.taps == 1


def test_what_was_typed_and_taken_survives_a_dead_network(
    browser: Browser, base: str, resident: Resident, world: World, photo: Path
) -> None:
    before = len(cases(world))
    with at_phone(browser, base, resident.device) as hand:
        hand.go("/me/report")
        choose(hand, photo)
        hand.page.fill("textarea", "厨房水管爆了")
        hand.page.route("**/me/report", lambda route: route.abort())
        hand.tap("button.primary")
        hand.page.wait_for_selector("[data-told].warn")
        assert "已存在本机" in hand.text()
        hand.page.unroute("**/me/report")
        hand.go("/me")
        hand.wrong.clear()  # the browser itself says that the request was cut
        hand.go("/me/report")
        hand.page.wait_for_selector("[data-shots] img")
        assert hand.page.input_value("textarea") == "厨房水管爆了"
        hand.tap("button.primary")
        hand.page.wait_for_url("**/me/matters/*sent=1*")
        hand.go("/me/report")
        hand.page.wait_for_timeout(300)
        assert hand.page.input_value("textarea") == ""  # the receipt was shown
    assert len(cases(world)) == before + 1
    with acting(world.actor):
        assert cases(world)[-1].records.filter(kind="photo").count() == 1


def test_a_large_photo_is_made_small_before_it_travels(
    browser: Browser, base: str, resident: Resident, tmp_path: Path
) -> None:
    noise = io.BytesIO()
    Image.effect_noise((3000, 2200), 90).convert("RGB").save(noise, "JPEG", quality=95)
    path = tmp_path / "big.jpg"
    path.write_bytes(noise.getvalue())
    with at_phone(browser, base, resident.device) as hand:
        hand.go("/me/report")
        choose(hand, path)
        size = hand.page.evaluate("document.querySelector('input[type=file]').files[0].size")
    assert size < len(noise.getvalue()) / 2


def test_it_stays_one_column_on_a_wide_screen(
    browser: Browser, base: str, resident: Resident
) -> None:
    with a_hand(browser, base, device=resident.device, size=WIDE) as hand:
        hand.go("/me")
        box = hand.page.locator("main").bounding_box()
        assert box is not None
        assert box["width"] <= 560
