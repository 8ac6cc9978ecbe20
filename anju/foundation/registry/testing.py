"""Files for tests of imports."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter


def a_csv(*rows: Sequence[Any], encoding: str = "utf-8-sig") -> bytes:
    """A CSV file of these rows."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def an_xlsx(*rows: Sequence[Any]) -> bytes:
    """An Excel file of these rows; dates and numbers keep their kind."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    page = book.add_worksheet()
    for n, row in enumerate(rows):
        page.write_row(n, 0, row)
    book.close()
    return buffer.getvalue()
