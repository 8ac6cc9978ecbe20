"""The page of what no plan covers, and what a plan begins with that is made from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.rounds.uncovered import Gap, gaps
from anju.domains.rounds.visits import left_out
from anju.engine.library.often import name_of
from anju.engine.library.script import in_script
from anju.engine.library.words import said
from anju.engine.standards.models import Standard
from anju.faces.console.planned.facts import ground_of
from anju.faces.console.views.library import begun_at, mark_of, script_of
from anju.foundation.access.doors import Request, door
from anju.foundation.places.models import SYSTEM_NAMES, Place
from anju.foundation.tenancy.days import today

YEAR, WEEKS, MONTHS = 365, 52, 12
MOST = 200  # that the page shows


@dataclass(frozen=True)
class Row:
    """What no plan covers, as it is read. `mark`: how sure the fact is that asks for it; `url`:
    where a plan for it is begun, for who may."""

    gap: Gap
    name: str
    ground: str
    mark: Any
    url: str


@door("plan.see", methods="GET")
def uncovered(request: Request) -> HttpResponse:
    """Standards that say how often, equipment and facts of the library that no plan is for, each
    with a plan to begin."""
    found = gaps(request.actor)
    rows = [_row(gap, request) for gap in found[:MOST]]
    return render(request, "console/uncovered.html", {"rows": rows, "n": len(found)})


def _row(gap: Gap, request: Request) -> Row:
    first = next(iter(gap.doings), None)
    ground, mark = (ground_of(first), mark_of(first.item, first.value)) if first else ("", "")
    return Row(gap, _named(gap), ground, mark, _begun(gap, request))


def _named(gap: Gap) -> str:
    if gap.standard is not None:
        return gap.standard.name
    if len(gap.doings) == 1:
        value = said(gap.doings[0].value)
        return in_script(f"{gap.doings[0].item.title} · {value}", script_of())
    if gap.doings:
        return in_script(name_of(gap.doings), script_of())
    what = {"system": dict(SYSTEM_NAMES)[gap.system], "n": len(gap.assets)}
    return _("%(system)s: %(n)d without a plan") % what


def _begun(gap: Gap, request: Request) -> str:
    """Where a plan for it is begun; nothing for who may not."""
    if not request.actor.may("plan.edit", gap.place.path):
        return ""
    if gap.doings:
        return begun_at([one.key for one in gap.doings], place=gap.place.id)
    asked = {"standard": gap.standard.code} if gap.standard else {"system": gap.system}
    return f"{reverse('console:new_plan')}?{urlencode({'place': gap.place.id, **asked})}"


def asked_initial(asked: Mapping[str, str], place: Place, request: Request) -> dict[str, Any]:
    """What a plan for something that is not covered begins with: its standard and how often that
    says, the equipment that has none, or the households that were not visited this year."""
    if code := asked.get("standard"):
        seen = Standard.objects.seen_by(request.actor).in_force()
        standard = seen.filter(code=code[:32]).first()
        if standard is None:
            return {}
        times = float(standard.method.get("times_a_year") or 0)
        return {"standard": standard.code, "name": standard.name, **_often(times)}
    if asked.get("left"):
        left = left_out(place, request.actor, today(request.actor.company_id))
        return {"subjects": "\n".join(one.full_code for one in left)}
    if system := asked.get("system"):
        found = (
            one for one in gaps(request.actor) if (one.place.id, one.system) == (place.id, system)
        )
        things = [asset for gap in found for asset in gap.assets]
        return {"subjects": "\n".join(asset.code for asset in things)}
    return {}


def _often(times: float) -> dict[str, Any]:
    """The rhythm nearest to so many times a year; a proposal, looked at before it is saved."""
    if times <= 0:
        return {}
    if round(times) == WEEKS:
        return {"repeat": "week"}
    if round(times) <= MONTHS and MONTHS % max(1, round(times)) == 0:
        return {"repeat": "month", "interval": MONTHS // max(1, round(times))}
    return {"repeat": "day", "interval": max(1, round(YEAR / times))}
