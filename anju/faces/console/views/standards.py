"""Service standards: the list of versions, and one version with its seven elements."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.engine.clocks.models import KINDS
from anju.engine.standards.models import Standard
from anju.foundation.access.doors import Request, door
from anju.foundation.calendars.models import Calendar
from anju.foundation.kit.filters import Filter, equals
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Unknown


@door("standard.see", methods="GET")
def standards(request: Request) -> HttpResponseBase:
    """The versions of all standards."""
    states = dict(Standard._meta.get_field("state").choices or ())
    page = ListPage(
        request,
        Standard.objects.seen_by(request.actor),
        columns=[
            Column(
                name="name", label=_("Standard"), render=lambda s: s.name, look="title", sort="name"
            ),
            Column(
                name="version", label=_("Version"), render=lambda s: f"v{s.version}", sort="version"
            ),
            Column(name="item", label=_("Service item"), render=lambda s: s.item, look="wide"),
            Column(
                name="state",
                label=_("State"),
                render=lambda s: tags.tag(states[s.state], "ok" if s.state == "published" else ""),
                look="mark",
            ),
        ],
        filters=[
            Filter(
                name="state", label=_("State"), apply=equals("state"), choices=list(states.items())
            )
        ],
        sort="name",
        row_url=lambda s: reverse("console:standard", args=[s.id]),
        empty=(_("No standards yet"), _("Two come with every company: repair and complaint.")),
    )
    return page.answer() or render(request, "console/standards.html", {"page": page})


@door("standard.see", methods="GET")
def standard(request: Request, id: UUID) -> HttpResponse:
    """One version: its seven elements and its time limits."""
    found = Standard.objects.seen_by(request.actor).filter(id=id).first()
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    context = {
        "standard": found,
        "elements": _elements(found),
        "requirements": [r.text for r in found.document.requirements],
        "rows": _limits(found, request.actor),
    }
    return render(request, "console/standard.html", context)


def _elements(found: Standard) -> list[tuple[str, str]]:
    return [
        (_("Audience"), found.audience or "—"),
        (_("Service item"), found.item or "—"),
        (_("Provider"), found.provider or "—"),
        (_("Method and tools"), found.method.get("text") or "—"),
        (_("Evaluation"), found.evaluation.get("text") or "—"),
    ]


def _limits(found: Standard, actor: Actor) -> list[dict[str, Any]]:
    """One row per clock, category and place; a limit without urgency holds for all four."""
    kinds = dict(KINDS)
    names = dict(Calendar.objects.seen_by(actor).values_list("code", "name"))
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for limit in found.time_limits:
        key = (limit.clock, limit.category, limit.place)
        row = rows.setdefault(
            key, {"clock": kinds[limit.clock], "where": limit.category, "by": {}, "calendars": []}
        )
        row["by"][limit.urgency] = timedelta(minutes=limit.minutes)
        name = names.get(limit.calendar, limit.calendar)
        if name not in row["calendars"]:
            row["calendars"].append(name)
    for row in rows.values():
        every = row["by"].get(None)
        row["cells"] = [row["by"].get(n, every) for n in (1, 2, 3, 4)]
    return list(rows.values())
