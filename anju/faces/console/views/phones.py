"""Phones that still hold work, photos that are late, and phones that are lost."""

from typing import Any
from uuid import UUID

import segno
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.engine.offline.commands.losing import report_lost
from anju.engine.offline.commands.settling import waive_files
from anju.engine.offline.models import Device
from anju.engine.offline.queries import late_files, phones_of
from anju.faces.console.accounts.tables import names_at, place_name
from anju.foundation.access.commands import end_phone, share_phone
from anju.foundation.access.doors import Request, door
from anju.foundation.access.models import SharedPhone
from anju.foundation.access.queries import hands_of, names_of
from anju.foundation.places.queries import place_named
from anju.foundation.tenancy.errors import Conflict, NotYet, Refusal

MOST = 50


@door("work.dispatch", methods="GET")
def phones(request: Request) -> HttpResponse:
    """What is still on phones: whose, how much, unheard since when; photos that work waits for."""
    return _page(request)


def _page(request: Request, *, wrong: Any = "", at: Any = None) -> HttpResponse:
    actor = request.actor
    held, late = phones_of(actor, most=MOST), late_files(actor, most=MOST)
    names = names_of([*(one.account_id for one in held), *(one.awaited.who for one in late)],
                     actor=actor)  # fmt: skip
    gone = request.GET.get("lost", "")
    context = {
        "phones": [(one, names.get(one.account_id, "—")) for one in held],
        "late": [(one, names.get(one.awaited.who, "—"), len(one.awaited.files)) for one in late],
        "wrong": wrong, "at": str(at or ""), "gone": _gone(gone, request),
        "typed": request.POST.get("reason", ""), **_shared(request, held),
    }  # fmt: skip
    return render(request, "console/phones.html", context, status=422 if wrong else 200)


def _shared(request: Request, held: list[Device]) -> dict[str, Any]:
    """The shared phones one keeps, who has each in hand, and the form that makes one."""
    actor = request.actor
    if not actor.may("user.edit"):
        return {}
    rows = list(SharedPhone.objects.seen_by(actor).filter(ended_at=None).order_by("name")[:MOST])
    hands = hands_of([row.id for row in rows], actor=actor)
    names = names_at([row.path for row in rows], actor=actor)
    of = {row.device: row.name for row in rows if row.device}
    return {
        "may_share": True,
        "shared": [(row, place_name(row.path, names), hands.get(row.id)) for row in rows],
        "called": {one.id: of[one.device] for one in held if one.device in of},
        "share": {name: request.POST.get(name, "") for name in ("name", "place")},
    }


@door("user.edit", methods="POST")
def share(request: Request) -> HttpResponse:
    """Make a phone a shared one: it joins by a square that is shown this once."""
    words = request.POST.get("place", "")
    try:
        path = place_named(words, actor=request.actor).path if words.strip() else ""
        made, token = share_phone(actor=request.actor, name=request.POST.get("name", ""), path=path)
    except Refusal as refusal:
        return _page(request, wrong=refusal.message, at="share")
    url = request.build_absolute_uri(reverse("field:join", args=[token]))
    drawn = segno.make(url, error="m").svg_inline(
        scale=5, svgclass="qr", lineclass=None, omitsize=False, title="QR"
    )
    context = {"phone": made, "url": url, "qr": drawn}
    response = render(request, "console/phone_shared.html", context)
    response["Cache-Control"] = "no-store"
    return response


@door("user.edit", methods="POST")
def unshare(request: Request, id: UUID) -> HttpResponse:
    """A phone is a shared one no more."""
    end_phone(id, actor=request.actor)
    return HttpResponseRedirect(reverse("console:phones"))


def _gone(said: str, request: Request) -> str:
    """What was on a phone that was reported lost a moment ago, in words."""
    seen = Device.objects.seen_by(request.actor).exclude(lost_at=None)
    found = next((one for one in seen.order_by("-lost_at")[:MOST] if str(one.id) == said), None)
    if found is None:
        return ""
    name = names_of([found.account_id], actor=request.actor).get(found.account_id, "—")
    return _(
        "Reported lost. %(name)s is signed out everywhere and signs in anew on another phone. By "
        "its last word this phone still held %(n)d things that were not brought."
    ) % {"name": name, "n": found.left}


@door("work.dispatch", methods="POST")
def lost(request: Request, id: UUID) -> HttpResponse:
    """A phone is lost."""
    try:
        report_lost(id, actor=request.actor, reason=request.POST.get("reason", ""))
    except (NotYet, Conflict) as refusal:
        return _page(request, wrong=refusal.message, at=id)
    return HttpResponseRedirect(f"{reverse('console:phones')}?lost={id}")


@door("work.dispatch", methods="POST")
def waive(request: Request, id: UUID) -> HttpResponse:
    """Photos that will not come: the work goes on without them, on one's own name."""
    try:
        waive_files(id, actor=request.actor, reason=request.POST.get("reason", ""))
    except (NotYet, Conflict) as refusal:
        return _page(request, wrong=refusal.message, at=id)
    return HttpResponseRedirect(reverse("console:phones"))
