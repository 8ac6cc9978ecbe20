"""Care of plants (绿化养护月历): what stands in a community, and what is done for it when."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anju.domains.ledgers.plants import Plant, plants_at
from anju.domains.rounds.shipped import Shelved
from anju.engine.library.care import care_of
from anju.engine.library.often import Doing
from anju.engine.library.script import in_script
from anju.engine.library.words import said
from anju.engine.plans.models import Plan
from anju.faces.console.views.library import begun_at, mark_of, script_of
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.parts import Link
from anju.foundation.lib import given_id
from anju.foundation.places.models import CLIMATE_NAMES, Place, under
from anju.foundation.places.queries import climate_of
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today


@dataclass(frozen=True)
class Care:
    """One thing done for a plant. `now`: in this month; `plans`: that carry it out here; `url`:
    where a plan of it is begun, for who may."""

    id: str
    words: str
    mark: Any
    now: bool
    plans: tuple[Plan, ...]
    url: str


@door("plan.see", methods="GET")
def greening(request: Request) -> HttpResponse:
    """Of one community: its plants by its ledger, and the care of each in its climate zone."""
    actor = request.actor
    seen = Place.objects.seen_by(actor).filter(under(actor.paths("plan.see"))).standing()
    communities = list(seen.filter(kind="community").order_by("path"))
    asked = given_id(request.GET.get("place", ""))
    place = next((one for one in communities if one.id == asked), None) or next(
        iter(communities), None
    )
    zone = climate_of(place) if place else ""
    plants = plants_at(place, actor) if place else []
    plans = _plans(place, actor) if place and plants else {}
    context = {
        "communities": [
            Link(label=one.name, url=f"?place={one.id}", current=one == place)
            for one in communities
        ],
        "place": place,
        "zone": dict(CLIMATE_NAMES).get(zone, ""),
        "may_place": bool(place and actor.may("place.edit", place.path)),
        "rows": [
            (one, _cares(one, zone, place, plans=plans, request=request)) for one in plants if place
        ],
    }
    return render(request, "console/greening.html", context)


def _plans(place: Place, actor: Actor) -> dict[str, list[Plan]]:
    """Plans in force of a community by what they carry out of the library. One query."""
    found: dict[str, list[Plan]] = {}
    living = Plan.objects.seen_by(actor).filter(place=place).exclude(state="ended")
    for plan in living.order_by("name"):
        for key in plan.carries:
            found.setdefault(key, []).append(plan)
    return found


def _cares(
    plant: Plant, zone: str, place: Place, *, plans: Mapping[str, list[Plan]], request: Request
) -> list[Care]:
    """What is done for a plant, that of this month first."""
    may = request.actor.may("plan.edit", place.path)
    month = today(place.company_id).month

    def care(one: Doing) -> Care:
        words = in_script(f"{one.item.title} · {said(one.value)}", script_of())
        url = begun_at([one.key], place=place.id, species=plant.species) if may else ""
        now = not one.months or month in one.months
        kept = tuple(plans.get(one.key, ()))
        return Care(one.item.id, words, mark_of(one.item, one.value), now, kept, url)

    found = [care(one) for one in care_of(plant.species, plant.kind, zone)]
    return sorted(found, key=lambda one: not one.now)


def plants_initial(
    species: str, shelved: Shelved | None, place: Place, actor: Actor
) -> dict[str, Any]:
    """What a plan begins with that is for a species of a community: its name, and where it
    stands."""
    found = [one for one in plants_at(place, actor) if one.species == species]
    if not found or shelved is None or not shelved.doings:
        return {}
    title = in_script(shelved.doings[0].item.title, script_of())
    where = dict.fromkeys(
        one.code if one.id == place.id else one.full_code for plant in found for one in plant.places
    )
    name = _("%(species)s: %(care)s") % {"species": species, "care": title}
    return {"name": name[:120], "subjects": "\n".join(where)}
