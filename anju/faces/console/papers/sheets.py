"""A form as a page of rows: one for each question."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from anju.engine.forms.labels import LABELS, WORDS
from anju.engine.forms.rules import KIND_NAMES
from anju.faces.console.papers.rows import DOTS, PaperRows
from anju.faces.console.rows import NUMERIC, choice, number, shown, text

FLAGS = [("required", LABELS["required"]), ("veto", LABELS["veto"])]
EVIDENCE = [("photo", KIND_NAMES["photo"]), ("signature", KIND_NAMES["signature"])]
HEAD = ("name", "code", "note", "total", "veto_cap")
PLAIN = ("code", "text", "kind", "unit", "on_fail", "method")
NUMBERS = ("weight", "min", "max")
LISTS = ("choices", "columns")  # one a line
ANY = (*KIND_NAMES, None)
JUDGED = ("pass", "number", None)
# What only some kinds have; of others it is not on the page.
_ONLY: Mapping[str, Any] = {
    "min": ("number",), "max": ("number",), "unit": ("number",), "choices": ("choice",),
    "columns": ("table",), "weight": JUDGED, "veto": JUDGED, "on_fail": JUDGED,
}  # fmt: skip


class SheetRows(PaperRows):
    """A form as one page."""

    coded = {"item": "q"}
    note = forms.CharField(
        label=LABELS["note"], max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    total = forms.FloatField(
        label=LABELS["total"], required=False, widget=forms.TextInput(attrs=NUMERIC),
        help_text=gettext_lazy(
            "What a sheet without fault gets; what does not apply is taken out and the rest scaled."
        ),
    )  # fmt: skip
    veto_cap = forms.FloatField(
        label=LABELS["veto_cap"], required=False, widget=forms.TextInput(attrs=NUMERIC)
    )

    def parts(self, table: str, n: int) -> Mapping[str, forms.Field]:
        """The fields of a question, or of a row of the basis."""
        if table != "item":
            return super().parts(table, n)
        marks = forms.MultipleChoiceField
        boxes = forms.CheckboxSelectMultiple
        return {
            "code": forms.CharField(
                required=False, widget=forms.HiddenInput, initial=self.codes["item"][n]
            ),
            "text": text(gettext_lazy("Question of the form"), 200),
            "kind": choice(gettext_lazy("How it is answered"), list(KIND_NAMES.items())),
            "min": number(LABELS["min"]),
            "max": number(LABELS["max"]),
            "unit": text(LABELS["unit"], 12),
            "choices": text(gettext_lazy("Choices, one a line"), 2000, rows=3),
            "columns": text(gettext_lazy("Columns, one a line"), 600, rows=3),
            "weight": number(LABELS["weight"], min_value=0, max_value=1000),
            "on_fail": choice(LABELS["on_fail"], list(WORDS["on_fail"].items())[::-1]),
            "method": choice(
                gettext_lazy("How it is found out"), [("", "—"), *WORDS["method"].items()]
            ),
            "evidence": marks(
                label=LABELS["evidence"], required=False, choices=EVIDENCE, widget=boxes
            ),
            "flags": marks(
                label=gettext_lazy("Obligations"), required=False, choices=FLAGS,
                widget=boxes,
            ),
        }  # fmt: skip

    def head(self, paper: Any) -> dict[str, Any]:
        """Title, note and points."""
        return {part: shown(getattr(paper, part)) for part in HEAD}

    def lines(self, paper: Any) -> dict[str, list[dict[str, Any]]]:
        """Its questions."""
        return {
            "item": [
                {part: shown(getattr(one, part)) for part in (*PLAIN, *NUMBERS)}
                | {part: "\n".join(getattr(one, part)) for part in LISTS}
                | {"evidence": list(one.evidence), "weight": shown(one.weight or None)}
                | {"flags": [flag for flag, _label in FLAGS if getattr(one, flag)]}
                for one in (paper.items if paper else ())
            ]
        }

    def body(self) -> dict[str, Any]:
        """Note, points and questions."""
        given = self.cleaned_data
        return {
            "note": given.get("note", ""),
            "total": given.get("total"),
            "veto_cap": given.get("veto_cap"),
            "items": [self._item(n, row) for n, row in self.written("item")],
        }

    def _item(self, n: int, row: Mapping[str, Any]) -> dict[str, Any]:
        self.needs("item", n, ["text"])
        said = {part: row[part] for part in (*PLAIN, *NUMBERS) if part in row}
        said |= {part: self.lines_of(row.get(part)) for part in LISTS}
        said |= {"text": row.get("text") or DOTS, "evidence": row.get("evidence", [])}
        said |= {flag: flag in row.get("flags", []) for flag, _label in FLAGS}
        return {part: v for part, v in said.items() if row.get("kind") in _ONLY.get(part, ANY)}
