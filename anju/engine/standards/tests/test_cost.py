"""What standards cost a year."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.engine.standards.document import Document
from anju.engine.standards.smart import bill
from anju.engine.standards.smart.cost import Bill, Change, bill_of

AMOUNT = st.integers(0, 500).map(lambda n: n / 4)  # quarters are exact
POSTS = st.fixed_dictionaries(
    {
        "post": st.sampled_from(["cleaner", "guard", "technician"]),
        "minutes": AMOUNT,
        "people": st.integers(1, 3),
        "rate": AMOUNT,
    }
)
MATERIALS = st.fixed_dictionaries(
    {"name": st.sampled_from(["rope", "soap"]), "unit": st.just("kg"), "quantity": AMOUNT,
     "price": AMOUNT}
)  # fmt: skip


def standard(method: dict[str, Any]) -> Document:
    return Document.model_validate({"code": "a", "name": "A", "method": method})


DOCUMENTS = st.fixed_dictionaries(
    {
        "labour": st.lists(POSTS, max_size=3),
        "materials": st.lists(MATERIALS, max_size=3),
        "times_a_year": st.integers(0, 400),
    }
).map(standard)


def test_a_worked_example() -> None:
    method = {
        "times_a_year": 1200,
        "labour": [{"post": "technician", "minutes": 45, "rate": 40}],
        "materials": [
            {"name": "生料带", "unit": "卷", "quantity": 0.2, "price": 2.5},
            {"name": "角阀", "unit": "个", "quantity": 0.1},
        ],
    }
    found = bill_of(standard(method))
    assert found.hours == {"technician": 900}
    assert (found.wages, found.materials, found.money) == (36000, 600, 36600)
    assert found.quantities == {("生料带", "卷"): 240, ("角阀", "个"): 120}
    assert (found.unpriced, found.unpaid, found.silent) == ({"角阀"}, set(), set())


@given(st.lists(DOCUMENTS, max_size=5), st.lists(DOCUMENTS, max_size=5))
def test_a_set_costs_what_its_parts_cost(some: list[Document], more: list[Document]) -> None:
    whole, parts = bill([*some, *more]), bill(some) + bill(more)
    assert whole.money == pytest.approx(parts.money)
    assert whole.hours == pytest.approx(parts.hours)
    assert whole.quantities == pytest.approx(parts.quantities)
    assert (whole.unpriced, whole.silent) == (parts.unpriced, parts.silent)


@given(DOCUMENTS, st.integers(0, 5))
def test_as_often_again_costs_as_much_again(document: Document, factor: int) -> None:
    method = document.method
    often = method.model_copy(update={"times_a_year": method.times_a_year * factor})
    more = bill_of(document.model_copy(update={"method": often}))
    assert more.money == pytest.approx(bill_of(document).money * factor)
    assert more.total_hours == pytest.approx(bill_of(document).total_hours * factor)


@given(st.lists(DOCUMENTS, max_size=4), st.lists(DOCUMENTS, max_size=4))
def test_a_change_leads_from_before_to_after(old: list[Document], new: list[Document]) -> None:
    change = Change(bill(old), bill(new))
    assert change.before.money + change.money == pytest.approx(change.after.money)
    for post in {*change.before.hours, *change.after.hours}:
        there = change.before.hours.get(post, 0) + change.hours.get(post, 0)
        assert there == pytest.approx(change.after.hours.get(post, 0))
    back = Change(change.after, change.before)
    assert back.money == pytest.approx(-change.money)
    assert Change(bill(old), bill(old)).hours == {}


def test_nothing_costs_nothing() -> None:
    assert bill([]) == Bill()
    assert bill_of(standard({})).silent == {"a"}
