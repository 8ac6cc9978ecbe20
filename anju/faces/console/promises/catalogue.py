"""The service catalogue of a community, with its gaps."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.promises.commands.services import ServiceText, ship_services, write_service
from anju.domains.promises.models import Service
from anju.domains.promises.queries import in_force_by_code
from anju.domains.promises.rules import CUSTOMERS, GROUPS, SERVICE_STATES
from anju.engine.standards.models import Standard
from anju.faces.console.promises.parts import refused, split
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import KitForm
from anju.foundation.kit.parts import Link
from anju.foundation.places.models import Place
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only


def communities(actor: Actor) -> list[Place]:
    """The standing communities the actor sees, in order. One query."""
    rows = Place.objects.seen_by(actor).standing().filter(kind="community")
    return list(rows.order_by("path"))


def the_community(id: UUID, actor: Actor) -> Place:
    """One of them, or `Unknown`."""
    found = only(Place.objects.seen_by(actor).filter(id=id, kind="community"))
    if found is None:
        raise Unknown(_("There is no such place. Choose one from the list of places."))
    return found


def _at(place: Place) -> str:
    return reverse("console:catalogue", args=[place.id])


@door("standard.see", methods="GET")
def first_catalogue(request: Request) -> HttpResponse:
    """The catalogue of the first community the actor sees; without one, what to do."""
    found = communities(request.actor)
    if found:
        return HttpResponseRedirect(_at(found[0]))
    return render(request, "console/catalogue.html", {"place": None})


@door("standard.see", methods="GET")
def catalogue(request: Request, place: UUID) -> HttpResponse:
    """What a community is offered, group by group; an item without a standard in force is a gap."""
    actor = request.actor
    here = the_community(place, actor)
    standing = in_force_by_code(actor=actor)
    rows = list(Service.objects.seen_by(actor).filter(place=here).order_by("code"))
    groups = [
        (label, [_row(row, standing) for row in rows if row.group == group])
        for group, label in GROUPS
    ]
    offered = [row for row in rows if row.state == "offered"]
    context = {
        "place": here,
        "groups": [(label, found) for label, found in groups if found],
        "gaps": sum(not any(code in standing for code in row.standards) for row in offered),
        "offered": len(offered),
        "may_edit": actor.may("standard.edit", here.path),
        "communities": [
            Link(label=one.name, url=_at(one), current=one.id == here.id)
            for one in communities(actor)
        ],
    }
    return render(request, "console/catalogue.html", context)


def _row(row: Service, standing: dict[str, Standard]) -> dict[str, Any]:
    named = dict(CUSTOMERS)
    return {
        "service": row,
        "customers": [named[one] for one in row.customers],
        "standards": [standing[code] for code in row.standards if code in standing],
    }


@door("standard.edit", methods="POST")
def ship(request: Request, place: UUID) -> HttpResponse:
    """The first set for a community without a catalogue."""
    here = the_community(place, request.actor)
    ship_services(here, actor=request.actor)
    return HttpResponseRedirect(_at(here))


class ServiceForm(KitForm):
    """One item of a catalogue."""

    edited = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=gettext_lazy("Service item"), max_length=60)
    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=32,
        help_text=gettext_lazy("Small letters and digits; it stays."),
    )
    group = forms.ChoiceField(label=gettext_lazy("Group of services"), choices=GROUPS)
    scope = forms.CharField(label=gettext_lazy("Scope"), max_length=300, required=False)
    customers = forms.MultipleChoiceField(
        label=gettext_lazy("For whom"),
        choices=CUSTOMERS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Without a choice: for everybody."),
    )
    hours = forms.CharField(label=gettext_lazy("Hours"), max_length=120, required=False)
    standards = forms.CharField(
        label=gettext_lazy("Codes of the standards that rule it"),
        required=False,
        help_text=gettext_lazy("For example: repair, complaint."),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=SERVICE_STATES, initial="offered"
    )

    def __init__(self, *args: Any, service: Service | None) -> None:
        first: dict[str, Any] = {}
        if service:
            names = ("edited", "name", "code", "group", "scope", "customers", "hours", "state")
            first = {name: getattr(service, name) for name in names}
            first["standards"] = ", ".join(service.standards)
        super().__init__(*args, initial=first)
        if service:
            self.fields["code"].disabled = True

    def said(self) -> ServiceText:
        """What was written."""
        given = self.cleaned_data
        return ServiceText(
            code=given["code"],
            group=given["group"],
            name=given["name"],
            scope=given["scope"],
            customers=tuple(given["customers"]),
            hours=given["hours"],
            standards=split(given["standards"]),
            state=given["state"],
        )


@door("standard.edit")
def new_service(request: Request, place: UUID) -> HttpResponse:
    """Put a service into the catalogue."""
    return _written(request, the_community(place, request.actor), None)


@door("standard.edit")
def service(request: Request, id: UUID) -> HttpResponse:
    """Write a service of the catalogue anew."""
    found = only(Service.objects.seen_by(request.actor).select_related("place").filter(id=id))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return _written(request, found.place, found)


def _written(request: Request, place: Place, found: Service | None) -> HttpResponse:
    actor = request.actor
    actor.require("standard.edit", place.path)
    form = ServiceForm(request.POST or None, service=found)
    if form.is_valid():
        try:
            write_service(
                place,
                form.said(),
                service_id=found.id if found else None,
                edited=form.cleaned_data["edited"] or 0,
                actor=actor,
            )
        except (NotYet, Conflict) as refusal:
            newest = Service.objects.seen_by(actor).get(id=found.id).edited if found else 0
            refused(form, refusal, newest)
        else:
            return HttpResponseRedirect(_at(place))
    context = {"place": place, "service": found, "form": form}
    return render(request, "console/service.html", context, status=422 if form.errors else 200)
