"""The draft of a standard as a form: a table of rows for each of its lists."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from anju.engine.clocks.models import KINDS
from anju.engine.loop.models import KIND_NAMES
from anju.engine.standards.document import Document
from anju.engine.standards.rules import CLOCK_KINDS, Limit
from anju.engine.standards.scope import Scope
from anju.faces.console.rows import NUMERIC, RowsForm, choice, number, shown, text
from anju.faces.console.standards.words import GROUNDS, PHOTOS
from anju.foundation.calendars.models import Calendar
from anju.foundation.places.models import Place
from anju.foundation.tenancy.actor import Actor
from anju.foundation.texts import plain

OPS = [("", "—"), ("<=", "≤"), (">=", "≥"), ("==", "="), ("every", gettext_lazy("every"))]
TEXTS = ("name", "audience", "item", "provider")
# The lines of each table: the name of a field, its label, its longest text.
ROWS: Mapping[str, Mapping[str, tuple[Any, int]]] = {
    "requirement": {
        "text": (gettext_lazy("Requirement"), 400),
        "metric": (gettext_lazy("What is measured"), 60),
        "op": (gettext_lazy("Relation"), 6),
        "value": (gettext_lazy("Value"), 12),
        "unit": (gettext_lazy("Unit"), 20),
        "period": (gettext_lazy("Over each"), 40),
    },
    "limit": {
        "clock": (gettext_lazy("Promise"), 12),
        "category": (gettext_lazy("Category"), 120),
        "calendar": (gettext_lazy("Calendar"), 32),
        "p1": ("P1", 8),
        "p2": ("P2", 8),
        "p3": ("P3", 8),
        "p4": ("P4", 8),
    },
    "labour": {
        "post": (gettext_lazy("Post"), 60),
        "minutes": (gettext_lazy("Minutes"), 8),
        "people": (gettext_lazy("People"), 4),
        "rate": (gettext_lazy("Yuan an hour"), 8),
    },
    "material": {
        "name": (gettext_lazy("Material"), 60),
        "quantity": (gettext_lazy("Quantity"), 8),
        "unit": (gettext_lazy("Unit"), 12),
        "price": (gettext_lazy("Price"), 10),
    },
    "basis": {
        "kind": (gettext_lazy("Kind of basis"), 12),
        "ref": (gettext_lazy("Law, norm or clause"), 200),
        "source": (gettext_lazy("Where it can be read"), 300),
    },
}


class DraftForm(RowsForm):
    """A standard as one page. An empty row is left out; what the page does not show stays."""

    silent = ("calendar",)
    edited = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=gettext_lazy("Name of the standard"), max_length=80)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of case it rules"),
        choices=KIND_NAMES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    places = forms.MultipleChoiceField(
        label=gettext_lazy("Only in these communities"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    categories = forms.CharField(
        label=gettext_lazy("Only in these categories"),
        required=False,
        help_text=gettext_lazy("One after the other with a comma between; empty: all of them."),
    )
    audience = forms.CharField(label=gettext_lazy("Audience"), required=False)
    item = forms.CharField(label=gettext_lazy("Service item"), required=False)
    provider = forms.CharField(label=gettext_lazy("Provider"), required=False)
    method = forms.CharField(
        label=gettext_lazy("Method and tools"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    procedure = forms.CharField(label=gettext_lazy("Procedure"), required=False, max_length=32)
    form = forms.CharField(label=gettext_lazy("Form"), required=False, max_length=32)
    photos = forms.MultipleChoiceField(
        label=gettext_lazy("Photos, or a reason"),
        required=False,
        choices=list(PHOTOS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    received = forms.BooleanField(
        label=gettext_lazy("Signed by whoever receives it"),
        required=False,
        help_text=gettext_lazy("Work is not done before they sign, or it is said why nobody does."),
    )
    told = forms.IntegerField(
        label=gettext_lazy("Hours before that those it touches are told"),
        required=False,
        min_value=0,
        max_value=336,
        widget=forms.TextInput(attrs=NUMERIC),
        help_text=gettext_lazy("Empty: nobody has to be told. Else planned work waits for it."),
    )
    warranty = forms.IntegerField(
        label=gettext_lazy("Warranty of our work, in days"),
        required=False,
        min_value=0,
        max_value=3_650,
        widget=forms.TextInput(attrs=NUMERIC),
        help_text=gettext_lazy("The same again within them is done for nothing."),
    )
    times_a_year = forms.FloatField(
        label=gettext_lazy("Times a year"),
        required=False,
        min_value=0,
        widget=forms.TextInput(attrs=NUMERIC),
    )
    evaluation = forms.CharField(
        label=gettext_lazy("Evaluation"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    sample = forms.CharField(label=gettext_lazy("Sample"), required=False, max_length=200)
    verify = forms.BooleanField(label=gettext_lazy("Checked by someone else"), required=False)
    callback = forms.BooleanField(label=gettext_lazy("Reporters are called back"), required=False)
    review_months = forms.IntegerField(
        label=gettext_lazy("Months between reviews"),
        min_value=1,
        max_value=60,
        widget=forms.TextInput(attrs=NUMERIC),
    )

    def __init__(
        self, *args: Any, document: Document, edited: int, actor: Actor, **kwargs: Any
    ) -> None:
        self.document = document
        calendars = Calendar.objects.seen_by(actor).order_by("code").values_list("code", "name")
        self._choices = {
            "op": OPS,
            "clock": [("", "—"), *((k, dict(KINDS)[k]) for k in CLOCK_KINDS)],
            "calendar": list(calendars),
            "kind": [("", "—"), *GROUNDS.items()],
        }
        initial = _initial(document) | {"edited": edited}
        super().__init__(*args, known=_lines(document), initial=initial, **kwargs)
        communities = Place.objects.seen_by(actor).filter(kind="community", retired_on=None)
        self.fields["places"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (p.path, p.name) for p in communities.order_by("path")
        ]

    def parts(self, table: str, n: int) -> dict[str, forms.Field]:
        """The fields of a row of a table."""
        return {part: self._field(part, *said) for part, said in ROWS[table].items()}

    def _field(self, part: str, label: Any, most: int) -> forms.Field:
        if part in self._choices:
            return choice(label, self._choices[part])
        return number(label, min_value=0) if part in NUMBERS else text(label, most)

    def _said(self, table: str) -> list[dict[str, Any]]:
        return [row for _n, row in self.written(table)]

    def said(self) -> Document:
        """The document as it was written. Raises pydantic's `ValidationError`."""
        given, old = self.cleaned_data, plain(self.document)
        method = {
            **old.get("method", {}),
            "text": given["method"],
            "procedure": given["procedure"],
            "form": given["form"],
            "photos": given["photos"],
            "received": given["received"],
            "told": given["told"] or 0,
            "warranty": given["warranty"] or 0,
            "times_a_year": given["times_a_year"] or 0,
            "labour": self._said("labour"),
            "materials": [{"quantity": 0, **row} for row in self._said("material")],
        }
        scope = Scope(
            tuple(given["places"]), _split(given["categories"]), self.document.scope.urgencies
        )
        return Document.model_validate(
            old
            | {name: given[name] for name in TEXTS}
            | {
                "kinds": given["kinds"],
                "scope": scope,
                "requirements": self._requirements(),
                "limits": self._limits(),
                "method": method,
                "evaluation": {
                    **old.get("evaluation", {}),
                    "text": given["evaluation"],
                    "sample": given["sample"],
                },
                "verify": given["verify"],
                "callback": given["callback"],
                "basis": self._said("basis"),
                "review_months": given["review_months"],
            }
        )

    def _requirements(self) -> list[dict[str, Any]]:
        """With the code, scope, needs and library items a line had before."""
        before = self.document.requirements
        found = []
        for n in self.counts["requirement"]:
            row = {p: self.cleaned_data[f"requirement-{n}-{p}"] for p in ROWS["requirement"]}
            if row["text"].strip():
                kept = {k: getattr(before[n], k) for k in UNSEEN} if n < len(before) else {}
                found.append(kept | {k: v for k, v in row.items() if v not in ("", None)})
        return found

    def _limits(self) -> list[Limit | dict[str, Any]]:
        """Ladders and caps of pauses stay with the clock they belong to; what holds at one place
        only is not shown and stays."""
        mine = [one for one in self.document.limits if not one.place]
        found: list[Limit | dict[str, Any]] = [one for one in self.document.limits if one.place]
        for row in self._said("limit"):
            cells = {n: row[f"p{n}"] for n in (1, 2, 3, 4) if f"p{n}" in row}
            every = len(cells) == 4 and len(set(cells.values())) == 1
            for urgency in [None] if every else list(cells):
                clock, category = row.get("clock", ""), row.get("category", "")
                like = _like(mine, clock, category, urgency)
                found.append(
                    {
                        "clock": clock,
                        "minutes": cells[urgency or 1],
                        "calendar": row.get("calendar", "always"),
                        "urgency": urgency,
                        "category": category,
                        "pause_cap": like.pause_cap if like else 0,
                        "ladder": like.ladder if like else (),
                    }
                )
        return found


UNSEEN = ("code", "scope", "needs", "rests_on")  # of a requirement, not on the page


def _like(limits: Sequence[Limit], clock: str, category: str, urgency: int | None) -> Limit | None:
    """The limit of this clock that is most like it: the same category before the same urgency."""
    same = [one for one in limits if one.clock == clock]
    return max(
        same,
        key=lambda one: (one.category == category, one.urgency == urgency),
        default=None,
    )


NUMBERS = {"value", "p1", "p2", "p3", "p4", "minutes", "people", "rate", "quantity", "price"}


def _initial(document: Document) -> dict[str, Any]:
    method, judged = document.method, document.evaluation
    return {name: getattr(document, name) for name in TEXTS} | {
        "kinds": list(document.kinds),
        "places": list(document.scope.places),
        "categories": ", ".join(document.scope.categories),
        "method": method.text,
        "procedure": method.procedure,
        "form": method.form,
        "photos": list(method.photos),
        "received": method.received,
        "told": method.told or None,
        "warranty": method.warranty or None,
        "times_a_year": shown(method.times_a_year or None),
        "evaluation": judged.text,
        "sample": judged.sample,
        "verify": document.verify,
        "callback": document.callback,
        "review_months": document.review_months,
    }


def _lines(document: Document) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table as they stand."""

    def rows(name: str, parts: Sequence[Any]) -> list[dict[str, Any]]:
        return [{field: shown(getattr(part, field)) for field in ROWS[name]} for part in parts]

    limits: dict[tuple[str, str, str], dict[str, Any]] = {}
    for one in sorted(document.limits, key=lambda one: one.urgency is None):  # the named ones first
        if one.place:
            continue
        head = {"clock": one.clock, "category": one.category, "calendar": one.calendar}
        line = limits.setdefault((one.clock, one.category, one.calendar), dict(head))
        for n in (1, 2, 3, 4):
            if one.urgency in (None, n):
                line.setdefault(f"p{n}", one.minutes)
    return {
        "requirement": rows("requirement", document.requirements),
        "limit": list(limits.values()),
        "labour": rows("labour", document.method.labour),
        "material": rows("material", document.method.materials),
        "basis": rows("basis", document.basis),
    }


def _split(text: str) -> tuple[str, ...]:
    return tuple(
        p.strip() for p in text.replace("，", ",").replace("、", ",").split(",") if p.strip()
    )
