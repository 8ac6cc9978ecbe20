"""Cells, pure."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.foundation.places.models import SYSTEM_NAMES
from anju.foundation.registry import rules
from anju.foundation.registry.reading import read_table
from anju.foundation.registry.rules import BadCell
from anju.foundation.registry.testing import a_csv, an_xlsx
from anju.foundation.tenancy.errors import NotYet


@pytest.mark.parametrize(
    "cell",
    ["2019-06-30", "2019/6/30", "2019.6.30", "2019年6月30日", "20190630", "２０１９-６-３０"],
)
def test_a_date_is_read_in_any_of_its_forms(cell: str) -> None:
    assert rules.day(cell) == date(2019, 6, 30)


@pytest.mark.parametrize("cell", ["2019-02-30", "30/6/2019", "yesterday", "0000-01-01", "99999999"])
def test_an_impossible_date_says_how_to_write_it(cell: str) -> None:
    with pytest.raises(BadCell, match="2019-06-30"):
        rules.day(cell)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_date_survives_its_iso_form(value: date) -> None:
    assert rules.day(value.isoformat()) == value


def test_times_numbers_and_codes() -> None:
    assert rules.clock_time("20时30分") == time(20, 30)
    assert rules.clock_time("8:00") == time(8)
    assert rules.clock_time("24:00") == time(0)
    assert rules.number("1,204.5㎡") == Decimal("1204.50")
    assert rules.whole("2.0") == 2
    building = rules.numbered("号楼", "栋")
    assert [building(c) for c in ("3栋", "3号楼", "３", "A栋")] == ["3", "3", "3", "A"]


@pytest.mark.parametrize(
    ("parse", "cell"),
    [
        (rules.clock_time, "25:70"),
        (rules.clock_time, "soon"),
        (rules.number, "-3"),
        (rules.number, "many"),
        (rules.number, "NaN"),
        (rules.whole, "2.5"),
        (rules.phone, "call me"),
        (rules.plate, "?"),
        (rules.text(3), "four"),
        (rules.numbered(), "a/b"),
    ],
)
def test_a_bad_cell_is_refused(parse: rules.Parser, cell: str) -> None:
    with pytest.raises(BadCell):
        parse(cell)


def test_a_choice_is_known_by_value_label_and_other_words() -> None:
    system = rules.choice(SYSTEM_NAMES, {"供配电": "EL"})
    assert {system(c) for c in ("EL", "el", "power supply", "供配电")} == {"EL"}
    with pytest.raises(BadCell, match=r"电梯|lift"):
        system("rocket")


def test_headers_are_compared_without_marks() -> None:
    assert rules.header(" 建筑面积(㎡)* ") == rules.header("建筑面积")


def test_what_excel_holds_is_shown_as_people_write_it() -> None:
    assert rules.shown(1201.0) == "1201"
    assert rules.shown(89.5) == "89.5"
    assert rules.shown(datetime(2019, 6, 30)) == "2019-06-30"
    assert rules.shown(time(8)) == "08:00"
    assert rules.shown(None) == ""


def test_the_same_table_is_read_from_every_kind_of_file() -> None:
    rows = [
        ["房号", "面积", "日期"],
        ["1201", "89.5", "2019-06-30"],
        ["", "", ""],
        ["1202", "", ""],
    ]
    tables = [
        read_table(a_csv(*rows), "a.csv"),
        read_table(a_csv(*rows, encoding="gb18030"), "a.csv"),
        read_table(a_csv(*rows).replace(b",", b";"), "a.csv"),
        read_table(an_xlsx(rows[0], [1201, 89.5, date(2019, 6, 30)], [], ["1202"]), "a.xlsx"),
    ]
    for table in tables:
        assert list(table.header) == rows[0]
        assert [n for n, _cells in table.rows] == [2, 4]
        assert table.rows[0][1][:3] == ["1201", "89.5", "2019-06-30"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02",
        b"PK\x03\x04 this is no workbook",
        b"\xd0\xcf\x11\xe0 neither is this",
        a_csv([]),
        an_xlsx(),
    ],
)
def test_a_broken_or_empty_file_is_refused_with_what_to_do(content: bytes) -> None:
    with pytest.raises(NotYet) as refused:
        read_table(content, "x.xlsx")
    assert "file" in refused.value.fields


def test_a_cut_off_workbook_is_refused() -> None:
    whole = an_xlsx(["房号"], ["1201"])
    for length in (30, len(whole) // 2, len(whole) - 30):
        with pytest.raises(NotYet):
            read_table(whole[:length], "x.xlsx")


def test_more_rows_than_stated_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anju.foundation.registry.reading.MOST_ROWS", 2)
    with pytest.raises(NotYet, match="3"):
        read_table(a_csv(["房号"], ["1"], ["2"], ["3"]), "a.csv")
