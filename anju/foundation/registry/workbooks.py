"""The files people get: templates to fill in, and their own rows with what to do."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from anju.foundation.registry.models import Batch
from anju.foundation.registry.planning import WHAT_TO_DO, Plan
from anju.foundation.registry.rules import MOST_ROWS
from anju.foundation.registry.sheet import Column, Sheet

# Nothing a person typed may become a formula or a link in somebody's Excel.
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
LIST_CHARACTERS = 255  # Excel's limit for a list of choices written into a cell's rule


def template(sheet: Sheet) -> bytes:
    """An empty list as .xlsx: headers, one example row, drop-down choices, a page of notes."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, SAFE)
    head, required, grey, cell = (
        book.add_format(style)
        for style in (
            {"bold": True, "bottom": 1},
            {"bold": True, "bottom": 1, "font_color": "#C81E1E"},
            {"font_color": "#5B6470", "num_format": "@"},
            {"num_format": "@"},
        )
    )
    page = book.add_worksheet(str(sheet.title)[:31])
    for n, column in enumerate(sheet.columns):
        page.set_column(n, n, max(12, len(str(column.title)) * 2 + 4), cell)
        page.write_string(0, n, str(column.title), required if column.required else head)
        page.write_string(1, n, column.example, grey)
        if (labels := _labels(column)) and len(",".join(labels)) <= LIST_CHARACTERS:
            page.data_validation(1, n, MOST_ROWS, n, {"validate": "list", "source": labels})
    page.freeze_panes(1, 0)
    notes = book.add_worksheet(_("Notes"))
    notes.set_column(0, 0, 20)
    notes.set_column(1, 1, 90)
    for row, (name, text) in enumerate(_notes(sheet)):
        notes.write_string(row, 0, name, head)
        notes.write_string(row, 1, text)
    book.close()
    return buffer.getvalue()


def template_csv(sheet: Sheet) -> bytes:
    """The same as CSV, in UTF-8 with the mark that Excel needs."""
    return _csv([[str(c.title) for c in sheet.columns], [c.example for c in sheet.columns]])


def errors(batch: Batch, plan: Plan) -> bytes:
    """The person's own rows as .xlsx, with a first column that says what to do in each.

    Correct the rows and upload the same file: the extra column is ignored.
    """
    header: Sequence[str] = (batch.table or {"header": []})["header"]
    rows = {int(n): cells for n, cells in (batch.table or {"rows": []})["rows"]}
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, SAFE)
    head = book.add_format({"bold": True, "bottom": 1})
    wrong = book.add_format({"bg_color": "#FFF7E6", "num_format": "@", "text_wrap": True})
    cell = book.add_format({"num_format": "@"})
    page = book.add_worksheet(str(plan.sheet.title)[:31])
    page.set_column(0, 0, 60, cell)
    page.set_column(1, max(len(header), 1), 16, cell)
    for n, name in enumerate([WHAT_TO_DO, *header]):
        page.write_string(0, n, name, head)
    for at, line in enumerate(plan.lines, start=1):
        style = wrong if line.problems else cell
        page.write_string(at, 0, " ".join(p.message for p in line.problems), style)
        for n, text in enumerate(rows[line.number][: len(header)], start=1):
            page.write_string(at, n, text, style)
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, max(len(plan.lines), 1), len(header))
    book.close()
    return buffer.getvalue()


def _labels(column: Column) -> list[str]:
    return [str(label) for _value, label in column.choices]


def _notes(sheet: Sheet) -> list[tuple[str, str]]:
    notes = [(str(sheet.title), str(sheet.help))]
    notes.append(
        (
            _("Rows"),
            _(
                "At most %(most)d rows at once. The grey example row is left out. Nothing is ever "
                "deleted by an import."
            )
            % {"most": MOST_ROWS},
        )
    )
    for column in sheet.columns:
        text = _("required") if column.required else _("may stay empty")
        if labels := _labels(column):
            text += _("; one of: %(choices)s") % {"choices": "、".join(labels)}
        if column.example:
            text += _("; for example %(example)s") % {"example": column.example}
        notes.append((str(column.title), text))
    return notes


def _csv(rows: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()
