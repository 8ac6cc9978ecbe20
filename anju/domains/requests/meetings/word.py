"""The lines of a Word file. Nothing but `reading` needs it, and python-docx is slow to load."""

import zlib
from typing import Any, BinaryIO
from zipfile import BadZipFile

from docx import Document
from docx.document import Document as DocumentOf
from docx.opc.exceptions import OpcError
from docx.oxml.exceptions import XmlchemyError
from docx.oxml.table import CT_Row
from docx.table import Table
from docx.text.paragraph import Paragraph

# What python-docx, lxml and zipfile raise for parts that are missing, torn, locked by a password
# (RuntimeError, of which too deep a nesting is one), or XML of another kind.
WRONG = (
    OpcError, XmlchemyError, SyntaxError, BadZipFile, zlib.error, EOFError, RuntimeError,
    KeyError, ValueError, AttributeError,
)  # fmt: skip


def lines_of(file: BinaryIO) -> list[str]:
    """Its paragraphs and the rows of its tables, in their order. Raises one of `WRONG`."""
    return _lines(Document(file))


def _lines(document: DocumentOf) -> list[str]:
    lines: list[str] = []
    counts: dict[int, int] = {}
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            lines += [_row(row) for row in block._tbl.tr_lst]
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


def _row(row: CT_Row) -> str:
    """The cells of a row in one line. A merged cell comes once: `Table.cells` would repeat it."""
    own = [cell for cell in row.tc_lst if cell.vMerge != "continue"]
    said = (" ".join(" ".join(part.text for part in cell.p_lst).split()) for cell in own)
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
