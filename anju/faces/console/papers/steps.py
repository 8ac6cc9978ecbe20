"""A procedure as a page of rows: one for each step, with the ways on from it."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.engine.forms.labels import LABELS
from anju.engine.forms.models import Form
from anju.engine.forms.rules import KIND_NAMES
from anju.engine.procedures.rules import SHOWN_BY
from anju.faces.console.journal_words import event_words
from anju.faces.console.papers.rows import DOTS, PaperRows
from anju.faces.console.rows import NUMERIC, choice, number, shown, text
from anju.foundation.access.rules import ROLE_NAMES

HEAD = ("name", "code", "purpose", "review_months")
PLAIN = (
    "code", "name", "role", "brief", "full", "qualification", "minutes", "form", "shown_by",
)  # fmt: skip
EVIDENCE = [
    ("record", gettext_lazy("a record")),
    ("photo", KIND_NAMES["photo"]),
    ("signature", KIND_NAMES["signature"]),
]
BELOW = "+"  # the way to the step below, wherever that is moved
MOST_WAYS = 8


class StepRows(PaperRows):
    """A procedure as one page."""

    coded = {"step": "s"}
    purpose = forms.CharField(
        label=LABELS["purpose"], max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    review_months = forms.IntegerField(
        label=LABELS["review_months"], min_value=1, max_value=120, initial=12,
        widget=forms.TextInput(attrs=NUMERIC),
    )  # fmt: skip

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        actor = kwargs["actor"]
        named = {step.form: step.form for step in kwargs["paper"].steps} if kwargs["paper"] else {}
        mine = Form.objects.seen_by(actor).exclude(state="retired").order_by("name", "version")
        forms_ = {**named, **dict(mine.values_list("code", "name"))}
        self._forms = [("", "—"), *((code, name) for code, name in forms_.items() if code)]
        self._shown_by = [("", "—"), *((name, event_words(name)) for name in SHOWN_BY)]
        super().__init__(data, **kwargs)
        if self.looking:
            self.fields["review_months"].required = False

    @property
    def roles(self) -> list[str]:
        """Whom one may name; anybody else is written as such."""
        return [str(name) for name in ROLE_NAMES.values()]

    def parts(self, table: str, n: int) -> Mapping[str, forms.Field]:
        """The fields of a step, or of a row of the basis."""
        if table != "step":
            return super().parts(table, n)
        found: dict[str, forms.Field] = {
            "code": forms.CharField(
                required=False, widget=forms.HiddenInput, initial=self.codes["step"][n]
            ),
            "name": text(gettext_lazy("Step"), 40),
            "role": text(gettext_lazy("Carried out by"), 40, list="roles"),
            "minutes": number(
                gettext_lazy("Minutes allowed"), whole=True, min_value=1, max_value=525_600
            ),
            "brief": text(gettext_lazy("In one sentence, for who is qualified"), 200),
            "full": text(
                gettext_lazy("The whole instruction, for who is not yet"), 4000, rows=3
            ),
            "qualification": text(LABELS["qualification"], 60),
            "form": choice(LABELS["form"], self._forms),
            "shown_by": choice(gettext_lazy("What in the record shows it"), self._shown_by),
            "evidence": forms.MultipleChoiceField(
                label=LABELS["evidence"], required=False, choices=EVIDENCE,
                widget=forms.CheckboxSelectMultiple,
            ),
        }  # fmt: skip
        steps = self._targets
        for k in range(self._ways(n)):
            first = [(BELOW, _("to the step below")), ("", _("nowhere: this is an end"))]
            found[f"when{k}"] = text(gettext_lazy("Condition (empty: in every other case)"), 60)
            found[f"to{k}"] = choice(
                gettext_lazy("Goes on"), [*(first if k == 0 else [("", "—")]), *steps]
            )
        found["to0"].initial = BELOW
        return found

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The fields of one table; of a step also its ways on, in pairs."""
        found = super().rows(table)
        for n, row in enumerate(found if table == "step" else ()):
            row["ways"] = [(row[f"when{k}"], row[f"to{k}"]) for k in range(self._ways(n))]
        return found

    @property
    def _targets(self) -> list[tuple[str, str]]:
        """Every step one can go on to, as far as it has a name."""
        found = []
        for n, code in enumerate(self.codes["step"]):
            rows = self.known["step"]
            stands = rows[n]["name"] if not self.is_bound and n < len(rows) else ""
            name = self.data.get(f"step-{n}-name", "") if self.is_bound else stands
            found.append((code, f"{n + 1} {name}".strip()))
        return found

    def _ways(self, n: int) -> int:
        """How many ways on can be written: those there are, and one more."""
        rows = self.known["step"]
        given = self.data if self.is_bound else rows[n] if n < len(rows) else {}
        head = f"step-{n}-" if self.is_bound else ""
        used = [k for k in range(MOST_WAYS) if given.get(f"{head}to{k}")]
        return min(MOST_WAYS, max(used, default=0) + 2)

    def head(self, paper: Any) -> dict[str, Any]:
        """Title, purpose and review."""
        return {part: shown(getattr(paper, part)) for part in HEAD}

    def lines(self, paper: Any) -> dict[str, list[dict[str, Any]]]:
        """Its steps."""
        steps = paper.steps if paper else ()
        found = []
        for n, step in enumerate(steps):
            row = {part: shown(getattr(step, part)) for part in PLAIN}
            row |= {"role": step.who, "evidence": list(step.evidence)}
            for k, way in enumerate(step.next):
                row |= {f"when{k}": way.when, f"to{k}": way.to}
            following = steps[n + 1].code if n + 1 < len(steps) else ""
            if len(step.next) == 1 and not row["when0"] and row["to0"] == following:
                row["to0"] = BELOW
            elif not step.next:
                row["to0"] = ""
            found.append(row)
        return {"step": found}

    def body(self) -> dict[str, Any]:
        """Purpose, review and steps."""
        written = list(self.written("step"))
        codes = [self.codes["step"][n] for n, _row in written]
        after = dict(pairwise(codes))
        return {
            "purpose": self.cleaned_data.get("purpose", ""),
            "review_months": self.cleaned_data.get("review_months") or 12,
            "steps": [self._step(n, row, after) for n, row in written],
        }

    def _step(self, n: int, row: Mapping[str, Any], after: Mapping[str, str]) -> dict[str, Any]:
        self.needs("step", n, ["name", "role", "brief"])
        keys = {str(name): key for key, name in ROLE_NAMES.items()}
        said = {part: row[part] for part in PLAIN if part in row}
        said |= {part: row.get(part) or DOTS for part in ("name", "role", "brief")}
        return said | {
            "role": keys.get(said["role"], said["role"]),
            "evidence": row.get("evidence", []),
            "next": list(_next(row, after.get(row["code"], ""))),
        }


def _next(row: Mapping[str, Any], following: str) -> Iterator[dict[str, str]]:
    for k in range(MOST_WAYS):
        to = row.get(f"to{k}", "")
        to = following if to == BELOW else to
        if to:
            yield {"when": row.get(f"when{k}", ""), "to": to}
