"""One's own messages and the outbox."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anju.faces.console.outbox.forms import AddressForm, PhoneForm
from anju.faces.console.outbox.tables import (
    outbox_columns,
    outbox_filters,
    own_columns,
    own_filters,
)
from anju.foundation.access.doors import Request, door, known
from anju.foundation.kit.forms import show_refusal
from anju.foundation.kit.list import Bulk, ListPage
from anju.foundation.messages import commands
from anju.foundation.messages.models import Address, Message
from anju.foundation.messages.queries import push_offer, unread_count
from anju.foundation.messages.registry import page_of
from anju.foundation.tenancy.errors import Refusal, Unknown
from anju.foundation.tenancy.rows import only


@door(signed_in=True, methods="GET")
def mine(request: Request) -> HttpResponseBase:
    """What the bell counts: the newest first."""
    page = ListPage(
        request,
        Message.objects.seen_by(request.actor).mine(request.actor),
        columns=own_columns(),
        filters=own_filters(),
        sort="-at",
        bulk=[Bulk(label=_("Mark as read"), url=reverse("messages:read"), icon="check")],
        empty=(
            _("No messages yet"),
            _("What needs you is told here: work given to you, promises about to break."),
        ),
    )
    context = {"page": page, "unread": unread_count(request.actor)}
    return page.answer() or render(request, "outbox/mine.html", context)


@door(signed_in=True, methods="POST")
def read(request: Request) -> HttpResponse:
    """Mark the chosen messages as read, or all of them."""
    chosen = _picked(request)
    commands.mark_read(chosen if chosen else None, actor=request.actor)
    return HttpResponseRedirect(reverse("messages:mine"))


@door(signed_in=True)
def message(request: Request, id: UUID) -> HttpResponse:
    """Go to what a message is about; a POST (from the list) marks it as read as well.

    The links in mails lead here by GET, which writes nothing.
    """
    own = Message.objects.seen_by(request.actor).filter(account_id=request.actor.id)
    found = only(own.filter(id=id))
    if found is None:
        raise Unknown(_("There is no such message, or you may not see it."))
    if request.method == "POST":
        commands.mark_read([id], actor=request.actor)
    page = page_of(found.subject_kind, found.subject_id)
    return HttpResponseRedirect(page or reverse("messages:mine"))


@door(signed_in=True)
def address(request: Request) -> HttpResponse:
    """Where one is reached by email, with a test, and by text message."""
    actor = request.actor
    held = Address.objects.seen_by(actor).filter(account_id=actor.id)
    texts = {address.channel: address.text for address in held}
    about_phone = "sms" in request.POST
    form = AddressForm(
        None if about_phone else request.POST or None, initial={"text": texts.get("email", "")}
    )
    phone = PhoneForm(request.POST if about_phone else None, initial={"sms": texts.get("sms", "")})
    language = get_language() or ""
    if form.is_valid():
        try:
            commands.set_address(
                actor.id, form.cleaned_data["text"], actor=actor, language=language
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            tried = commands.try_address(actor=actor) if form.cleaned_data["text"] else 0
            return HttpResponseRedirect(f"{request.path}?saved={1 + tried}")
    elif phone.is_valid():
        number = phone.cleaned_data["sms"]
        try:
            commands.set_address(actor.id, number, actor=actor, channel="sms", language=language)
        except Refusal as refusal:
            show_refusal(phone, refusal)
        else:
            return HttpResponseRedirect(f"{request.path}?saved=1")
    context = {
        "form": form,
        "phone": phone,
        "saved": request.GET.get("saved", ""),
        "server": bool(settings.SMTP_URL),
        "push": push_offer(known(request).held, actor=actor),
    }
    wrong = form.errors or phone.errors
    return render(request, "outbox/address.html", context, status=422 if wrong else 200)


@door("outbox.see", methods="GET")
def outbox(request: Request) -> HttpResponseBase:
    """Everything that was to be told: waiting, sent, given up."""
    actor = request.actor
    # The password of an account can be read by nobody, so it must not be asked for.
    rows = Message.objects.seen_by(actor).select_related("account", "webhook", "gateway")
    may = actor.may("outbox.edit")
    page = ListPage(
        request,
        rows.defer("account__password"),
        columns=outbox_columns(),
        filters=outbox_filters(),
        sort="-at",
        bulk=[
            Bulk(label=_("Send again"), url=reverse("messages:retry"), icon="refresh"),
            Bulk(label=_("Drop"), url=reverse("messages:discard"), icon="x"),
        ]
        if may
        else (),
        file=(_("outbox"),),
        empty=(_("Nothing was sent yet"), _("Messages appear here as soon as one is asked for.")),
    )
    context = {"page": page, "server": bool(settings.SMTP_URL)}
    return page.answer() or render(request, "outbox/outbox.html", context)


@door("outbox.edit", methods="POST")
def retry(request: Request) -> HttpResponse:
    """Send the chosen messages again."""
    commands.retry(_picked(request), actor=request.actor)
    return HttpResponseRedirect(reverse("messages:outbox"))


@door("outbox.edit", methods="POST")
def discard(request: Request) -> HttpResponse:
    """Do not send the chosen messages."""
    commands.discard(_picked(request), actor=request.actor)
    return HttpResponseRedirect(reverse("messages:outbox"))


def _picked(request: Request) -> list[UUID]:
    """The chosen rows; what is no id was not chosen."""
    found = []
    for text in request.POST.getlist("pick"):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
