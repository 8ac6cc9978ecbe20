"""What no plan covers, and where a plan and its standard disagree."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation

from anju.engine.library.commands import adopt_item, install_piece
from anju.engine.loop.testing import House, a_house
from anju.engine.plans.commands import move_plan
from anju.engine.plans.testing import a_plan
from anju.engine.standards.commands import put_in_force
from anju.engine.standards.document import Document, Method
from anju.foundation.access.testing import a_browser
from anju.foundation.places.testing import an_asset
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def someone(house: House, role: str) -> Client:
    return a_browser(house.actor, role, house.community.path)


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def a_standard(house: House, times: float) -> None:
    said = Document(code="lobby", name="大堂保洁", method=Method(times_a_year=times))
    put_in_force(said, actor=house.actor, why="试")


def test_a_standard_that_says_how_often_wants_a_plan_and_begins_one(house: House) -> None:
    desk = someone(house, "manager")
    assert "Everything is covered" in page(desk, "/plans/uncovered")
    a_standard(house, 52)
    shown = page(desk, "/plans/uncovered")
    assert "大堂保洁" in shown
    assert "52 times a year" in shown
    begun = page(desk, f"/plans/new?place={house.community.id}&standard=lobby")
    assert 'value="大堂保洁"' in begun
    assert '<option value="lobby" selected>' in begun
    assert '<option value="week" selected>' in begun
    assert "standard=lobby" in shown.replace("&amp;", "&")
    assert "standard=lobby" not in page(someone(house, "guard"), "/plans/uncovered")
    plan = a_plan(house, "LOBBY", standard="lobby")
    assert "Everything is covered" in page(desk, "/plans/uncovered")
    move_plan(plan.id, "end", actor=house.actor, why="停用")
    assert "大堂保洁" in page(desk, "/plans/uncovered")


def test_equipment_of_a_kind_that_is_planned_for_wants_it_too(house: House) -> None:
    desk = someone(house, "manager")
    with acting(house.actor):
        first = an_asset(house.actor, place=house.community)
        second = an_asset(house.actor, place=house.community)
    assert "Everything is covered" in page(desk, "/plans/uncovered")
    a_plan(house, "LIFT", subjects=((first.place, first),))
    shown = page(desk, "/plans/uncovered")
    assert "1 without a plan" in shown
    assert second.code in shown
    begun = page(desk, f"/plans/new?place={house.community.id}&system={second.system}")
    assert second.code in begun
    assert first.code not in begun


def test_a_plan_says_where_its_standard_asks_for_another_frequency(house: House) -> None:
    desk = someone(house, "manager")
    a_standard(house, 52)
    often = a_plan(house, "OFTEN", standard="lobby")
    shown = page(desk, f"/plans/{often.id}")
    assert "It comes to 365 times a year, its standard says 52" in shown
    when = {"start": "2026-01-01", "rule": "FREQ=WEEKLY", "times": ("09:00",)}
    weekly = a_plan(house, "WEEKLY", standard="lobby", when=when)
    assert "its standard says" not in page(desk, f"/plans/{weekly.id}")


def test_what_a_community_took_over_of_the_library_wants_a_plan_with_its_source(
    house: House,
) -> None:
    desk = someone(house, "manager")
    for id in ("HOUSE.PATROL", "CLEAN.SEPTIC"):
        adopt_item(id, actor=house.actor, place_id=house.community.id, level="一级")
    shown = page(desk, "/plans/uncovered")
    assert "巡查楼栋单元门、楼梯间、门窗玻璃 · 每天不少于1次" in shown
    assert "365 times a year" in shown
    assert "industry standard" in shown
    assert shown.count("suggestion") == 2  # both of the septic tank, which nobody has confirmed
    assert "Make a plan" not in page(someone(house, "guard"), "/plans/uncovered")
    begun = page(desk, f"/plans/new?place={house.community.id}&from=HOUSE.PATROL/1")
    assert re.search(r'value="HOUSE.PATROL/1"[^>]* checked', begun)
    assert "CLEAN.SEPTIC/1" in begun
    sent = {
        "code": "HOUSE", "name": "楼栋巡查", "subjects": house.community.code,
        "start": "2026-01-01", "repeat": "day", "interval": "1", "times": "09:00",
        "calendar": "always", "day_off": "keep", "month_end": "skip", "labour": "30",
        "early": "0", "late": "60", "make_up": "0", "catch_up": "none",
        "carries": ["HOUSE.PATROL/1"],
    }  # fmt: skip
    made = desk.post(f"/plans/new?place={house.community.id}&from=HOUSE.PATROL/1", sent)
    assert made.status_code == 302, made.content.decode()[:400]
    own = page(desk, made["Location"])
    assert "industry standard" in own
    assert "confirmed" in own
    shown = page(desk, "/plans/uncovered")
    assert "巡查楼栋单元门" not in shown
    assert "化粪池检查与清掏" in shown


def test_a_plan_that_is_rarer_than_the_library_asks_says_so(house: House) -> None:
    when = {"start": "2026-01-01", "rule": "FREQ=WEEKLY", "times": ("09:00",)}
    weekly = a_plan(house, "HOUSE", when=when, carries=("HOUSE.PATROL/1",))
    doubted = a_plan(house, "SEPTIC", when={**when, "rule": "FREQ=MONTHLY;INTERVAL=6"},
                     carries=("CLEAN.SEPTIC/1",))  # fmt: skip
    desk = someone(house, "manager")
    assert "less often than it asks" in page(desk, f"/plans/{weekly.id}")
    assert "less often than it asks" not in page(desk, f"/plans/{doubted.id}")  # a suggestion


def test_a_piece_taken_over_for_all_is_asked_of_each_and_lifts_by_their_cycles(
    house: House,
) -> None:
    install_piece("lift-t5002", actor=house.actor, script="zh-Hant")
    shown = page(someone(house, "manager"), "/plans/uncovered")
    assert shown.count("Make a plan") == 4
    assert "电梯维护保养项目（TSG T5002-2017 附件A）：半月" in shown
    fact = page(someone(house, "manager"), "/library/facts/S5_1.GARAGE")
    assert "from=S5_1.GARAGE%2F2" in fact
    assert "Make a plan" not in page(someone(house, "guard"), "/library/facts/S5_1.GARAGE")
    found = page(someone(house, "manager"), "/library?q=车库&often=1")
    assert "地下车库清洁" in found
