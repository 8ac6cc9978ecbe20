"""Tables as files: CSV for machines and Excel for people, safe against formula injection."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any, Literal

import xlsxwriter
from django.http import FileResponse
from django.utils.translation import gettext as _

Format = Literal["csv", "xlsx"]
FORMATS: tuple[Format, ...] = ("csv", "xlsx")
# A cell that begins so is run as a formula by spreadsheet programs; the full-width signs count too.
HARMFUL = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
LONGEST_CELL = 32_767
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')


def plain(value: Any, zone: tzinfo) -> Any:
    """`value` as a cell holds it: numbers stay numbers, instants become wall-clock of `zone`."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, datetime):
        there = value.astimezone(zone) if value.tzinfo else value
        return there.replace(tzinfo=None, microsecond=0)
    if isinstance(value, date):
        return value
    # Lone surrogates cannot be written to any file.
    return str(value).encode("utf-8", "replace").decode()[:LONGEST_CELL]


def harmless(value: Any) -> Any:
    """A text cell that no spreadsheet program will run; everything else unchanged."""
    return f"'{value}" if isinstance(value, str) and value.startswith(HARMFUL) else value


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Any]], *, zone: tzinfo) -> bytes:
    """UTF-8 with a byte-order mark, so that Excel reads the Chinese; text cells made harmless."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([harmless(str(name)) for name in header])
    for row in rows:
        writer.writerow(["" if v is None else harmless(plain(v, zone)) for v in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def xlsx_bytes(header: Sequence[str], rows: Iterable[Sequence[Any]], *, zone: tzinfo) -> bytes:
    """One sheet with a frozen header; text stays text, so room numbers and phones keep zeros."""
    out = BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet()
        head = book.add_format({"bold": True, "bottom": 1})
        looks = {
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(0, len(header) - 1), 16)
        for column, name in enumerate(header):
            sheet.write_string(0, column, str(name), head)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                _write(sheet, (number, column), plain(value, zone), looks)
    return out.getvalue()


def _write(sheet: Any, place: tuple[int, int], value: Any, looks: Mapping[Any, Any]) -> None:
    if value is None:
        return
    if isinstance(value, str):
        sheet.write_string(*place, value)
    elif isinstance(value, date) and value.year >= 1900:
        sheet.write_datetime(*place, value, looks[type(value)])
    elif isinstance(value, date):
        sheet.write_string(*place, value.isoformat())
    else:
        sheet.write_number(*place, value)


def file_name(parts: Sequence[str], ending: str, *, at: datetime, zone: tzinfo) -> str:
    """「东湖一期_工单_20260131_1432.xlsx」, without signs that file systems refuse."""
    stem = "_".join([*parts, f"{at.astimezone(zone):%Y%m%d_%H%M}"])
    return f"{_FORBIDDEN.sub('-', stem).strip(' .')[:120]}.{ending}"


def download(content: bytes, name: str) -> FileResponse:
    """`content` as an attachment with its Unicode name (RFC 6266)."""
    return FileResponse(BytesIO(content), as_attachment=True, filename=name)
