"""Items from a table: taken in any of our languages, refused in words."""

import pytest
from django.utils import translation

from anju.engine.forms.labels import LANGUAGES, WORDS
from anju.engine.forms.rules import Form, Item, read_form, write_form
from anju.engine.forms.sheets import COLUMNS, with_items
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


TABLE = {
    "code": ("sign", "temp", "state", "rows"),
    "text": ("警示牌、责任牌", "温度", "=状态", "读数"),
    "kind": ("", "number", "choice", "table"),
    "weight": ("60", "40", "", ""),
    "veto": ("是", "", "", ""),
    "required": ("yes", "", "", ""),
    "min": ("", "5", "", ""),
    "max": ("", "45.5", "", ""),
    "unit": ("", "℃", "", ""),
    "choices": ("", "", "好、坏", ""),
    "columns": ("", "", "", "表,数"),
    "evidence": ("√", "", "", ""),
    "on_fail": ("case", "", "", ""),
    "method": ("look", "", "", ""),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_of_items_is_taken_in_each_language(language: str) -> None:
    def said(name: str, cell: str) -> str:
        return str(WORDS.get(name, {}).get(cell, cell))

    with translation.override(language):
        header = [str(COLUMNS[name]) for name in TABLE]
        rows = [
            [said(name, cell) for name, cell in zip(TABLE, row, strict=True)]
            for row in zip(*TABLE.values(), strict=True)
        ]
    empty = write_form(FORM.model_copy(update={"items": (Item(code="x", text="x"),)}))
    again = read_form(with_items(empty, a_csv(header, *rows), "a.csv"))
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
