"""A community beside a grade: by rule, by record, missing; the laws of it."""

from hypothesis import given
from hypothesis import strategies as st

from anju.engine.library.comparing import Promised, Recorded, compared, tally, wanted
from anju.engine.library.reading import library

GRADE = library().pieces["grade-2004"]
ARRIVE, HAPPY = "clock:arrive:repair:2", "indicator:satisfied"


def one(item: str, level: str = "一级", **facts: object) -> str:
    lines = compared(GRADE, level, **{"promised": {}, "recorded": {}, **facts})  # type: ignore[arg-type]  # by name
    return next(line.met for line in lines if line.item.id == item)


def test_by_rule_by_record_by_both_or_missing() -> None:
    rule = {ARRIVE: Promised(30, "repair v1")}
    record = {(ARRIVE, 30.0): Recorded(0.97, 0.9, 0.99, 120)}
    assert one("BASIC.URGENT") == "missing"
    assert one("BASIC.URGENT", promised=rule) == "rule"
    assert one("BASIC.URGENT", recorded=record) == "record"
    assert one("BASIC.URGENT", promised=rule, recorded=record) == "both"
    assert one("BASIC.URGENT", promised={ARRIVE: Promised(31, "x")}) == "missing"
    assert one("BASIC.URGENT", recorded={(ARRIVE, 30.0): Recorded(0.9, 0.8, 0.95, 99)}) == "missing"
    assert one("BASIC.SATIS", recorded={(HAPPY, 80.0): Recorded(0.8, 0.7, 0.9, 50)}) == "record"
    assert one("BASIC.SATIS", recorded={(HAPPY, 80.0): Recorded(0.79, 0.7, 0.9, 50)}) == "missing"
    assert one("CLEAN.MOP") == "planned"  # so often: only planned work can tell
    assert one("BASIC.STAFF") == "words"
    assert one("CLEAN.MOP", adopted=frozenset({"CLEAN.MOP"})) == "rule"


@given(st.floats(1, 500), st.floats(1, 500))
def test_a_stricter_promise_never_meets_less(a: float, b: float) -> None:
    strict, loose = sorted((a, b))
    met = [
        {line.item.id for line in compared(GRADE, "二级", promised={ARRIVE: Promised(v, "")},
                                           recorded={}) if line.met == "rule"}
        for v in (strict, loose)
    ]  # fmt: skip
    assert met[1] <= met[0]


@given(st.sampled_from(GRADE.levels))
def test_every_value_of_the_level_is_told_once(level: str) -> None:
    lines = compared(GRADE, level, promised={}, recorded={})
    assert sum(tally(lines).values()) == len(lines)
    assert {line.item.id for line in lines} == {item.id for item in GRADE.items}
    assert all(line.value.level == level for line in lines)


def test_what_is_asked_is_in_minutes_and_percent() -> None:
    urgent, happy = library().items["BASIC.URGENT"], library().items["BASIC.SATIS"]
    assert [wanted(urgent, value) for value in urgent.values] == [30, 60, None]
    assert [wanted(happy, value) for value in happy.values] == [80, 75, 70]
    assert wanted(library().items["EQUIP.LIGHT"], library().items["EQUIP.LIGHT"].values[0]) is None
