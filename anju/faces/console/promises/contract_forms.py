"""A contract as one page: its clauses and dates a row each, as they stand in the paper."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.promises.commands.contracts import ContractText, write_contract
from anju.domains.promises.models import Contract
from anju.domains.promises.queries import grades
from anju.domains.promises.rules import Clause, NoticeDate
from anju.engine.standards.models import Standard
from anju.faces.console.promises.catalogue import communities
from anju.faces.console.promises.contracts import the_contract
from anju.faces.console.promises.parts import refused, split
from anju.faces.console.rows import RowsForm, number, text
from anju.foundation.access.doors import Request, door
from anju.foundation.places.models import Place
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
NAMES = ("number", "client", "provider", "first", "last", "ended_on", "grade", "fee_basis")
BEFORE = 30  # days before a date, where a row says none


class ContractForm(RowsForm):
    """A contract: parties, term, grade, dates, clauses."""

    spare = 1
    edited = forms.IntegerField(widget=forms.HiddenInput, required=False)
    place = forms.ChoiceField(label=gettext_lazy("Community"))
    number = forms.CharField(label=gettext_lazy("Contract number"), max_length=40)
    client = forms.CharField(
        label=gettext_lazy("Client of the contract"),
        max_length=120,
        help_text=gettext_lazy("The owners' committee, the developer: who gave the contract."),
    )
    provider = forms.CharField(label=gettext_lazy("Service company"), max_length=120)
    first = forms.DateField(label=gettext_lazy("First day"), widget=DAY)
    last = forms.DateField(label=gettext_lazy("Last day"), widget=DAY)
    ended_on = forms.DateField(label=gettext_lazy("Ended early on"), widget=DAY, required=False)
    grade = forms.ChoiceField(label=gettext_lazy("Grade of service"), required=False)
    fee_basis = forms.CharField(label=gettext_lazy("Fee basis"), max_length=300, required=False)

    def __init__(self, *args: Any, contract: Contract | None, actor: Actor, do: str = "") -> None:
        initial = _initial(contract) if contract else {}
        super().__init__(*args, initial=initial, known=_lines(contract), do=do)
        mine = [p for p in communities(actor) if actor.may("standard.edit", p.path)]
        self.places: dict[str, Place] = {str(p.id): p for p in mine}
        choices: list[tuple[str, Any]] = [(id, p.name) for id, p in self.places.items()]
        if contract:
            choices = [one for one in choices if one[0] == str(contract.place_id)]
        self.fields["place"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["grade"].choices = [("", "—"), *grades()]  # type: ignore[attr-defined]  # a ChoiceField

    def parts(self, table: str, n: int) -> Mapping[str, forms.Field]:
        """The fields of a clause or of a date."""
        if table == "clause":
            return {
                "number": text(gettext_lazy("Clause"), 20),
                "text": text(gettext_lazy("Words"), 600),
                "standards": text(
                    gettext_lazy("Codes of the standards that keep it"), 400, list="standards"
                ),
            }
        return {
            "on": forms.DateField(
                label=gettext_lazy("Day"), required=False,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            ),
            "text": text(gettext_lazy("What is due by then"), 120),
            "days": number(gettext_lazy("Managers told, days before"), whole=True),
        }  # fmt: skip

    def said(self) -> ContractText:
        """What was written."""
        given = self.cleaned_data
        return ContractText(
            **{name: given[name] for name in NAMES},
            clauses=[
                Clause(row.get("number", ""), row.get("text", ""), split(row.get("standards", "")))
                for _n, row in self.written("clause")
            ],
            notices=[
                NoticeDate(row["on"], row.get("text", ""), row.get("days", BEFORE))
                for _n, row in self.written("notice")
            ],
        )

    def clean(self) -> None:
        """A date without its day is none."""
        super().clean()
        for n, row in self.written("notice"):
            name = f"notice-{n}-on"
            if "on" not in row and name not in self.errors:
                self.add_error(name, gettext_lazy("Please fill this in; it is needed."))


def _initial(contract: Contract) -> dict[str, Any]:
    return {name: getattr(contract, name) for name in ("edited", *NAMES)} | {
        "place": str(contract.place_id)
    }


def _lines(contract: Contract | None) -> dict[str, list[dict[str, Any]]]:
    """The clauses and dates as they stand."""
    return {
        "clause": [
            {"number": c.number, "text": c.text, "standards": ", ".join(c.standards)}
            for c in (contract.says if contract else ())
        ],
        "notice": [
            {"on": d.on, "text": d.text, "days": d.days}
            for d in (contract.dates if contract else ())
        ],
    }


@door("standard.edit")
def new_contract(request: Request) -> HttpResponse:
    """Write a contract down."""
    return _written(request, None)


@door("standard.edit")
def write(request: Request, id: UUID) -> HttpResponse:
    """Write a contract anew."""
    found = the_contract(request, id)
    request.actor.require("standard.edit", found.place.path)
    return _written(request, found)


def _written(request: Request, found: Contract | None) -> HttpResponse:
    actor = request.actor
    do = request.POST.get("do", "")
    form = ContractForm(request.POST or None, contract=found, actor=actor, do=do)
    if not do and form.is_valid():
        try:
            made = write_contract(
                form.places[form.cleaned_data["place"]],
                form.said(),
                contract_id=found.id if found else None,
                edited=form.cleaned_data["edited"] or 0,
                actor=actor,
            )
        except (NotYet, Conflict) as refusal:
            newest = Contract.objects.seen_by(actor).get(id=found.id).edited if found else 0
            refused(form, refusal, newest)
            for name in ("clauses", "notices"):
                if name in refusal.fields:
                    form.add_error(None, str(refusal.fields[name]))
        else:
            return HttpResponseRedirect(reverse("console:contract", args=[made.id]))
    standards = Standard.objects.seen_by(actor).in_force().order_by("code")
    context = {
        "contract": found,
        "form": form,
        "tables": [
            ("clause", _("Clauses"), form.rows("clause")),
            ("notice", _("Notice dates"), form.rows("notice")),
        ],
        "standards": standards.values_list("code", "name"),
        "here": request.get_full_path(),
    }
    status = 422 if form.errors else 200
    return render(request, "console/contract_write.html", context, status=status)
