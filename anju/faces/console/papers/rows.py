"""A form or a procedure as a page of rows."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from anju.engine.forms.shapes import Basis, Paper
from anju.faces.console.rows import RowsForm, choice, shown, text
from anju.faces.console.standards.words import GROUNDS
from anju.foundation.lib.pinyin import slug
from anju.foundation.tenancy.actor import Actor
from anju.foundation.texts.faults import problem

DOTS = "…"  # what is not written yet, where it is only looked at
NEEDED = gettext_lazy("Please fill this in; it is needed.")
STATUSES = [
    ("unknown", gettext_lazy("not known")),
    ("in_force", gettext_lazy("in force")),
    ("superseded", gettext_lazy("superseded")),
]
CERTAINTIES = [
    ("suggested", gettext_lazy("a suggestion, not confirmed")),
    ("confirmed", gettext_lazy("confirmed")),
]
KINDS = [(kind, said) for kind, said in GROUNDS.items() if kind != "contract"]
BASIS = ("kind", "ref", "source", "status", "certainty")


class PaperRows(RowsForm):
    """What forms and procedures have in common: name, code of a new one, basis. Without a code it
    gets one of the sound of its name. `looking`: only shown beside, so what is missing is dots."""

    spare = 1
    silent = ("kind", "status", "certainty", "code", "on_fail", "to0", "evidence", "flags")
    name = forms.CharField(label=gettext_lazy("Title"), max_length=80)
    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=32,
        required=False,
        help_text=gettext_lazy(
            "Small letters, digits and - ; left empty, it is made of the title. Standards name "
            "the paper by it."
        ),
    )
    edits = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, *, paper: Paper | None, edits: int | None, actor: Actor,
        do: str = "", new: bool = False,
    ) -> None:  # fmt: skip
        self.paper, self.actor, self.looking = paper, actor, do == "look"
        initial = {**self.head(paper), "edits": edits} if paper else {"edits": edits}
        known = {**self.lines(paper), "basis": _bases(paper)}
        super().__init__(data, known=known, do="" if self.looking else do, initial=initial)
        if not new:
            del self.fields["code"]
        if self.looking:
            self.fields["name"].required = False

    def head(self, paper: Any) -> dict[str, Any]:
        """The single fields as they stand."""
        raise NotImplementedError  # each kind says its own

    def lines(self, paper: Any) -> dict[str, list[dict[str, Any]]]:
        """The rows of its tables as they stand, besides its basis."""
        raise NotImplementedError  # each kind says its own

    def body(self) -> dict[str, Any]:
        """What was written, as its schema has it, besides name, code and basis. Marks what is
        missing."""
        raise NotImplementedError  # each kind says its own

    def parts(self, table: str, n: int) -> Mapping[str, forms.Field]:
        """The fields of a row of the basis."""
        return {
            "kind": choice(gettext_lazy("Kind of basis"), KINDS),
            "ref": text(gettext_lazy("Law, norm or clause"), 200),
            "source": text(gettext_lazy("Where it can be read"), 400),
            "status": choice(gettext_lazy("State"), STATUSES),
            "certainty": choice(gettext_lazy("Certainty"), CERTAINTIES),
        }

    def said(self, model: type[Paper]) -> Any:
        """The paper as it was written; None where something is missing or wrong, which is marked
        beside its field."""
        given = self.cleaned_data
        body = {
            "anju": model.model_fields["anju"].default,
            "code": self.paper.code if self.paper and "code" not in self.fields else self._code(),
            "name": given.get("name") or DOTS,
            "basis": [row for n, row in self.written("basis") if self.needs("basis", n, ["ref"])],
            **self.body(),
        }
        if self.errors and not self.looking:
            return None
        try:
            return model.model_validate(body)
        except ValidationError as wrong:
            for one in wrong.errors():
                self.add_error(None, problem(one, tuple(one["loc"]), {}))
            return None

    def _code(self) -> str:
        given = str(self.cleaned_data.get("code") or "").lower()
        if given or self.looking:
            return given or "new"
        return slug(str(self.cleaned_data.get("name", "")))

    def needs(self, table: str, n: int, names: Iterable[str]) -> bool:
        """Whether all of these are written in a row; what is not is marked."""
        missing = [name for name in names if not self.cleaned_data.get(f"{table}-{n}-{name}")]
        for name in missing:
            if not self.looking and f"{table}-{n}-{name}" not in self.errors:
                self.add_error(f"{table}-{n}-{name}", NEEDED)
        return not missing

    def lines_of(self, given: Any) -> list[str]:
        """What was written one a line."""
        return [line.strip() for line in str(given or "").splitlines() if line.strip()]


def _bases(paper: Any) -> list[dict[str, Any]]:
    bases: Sequence[Basis] = paper.basis if paper else ()
    return [{part: shown(getattr(one, part)) for part in BASIS} for one in bases]


def taken_words() -> str:
    """Why the code of a new paper cannot be that of another."""
    return _("This code is taken already. Open that one to write its next version.")
