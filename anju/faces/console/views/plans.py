"""Writing an emergency plan: its steps, whom it calls and what they read."""

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.emergency.commands.planning import (
    CALLED,
    LAST_MINUTE,
    LONGEST,
    Content,
    change_plan,
)
from anju.domains.emergency.models import Plan, Step
from anju.domains.emergency.queries import plans
from anju.foundation.access.doors import Request, door
from anju.foundation.access.rules import ROLE_NAMES
from anju.foundation.kit.forms import KitForm, show_refusal
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown

SPARE = 3  # empty rows to write new steps and telephones into
ROLES = 6
TYPED = 3  # rows that were sent are counted up to 99


class PlanForm(KitForm):
    """A plan as one page. An empty row is left out; `at` says where a row stands among the others,
    so that 2.5 comes between 2 and 3."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST["name"])
    words = forms.CharField(
        label=gettext_lazy("Other words for it"),
        required=False,
        max_length=LONGEST["words"],
        help_text=gettext_lazy("As people say it, with blanks between: the plan is found by them."),
    )
    category = forms.CharField(
        label=gettext_lazy("Category of the case"), max_length=LONGEST["category"]
    )
    notice = forms.CharField(
        label=gettext_lazy("What those called out read"),
        max_length=LONGEST["notice"],
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        first: dict[str, Any] = {
            name: getattr(plan, name) for name in ("version", "name", "words", "category", "notice")
        }
        super().__init__(*args, initial=first, **kwargs)
        self.steps = _rows(self, "step", plan.ordered, _step_fields)
        self.outside = _rows(self, "out", plan.outside, _outside_fields)
        choices = [("", "—"), *((role, ROLE_NAMES[role]) for role in CALLED)]
        for n in range(ROLES):
            role = plan.roles[n] if n < len(plan.roles) else ""
            self.fields[f"role-{n}"] = forms.ChoiceField(
                label=_("%(n)s. is called") % {"n": n + 1},
                choices=choices,
                required=False,
                initial=role,
            )
        self.roles = [self[f"role-{n}"] for n in range(ROLES)]

    def content(self) -> Content:
        """What was written, the rows in their order."""
        given = self.cleaned_data
        steps = [_row(given, "step", n, ("at", "who", "what", "minutes")) for n in self.steps]
        written = [row for row in steps if row["who"] or row["what"]]
        written.sort(key=lambda row: row["at"] if row["at"] is not None else float("inf"))
        outside = [_row(given, "out", n, ("number", "whose")) for n in self.outside]
        return Content(
            name=given["name"],
            words=given["words"],
            category=given["category"],
            notice=given["notice"],
            steps=[Step(row["who"], row["what"], row["minutes"] or 0) for row in written],
            outside=[(r["number"], r["whose"]) for r in outside if r["number"] or r["whose"]],
            roles=[role for n in range(ROLES) if (role := given[f"role-{n}"])],
        )

    def rows(self, name: str) -> list[list[Any]]:
        """The fields of `step` or `out`, row by row."""
        parts = {"step": ("at", "who", "what", "minutes"), "out": ("number", "whose")}[name]
        count = self.steps if name == "step" else self.outside
        return [[self[f"{name}-{n}-{part}"] for part in parts] for n in count]


def _rows(form: PlanForm, name: str, known: Any, fields: Any) -> range:
    """As many as the plan has and some to spare; of what was sent none is left out."""
    heads = (key.removeprefix(f"{name}-").partition("-")[0] for key in form.data)
    typed = [int(n) for n in heads if n.isascii() and n.isdigit() and len(n) < TYPED]
    count = max([len(known) + SPARE, *(n + 1 for n in typed)])
    for n in range(count):
        for part, field in fields(known[n] if n < len(known) else None, n).items():
            form.fields[f"{name}-{n}-{part}"] = field
    return range(count)


def _step_fields(step: Step | None, n: int) -> dict[str, forms.Field]:
    small = {"inputmode": "decimal"}
    return {
        "at": forms.FloatField(
            label=_("Order"),
            required=False,
            initial=n + 1 if step else None,
            widget=forms.TextInput(attrs=small),
        ),
        "who": forms.CharField(
            label=_("Who does this step"), required=False, max_length=40, initial=step and step.who
        ),
        "what": forms.CharField(
            label=_("What is done"), required=False, max_length=300, initial=step and step.what
        ),
        "minutes": forms.IntegerField(
            label=_("In minutes"),
            required=False,
            min_value=0,
            max_value=LAST_MINUTE,
            initial=(step.minutes or None) if step else None,
            widget=forms.TextInput(attrs=small),
        ),
    }


def _outside_fields(line: Any, _n: int) -> dict[str, forms.Field]:
    return {
        "number": forms.CharField(
            label=_("Telephone"), required=False, max_length=42, initial=line and line[0]
        ),
        "whose": forms.CharField(
            label=_("Whose it is"), required=False, max_length=60, initial=line and line[1]
        ),
    }


def _row(given: dict[str, Any], name: str, n: int, parts: tuple[str, ...]) -> dict[str, Any]:
    return {part: given[f"{name}-{n}-{part}"] for part in parts}


@door("answer.edit")
def edit_plan(request: Request, code: str) -> HttpResponse:
    """The next version of a plan; what runs goes on by the one it began with."""
    actor = request.actor
    actor.require("answer.edit", "")
    plan = plans(actor).filter(code=code).first()
    if plan is None:
        raise Unknown(_("There is no such plan. Choose one of the list."))
    form = PlanForm(request.POST or None, plan=plan)
    if form.is_valid():
        try:
            change_plan(plan.id, form.content(), version=form.cleaned_data["version"], actor=actor)
        except (NotYet, Conflict) as refusal:
            show_refusal(form, _on_rows(refusal))
            if isinstance(refusal, Conflict):  # what was typed can be saved on top of what stands
                newest = plans(actor).get(code=code).version
                form.data = {**request.POST.dict(), "version": str(newest)}
        else:
            return HttpResponseRedirect(reverse("console:emergency_card", args=[code]))
    context = {
        "plan": plan,
        "form": form,
        "steps": form.rows("step"),
        "outside": form.rows("out"),
        "past": plan.past.order_by("-number"),
    }
    return render(request, "console/edit_plan.html", context, status=422 if form.errors else 200)


def _on_rows(refusal: NotYet | Conflict) -> NotYet:
    """What is wrong with steps, telephones or roles stands at the first row of them."""
    rows = {"steps": "step-0-what", "outside": "out-0-number", "roles": "role-0"}
    fields = {rows.get(name, name): words for name, words in refusal.fields.items()}
    return NotYet(refusal.message, code=refusal.code, fields=fields)
