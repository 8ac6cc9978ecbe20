"""Open a table of any origin: CSV (also .gz), .xlsx, .xls, .xlsb, .ods. What it is, its bytes say.

Rows come one by one with the number a spreadsheet shows beside them; nothing is interpreted here.
"""

import codecs
import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

Opener = Callable[[], IO[bytes]]
Cell = str | int | float | bool | datetime | date | time | timedelta | None

TEXT_LIMIT = 4 << 30  # bytes of an unpacked text file
BOOK_LIMIT = 1 << 30  # bytes of all parts of a workbook, unpacked
RATIO_LIMIT = 200  # a text workbook packs 5 to 20 times; a bomb 1,000 times
RATIO_FROM = 64 << 20  # small files may pack well
CELL_LIMIT = 1 << 20  # characters of one cell
CHUNK = 1 << 20
csv.field_size_limit(CELL_LIMIT)


class Unreadable(Exception):
    """The file cannot be read as a table: what happened and what to do, for a person."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record: `number` as a spreadsheet shows it (the first row of the file is 1).

    `merged`: how many lines of a text file ran together because a quotation mark is not closed.
    """

    number: int
    cells: list[Cell]
    merged: int = 0


@dataclass(frozen=True)
class Table:
    """A header and the rows below it; rows without any text are not records and left out."""

    header: list[str]
    rows: Iterator[Row]


Records = Generator[Row, None, None]


@contextmanager
def table(
    path: Path, *, sheet: str | None = None, header: int = 1, delimiter: str | None = None
) -> Iterator[Table]:
    """Open `path`, yield its table, close it again.

    Raises `Unreadable` (also while rows are read) when the file is missing, broken, encrypted, in
    an unknown encoding, or would unpack to more than is sane.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(8)
        records = _records(magic, path, sheet=sheet, delimiter=delimiter)
        try:
            yield Table(_header(records, header, path), _body(records))
        finally:
            records.close()
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise Unreadable(
            _("%(file)s cannot be opened (%(why)s). Check the path.")
            % {"file": path, "why": error.strerror}
        ) from None


def _records(magic: bytes, path: Path, *, sheet: str | None, delimiter: str | None) -> Records:
    if magic.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return _workbook_rows(path, sheet, zipped=magic.startswith(b"PK"))
    if path.suffix.lower() in (".xlsx", ".xls", ".xlsb", ".xlsm", ".ods"):
        raise _broken_book(path, _("it is not a workbook inside"))
    if sheet:
        raise Unreadable(
            _(
                "%(file)s has no sheets: it is no workbook. The mapping names the sheet "
                "'%(sheet)s'; take `sheet` out of it, or name the workbook."
            )
            % {"file": path.name, "sheet": sheet}
        )
    if magic.startswith(b"\x1f\x8b"):
        return _text_rows(lambda: _unpacked(path), path, delimiter)
    return _text_rows(lambda: path.open("rb"), path, delimiter)


def _header(records: Iterator[Row], number: int, path: Path) -> list[str]:
    for row in records:
        if row.number == number:
            return [shown(cell).strip() for cell in row.cells]
        if row.number > number:
            break
    raise Unreadable(
        _("%(file)s has no column names in row %(row)d: it is empty or its header is elsewhere.")
        % {"file": path.name, "row": number}
    )


def _body(records: Iterator[Row]) -> Iterator[Row]:
    return (row for row in records if row.merged or any(shown(c).strip() for c in row.cells))


def shown(cell: Cell) -> str:
    """A cell as text: whole numbers without a point, dates and times in ISO form."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


# --- text -----------------------------------------------------------------------------------


def _text_rows(opener: Opener, path: Path, delimiter: str | None) -> Records:
    encoding = _encoding(opener, path)
    try:
        with io.TextIOWrapper(opener(), encoding=encoding, newline="") as text:
            first = text.readline()
            if "\x00" in first:
                raise Unreadable(
                    _("%(file)s is not a text file. Save it as CSV (UTF-8) or as .xlsx.")
                    % {"file": path.name}
                )
            separator = delimiter or _separator(first)
            text.seek(0)
            yield from _parsed(text, separator)
    except csv.Error as error:
        raise Unreadable(
            _("%(file)s breaks off (%(why)s): a quotation mark is probably never closed.")
            % {"file": path.name, "why": error}
        ) from None


def _parsed(text: IO[str], separator: str) -> Records:
    """Rows in the strict form of CSV, which alone notices a quotation mark that is not closed.

    Where that is on one line, the line is read as spreadsheets do; where it has swallowed the line
    break, the record says how many lines ran together. Raises csv.Error for a cell beyond limit.
    """
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in text:
            taken.append(line)
            yield line

    reader = csv.reader(lines(), delimiter=separator, strict=True)
    for number in count(1):
        taken.clear()
        try:
            yield Row(number, list(next(reader)))
        except StopIteration:
            return
        except csv.Error:
            if sum(map(len, taken)) > CELL_LIMIT:
                raise
            if len(taken) > 1:
                yield Row(number, [], merged=len(taken))
            else:
                yield Row(number, list(next(csv.reader(taken, delimiter=separator))))


def _unpacked(path: Path) -> IO[bytes]:
    return io.BufferedReader(gzip.open(path, "rb"))


def _separator(line: str) -> str:
    return max((",", ";", "\t", "|"), key=line.count)


def _encoding(opener: Opener, path: Path) -> str:
    """UTF-8 (with or without BOM), UTF-16 with BOM, else GB18030: the first that fits every byte.

    The whole file is decoded once for this: a wrong guess after 90,000 rows would cost more.
    """
    try:
        with opener() as file:
            start = file.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        for encoding in ("utf-8-sig", "gb18030"):
            with opener() as file:
                if _fits(file, encoding, path):
                    return encoding
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Unreadable(
            _("%(file)s is damaged (%(why)s). Copy or export it again.")
            % {"file": path.name, "why": error}
        ) from None
    raise Unreadable(
        _("%(file)s is neither UTF-8 nor GB18030. Save it as CSV (UTF-8) and try again.")
        % {"file": path.name}
    )


def _fits(file: IO[bytes], encoding: str, path: Path) -> bool:
    decoder, size = codecs.getincrementaldecoder(encoding)(), 0
    while chunk := file.read(CHUNK):
        size += len(chunk)
        if size > TEXT_LIMIT:
            raise Unreadable(
                _("%(file)s unpacks to more than %(limit)d GB. Split it into parts.")
                % {"file": path.name, "limit": TEXT_LIMIT >> 30}
            )
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            return False
    try:
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


# --- workbooks ------------------------------------------------------------------------------


def _workbook_rows(path: Path, sheet: str | None, *, zipped: bool) -> Records:
    if zipped:
        _refuse_bomb(path)
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            name = sheet or book.sheet_names[0]
            if name not in book.sheet_names:
                raise Unreadable(
                    _("%(file)s has no sheet '%(sheet)s'; it has: %(sheets)s.")
                    % {"file": path.name, "sheet": name, "sheets": ", ".join(book.sheet_names)}
                )
            for number, cells in enumerate(book.get_sheet_by_name(name).iter_rows(), 1):
                yield Row(number, list(cells))
    except PasswordError:
        raise Unreadable(
            _("%(file)s is protected by a password. Save a copy without one and import that.")
            % {"file": path.name}
        ) from None
    except (CalamineError, IndexError, OSError) as error:
        raise _broken_book(path, str(error)) from None


def _broken_book(path: Path, why: str) -> Unreadable:
    return Unreadable(
        _(
            "%(file)s is not a workbook that can be read (%(why)s). Open it in a spreadsheet "
            "program, save it as .xlsx, and import that copy."
        )
        % {"file": path.name, "why": why}
    )


def _refuse_bomb(path: Path) -> None:
    """Refuse a workbook that would unpack beyond reason, before anything unpacks it.

    The sizes in a ZIP's directory can lie, so every part is also unpacked once, in pieces:
    `zipfile` stops at the declared size and then finds the checksum wrong.
    """
    try:
        with zipfile.ZipFile(path) as book:
            size = sum(part.file_size for part in book.infolist())
            packed = max(1, path.stat().st_size)
            if size > BOOK_LIMIT or (size > RATIO_FROM and size > packed * RATIO_LIMIT):
                raise Unreadable(
                    _(
                        "%(file)s would unpack to %(size)d MB, far more than a table needs. "
                        "It was not opened. Save the rows as CSV and import that."
                    )
                    % {"file": path.name, "size": size >> 20}
                )
            if bad := book.testzip():
                raise _broken_book(path, bad)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _broken_book(path, str(error)) from None
