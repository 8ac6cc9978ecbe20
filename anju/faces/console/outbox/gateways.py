"""Channels to the outside, each with a test. A matter of the whole company, as webhooks are."""

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.faces.console.outbox.forms import GatewayForm, initial_of_gateway, initial_of_kind
from anju.faces.console.outbox.tables import gateway_columns, last_words
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import show_refusal
from anju.foundation.kit.list import ListPage
from anju.foundation.messages import commands
from anju.foundation.messages.models import GATEWAY_NAMES, Gateway
from anju.foundation.messages.queries import last_through
from anju.foundation.messages.rules.policy import GATEWAYS
from anju.foundation.places.models import Place
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Refusal, Unknown
from anju.foundation.tenancy.rows import only


@door("webhook.edit", methods="GET")
def gateways(request: Request) -> HttpResponseBase:
    """Groups and telephones that are told, and what became of the last message to each."""
    actor = request.actor
    actor.require("webhook.edit", "")
    rows = Gateway.objects.seen_by(actor).select_related("place")
    page = ListPage(
        request,
        rows,
        columns=gateway_columns(last_through(rows, actor=actor)),
        sort="name",
        row_url=lambda gateway: reverse("messages:gateway", args=[gateway.id]),
        empty=(
            _("No channels yet"),
            _("Notices appear in Anju. They can also go to groups and telephones: set one up."),
        ),
    )
    kinds = [(reverse("messages:new_gateway", args=[kind]), name) for kind, name in GATEWAY_NAMES]
    return page.answer() or render(request, "outbox/gateways.html", {"page": page, "kinds": kinds})


@door("webhook.edit")
def new_gateway(request: Request, kind: str) -> HttpResponse:
    """Set one up; its page then offers the test."""
    actor = request.actor
    actor.require("webhook.edit", "")
    if kind not in GATEWAYS:
        raise Http404
    form = GatewayForm(
        request.POST or None,
        initial=initial_of_kind(kind),
        kind=kind,
        communities=_communities(actor),
    )
    if form.is_valid():
        try:
            made = commands.add_gateway(kind, form.setting(), actor=actor)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("messages:gateway", args=[made.id]))
    context = {"form": form, "kind": dict(GATEWAY_NAMES)[kind], "code": kind}
    return render(request, "outbox/new_gateway.html", context, status=422 if form.errors else 200)


@door("webhook.edit")
def gateway(request: Request, id: UUID) -> HttpResponse:
    """Change it, try it, see what became of the last message."""
    actor = request.actor
    actor.require("webhook.edit", "")
    found = only(Gateway.objects.seen_by(actor).select_related("place").filter(id=id))
    if found is None:
        raise Unknown(_("There is no such channel, or you may not see it."))
    form = GatewayForm(
        request.POST or None,
        initial=initial_of_gateway(found),
        kind=found.kind,
        communities=_communities(actor),
    )
    if form.is_valid():
        try:
            commands.change_gateway(id, form.setting(), actor=actor)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(f"{request.path}?saved=1")
    return _page(request, found, form)


@door("webhook.edit", methods="POST")
def test(request: Request, id: UUID) -> HttpResponse:
    """Send a test through it."""
    actor = request.actor
    try:
        commands.try_gateway(id, actor=actor)
    except Refusal as refusal:
        found = only(Gateway.objects.seen_by(actor).filter(id=id))
        if found is None:
            raise
        form = GatewayForm(
            initial=initial_of_gateway(found), kind=found.kind, communities=_communities(actor)
        )
        return _page(request, found, form, fault=str(refusal))
    return HttpResponseRedirect(f"{reverse('messages:gateway', args=[id])}?saved=2")


def _page(request: Request, found: Gateway, form: GatewayForm, fault: str = "") -> HttpResponse:
    last = last_through([found], actor=request.actor).get(found.id)
    context = {
        "form": form,
        "gateway": found,
        "kind": found.get_kind_display(),
        "code": found.kind,
        "last": last_words(last),
        "fault": fault,
        "saved": request.GET.get("saved", ""),
    }
    wrong = form.errors or fault
    return render(request, "outbox/gateway.html", context, status=422 if wrong else 200)


def _communities(actor: Actor) -> dict[str, str]:
    rows = Place.objects.seen_by(actor).standing().filter(kind="community").order_by("path")
    return {str(id): name for id, name in rows.values_list("id", "name")}
