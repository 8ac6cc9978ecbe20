"""Beside the collection of the field's facts: every row is an item, or is omitted with a reason."""

import re

import pytest

from anju.engine.library.counting import counted
from anju.engine.library.reading import library
from tools.library import FIELD, field_lines, field_rows

# Sections taken number by number: none of their items may say one that its rows do not.
NUMBERED = (
    "1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "2.3",
    "3.1", "3.2", "3.3", "3.4", "3.5",
    "4.1", "4.2", "4.3", "4.4", "4.5", "4.6",
    "5.1", "5.2", "5.3", "5.4", "6", "7.1", "7.2", "7.3", "7.4",
    "8", "9", "10.1", "10.2", "10.3", "10.4", "11.1", "11.2", "11.3", "11.4", "11.5",
    "12", "13", "13.1", "14", "14.1",
)  # fmt: skip
IN_WORDS = {
    ("EQUIP.LIFT", 18),  # "06:00-24:00"
    ("EMG.ACC", 10_000),  # "100 M"
    ("S3_4.AWAY", 25),  # "1/4"
    ("S3_5.TRAIN", 0.5),  # "half a day"
    ("S4_6.COMPANY", 1),  # "once"
    ("S5_2.CLASSES", 4),  # "four classes"
    ("S11_4.LIABILITY", 50_000_000),  # "50 M"
    ("S12.PARKING", 1),  # "first hour"
    ("S12.VACANT", 100),  # "full fee"
    ("S8.Q", 100),  # the weights together
}
# A section that was begun is whole.
BEGUN = [row.section for row in counted(library())]

pytestmark = pytest.mark.skipif(
    not FIELD.exists(), reason="the collection of facts is not beside this checkout"
)


@pytest.mark.parametrize("section", BEGUN)
def test_every_row_is_an_item_or_is_omitted_with_a_reason(section: str) -> None:
    rows = [row.split("\t")[0] for row in field_rows(FIELD.read_text("utf-8"))[section]]
    have = {str(row) for i in library().items.values() if i.section == section for row in i.rows}
    left_out = {str(one.row) for one in library().omitted if one.section == section}
    assert rows
    assert set(rows) - have - left_out == set()
    assert have & left_out == set(), "both an item and omitted"
    assert (have | left_out) - set(rows) == set(), "no such row"


def test_no_section_is_missing() -> None:
    rows = field_rows(FIELD.read_text("utf-8"))
    assert {section for section, keys in rows.items() if keys} == set(BEGUN)


def test_an_id_of_the_collection_is_the_id_of_its_item() -> None:
    text = FIELD.read_text("utf-8")
    for section, rows in field_rows(text).items():
        cells = dict(row.split("\t") for row in rows)
        for item in (i for i in library().items.values() if i.section == section):
            names = [cells[str(r)] for r in item.rows if _is_id(cells.get(str(r), ""))]
            if names:
                assert any(item.id.startswith((n, f"S{section}.{n}")) for n in names), item.id


def _is_id(cell: str) -> bool:
    return "." in cell and cell.replace(".", "").replace("_", "").isalnum() and cell.isupper()


def test_no_number_of_an_item_is_foreign_to_its_rows() -> None:
    lines = field_lines(FIELD.read_text("utf-8"))
    said = {
        (section, key): _numbers(line)
        for section, rows in lines.items()
        for key, line in rows.items()
    }
    foreign = [
        (item.id, value.value)
        for item in library().items.values()
        if item.section in NUMBERED
        for value in item.values
        if value.value is not None
        and (item.id, value.value) not in IN_WORDS
        and not (value.value == 1 and (value.op == "every" or value.period))  # "daily", "yearly"
        and not (item.section == "3.3" and value.op == "every" and value.value in (3, 6))  # columns
        and abs(value.value) not in set().union(*(said[item.section, str(r)] for r in item.rows))
    ]
    assert foreign == []


def test_the_default_sheets_have_the_points_the_methods_and_the_vetoes_of_the_collection() -> None:
    methods = {"L": "现场查看", "A": "询问", "R": "记录", "T": "测试"}
    lines = field_lines(FIELD.read_text("utf-8"))["14.1"]
    sheets = [i for i in library().items.values() if i.section == "14.1" and i.kind == "sheet"]
    assert len(sheets) == 6
    for sheet in sheets:
        found = re.findall(
            r" (\d+) ([LART](?:/[LART])*)( \*\*V\*\*)?(?=;| \|)", lines[str(sheet.rows[0])]
        )
        wanted = [
            (float(n), "、".join(methods[m] for m in how.split("/")), bool(veto))
            for n, how, veto in found
        ]
        assert [(v.value, v.scope, v.veto) for v in sheet.values] == wanted, sheet.id


def test_the_numbers_of_a_row_are_read() -> None:
    assert _numbers("| ≥ 98 % promise, ‰ 2,000 / 0.06 MPa | [P100][P12] §3 |") == {98, 2000, 0.06}


def _numbers(line: str) -> set[float]:
    words = {n for word, n in (("quarter", 3.0), ("half-year", 6.0)) if word in line.lower()}
    bare = re.sub(r"\[[^\]]*\]|§\d+(\.\d+)?|(?<=\d),(?=\d{3})", "", line)
    return words | {float(n) for n in re.findall(r"\d+(?:\.\d+)?", bare)}
