"""Workbooks that nobody should open: refused before anything is unfolded in memory."""

import io
import zipfile

import pytest
import xlsxwriter
from django.utils import translation

from anju.foundation.registry.reading import read_sheets, read_table
from anju.foundation.tenancy.errors import NotYet


def a_book(*cells: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for row, column in cells:
            sheet.write(row, column, "a")
    return out.getvalue()


def changed(content: bytes, old: bytes, new: bytes) -> bytes:
    """The same workbook with something else in its sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as was, zipfile.ZipFile(out, "w") as made:
        for name in was.namelist():
            held = was.read(name)
            made.writestr(name, held.replace(old, new) if "sheet1" in name else held)
    return out.getvalue()


FAR = a_book((0, 0), (1_048_575, 16_383))
NEAR = a_book((0, 0), (3, 2))


@pytest.mark.parametrize(
    "content",
    [
        FAR,
        changed(FAR, b'r="', b"r = '"),
        changed(NEAR, b'r="C4"', b'r="&#88;FD1048576"'),
        changed(NEAR, b'r="C4"', b'r="xfd1048576"'),
    ],
    ids=["far", "spaced", "hidden", "small letters"],
)
def test_cells_that_lie_too_far_apart_are_refused(content: bytes) -> None:
    assert len(content) < 30_000
    for read in (lambda: read_table(content, "a.xlsx"), lambda: read_sheets(content)):
        with pytest.raises(NotYet):
            read()


def test_what_is_wrong_is_said_in_words() -> None:
    with translation.override("en"), pytest.raises(NotYet) as refusal:
        read_sheets(FAR)
    assert "sheet1.xml reaches from its first to its last cell" in str(refusal.value)


def test_a_long_table_and_a_wide_one_are_read() -> None:
    assert len(read_sheets(a_book((0, 0), (40_000, 20)))["Sheet1"]) == 2
    assert len(read_sheets(a_book((0, 0), (200, 16_000)))["Sheet1"]) == 2


def test_another_table_in_a_zip_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("content.xml", "<a/>")
    with pytest.raises(NotYet):
        read_table(out.getvalue(), "a.ods")
