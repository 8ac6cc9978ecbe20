"""Files: no formula runs, text stays text, names survive."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.foundation.kit.export import (
    HARMFUL,
    csv_bytes,
    download,
    file_name,
    harmless,
    xlsx_bytes,
)

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 1, 31, 6, 32, 10, tzinfo=UTC)
ROW = ["0307", "=1+1", AT, date(2026, 1, 31), Decimal("-8.50"), None, True, "+86 138"]


@pytest.mark.parametrize("start", HARMFUL)
def test_what_begins_like_a_formula_is_made_text(start: str) -> None:
    assert harmless(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@given(st.text())
def test_no_text_cell_of_a_csv_begins_like_a_formula(text: str) -> None:
    raw = csv_bytes(["a"], [[text]], zone=ZONE)
    [_head, [cell]] = csv.reader(StringIO(raw.decode("utf-8-sig"), newline=""))
    assert not cell.startswith(HARMFUL)


def test_csv_has_a_mark_for_excel_and_wall_clock_times() -> None:
    raw = csv_bytes(["单号"], [ROW], zone=ZONE)
    assert raw.startswith(b"\xef\xbb\xbf")
    [_head, row] = csv.reader(StringIO(raw.decode("utf-8-sig")))
    assert row[:6] == ["0307", "'=1+1", "2026-01-31 14:32:10", "2026-01-31", "-8.50", ""]
    assert row[7] == "'+86 138"


def test_excel_keeps_text_as_text_and_runs_no_formula() -> None:
    raw = xlsx_bytes([*"abcdefgh"], [ROW, ["x" * 40_000, "a\x01\ud800b"]], zone=ZONE)
    sheet = openpyxl.load_workbook(BytesIO(raw)).active
    assert sheet is not None
    cells = [sheet.cell(2, c) for c in range(1, 9)]
    assert [c.value for c in cells][:2] == ["0307", "=1+1"]
    assert cells[1].data_type == "s"
    assert cells[2].value == datetime(2026, 1, 31, 14, 32, 10)
    assert cells[4].value == -8.5
    assert len(str(sheet.cell(3, 1).value)) == 32_767
    assert sheet.freeze_panes == "A2"


def test_names_say_project_kind_and_time() -> None:
    name = file_name(["东湖一期", "工/单"], "xlsx", at=AT, zone=ZONE)
    assert name == "东湖一期_工-单_20260131_1432.xlsx"
    answer = download(b"x", name)
    assert "filename*=utf-8''%E4%B8%9C" in answer["Content-Disposition"]
