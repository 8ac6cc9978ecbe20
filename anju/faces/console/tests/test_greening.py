"""Care of plants by species, climate zone and month, and a plan begun from it."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation

from anju.domains.ledgers.commands import Said, write_line
from anju.domains.ledgers.testing import a_ledger
from anju.engine.library.care import PIECE, care_of, classes_of
from anju.engine.library.reading import library
from anju.engine.loop.testing import House, a_house
from anju.engine.plans.testing import a_plan
from anju.foundation.access.testing import a_browser
from anju.foundation.places.commands import edit_place
from anju.foundation.places.models import CLIMATE_NAMES, Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

ZONES = [zone for zone, _name in CLIMATE_NAMES]


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


def plant(house: House, *said: tuple[str, str, str]) -> None:
    ledger = a_ledger(house.actor, house.community, "PLANTS")
    for species, kind, spot in said:
        given = {name: Said(value={"text": text}) for name, text in
                 (("species", species), ("kind", kind), ("spot", spot))}  # fmt: skip
        write_line(ledger.id, given | {"count": Said(value={"number": "12"})}, actor=house.actor)


def in_zone(house: House, zone: str) -> None:
    with acting(house.actor):
        edit_place(Place.objects.get(id=house.community.id), actor=house.actor, climate=zone)


def test_the_zones_are_the_levels_and_what_was_not_seen_of_them_is_a_suggestion() -> None:
    assert list(library().pieces[PIECE].levels) == ZONES
    for zone in ZONES:
        for kind in ("乔木", "灌木", "绿篱", "草坪", "花卉"):
            cares = list(care_of("无名", kind, zone))
            assert cares, (zone, kind)
            assert all(one.value.level == zone for one in cares)
            if zone != "寒冷":
                assert not any(one.feeds for one in cares), (zone, kind)
    assert any(one.feeds for one in care_of("银杏", "乔木", "寒冷"))


def test_a_species_has_the_care_of_its_class_and_where_it_tells_none_that_of_each() -> None:
    assert classes_of("香樟", "乔木") == {"乔木", "常绿乔木"}
    assert classes_of("大叶银杏", "乔木") == {"乔木", "落叶乔木"}
    assert classes_of("无名", "乔木") == {"乔木", "落叶乔木", "常绿乔木"}
    assert classes_of("广玉兰", "乔木") == {"乔木", "常绿乔木"}  # no 玉兰
    assert classes_of("大叶黄杨", "绿篱") == {"绿篱"}  # no 杨
    assert classes_of("香樟", "喬木") == {"乔木", "常绿乔木"}
    assert classes_of("丰花月季", "花卉") == {"花卉", "月季和宿根花卉"}
    pruned = {one.item.title: one for one in care_of("银杏", "乔木", "寒冷")}
    assert pruned["落叶乔木冬季修剪"].months == (12, 1, 2)
    assert pruned["乔木浇冻水、树干涂白、包裹防寒"].months == (11,)
    pests = [one.months for one in care_of("银杏", "乔木", "寒冷") if "病虫" in one.item.title]
    assert pests == [(4, 5), (7, 8)]  # the calendar names none for June
    south = {one.item.title for one in care_of("银杏", "乔木", "夏热冬暖")}
    assert "乔木浇冻水、树干涂白、包裹防寒" not in south


def test_plants_of_the_ledger_have_their_care_and_a_plan_is_begun_of_it(house: House) -> None:
    desk = someone(house, "manager")
    assert "No plants are written down here" in page(desk, "/plans/greening")
    plant(house, ("银杏", "乔木", "主路两侧"), ("香樟", "乔木", "南门"), ("银杏", "乔木", "北门"))
    shown = page(desk, "/plans/greening")
    assert "no climate zone yet" in shown
    assert f"/places/{house.community.id}/edit" in shown
    in_zone(house, "寒冷")
    shown = page(desk, "/plans/greening")
    assert "plants: 24" in shown
    assert shown.count("落叶乔木冬季修剪 · 12–2 月：每年1次") == 1
    assert "Make a plan" not in page(someone(house, "guard"), "/plans/greening")
    url = next(one for one in re.findall(r'href="(/plans/new[^"]*)"', shown) if "PRUNE" in one)
    begun = page(desk, url.replace("&amp;", "&"))
    assert 'value="银杏: 落叶乔木冬季修剪"' in begun
    assert re.search(r'name="months"[^>]*value="12"', begun)
    assert f">\n{house.community.code}</textarea>" in begun
    a_plan(house, "PRUNE", name="银杏冬剪", carries=("S5_4.CARE.PRUNE/2",))
    assert "银杏冬剪" in page(desk, "/plans/greening")
    in_zone(house, "夏热冬暖")
    shown = page(desk, "/plans/greening")
    assert "浇冻水" not in shown
    assert "confirmed" not in shown
    assert "银杏冬剪" not in shown  # planned for other months


def test_the_climate_zone_is_chosen_on_the_page_of_the_place(house: House) -> None:
    desk, address = someone(house, "manager"), f"/places/{house.community.id}/edit"
    form = page(desk, address)
    assert "hot summer and cold winter" in form
    with acting(house.actor):
        place = Place.objects.get(id=house.community.id)
    said = {"code": place.code, "name": place.name, "version": place.version}
    assert desk.post(address, {**said, "climate": "热带"}).status_code == 422
    assert desk.post(address, {**said, "climate": "温和"}).status_code == 302
    assert "temperate" in page(desk, f"/places/{house.community.id}")
