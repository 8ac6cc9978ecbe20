"""Pages: what came in, who calls, and which systems may tell us."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from anju.domains.intake import commands
from anju.domains.intake.forms import SourceForm
from anju.domains.intake.models import Arrival, Call, Source
from anju.domains.intake.queries import call_figures, source_secrets, wecom_keys
from anju.domains.intake.tables import (
    arrival_columns,
    arrival_filters,
    call_columns,
    source_columns,
)
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import show_refusal
from anju.foundation.kit.list import ListPage
from anju.foundation.lib import now
from anju.foundation.places.queries import communities_seen
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Refusal, Unknown
from anju.foundation.tenancy.rows import only

RINGING = 5
PREFILLED = 1_500  # characters of a text that go into the form's address


@door("work.dispatch", methods="GET")
def arrivals(request: Request) -> HttpResponseBase:
    """Everything that other systems told, the newest first; what waits for a person is a filter."""
    page = ListPage(
        request,
        Arrival.objects.seen_by(request.actor).select_related("source", "case"),
        columns=arrival_columns(),
        filters=arrival_filters(),
        sort="-at",
        row_url=lambda a: reverse("intake:arrival", args=[a.id]),
        empty=(
            _("Nothing came in yet"),
            _("What other systems tell appears here as soon as a source is set up."),
        ),
    )
    return page.answer() or render(request, "intake/arrivals.html", {"page": page})


@door("work.dispatch")
def arrival(request: Request, id: UUID) -> HttpResponse:
    """One of them; what waits is written down as a case, or settled."""
    actor = request.actor
    seen = Arrival.objects.seen_by(actor).select_related("source", "case", "source__place")
    found = only(seen.filter(id=id))
    if found is None:
        raise Unknown(_("There is no such arrival, or you may not see it."))
    if request.method == "POST":
        commands.settle(id, actor=actor)
        return HttpResponseRedirect(f"{reverse('intake:arrivals')}?state=kept")
    context: dict[str, Any] = {"arrival": found}
    if found.state == "kept":
        given = {"text": found.text[:PREFILLED], "channel": "other"}
        context["write"] = f"{reverse('requests:new_case')}?{urlencode(given)}"
    return render(request, "intake/arrival.html", context)


@door("work.dispatch", methods="GET")
def calls(request: Request) -> HttpResponseBase:
    """Who called, how long it rang, who was missed."""
    actor = request.actor
    page = ListPage(
        request,
        Call.objects.seen_by(actor).select_related("case"),
        columns=call_columns(),
        sort="-at",
        empty=(
            _("No calls yet"),
            _("Calls appear here as soon as the telephone system is set up as a source."),
        ),
    )
    context = {"page": page, "figures": call_figures(actor)}
    return page.answer() or render(request, "intake/calls.html", context)


@door("work.dispatch", methods="GET")
def ringing(request: Request) -> HttpResponse:
    """Who is calling right now: a strip on the desk, asked for again and again."""
    rows = Call.objects.seen_by(request.actor).ringing(now()).order_by("rang_at")
    return render(request, "intake/ringing.html", {"calls": rows[:RINGING]})


@door("webhook.edit", methods="GET")
def sources(request: Request) -> HttpResponseBase:
    """Which systems may tell us."""
    request.actor.require("webhook.edit", "")
    page = ListPage(
        request,
        Source.objects.seen_by(request.actor).select_related("place"),
        columns=source_columns(),
        sort="name",
        row_url=lambda source: reverse("intake:source", args=[source.id]),
        empty=(
            _("No sources yet"),
            _("A telephone system, the government hotline or another system can tell us: add it."),
        ),
    )
    return page.answer() or render(request, "intake/sources.html", {"page": page})


@door("webhook.edit")
def new_source(request: Request) -> HttpResponse:
    """Add one; its page then shows address and secret."""
    actor = request.actor
    actor.require("webhook.edit", "")
    form = SourceForm(request.POST or None, communities=communities_seen(actor), kind="")
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = commands.add_source(
                given["kind"],
                actor=actor,
                name=given["name"],
                place=UUID(given["place"]),
                mailbox=given["mailbox"],
                receiver=given["receiver"],
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("intake:source", args=[made.id]))
    return render(
        request, "intake/new_source.html", {"form": form}, status=422 if form.errors else 200
    )


@never_cache
@door("webhook.edit")
def source(request: Request, id: UUID) -> HttpResponse:
    """Change it, see its address and secret."""
    actor = request.actor
    found = _the_source(id, actor)
    initial = {"name": found.name, "place": str(found.place_id), "on": found.on}
    initial["receiver"] = found.receiver
    form = SourceForm(
        request.POST or None, initial=initial, communities=communities_seen(actor), kind=found.kind
    )
    if form.is_valid():
        given = form.cleaned_data
        try:
            commands.change_source(
                id,
                actor=actor,
                name=given["name"],
                place=UUID(given["place"]),
                on=given["on"],
                mailbox=given.get("mailbox", ""),
                receiver=given.get("receiver", ""),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(f"{request.path}?saved=1")
    context = {
        "form": form,
        "source": found,
        "address": f"{settings.URL}/api/v1/hooks/{found.code}",
        "secrets": source_secrets(found),
        "keys": wecom_keys(found) if found.kind == "wecom" else [],
        "saved": request.GET.get("saved", ""),
    }
    return render(request, "intake/source.html", context, status=422 if form.errors else 200)


@door("webhook.edit", methods="POST")
def new_secret(request: Request, id: UUID) -> HttpResponse:
    """Give it a new secret; the old one stays good for a day."""
    commands.rotate_source_secret(id, actor=request.actor)
    return HttpResponseRedirect(f"{reverse('intake:source', args=[id])}?saved=2")


def _the_source(id: UUID, actor: Actor) -> Source:
    actor.require("webhook.edit", "")
    found = only(Source.objects.seen_by(actor).select_related("place").filter(id=id))
    if found is None:
        raise Unknown(_("There is no such source, or you may not see it."))
    return found
