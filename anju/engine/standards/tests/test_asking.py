"""Whom a standard asks afterwards: shares, the draw, the words."""

import pytest

from anju.engine.standards.asking import (
    Asking,
    Script,
    Share,
    asking_faults,
    asking_from_json,
    asking_to_json,
    drawn,
    lot_of,
)
from anju.engine.standards.defaults import COMPLAINT_ASKING, REPAIR_ASKING


@pytest.mark.parametrize(
    ("kind", "category", "urgency", "percent"),
    [
        ("repair", "水电", 3, 30),
        ("repair", "水电", 1, 100),
        ("repair", "水电", 2, 100),
        ("finding", "水电", 3, 100),
        ("booking", "", 4, 30),
    ],
)
def test_the_shipped_shares_of_repairs(
    kind: str, category: str, urgency: int, percent: int
) -> None:
    assert REPAIR_ASKING.share_of(kind, category, urgency) == percent


def test_every_complaint_is_called_and_no_praise() -> None:
    assert [COMPLAINT_ASKING.share_of(kind, "", 3) for kind in ("complaint", "praise")] == [100, 0]


def test_the_narrowest_share_binds() -> None:
    asking = Asking(
        shares=(
            Share(30, kind="repair"),
            Share(100, urgency=1),
            Share(50, category="水电"),
            Share(80, category="水电/漏水"),
        )
    )
    assert asking.share_of("repair", "电梯", 3) == 30
    assert asking.share_of("repair", "电梯", 1) == 100
    assert asking.share_of("repair", "水电/照明", 1) == 50
    assert asking.share_of("repair", "水电/漏水/卫生间", 3) == 80
    assert asking.share_of("repair", "水电局", 3) == 30  # another word that begins alike
    assert asking.share_of("enquiry", "", 3) == 100  # nothing fits: everybody


def test_a_second_look_draws_the_same_and_a_larger_share_keeps_whom_it_drew() -> None:
    cases = [f"DH1-261120-{n:04}" for n in range(2000)]
    at_30 = {case for case in cases if drawn(case, 30)}
    assert at_30 == {case for case in cases if drawn(case, 30)}
    assert at_30 <= {case for case in cases if drawn(case, 50)}
    assert 0.24 < len(at_30) / len(cases) < 0.36  # six standard deviations to each side
    assert not any(drawn(case, 0) for case in cases)
    assert all(drawn(case, 100) for case in cases)
    assert {0 <= lot_of(case) < 65_536 for case in cases} == {True}


def test_what_is_written_is_read_again() -> None:
    asking = Asking(
        shares=(Share(0, kind="praise"), Share(100, urgency=1, category="水电")),
        attempts=2,
        silence_days=5,
        scripts=(Script(("您好", "再见"), kind="repair"),),
    )
    assert asking_from_json(asking_to_json(asking)) == asking
    assert asking_to_json(Asking()) == {}


def test_the_words_of_a_category_come_before_the_general_ones() -> None:
    asking = Asking(scripts=(Script(("一般",)), Script(("电梯",), category="电梯")))
    assert asking.script_of("repair", "电梯/困人") == ("电梯",)
    assert asking.script_of("repair", "水电") == ("一般",)
    assert Asking().script_of("repair", "水电") == ()


def test_shares_that_cannot_stand_are_named() -> None:
    twice = Asking(shares=(Share(30, kind="repair"), Share(40, kind="repair"), Share(101)))
    assert asking_faults(twice) == ["share:not_a_percentage", "share:twice"]
    assert asking_faults(Asking(attempts=-1)) == ["asking:negative"]
    assert asking_faults(REPAIR_ASKING) == asking_faults(COMPLAINT_ASKING) == []
