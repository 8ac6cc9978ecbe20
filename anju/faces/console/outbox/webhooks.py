"""Webhooks: a matter of the whole company, so every page asks for `webhook.edit` in all of it."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from anju.faces.console.outbox.forms import WebhookForm, initial_of
from anju.faces.console.outbox.tables import host_of, webhook_columns
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import show_refusal
from anju.foundation.kit.list import ListPage
from anju.foundation.messages import commands
from anju.foundation.messages.models import Webhook
from anju.foundation.messages.queries import secrets_of
from anju.foundation.tenancy.errors import Refusal, Unknown
from anju.foundation.tenancy.rows import only


@door("webhook.edit", methods="GET")
def webhooks(request: Request) -> HttpResponseBase:
    """Who outside is told of what."""
    request.actor.require("webhook.edit", "")
    page = ListPage(
        request,
        Webhook.objects.seen_by(request.actor),
        columns=webhook_columns(),
        sort="url",
        row_url=lambda webhook: reverse("messages:webhook", args=[webhook.id]),
        empty=(
            _("No webhooks yet"),
            _("Another system can be told of events as they happen: make a webhook for it."),
        ),
    )
    return page.answer() or render(request, "outbox/webhooks.html", {"page": page})


@door("webhook.edit")
def new_webhook(request: Request) -> HttpResponse:
    """Make one; its page then shows the secret."""
    request.actor.require("webhook.edit", "")
    form = WebhookForm(request.POST or None)
    if form.is_valid():
        try:
            made = commands.add_webhook(
                actor=request.actor, url=form.cleaned_data["url"], events=form.chosen()
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("messages:webhook", args=[made.id]))
    context = {"form": form}
    return render(request, "outbox/new_webhook.html", context, status=422 if form.errors else 200)


@never_cache
@door("webhook.edit")
def webhook(request: Request, id: UUID) -> HttpResponse:
    """Change it, see its secret, try it."""
    found = _the_webhook(request, id)
    initial = initial_of(found.url, found.events, on=found.on)
    form = WebhookForm(request.POST or None, initial=initial)
    if form.is_valid():
        given = form.cleaned_data
        try:
            commands.change_webhook(
                id, actor=request.actor, url=given["url"], events=form.chosen(), on=given["on"]
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(f"{request.path}?saved=1")
    context = {
        "form": form,
        "webhook": found,
        "host": host_of(found),
        "secrets": secrets_of(found),
        "saved": request.GET.get("saved", ""),
    }
    return render(request, "outbox/webhook.html", context, status=422 if form.errors else 200)


@door("webhook.edit", methods="POST")
def new_secret(request: Request, id: UUID) -> HttpResponse:
    """Give it a new secret; the old one stays good for a day."""
    commands.rotate_secret(id, actor=request.actor)
    return HttpResponseRedirect(f"{reverse('messages:webhook', args=[id])}?saved=2")


@door("webhook.edit", methods="POST")
def test(request: Request, id: UUID) -> HttpResponse:
    """Send it a test event."""
    commands.try_webhook(id, actor=request.actor)
    return HttpResponseRedirect(f"{reverse('messages:webhook', args=[id])}?saved=3")


def _the_webhook(request: Request, id: UUID) -> Webhook:
    request.actor.require("webhook.edit", "")
    found = only(Webhook.objects.seen_by(request.actor).filter(id=id))
    if found is None:
        raise Unknown(_("There is no such webhook, or you may not see it."))
    return found
