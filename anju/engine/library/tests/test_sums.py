"""What adds up in the field adds up in the library: hundreds, counts, bands without a hole."""

import pytest

from anju.engine.library.reading import library
from anju.engine.library.rules import Item, Value

SHEETS = sorted(i.id for i in library().items.values() if i.section == "14.1" and i.kind == "sheet")


def points(item: Item) -> list[Value]:
    return [v for v in item.values if v.unit in ("分", "%") and v.op == "=="]


def total(values: list[Value]) -> float:
    return sum(v.value or 0 for v in values)


def item(key: str) -> Item:
    return library().items[key]


def test_there_are_six_default_sheets_and_each_but_the_cleaning_one_has_a_veto() -> None:
    assert len(SHEETS) == 6
    without = [key for key in SHEETS if not any(v.veto for v in item(key).values)]
    assert without == ["S14_1.CLEANING"]


@pytest.mark.parametrize("key", SHEETS)
def test_a_default_sheet_adds_to_a_hundred(key: str) -> None:
    assert total(points(item(key))) == 100
    assert all(v.scope for v in points(item(key))), "a criterion says how it is checked"


def test_the_weights_of_the_six_sheets_add_to_a_hundred() -> None:
    assert total(points(item("S14_1.SCORE"))) == 100
    assert len(points(item("S14_1.SCORE"))) == len(SHEETS)


@pytest.mark.parametrize(
    ("key", "parts", "of"),
    [
        ("S14.MODEL_ESTATE", 9, 100),  # its last value is the total
        ("S9.ENGINEER", 5, 113),  # as seen: no sheet of a hundred points, and it says so
    ],
)
def test_a_sheet_that_was_seen_adds_to_what_it_says(key: str, parts: int, of: int) -> None:
    assert total(points(item(key))[:parts]) == of


def test_the_contractors_sheet_adds_up_in_each_part() -> None:
    found = {v.text: v.value for v in points(item("S14.CLEANING_CONTRACTOR"))}
    for part in ("室外", "楼内"):
        inner = sum(n or 0 for text, n in found.items() if text.startswith(f"{part}："))
        assert inner == found[part] == 40
    assert (found["室外"] or 0) + (found["楼内"] or 0) + (found["其他"] or 0) == found["合计"]


def test_the_questionnaire_has_the_questions_and_weights_it_says() -> None:
    questions = library().pieces["questionnaires"].items
    weights = [i for i in questions if i.title.startswith("维度权重")]
    asked = [i for i in questions if i.group in {w.group for w in weights} and i not in weights]
    says = {v.unit: v.value for v in item("S8.Q").values}
    assert total([v for w in weights for v in w.values]) == says["%"] == 100
    assert len(asked) == says["题"] == 26
    after = [i for i in questions if i.id.startswith("S8.PULSE.")]
    assert len(after) == item("S8.PULSE").values[0].value == 5


@pytest.mark.parametrize(
    ("key", "scope"), [("S11_3.COST", "成本项"), ("S11_2.DISCLOSE", "公开内容")]
)
def test_a_list_has_as_many_entries_as_it_says(key: str, scope: str) -> None:
    says = next(v.value for v in item(key).values if v.unit == "项")
    assert len([v for v in item(key).values if v.scope == scope]) == says


def test_an_opinion_among_the_duties_feeds_nothing() -> None:
    duties = library().pieces["civil-code"].items
    ours = [(i, v) for i in duties for v in i.values if v.source == ("D",)]
    assert len(ours) == len(duties)
    assert not any(i.value_feeds(v) for i, v in ours)
    assert all(i.feeds for i in duties)
