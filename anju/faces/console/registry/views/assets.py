"""Equipment: the list, one piece with its parts and whom it serves, and its changes."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.faces.console.registry.forms import AssetForm
from anju.faces.console.registry.pages import form_page, one_of, picked, story
from anju.faces.console.registry.tables import (
    asset_columns,
    asset_filters,
    asset_state,
    communities,
)
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.list import Bulk, ListPage
from anju.foundation.places import commands
from anju.foundation.places.models import Asset, Place
from anju.foundation.places.queries import full_name, full_names
from anju.foundation.registry import references
from anju.foundation.tenancy.actor import Actor

FIELDS = (
    "code", "name", "system", "type", "model", "importance", "status", "meter", "installed_on",
)  # fmt: skip


@door("place.see", methods="GET")
def assets(request: Request) -> HttpResponseBase:
    """The equipment ledger."""
    actor = request.actor
    page = ListPage(
        request,
        Asset.objects.seen_by(actor).select_related("place"),
        columns=asset_columns(communities(actor)),
        filters=asset_filters(actor),
        sort="code",
        row_url=lambda asset: reverse("registry:asset", args=[asset.id]),
        bulk=[Bulk(label=_("Print QR labels"), url=reverse("registry:asset_labels"), icon="print")],
        file=(_("equipment"),),
        empty=(
            _("No equipment yet"),
            _("Import the equipment ledger, or add lifts, pumps and boards one by one."),
        ),
    )
    context = {
        "page": page,
        "may_add": actor.may("place.edit"),
        "may_import": actor.may("import.run"),
    }
    return page.answer() or render(request, "registry/assets.html", context)


@door("place.see", methods="GET")
def asset(request: Request, id: UUID) -> HttpResponse:
    """One piece of equipment."""
    actor = request.actor
    shown: Asset = one_of(Asset.objects.seen_by(actor).select_related("place", "parent"), id)
    served = Place.objects.seen_by(actor).filter(served_by__asset=shown).order_by("path")
    names = full_names(served)
    facts: list[tuple[Any, Any]] = [
        (_("Code"), shown.code),
        (_("System"), shown.get_system_display()),
        (_("Type"), shown.type or None),
        (_("Brand and model"), shown.model or None),
        (_("Importance"), shown.get_importance_display()),
        (_("Meter"), shown.get_meter_display() if shown.meter else None),
        (_("Installed on"), shown.installed_on and shown.installed_on.isoformat()),
    ]
    context = {
        "asset": shown,
        "state": asset_state(shown),
        "place_name": full_name(shown.place),
        "facts": facts,
        "served": [(place, names[place.id]) for place in served],
        "parts": list(Asset.objects.seen_by(actor).filter(parent=shown).order_by("code")),
        "entries": story("asset", shown.id, actor=actor),
        "may_edit": actor.may("place.edit", shown.place.path),
    }
    return render(request, "registry/asset.html", context)


@door("place.edit")
def new_asset(request: Request) -> HttpResponse:
    """Add one piece of equipment."""
    form = AssetForm(request.POST or None, initial=request.GET.dict())

    def act(given: dict[str, Any]) -> str:
        given.pop("version")
        values, served = _values(given, request.actor)
        made = commands.add_assets([Asset(**values)], actor=request.actor)[0]
        commands.serve(made, places=served, actor=request.actor)
        return _page(made.id)

    return form_page(
        request,
        form,
        act,
        title=_("New equipment"),
        label=_("Add the equipment"),
        back=reverse("registry:assets"),
    )


@door("place.edit")
def edit(request: Request, id: UUID) -> HttpResponse:
    """Change one piece of equipment."""
    shown: Asset = one_of(
        Asset.objects.seen_by(request.actor).select_related("place", "parent"), id
    )
    served = Place.objects.seen_by(request.actor).filter(served_by__asset=shown)
    initial = {f: getattr(shown, f) for f in (*FIELDS, "version")} | {
        "place": full_name(shown.place).replace(" ", "/"),
        "parent": shown.parent.code if shown.parent else "",
        "serves": "; ".join(name.replace(" ", "/") for name in full_names(served).values()),
    }
    form = AssetForm(request.POST or None, initial=initial)

    def act(given: dict[str, Any]) -> str:
        version = given.pop("version")
        values, places = _values(given, request.actor)
        commands.edit_asset(shown, actor=request.actor, version=version, **values)
        commands.serve(shown, places=places, actor=request.actor)
        return _page(id)

    return form_page(
        request, form, act, title=str(shown), label=_("Save the equipment"), back=_page(id)
    )


def _values(given: dict[str, Any], actor: Actor) -> tuple[dict[str, Any], list[Place]]:
    """What the commands take: texts replaced by the places and equipment they name."""
    names = [name for name in given.pop("serves").replace("；", ";").split(";") if name.strip()]
    served = [picked(references.places, name, "serves", actor=actor) for name in names]
    given["place"] = picked(references.places, given["place"], "place", actor=actor)
    given["parent"] = picked(references.assets, given["parent"], "parent", actor=actor)
    return given, served


def _page(id: UUID) -> str:
    return reverse("registry:asset", args=[id])
