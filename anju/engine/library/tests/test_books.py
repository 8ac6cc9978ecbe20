"""A text as a workbook: out and in again in each pair of languages, refused by sheet and cell."""

from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from anju.engine.forms.books import Plan, column_label, is_book, read_book, sheet_label, write_book
from anju.engine.forms.labels import FORMER, LABELS, LANGUAGES
from anju.engine.forms.rules import Form, Item
from anju.engine.library.papers import forms, procedures
from anju.engine.procedures.rules import Procedure
from anju.engine.standards.asking import Asking, Script, Share
from anju.engine.standards.defaults import DEFAULTS
from anju.engine.standards.document import (
    Basis,
    Document,
    Evaluation,
    Labour,
    Material,
    Method,
    Requirement,
    Where,
)
from anju.engine.standards.rules import Limit, Step
from anju.engine.standards.scope import Scope
from anju.foundation.tenancy.errors import NotYet
from anju.foundation.texts.writing import plain

FULL = Document(
    code="leaks", name="=漏水", kinds=("repair", "complaint"), audience="业主\n使用人",
    scope=Scope(places=("1.2.",), categories=("水电/漏水",), urgencies=(1, 2)),
    item="No", provider="1",
    requirements=(
        Requirement(text="拍照"),
        Requirement(text="到场", code="come", metric="clock.arrive", op="<=", value=30.5,
                    unit="min", period="day", scope=Where(category="水电", urgency=1),
                    needs=("fast", "kind"), rests_on=("a/b",)),
    ),
    limits=(
        Limit("arrive", 30, ladder=(Step(-10, "leader"), Step(30, "manager"))),
        Limit("finish", 240, "office", urgency=2, category="水电", pause_cap=60,
              ladder=(Step(0, "leader"),)),
    ),
    items=(Item(code="seal", text="封条", required=True, on_fail="case"),),
    method=Method(text="先关阀\n", procedure="repair", form="visit", times_a_year=52, told=24,
                  warranty=90,
                  materials=(Material(name="胶带", unit="卷", quantity=0.5, price=3.2),),
                  labour=(Labour(post="电工", minutes=30, people=2, rate=40),)),
    evaluation=Evaluation(text="抽查", sample="每月 10", score="扣分", weight=20,
                          indicators=("x",)),
    verify=False, callback=False,
    asking=Asking(shares=(Share(20), Share(100, kind="repair")), attempts=3, silence_days=7,
                  scripts=(Script(("您好", "谢谢")),)),
    basis=(Basis(kind="law", ref="条例 9", source="公报"),), review_months=6,
)  # fmt: skip


@pytest.mark.parametrize("out", LANGUAGES)
@pytest.mark.parametrize("back", LANGUAGES)
def test_what_goes_out_comes_back_the_same(out: str, back: str) -> None:
    for said in (FULL, *DEFAULTS, forms()["sheet-fire"], procedures()["repair"]):
        with translation.override(out):
            book = write_book(said)
        with translation.override(back):
            assert is_book(book)
            assert read_book(book, type(said)) == said


@pytest.mark.parametrize("out", LANGUAGES)
def test_a_workbook_with_the_headings_of_before_is_read(
    out: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for said in (FULL, forms()["sheet-fire"], procedures()["repair"]):
        with monkeypatch.context() as before, translation.override(out):
            for name, label in FORMER.items():
                before.setitem(LABELS, name, label)  # type: ignore[arg-type]  # a dict it is
            book = write_book(said)
        assert read_book(book, type(said)) == said


def test_every_paper_that_ships_goes_into_excel_and_back() -> None:
    for said in (*forms().values(), *procedures().values()):
        assert read_book(write_book(said), type(said)) == said


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(
            Requirement,
            text=st.text(min_size=1, max_size=40),
            metric=st.text(max_size=10),
            value=st.none() | st.floats(-1e6, 1e6),
            needs=st.lists(st.text(max_size=6), max_size=3).map(tuple),
        ),
        max_size=4,
    ),
    st.text(max_size=60),
)
def test_a_text_comes_back_the_same_or_is_refused(some: list[Requirement], words: str) -> None:
    said = Document(code="x", name="x", requirements=tuple(some), audience=words)
    try:
        book = write_book(said)
    except NotYet:
        return
    assert plain(read_book(book, Document)) == plain(said)


@pytest.mark.parametrize("model", [Document, Form, Procedure])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_sheets_or_columns_are_called_alike(model: Any, language: str) -> None:
    plan = Plan.of(model)
    with translation.override(language):
        names = [[sheet_label(sheet) for sheet in plan.columns]]
        names += [[column_label(name) for name in columns] for columns in plan.columns.values()]
    for some in names:
        assert len({name[:31] for name in some}) == len(some)


def a_book(**sheets: list[list[Any]]) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for n, row in enumerate(rows):
                page.write_row(n, 0, row)
    return out.getvalue()


MAIN = [["Part", "Content"], ["code", "x"], ["name", "x"]]


@pytest.mark.parametrize(
    ("sheets", "said"),
    [
        ({"main": MAIN, "colours": [["a"]]}, "The sheet “colours” is not known"),
        ({"main": [*MAIN, ["colour", "red"]]}, "sheet “main”, row 4, column A: “colour” is not"),
        ({"main": [*MAIN, ["name", "y"]]}, "row 4, column A: “name” is said twice"),
        ({"main": MAIN, "limits": [["clock", "hours"], ["arrive", 1]]}, "row 1, column B: “hours”"),
        ({"main": MAIN, "limits": [["clock", "clock"], ["arrive", 1]]}, "row 1, column B: “clock”"),
        (
            {"main": MAIN, "limits": [["clock", "minutes"], [], ["arrive", "half"]]},
            "sheet “limits”, row 3, column B",
        ),
        ({"main": MAIN, "limits": [["clock", "minutes"], ["arrive"]]}, "sheet “limits”, row 2"),
        ({"main": [*MAIN, ["verify", "maybe"]]}, "sheet “main”, row 4, column B"),
        (
            {"main": MAIN, "ladder": [["of", "after", "to"], [7, 10, "leader"]]},
            "sheet “ladder”, row 2, column A: There is no line “7”",
        ),
        ({"limits": [["clock", "minutes"], ["arrive", 1]]}, "The first sheet is missing"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_cell(sheets: Any, said: str) -> None:
    with translation.override("en"), pytest.raises(NotYet) as refusal:
        read_book(a_book(**sheets), Document)
    assert said in str(refusal.value)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"a,b\n1,2\n", b"\xd0\xcf\x11\xe0"])
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(NotYet):
        read_book(content, Document)


def test_a_workbook_of_too_many_sheets_is_refused() -> None:
    with pytest.raises(NotYet):
        read_book(a_book(**{f"s{n}": [["a"]] for n in range(31)}), Document)
