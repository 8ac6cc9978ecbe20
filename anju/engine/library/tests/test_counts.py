"""Counts of the library, computed again from its items."""

from collections import Counter

from anju.engine.library.counting import CYCLES, counted, faults
from anju.engine.library.reading import library


def test_the_lift_cycles_add_up() -> None:
    groups = Counter(
        item.group for item in library().pieces["lift-t5002"].items if item.section == "2.2"
    )
    assert groups == {"半月": 31, "季度": 13, "半年": 15, "年度": 17}
    sums, total = [], 0
    for name in CYCLES:
        total += groups[name]
        sums.append(total)
    assert sums == [31, 44, 59, 76]


def test_the_grade_has_three_levels_in_six_domains() -> None:
    piece = library().pieces["grade-2004"]
    assert piece.levels == ("一级", "二级", "三级")
    assert len({item.group for item in piece.items}) == 6
    for item in piece.items:
        assert {value.level for value in item.values} == set(piece.levels), item.id


def test_the_cleaning_has_five_tiers() -> None:
    piece = library().pieces["cleaning-tiers"]
    assert len(piece.levels) == 5
    assert {v.level for i in piece.items for v in i.values if v.level} == set(piece.levels)


def test_nothing_of_it_is_at_fault() -> None:
    assert faults(library()) == []


def test_the_counts_are_those_of_the_items() -> None:
    rows = counted(library())
    assert sum(row.items for row in rows) == len(library().items)
    assert sum(row.confirmed for row in rows) == sum(i.confirmed for i in library().items.values())
    assert sum(row.omitted for row in rows) == len(library().omitted)
    assert [row.section for row in rows] == sorted(
        {row.section for row in rows}, key=lambda s: [int(n) for n in s.split(".")]
    )
