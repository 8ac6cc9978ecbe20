"""The way of a round through the buildings: which floor a point is on, the order one walks."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from anju.domains.rounds.walking import (
    ROOF,
    Spot,
    counted,
    floor_of,
    heads,
    legs,
    spots_of,
    walking_order,
)
from anju.engine.loop.testing import House, a_house
from anju.foundation.places.commands import add_places
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

BUILDING = ("building", "2", "2 栋")


@pytest.mark.parametrize(
    ("chain", "name", "floor"),
    [
        ((BUILDING,), "2# 大堂", 1),
        ((BUILDING,), "天台门", ROOF),
        ((BUILDING,), "12层消火栓", 12),
        ((BUILDING,), "配电间", 1),
        ((BUILDING, ("public", "LOBBY", "2 栋大堂")), "门禁", 1),
        ((BUILDING, ("public", "CAR", "地下一层车库")), "集水井", -1),
        ((BUILDING, ("unit", "1", "2 栋 1 单元"), ("room", "1203", "1203")), "空置房", 12),
        ((BUILDING, ("floor", "7", "七层")), "天台门", 7),  # the tree knows better than the name
        ((BUILDING, ("floor", "F3", "F3")), "", 3),
        ((BUILDING, ("floor", "-2", "B2")), "", -2),
        ((BUILDING, ("floor", "1", "底层")), "", 1),
        ((BUILDING,), "roof door of building 2", ROOF),
        ((BUILDING,), "floor 5 hydrant", 5),
    ],
)
def test_the_tree_says_the_floor_else_the_name(
    chain: tuple[tuple[str, str, str], ...], name: str, floor: int
) -> None:
    assert floor_of((("community", "BH1", "滨海新城一期"), *chain), name) == floor


def test_buildings_are_walked_up_and_down_and_what_is_outside_last(actor: Actor) -> None:
    house: House = a_house(actor)
    with acting(actor):
        yard = Place(parent=house.community, kind="public", code="YARD", name="中心花园")
        tall = [Place(parent=house.community, kind="building", code=c, name=f"{c} 栋")
                for c in ("41", "42", "110")]  # fmt: skip
        add_places([yard, *tall], actor=actor)
        said = [
            (yard, "凉亭"), (tall[2], "大堂"), (tall[1], "大堂"), (tall[0], "天台门"),
            (tall[1], "天台门"), (tall[0], "6层弱电间"), (tall[0], "大堂"), (tall[2], "3层"),
        ]  # fmt: skip
        spots = spots_of(said, actor)
    way = [said[n] for n in walking_order(spots)]
    assert [(place.code, name) for place, name in way] == [
        ("41", "大堂"), ("41", "6层弱电间"), ("41", "天台门"),
        ("42", "天台门"), ("42", "大堂"),
        ("110", "大堂"), ("110", "3层"),
        ("YARD", "凉亭"),
    ]  # fmt: skip
    with translation.override("zh-hans"):
        walked = [spots[n] for n in walking_order(spots)]
        plan = legs(walked, [name for _place, name in way])
        assert [leg.name for leg in plan] == ["41 栋", "42 栋", "110 栋", "公共区域"]
        assert plan[0].floors == [
            ("屋面", ["天台门"]), ("6 层", ["6层弱电间"]), ("1 层", ["大堂"])
        ]  # fmt: skip
        assert heads(walked)[:4] == ["41 栋 · 1 层", "41 栋 · 6 层", "41 栋 · 屋面", "42 栋 · 屋面"]


@given(
    st.lists(
        st.builds(
            lambda building, unit, floor: Spot(
                building and f"{building} 栋", unit, floor, (counted(building), counted(unit))
            ),
            st.sampled_from(["", "1", "2", "10"]), st.sampled_from(["", "1", "2"]),
            st.integers(-2, 30),
        ),
        max_size=20,
    )
)  # fmt: skip
def test_each_house_is_walked_once_without_turning_back(spots: list[Spot]) -> None:
    order = walking_order(spots)
    assert sorted(order) == list(range(len(spots)))
    walked = [spots[n] for n in order]
    stairs = list(dict.fromkeys(one.stairs for one in walked))
    assert stairs == sorted(stairs)
    for n, house in enumerate(stairs):
        floors = [one.floor for one in walked if one.stairs == house]
        assert floors == sorted(floors, reverse=n % 2 == 1)
    assert len(legs(walked, order)) == len(stairs)
