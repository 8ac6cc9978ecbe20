"""Files to tables of text: Excel and CSV, with limits that are stated. Pure."""

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from anju.foundation.registry.rules import (
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_UNPACKED,
    shown,
)
from anju.foundation.tenancy.errors import NotYet

ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class Table:
    """A file as text: the header row, and the rows below it with their numbers in the file."""

    header: Sequence[str]
    rows: Sequence[tuple[int, list[str]]]
    sha256: str


def read_table(content: bytes, name: str) -> Table:
    """The first sheet of an Excel file, or a CSV; empty rows are left out.

    Refuses (`NotYet`) what is too large, empty, or cannot be read, and says what to do.
    """
    if len(content) > MOST_BYTES:
        raise _refused(
            _(
                "The file has more than %(most)d MB. Nothing was imported. Split it and import "
                "the parts one after another."
            )
            % {"most": MOST_BYTES // 1024 // 1024}
        )
    excel = content[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
    lines = list(_numbered(_excel(content) if excel else _csv(content)))
    if not lines:
        raise _refused(
            _(
                "The file “%(name)s” holds no rows. Nothing was imported. Check that the table is "
                "on the first sheet."
            )
            % {"name": name}
        )
    (_number, header), rows = lines[0], lines[1:]
    if len(rows) > MOST_ROWS or len(header) > MOST_COLUMNS:
        raise _refused(
            _(
                "The table has %(rows)d rows and %(columns)d columns; at most %(most)d rows and "
                "%(wide)d columns can be imported at once. Nothing was imported. Split the file."
            )
            % {
                "rows": len(rows),
                "columns": len(header),
                "most": MOST_ROWS,
                "wide": MOST_COLUMNS,
            }
        )
    return Table(header, rows, hashlib.sha256(content).hexdigest())


def _numbered(lines: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    for number, cells in enumerate(lines, start=1):
        if any(cells):
            yield number, cells


def _excel(content: bytes) -> Iterator[list[str]]:
    try:
        if content[:2] == b"PK":
            _check_unpacked(content)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, OSError, IndexError, ValueError) as error:
        raise _refused(
            _(
                "This Excel file cannot be read; it may be damaged or protected by a password. "
                "Nothing was imported. Open it, save it anew as .xlsx or .csv, and upload that."
            )
        ) from error
    for row in rows:
        yield [shown(cell) for cell in row]


def _check_unpacked(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        if sum(entry.file_size for entry in file.infolist()) > MOST_UNPACKED:
            raise _refused(
                _(
                    "This Excel file unpacks to more than %(most)d MB. Nothing was imported. "
                    "Remove pictures and empty formatting, or save it as .csv."
                )
                % {"most": MOST_UNPACKED // 1024 // 1024}
            )


def _csv(content: bytes) -> Iterator[list[str]]:
    text = ""
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if not text or "\x00" in text:
        raise _refused(
            _(
                "This is neither an Excel file nor a CSV. Nothing was imported. Save the table as "
                ".xlsx or .csv and upload that."
            )
        )
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [cell.strip() for cell in row]
    except csv.Error as error:
        raise _refused(
            _("This CSV cannot be read: %(why)s. Nothing was imported.") % {"why": error}
        ) from error


def _refused(message: str) -> NotYet:
    return NotYet(message, fields={"file": message})
