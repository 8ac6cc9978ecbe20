"""The page of planned visits: the households that were visited this year, and those left out."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.rounds.visits import Home, beside, homes, shares, that_were
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.filters import Filter
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.places.models import Place
from anju.foundation.places.queries import full_names
from anju.foundation.tenancy.days import today

SHARES = 12  # communities that are summed up above the list, the least visited
SHOWN = (
    ("left", gettext_lazy("not visited this year")),
    ("visited", gettext_lazy("visited this year")),
)


@door("plan.see", methods="GET")
def visits(request: Request) -> HttpResponseBase:
    """Every household: since when, visited last, planned next; each community with its share."""
    actor, day = request.actor, today(request.actor.company_id)
    facts: dict[UUID, Home] = {}
    names: dict[UUID, str] = {}

    def around(rows: Sequence[Place]) -> None:
        facts.update(beside(rows, actor))
        names.update(full_names(rows))

    page = ListPage(
        request,
        homes(actor),
        columns=_columns(names, facts),
        filters=[
            Filter(
                name="state", label=_("Visits"), choices=SHOWN,
                apply=lambda rows, value: that_were(rows, value, actor.company_id, day),
            ),
        ],
        sort="home",
        row_url=lambda one: reverse("registry:place", args=[one.id]),
        file=(_("visits"),),
        beside=around,
        empty=(
            _("No household"),
            _("Households appear here once somebody owns or rents a room."),
        ),
    )  # fmt: skip
    if answer := page.answer():
        return answer
    plan, more = reverse("console:new_plan"), "&from=VISIT&left=1"
    context = {
        "page": page,
        "shares": [
            (one, f"{plan}?place={one.place.id}{more}" if may else "")
            for one in shares(actor, day)[:SHARES]
            for may in [actor.may("plan.edit", one.place.path) and one.visited < one.n]
        ],
    }
    return render(request, "console/visits.html", context)


def _columns(names: dict[UUID, str], facts: dict[UUID, Home]) -> list[Column]:
    def fact(name: str) -> Any:
        return lambda one: getattr(facts[one.id], name)

    def moment(name: str) -> Any:
        return lambda one: tags.moment(at) if (at := fact(name)(one)) else "—"

    return [
        Column(
            name="home", label=_("Home of residents"), look="title", sort="path",
            render=lambda one: names.get(one.id, str(one)),
        ),
        Column(
            name="since", label=_("There since"), render=lambda one: fact("since")(one) or "—",
            value=fact("since"),
        ),
        Column(name="last", label=_("Visited last"), render=moment("last"), value=fact("last")),
        Column(
            name="by", label=_("Visited by"), look="desk",
            render=lambda one: fact("by")(one) or "—", value=fact("by"),
        ),
        Column(
            name="ahead", label=_("Planned next"), render=moment("ahead"), value=fact("ahead")
        ),
    ]  # fmt: skip
