"""Items as a table for people: out, in again in any of our languages, refused in words."""

import pytest
from django.utils import translation

from anju.engine.forms.rules import Form, Item, read_form, write_form
from anju.engine.forms.sheets import LANGUAGES, items_to_xlsx, with_items
from anju.foundation.registry.testing import a_csv
from anju.foundation.tenancy.errors import NotYet

FORM = Form(
    code="room",
    name="机房",
    total=100,
    veto_cap=69,
    items=(
        Item(code="sign", text="警示牌、责任牌", weight=60, veto=True, evidence=("photo",),
             required=True, on_fail="case", method="look"),
        Item(code="temp", text="温度", kind="number", weight=40, min=5, max=45.5, unit="℃"),
        Item(code="state", text="=状态", kind="choice", choices=("好", "坏")),
        Item(code="rows", text="读数", kind="table", columns=("表", "数")),
    ),
)  # fmt: skip


@pytest.mark.parametrize("out", LANGUAGES)
@pytest.mark.parametrize("back", LANGUAGES)
def test_what_goes_out_comes_back_the_same(out: str, back: str) -> None:
    with translation.override(out):
        table = items_to_xlsx(FORM.items)
    empty = write_form(FORM.model_copy(update={"items": (Item(code="x", text="x"),)}))
    with translation.override(back):
        again = read_form(with_items(empty, table, "a.xlsx"))
    assert again == FORM


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        (["code", "text", "colour"], ["a", "b", "red"], "no column “colour”"),
        (["code", "text", "kind"], ["a", "b", "maybe"], "Row 2: “maybe” is not known"),
    ],
)
def test_what_is_not_known_is_refused_in_words(
    header: list[str], row: list[str], said: str
) -> None:
    with translation.override("en"), pytest.raises(NotYet) as refusal:
        with_items(write_form(FORM), a_csv(header, row), "a.csv")
    assert said in str(refusal.value)


def test_a_file_that_is_no_table_is_refused() -> None:
    with pytest.raises(NotYet):
        with_items(write_form(FORM), b"PK\x03\x04broken", "a.xlsx")
