"""Files to tables of text: Excel and CSV, with limits that are stated. Pure."""

import csv
import hashlib
import io
import re
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
MOST_SHEETS = 30
MOST_CELLS = 5_000_000
# Where a row or a cell says it stands; the first group is anything written so as not to be found.
_REACH = re.compile(rb"""\sr\s*=\s*["'](?:([^"']*&)|([A-Za-z]*)(\d+))""")


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
        raise _too_large()
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


def read_sheets(content: bytes) -> dict[str, list[tuple[int, list[str]]]]:
    """Every sheet of an Excel file by its name: the rows that say something, with their numbers.
    Texts stay as they were typed. Refuses (`NotYet`) as `read_table` does."""
    if len(content) > MOST_BYTES:
        raise _too_large()
    try:
        book = _book(content)
        if len(book.sheet_names) > MOST_SHEETS:
            words = _(
                "The file has more than %(most)d sheets. Nothing was imported. Take out those that "
                "do not belong to it."
            )
            raise _refused(words % {"most": MOST_SHEETS})
        read = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=MOST_ROWS)
            for name in book.sheet_names
        }
    except (CalamineError, zipfile.BadZipFile, OSError, IndexError, ValueError) as error:
        raise _unreadable() from error
    return {
        name: list(_numbered([c if isinstance(c, str) else shown(c) for c in row] for row in rows))
        for name, rows in read.items()
    }


def _numbered(lines: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    for number, cells in enumerate(lines, start=1):
        if any(cells):
            yield number, cells


def _excel(content: bytes) -> Iterator[list[str]]:
    try:
        rows = _book(content).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, OSError, IndexError, ValueError) as error:
        raise _unreadable() from error
    for row in rows:
        yield [shown(cell) for cell in row]


def _book(content: bytes) -> CalamineWorkbook:
    if content[:2] == b"PK":
        _check_unpacked(content)
    return CalamineWorkbook.from_filelike(io.BytesIO(content))


def _unreadable() -> NotYet:
    return _refused(
        _(
            "This Excel file cannot be read; it may be damaged or protected by a password. "
            "Nothing was imported. Open it, save it anew as .xlsx or .csv, and upload that."
        )
    )


def _too_large() -> NotYet:
    return _refused(
        _(
            "The file has more than %(most)d MB. Nothing was imported. Split it and import "
            "the parts one after another."
        )
        % {"most": MOST_BYTES // 1024 // 1024}
    )


def _check_unpacked(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        entries = file.infolist()
        if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
            raise _refused(
                _(
                    "This Excel file unpacks to more than %(most)d MB. Nothing was imported. "
                    "Remove pictures and empty formatting, or save it as .csv."
                )
                % {"most": MOST_UNPACKED // 1024 // 1024}
            )
        if not any(entry.filename == "xl/workbook.xml" for entry in entries):
            raise _unreadable()  # other tables in a ZIP reach as far as they like in a few bytes
        for entry in entries:  # any part may be called a sheet
            _check_reach(entry.filename.rpartition("/")[2], file.read(entry))


def _check_reach(name: str, content: bytes) -> None:
    """Refuse a sheet whose cells lie so far apart that a table over all of them, which is how it
    is read, would fill the memory: two cells in a file of 6 kB can ask for 25 GB."""
    widest = longest = 0
    for odd, letters, number in _REACH.findall(content):
        if odd:
            raise _refused(_("This Excel file is written in a way nobody writes it; save it anew."))
        longest = max(longest, int(number[:9]))
        column = 0
        for letter in letters.upper()[:4]:
            column = column * 26 + letter - 64
        widest = max(widest, column)
    if max(widest, 1) * longest > MOST_CELLS:
        words = _(
            "The sheet %(name)s reaches from its first to its last cell over more than %(most)s "
            "cells. Nothing was imported. Delete what stands far outside the table, and save."
        )
        raise _refused(words % {"name": name, "most": f"{MOST_CELLS:,}"})


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
