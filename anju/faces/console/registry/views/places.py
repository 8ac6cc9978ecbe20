"""Places: the list, one place with what is in it, and its changes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.domains.community.commands.desk_lines import set_desk_line
from anju.domains.community.queries import desk_line
from anju.faces.console.registry.forms import (
    DayForm,
    DeskLineForm,
    MoveForm,
    PlaceEditForm,
    PlaceForm,
)
from anju.faces.console.registry.pages import form_page, one_of, picked, story
from anju.faces.console.registry.tables import communities, place_columns, place_filters
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.list import Bulk, ListPage
from anju.foundation.lib import now
from anju.foundation.people.models import Occupancy
from anju.foundation.people.queries import household
from anju.foundation.places import commands
from anju.foundation.places.models import Asset, Place
from anju.foundation.places.queries import chain, full_name
from anju.foundation.registry import references

INSIDE_SHOWN = 200


@door("place.see", methods="GET")
def places(request: Request) -> HttpResponseBase:
    """The list of places."""
    actor = request.actor
    rows = Place.objects.seen_by(actor)
    none = (
        _("No places yet"),
        _("Import the list of rooms, or add a community and then its buildings."),
    )
    page = ListPage(
        request,
        rows,
        columns=place_columns(communities(actor)),
        filters=place_filters(actor),
        sort="code",
        row_url=lambda place: reverse("registry:place", args=[place.id]),
        bulk=[Bulk(label=_("Print QR labels"), url=reverse("registry:place_labels"), icon="print")],
        file=(_("places"),),
        empty=none,
        views={"state=standing": none},  # what the menu opens
    )
    context = {
        "page": page,
        "may_add": actor.may("place.edit"),
        "may_import": actor.may("import.run"),
    }
    return page.answer() or render(request, "registry/places.html", context)


@door("place.see", methods="GET")
def place(request: Request, id: UUID) -> HttpResponse:
    """One place: what it stands in, what is in it, who lives there, what happened."""
    actor = request.actor
    shown: Place = one_of(Place.objects.seen_by(actor).select_related("parent"), id)
    today = timezone.localdate(now())
    inside = Place.objects.seen_by(actor).filter(parent=shown).order_by("full_code", "code")
    assets = Asset.objects.seen_by(actor).filter(place=shown).order_by("code")
    people = household(shown, actor=actor, on=today) if actor.may("person.see") else []
    ended = Occupancy.objects.seen_by(actor).filter(place=shown, until__lt=today)
    earlier = ended.select_related("person") if actor.may("person.see") else []
    above = chain(shown)
    context: dict[str, Any] = {
        "place": shown,
        "above": above[:-1],
        "facts": _facts(shown),
        "inside": list(inside[: INSIDE_SHOWN + 1]),
        "most": INSIDE_SHOWN,
        "assets": list(assets[: INSIDE_SHOWN + 1]),
        "people": [(o, o.person.name_for(actor)) for o in people],
        "earlier": [(o, o.person.name_for(actor)) for o in earlier],
        "entries": story("place", shown.id, actor=actor),
        "named": _called(shown, above),
        "may_report": actor.may("case.report", shown.path),
        "may_cases": actor.may("case.see", shown.path),
        "may_edit": actor.may("place.edit", shown.path),
        "may_person": actor.may("person.edit", shown.path),
    }
    return render(request, "registry/place.html", context)


def _called(place: Place, above: Sequence[Place]) -> str:
    """The place as forms understand it whatever other communities have: `DH1 3-2-1201`."""
    top = next((one.code for one in above[:-1] if one.kind == "community"), "")
    return f"{top} {place.full_code}".strip()


def _facts(place: Place) -> list[tuple[Any, Any]]:
    pairs = [
        (_("Kind"), place.get_kind_display()),
        (_("Code"), place.full_code),
        (_("Use"), place.use or None),
        (_("Area (m²)"), place.area),
        (_("Delivered on"), place.delivered_on and place.delivered_on.isoformat()),
        (_("Time zone"), place.zone or None),
        (_("Climate zone"), place.get_climate_display() or None),
        (_("Retired on"), place.retired_on and place.retired_on.isoformat()),
    ]
    return [(term, said) for term, said in pairs if said is not None]


@door("place.edit")
def new_place(request: Request) -> HttpResponse:
    """Add one place."""
    form = PlaceForm(request.POST or None, initial=request.GET.dict())

    def act(given: dict[str, Any]) -> str:
        given.pop("version")
        parent = picked(references.places, given.pop("parent"), "parent", actor=request.actor)
        made = commands.add_place(actor=request.actor, parent=parent, **given)
        return reverse("registry:place", args=[made.id])

    return form_page(
        request,
        form,
        act,
        title=_("New place"),
        label=_("Add the place"),
        back=reverse("registry:places"),
    )


@door("place.edit")
def edit(request: Request, id: UUID) -> HttpResponse:
    """Change one place."""
    shown = _place(request, id)
    initial = {
        f: getattr(shown, f)
        for f in ("code", "name", "use", "area", "delivered_on", "zone", "climate", "version")
    }
    form = PlaceEditForm(request.POST or None, initial=initial)

    def act(given: dict[str, Any]) -> str:
        version = given.pop("version")
        commands.edit_place(shown, actor=request.actor, version=version, **given)
        return _page(id)

    return form_page(
        request, form, act, title=full_name(shown), label=_("Save the place"), back=_page(id)
    )


@door("place.edit")
def move(request: Request, id: UUID) -> HttpResponse:
    """Move a place with everything in it."""
    shown = _place(request, id)

    def act(given: dict[str, Any]) -> str:
        to = picked(references.places, given["to"], "to", actor=request.actor)
        commands.move_subtree(shown, to=to, actor=request.actor)
        return _page(id)

    return form_page(
        request,
        MoveForm(request.POST or None),
        act,
        title=_("Move %(place)s") % {"place": full_name(shown)},
        sub=_("Everything inside moves with it. Leave it empty to put it at the top."),
        label=_("Move the place"),
        back=_page(id),
    )


@door("place.edit")
def retire(request: Request, id: UUID) -> HttpResponse:
    """Take a place out of use."""
    shown = _place(request, id)
    initial = {"on": timezone.localdate(now()), "version": shown.version}

    def act(given: dict[str, Any]) -> str:
        commands.retire_place(shown, on=given["on"], version=given["version"], actor=request.actor)
        return _page(id)

    return form_page(
        request,
        DayForm(request.POST or None, initial=initial),
        act,
        title=_("Retire %(place)s") % {"place": full_name(shown)},
        sub=_("Its history stays and can be found. It can be taken into use again."),
        label=_("Retire the place"),
        back=_page(id),
    )


@door("place.edit", methods="POST")
def reinstate(request: Request, id: UUID) -> HttpResponse:
    """Take a retired place into use again."""
    commands.reinstate_place(_place(request, id), actor=request.actor)
    return HttpResponseRedirect(_page(id))


def _place(request: Request, id: UUID) -> Place:
    found: Place = one_of(Place.objects.seen_by(request.actor).select_related("parent"), id)
    return found


def _page(id: UUID) -> str:
    return reverse("registry:place", args=[id])


@door("place.edit")
def telephone(request: Request, id: UUID) -> HttpResponse:
    """The telephone of the desk that answers for a place: on its labels, at the residents'."""
    shown: Place = one_of(Place.objects.seen_by(request.actor), id)
    request.actor.require("place.edit", shown.path)
    line, back = desk_line(shown.path, actor=request.actor), reverse("registry:place", args=[id])

    def act(given: dict[str, Any]) -> str:
        set_desk_line(shown, actor=request.actor, **given)
        return back

    kept = ("phone", "hours", "greeting")
    initial = {name: getattr(line, name) for name in kept} if line else {}
    return form_page(
        request,
        DeskLineForm(request.POST or None, initial=initial),
        act,
        title=_("Telephone of the desk for %(place)s") % {"place": full_name(shown)},
        sub=_("It answers for this place and everything below it that has none of its own."),
        label=_("Save the telephone"),
        back=back,
    )
