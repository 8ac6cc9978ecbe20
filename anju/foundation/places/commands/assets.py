"""Equipment: add, edit, say whom it serves."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from anju.foundation.entries.commands import Change, amend, enter
from anju.foundation.events.commands import tell
from anju.foundation.places.models import Asset, Place, Served
from anju.foundation.places.rules import ASSET_STATES, IMPORTANCE, METERS, SYSTEMS
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown

CHOICES = {"system": SYSTEMS, "importance": IMPORTANCE, "status": ASSET_STATES, "meter": METERS}


def add_asset(
    *,
    actor: Actor,
    place: Place,
    system: str,
    code: str,
    name: str,
    parent: Asset | None = None,
    type: str = "",
    importance: str = "C",
    status: str = "in_use",
    meter: str = "",
    installed_on: date | None = None,
) -> Asset:
    """Add one piece of equipment. See `add_assets` for what is refused."""
    draft = Asset(
        place=place,
        parent=parent,
        system=system,
        type=type,
        code=code,
        name=name,
        importance=importance,
        status=status,
        meter=meter,
        installed_on=installed_on,
    )
    return add_assets([draft], actor=actor)[0]


def add_assets(drafts: Sequence[Asset], *, actor: Actor) -> list[Asset]:
    """Add unsaved equipment, parents before parts. All or nothing.

    Refuses an unknown system, class, state or meter and a missing code or name (`NotYet`), a code
    that is taken (`Conflict`), a place outside the actor's (`Refused`).
    """
    for draft in drafts:
        actor.require("place.edit", draft.place.path)
        _check({f: getattr(draft, f) for f in (*CHOICES, "code", "name")})
    return enter(drafts, actor=actor)


def edit_asset(
    asset: Asset, *, actor: Actor, version: int | None = None, **values: object
) -> Asset:
    """Change one piece of equipment; `version` is the one its editor saw."""
    edit_assets([Change(asset, values, version)], actor=actor)
    return asset


def edit_assets(changes: Sequence[Change[Asset]], *, actor: Actor) -> list[Asset]:
    """Change many. Refuses as `add_assets`, a stale version (`Conflict`), and a part that would
    belong to itself (`NotYet`)."""
    with acting(actor):
        for change in changes:
            asset = change.row
            actor.require("place.edit", asset.place.path)
            if isinstance(place := change.values.get("place"), Place):
                actor.require("place.edit", place.path)
            _check(change.values)
            _check_parent(asset, change.values)
        return amend(changes, actor=actor)


def serve(asset: Asset, *, places: Sequence[Place], actor: Actor) -> None:
    """Set the places an asset serves, replacing those said before; one event says which.

    Refuses places of another company (`Unknown`) or an asset outside the actor's (`Refused`).
    """
    actor.require("place.edit", asset.place.path)
    if any(place.company_id != actor.company_id for place in places):
        raise Unknown(_("There is no such place, or you may not see it."))
    wanted: set[UUID] = {place.id for place in places}
    with acting(actor):
        held = set(Served.objects.filter(asset=asset).values_list("place_id", flat=True))
        if wanted == held:
            return
        Served.objects.filter(asset=asset, place_id__in=held - wanted).delete()
        Served.objects.bulk_create(
            Served(company_id=actor.company_id, asset=asset, place_id=id)
            for id in sorted(wanted - held)
        )
        tell(
            "asset.serves",
            subject=asset.subject(),
            actor=actor,
            said={
                "added": sorted(str(id) for id in wanted - held),
                "removed": sorted(str(id) for id in held - wanted),
            },
        )


def _check(values: Mapping[str, Any]) -> None:
    for field, allowed in CHOICES.items():
        if field in values and values[field] not in allowed:
            raise NotYet(
                _("This value is not in the list. Choose one of the list."),
                fields={field: _("Choose a value from the list.")},
            )
    for field in ("code", "name"):
        if field in values and not str(values[field]).strip():
            raise NotYet(
                _("Equipment needs a code and a name."), fields={field: _("Please fill this in.")}
            )


def _check_parent(asset: Asset, values: Mapping[str, Any]) -> None:
    above = values.get("parent")
    while isinstance(above, Asset):
        if above.id == asset.id:
            raise NotYet(
                _("Equipment cannot be a part of itself. Choose another one."),
                fields={"parent": _("Choose another one.")},
            )
        above = above.parent
