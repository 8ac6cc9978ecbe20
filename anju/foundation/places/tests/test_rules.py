"""Paths and codes, pure."""

from hypothesis import given
from hypothesis import strategies as st

from anju.foundation.places.rules import (
    ancestors,
    code_base,
    full_code,
    label_code,
    segment,
    stands_in,
    successor,
)

numbers = st.integers(min_value=0, max_value=10**9)


@given(numbers, numbers)
def test_no_segment_begins_another(a: int, b: int) -> None:
    assert segment(a).endswith(".")
    assert (a == b) == segment(b).startswith(segment(a))


@given(st.lists(numbers, min_size=1, max_size=5), st.lists(numbers, min_size=1, max_size=5))
def test_the_range_up_to_the_successor_is_the_subtree(a: list[int], b: list[int]) -> None:
    parent, other = ("".join(segment(n) for n in path) for path in (a, b))
    inside = parent.encode() <= other.encode() < successor(parent).encode()
    assert inside == other.startswith(parent)


def test_ancestors_run_from_the_root_to_the_place_itself() -> None:
    assert ancestors("1.a.2b.") == ["1.", "1.a.", "1.a.2b."]


def test_a_room_stands_in_a_unit_and_a_region_in_nothing() -> None:
    assert stands_in("room", "unit")
    assert stands_in("region", None)
    assert not stands_in("room", None)
    assert not stands_in("building", "room")


def test_floors_are_not_part_of_the_code_people_use() -> None:
    building = full_code("building", "3", code_base("community", "DH1", "DH1"))
    unit = full_code("unit", "2", code_base("building", "3", building))
    floor = full_code("floor", "12F", code_base("unit", "2", unit))
    room = full_code("room", "1201", code_base("floor", "12F", floor))
    assert (building, unit, floor, room) == ("3", "3-2", "3-2-12F", "3-2-1201")


@given(st.binary(min_size=8, max_size=8))
def test_a_label_holds_no_sign_that_is_misread(random: bytes) -> None:
    code = label_code(random)
    assert len(code) == 8
    assert not set(code) & set("01OILU")
