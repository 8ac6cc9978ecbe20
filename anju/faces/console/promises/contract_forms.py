"""A contract as one page: its clauses and dates one a line, as they are copied from the paper."""

from datetime import date
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
from anju.faces.console.promises.catalogue import communities
from anju.faces.console.promises.contracts import the_contract
from anju.faces.console.promises.parts import lines, refused, rows_of, split
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import KitForm
from anju.foundation.places.models import Place
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
BEFORE = 30  # days before a date, where a line says none


class ContractForm(KitForm):
    """A contract: parties, term, grade, dates, clauses."""

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
    clauses = forms.CharField(
        label=gettext_lazy("Clauses"),
        max_length=100_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy(
            "One a line: number | words | codes of the standards that keep it. "
            "For example: 4.1 | Urgent repairs within 30 minutes | repair"
        ),
    )
    notices = forms.CharField(
        label=gettext_lazy("Notice dates"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "One a line: day | what is due by then | days before it that managers are told. "
            "For example: 2027-10-02 | Say in writing whether we renew | 90"
        ),
    )

    def __init__(self, *args: Any, contract: Contract | None, actor: Actor) -> None:
        super().__init__(*args, initial=_initial(contract) if contract else {})
        mine = [p for p in communities(actor) if actor.may("standard.edit", p.path)]
        self.places: dict[str, Place] = {str(p.id): p for p in mine}
        choices: list[tuple[str, Any]] = [(id, p.name) for id, p in self.places.items()]
        if contract:
            choices = [one for one in choices if one[0] == str(contract.place_id)]
        self.fields["place"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["grade"].choices = [("", "—"), *grades()]  # type: ignore[attr-defined]  # a ChoiceField

    def clean_clauses(self) -> tuple[Clause, ...]:
        """The lines as clauses."""
        rows = rows_of(self.cleaned_data["clauses"], 3, 2)
        return tuple(Clause(number, text, split(codes)) for number, text, codes in rows)

    def clean_notices(self) -> tuple[NoticeDate, ...]:
        """The lines as dates."""
        found = []
        for day, text, days in rows_of(self.cleaned_data["notices"], 3, 2):
            try:
                found.append(NoticeDate(date.fromisoformat(day), text, int(days or BEFORE)))
            except ValueError:
                raise forms.ValidationError(
                    _("%(day)s | %(days)s: write the day as 2027-10-02 and the days as a number."),
                    params={"day": day, "days": days},
                ) from None
        return tuple(found)

    def said(self) -> ContractText:
        """What was written."""
        given = self.cleaned_data
        names = (
            "number", "client", "provider", "first", "last", "ended_on", "grade", "fee_basis",
            "clauses", "notices",
        )  # fmt: skip
        return ContractText(**{name: given[name] for name in names})


def _initial(contract: Contract) -> dict[str, Any]:
    names = ("edited", "number", "client", "provider", "first", "last", "ended_on", "grade")
    return {
        **{name: getattr(contract, name) for name in names},
        "fee_basis": contract.fee_basis,
        "place": str(contract.place_id),
        "clauses": lines((c.number, c.text, ", ".join(c.standards)) for c in contract.says),
        "notices": lines((d.on.isoformat(), d.text, d.days) for d in contract.dates),
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
    form = ContractForm(request.POST or None, contract=found, actor=actor)
    if form.is_valid():
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
        else:
            return HttpResponseRedirect(reverse("console:contract", args=[made.id]))
    context = {"contract": found, "form": form}
    status = 422 if form.errors else 200
    return render(request, "console/contract_write.html", context, status=status)
