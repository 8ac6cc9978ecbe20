"""Pages of routes: the list, one route with its points, the form, its labels on A4."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from anju.domains.community.queries import desk_line
from anju.domains.rounds.commands import change_route, make_route
from anju.domains.rounds.models import Route
from anju.domains.rounds.queries import route_points, route_seen, routeless
from anju.domains.rounds.rhythm import rhythm_said
from anju.domains.rounds.rules import ORDER_NAMES
from anju.domains.rounds.walking import legs, spots_of
from anju.engine.plans.models import Plan
from anju.faces.console.planned.route_form import (
    BLANK,
    PointRow,
    RouteForm,
    as_walked,
    initial_of,
    route_said,
    rows_of,
    rows_typed,
)
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.export import download, file_name
from anju.foundation.kit.forms import show_refusal
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.lib import given_id, now
from anju.foundation.places.commands import make_labels
from anju.foundation.places.labels import Sticker, sheet
from anju.foundation.tenancy.errors import Refusal

ROW = "points."
ARRANGING = {"more", "walk"}  # buttons that save nothing


@door("plan.see", methods="GET")
def routes(request: Request) -> HttpResponseBase:
    """Every route: whose rounds walk it, in which order."""
    orders = dict(ORDER_NAMES)
    page = ListPage(
        request,
        Route.objects.seen_by(request.actor).select_related("place", "plan"),
        columns=[
            Column(
                name="name", label=_("Route"), render=lambda r: r.name, look="title", sort="name"
            ),
            Column(name="code", label=_("Code"), render=lambda r: r.code, look="mute", sort="code"),
            Column(name="place", label=_("Community"), render=lambda r: str(r.place)),
            Column(name="plan", label=pgettext("planned", "Plan"), render=lambda r: r.plan.name),
            Column(
                name="order", label=_("Order"), render=lambda r: orders[r.order], look="desk",
                value=lambda r: str(orders[r.order]),
            ),
        ],
        sort="name",
        row_url=lambda r: reverse("console:route", args=[r.id]),
        file=(_("Routes"),),
        empty=(
            _("No routes yet"),
            _("A route gives the rounds of a plan their points: where, and how it is shown."),
        ),
    )  # fmt: skip
    context = {"page": page, "may_edit": request.actor.may("plan.edit")}
    return page.answer() or render(request, "console/routes.html", context)


@door("plan.see", methods="GET")
def route(request: Request, id: UUID) -> HttpResponse:
    """One route with its points."""
    found = route_seen(id, request.actor)
    points = route_points(found)
    spots = spots_of([(one.place, one.name) for one in points], request.actor)
    context = {
        "route": found,
        "points": points,
        "way": legs(spots, points),
        "facts": [
            (pgettext("planned", "Plan"), _plan(found.plan)),
            (_("How often"), rhythm_said(found.plan.trigger)),
            (_("Order"), dict(ORDER_NAMES)[found.order]),
            (_("Minutes around a planned minute"), found.slack),
        ],
        "may_edit": request.actor.may("plan.edit", found.place.path),
    }
    return render(request, "console/route.html", context)


def _plan(plan: Plan) -> Any:
    return format_html('<a href="{}">{}</a>', reverse("console:plan", args=[plan.id]), plan.name)


@door("plan.edit")
def new_route(request: Request) -> HttpResponse:
    """A route for the rounds of a plan that has none."""
    plans = routeless(request.actor)
    asked = given_id(request.GET.get("plan", ""))
    first = next((one for one in plans if one.id == asked), plans[0] if plans else None)
    initial = {"plan": str(first.id), "code": first.code, "name": first.name} if first else {}
    form = RouteForm(
        request.POST or None,
        plans=[(str(one.id), f"{one.name} · {one.place}") for one in plans],
        initial=initial,
    )
    rows = rows_typed(request.POST)
    if "walk" in request.POST:
        asked = given_id(request.POST.get("plan", ""))
        chosen = next((one for one in plans if one.id == asked), None)
        rows = as_walked(rows, chosen.place, actor=request.actor) if chosen else rows
    if request.method == "POST" and not ARRANGING & request.POST.keys() and form.is_valid():
        chosen = next(one for one in plans if str(one.id) == form.cleaned_data["plan"])
        said = route_said(form, rows, chosen.place, actor=request.actor)
        try:
            if said is not None:
                made = make_route(chosen.id, form.cleaned_data["code"], said, actor=request.actor)
                return HttpResponseRedirect(reverse("console:route", args=[made.id]))
        except Refusal as refusal:
            _mark(form, rows, refusal)
    return _form_page(request, form, rows)


@door("plan.edit")
def edit_route(request: Request, id: UUID) -> HttpResponse:
    """What a route says for the rounds that open from now on."""
    found = route_seen(id, request.actor)
    request.actor.require("plan.edit", found.place.path)
    form = RouteForm(request.POST or None, plans=(), kept=True, initial=initial_of(found))
    posted = request.method == "POST"
    rows = rows_typed(request.POST) if posted else rows_of(route_points(found))
    if "walk" in request.POST:
        rows = as_walked(rows, found.place, actor=request.actor)
    if posted and not ARRANGING & request.POST.keys() and form.is_valid():
        said = route_said(form, rows, found.place, actor=request.actor)
        try:
            if said is not None:
                version = form.cleaned_data["version"] or 0
                change_route(found.id, said, actor=request.actor, version=version)
                return HttpResponseRedirect(reverse("console:route", args=[id]))
        except Refusal as refusal:
            _mark(form, rows, refusal)
    return _form_page(request, form, rows, found)


def _mark(form: RouteForm, rows: list[PointRow], refusal: Refusal) -> None:
    """What is wrong with a point stands in its row, the rest beside its field."""
    for name, words in list(refusal.fields.items()):
        if name.startswith(ROW):
            rows[int(name.removeprefix(ROW)) - 1].wrong = words
    refusal.fields = {k: v for k, v in refusal.fields.items() if k in form.fields}
    show_refusal(form, refusal)


def _form_page(
    request: Request, form: RouteForm, rows: list[PointRow], found: Route | None = None
) -> HttpResponse:
    wrong = form.is_bound and (bool(form.errors) or any(row.wrong for row in rows))
    context = {
        "form": form,
        "route": found,
        "rows": [*rows, *(PointRow() for _n in range(BLANK if rows else 2 * BLANK))],
        "title": _("Change this route") if found else _("New route"),
        "none": found is None and not form.fields["plan"].choices,  # type: ignore[attr-defined]  # a choice field's own
    }
    return render(request, "console/route_write.html", context, status=422 if wrong else 200)


@door("place.see", methods="POST")
def route_labels(request: Request, id: UUID) -> HttpResponseBase:
    """The QR labels of its points, in their order, as an A4 sheet."""
    found = route_seen(id, request.actor)
    points = route_points(found)
    subjects = [one.asset or one.place for one in points]
    made = make_labels(subjects, actor=request.actor)
    stickers = {
        label.code: Sticker(label.code, one.code, one.name, f"{found.place} {found.name}")
        for one, label in zip(points, made, strict=True)
    }
    line = desk_line(found.place.path, actor=request.actor)
    content = sheet(list(stickers.values()), url=settings.URL, phone=line.phone if line else "")
    zone = timezone.get_current_timezone()
    name = file_name([found.name, _("labels")], "pdf", at=now(), zone=zone)
    return download(content if isinstance(content, bytes) else content[0], name)
