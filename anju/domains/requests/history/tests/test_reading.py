import gzip
import struct
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from anju.domains.requests.history import reading
from anju.domains.requests.history.reading import Unreadable, shown, table

ROWS = [["编号", "主题", "时间"], ["1", "路灯\n不亮", "2024/1/2 3:04:05"], ["2", "", "2024-01-03"]]
CSV = '编号,主题,时间\n1,"路灯\n不亮",2024/1/2 3:04:05\n\n2,,2024-01-03\n'


def read(path: Path, **how):
    with table(path, **how) as found:
        return found.header, [(row.number, [shown(c) for c in row.cells]) for row in found.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("packed", [False, True])
def test_csv_in_every_encoding_packed_or_not(tmp_path, encoding, packed):
    path = tmp_path / ("a.csv.gz" if packed else "a.csv")
    data = CSV.encode(encoding)
    path.write_bytes(gzip.compress(data) if packed else data)
    header, rows = read(path)
    assert header == ROWS[0]
    assert [cells for _, cells in rows] == ROWS[1:]


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_the_separator_is_found_in_the_header(tmp_path, separator):
    path = tmp_path / "a.csv"
    path.write_text(f"a{separator}b,c{separator}d\n1{separator}2,3{separator}4\n")
    assert read(path) == (["a", "b,c", "d"], [(2, ["1", "2,3", "4"])])


def test_cells_with_line_breaks_are_one_record_and_rows_count_as_in_a_spreadsheet(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('a,b\r\n1,"x\r\ny"\r\n\r\n2,z\r\n', newline="")
    assert read(path)[1] == [(2, ["1", "x\r\ny"]), (4, ["2", "z"])]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        # In the last column an open mark keeps the number of cells right: nothing else tells.
        ('a,b\n1,"x\n2,y\n3,z\n', [(2, [], 3)]),
        ('a,b\n1,"x\n2,"y"\n3,z\n', [(2, [], 2), (3, ["3", "z"], 0)]),
        # On one line nothing is swallowed; it is read as spreadsheets read it.
        ('a,b\n1,"x" y\n2,3" pipe\n', [(2, ["1", "x y"], 0), (3, ["2", '3" pipe'], 0)]),
        ('a,b\n1,x\n2,"y', [(2, ["1", "x"], 0), (3, ["2", "y"], 0)]),
    ],
)
def test_lines_that_run_together_in_an_open_quotation_are_told(tmp_path, text, rows):
    path = tmp_path / "a.csv"
    path.write_text(text)
    with table(path) as found:
        assert [(row.number, row.cells, row.merged) for row in found.rows] == rows


def book(path: Path, rows, *, skip: int = 0, name: str = "Sheet1") -> Path:
    with xlsxwriter.Workbook(str(path)) as out:
        sheet = out.add_worksheet(name)
        day = out.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for r, cells in enumerate(rows, skip):
            for c, cell in enumerate(cells):
                if isinstance(cell, datetime):
                    sheet.write_datetime(r, c, cell, day)
                else:
                    sheet.write(r, c, cell)
    return path


def test_a_workbook_keeps_its_types(tmp_path):
    path = book(
        tmp_path / "a.xlsx",
        [
            ["k", "t", "n"],
            ["7", datetime(2024, 1, 2, 3, 4, 5), 12],
            ["8", datetime(2024, 1, 3), 0.5],
        ],
    )
    with table(path) as found:
        rows = [row.cells for row in found.rows]
    assert rows == [["7", datetime(2024, 1, 2, 3, 4, 5), 12.0], ["8", date(2024, 1, 3), 0.5]]
    assert [shown(c) for c in rows[0]] == ["7", "2024-01-02 03:04:05", "12"]


def test_the_header_may_stand_lower_and_the_sheet_be_named(tmp_path):
    path = book(tmp_path / "a.xlsx", [["Report"], ["k", "v"], ["1", "x"]], name="数据")
    assert read(path, sheet="数据", header=2) == (["k", "v"], [(3, ["1", "x"])])
    with pytest.raises(Unreadable, match="it has: 数据"):
        read(path, sheet="data")


def test_a_sheet_of_what_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("k,v\n1,x\n")
    with pytest.raises(Unreadable, match="no sheets"):
        read(path, sheet="数据")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xlsx", b"PK\x03\x04 and then nothing of a zip"),
        ("a.xlsx", b"<html>saved from a browser</html>"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"\x00" * 600),
        ("a.csv.gz", gzip.compress(CSV.encode() * 99)[:-20]),
        ("a.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xff"),
        ("a.csv", b""),
        ("a.csv", b"a,b\n1,\"" + b"never closed " * 120_000),
        ("missing.csv", None),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_one_sentence(tmp_path, name, data):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(Unreadable) as said:
        read(tmp_path / name)
    assert name in str(said.value)


def test_a_cut_off_workbook_is_refused(tmp_path):
    path = book(tmp_path / "a.xlsx", [["a"], *[[f"row {n}"] for n in range(2000)]])
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(Unreadable, match="save it as"):
        read(path)


def test_a_zip_bomb_is_refused_before_it_is_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "RATIO_FROM", 1 << 20)
    path = book(tmp_path / "a.xlsx", [["a"], ["1"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/media/big.bin", b"\0" * (32 << 20))
    with pytest.raises(Unreadable, match="would unpack to"):
        read(path)


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/workbook.xml", b"\0" * (8 << 20))
    data = bytearray(path.read_bytes())
    size = struct.pack("<I", 8 << 20)
    while (at := data.find(size)) >= 0:
        data[at : at + 4] = struct.pack("<I", 100)
    path.write_bytes(bytes(data))
    with pytest.raises(Unreadable, match="not a workbook"):
        read(path)


def test_text_that_unpacks_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "TEXT_LIMIT", 1 << 20)
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * (1 << 20)))
    with pytest.raises(Unreadable, match="Split it"):
        read(path)
