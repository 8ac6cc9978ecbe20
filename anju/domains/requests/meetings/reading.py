"""The text of minutes that were sent as a file: Word (.docx) or plain text."""

from typing import Any, BinaryIO
from zipfile import BadZipFile

from django.utils.translation import gettext_lazy as _
from docx import Document
from docx.document import Document as DocumentOf
from docx.opc.exceptions import OpcError
from docx.table import Table
from docx.text.paragraph import Paragraph

from anju.foundation.files.rules import MB, is_office
from anju.foundation.tenancy.errors import NotYet

LARGEST = 10 * MB
UNPACKED = 40 * MB  # python-docx reads all of it into memory
# What python-docx and lxml raise for parts that are missing, torn, or XML of another kind.
WRONG = (OpcError, SyntaxError, BadZipFile, KeyError, ValueError, AttributeError)
OLD_WORD = b"\xd0\xcf\x11\xe0"


def text_of(file: BinaryIO) -> str:
    """What is written in it; items Word counts by itself are given their number.

    Refuses (`NotYet`, field `file`) more than 10 MB, the old Word format, what is no Word file, one
    with macros, and text in no known encoding.
    """
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise _refused(_("The file is larger than 10 MB. Copy its text into the field instead."))
    if content.startswith(OLD_WORD):
        raise _refused(_("This is the old Word format (.doc). Save it as .docx and choose that."))
    if content.startswith(b"PK\x03\x04"):
        file.seek(0)
        if not is_office(file, main="word/document.xml", most=UNPACKED):
            raise _unreadable()
        file.seek(0)
        return _word(file)
    if b"\0" in content:
        raise _unreadable()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unreadable()


def _word(file: BinaryIO) -> str:
    try:
        document = Document(file)
        return "\n".join(_lines(document))
    except WRONG as error:
        raise _unreadable() from error


def _lines(document: DocumentOf) -> list[str]:
    """Paragraphs and the rows of tables, in their order."""
    lines: list[str] = []
    counts: dict[int, int] = {}
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            lines += [_row(cells) for cells in (row.cells for row in block.rows)]
            continue
        depth = _depth(block)
        if depth is None or not block.text.strip():
            lines.append(block.text)
            continue
        counts = {at: n for at, n in counts.items() if at <= depth}
        counts[depth] = counts.get(depth, 0) + 1
        sign = f"{counts[depth]}." if depth == 0 else f"({counts[depth]})" if depth == 1 else "•"
        lines.append(f"{sign} {block.text}")
    return lines


def _row(cells: Any) -> str:
    """The cells of a row in one line; a merged cell comes once."""
    said = dict.fromkeys(" ".join(cell.text.split()) for cell in cells)
    return " ".join(filter(None, said))


def _depth(paragraph: Paragraph) -> int | None:
    """How deep in a list Word counts it; None for what is in no list."""
    style: Any = paragraph.style
    for part in (paragraph._p, style.element if style is not None else None):
        settings = getattr(part, "pPr", None)
        counted = getattr(settings, "numPr", None)
        if counted is not None:
            # No level said is the first; number 0 takes a paragraph out of its list.
            if counted.numId is not None and counted.numId.val == 0:
                return None
            return counted.ilvl.val if counted.ilvl is not None else 0
    return None


def _unreadable() -> NotYet:
    return _refused(
        _(
            "This file cannot be read: only Word (.docx, without macros) and plain text (.txt) "
            "can. Copy its text into the field instead."
        )
    )


def _refused(words: Any) -> NotYet:
    return NotYet(words, code="file", fields={"file": words})
