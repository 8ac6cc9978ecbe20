"""What a label opens: for staff its page, for everybody else a report in three taps."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from anju.domains.community.commands.landing import Landed, Told, report_at, stranger
from anju.domains.community.commands.links import secret_of
from anju.domains.community.queries import desk_line, subject_of_label
from anju.domains.community.rules import BY_ADDRESS, BY_BOTH, BY_LABEL
from anju.engine.loop.commands.evidence import Given
from anju.faces.portal.forms import LabelForm
from anju.faces.portal.looks import page
from anju.foundation.access.commands.answers import Key, claim, keep
from anju.foundation.access.commands.limits import TooMany, take
from anju.foundation.access.doors import FORM_KEY, Request, door
from anju.foundation.kit.forms import show_refusal
from anju.foundation.places.models import Asset, Place
from anju.foundation.places.queries import full_name, zone_of
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Refusal, Unknown

Subject = Place | Asset
JUST_NOW = "sent"  # the parameter of the receipt
LOST = "lost"  # how many photos of it were not kept


@never_cache
@door(anonymous=True)
def scan(request: Request, code: str) -> HttpResponse:
    """The page of a place or a thing for who works here; else a form to report something there. It
    names the place or the thing, and nobody (T17)."""
    subject = subject_of_label(code)
    if subject is None:
        raise Unknown(_("This label is not known. Tell the front desk where you saw it."))
    here, actor = _place(subject), request.actor
    if actor is not None and actor.company_id == here.company_id and actor.may("case.see"):
        kind = "asset" if isinstance(subject, Asset) else "place"
        return HttpResponseRedirect(reverse(f"registry:{kind}", args=[subject.id]))
    someone = stranger(here.company_id, here.path)
    form = LabelForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _received(request, subject, form.cleaned_data, actor=someone, code=code)
            except Refusal as refusal:
                status = 429 if isinstance(refusal, TooMany) else 422
                show_refusal(form, refusal)
    return _form(request, subject, form, actor=someone, status=status)


def _received(
    request: Request, subject: Subject, given: dict[str, Any], *, actor: Actor, code: str
) -> HttpResponse:
    """Open the case, once: the same form sent again leads to the same receipt. What is kept of the
    answer is the number of the link, never its secret."""
    typed = {**given, "photos": [f"{f.name}:{f.size}" for f in given["photos"]]}
    once = str(request.POST.get(FORM_KEY, "")) or None
    key = once and Key.of(actor, once, route=f"label {code}", body=repr(typed).encode())
    with acting(actor):
        kept = claim(key) if key else None
    if kept:
        return _receipt(UUID(bytes=kept.body), lost=0)
    limits = [
        (BY_ADDRESS, request.address),
        (BY_LABEL, code.upper()),
        (BY_BOTH, f"{code.upper()}\n{request.address}"),
    ]
    take(limits)
    told = Told(
        words=given["words"],
        photos=[Given(str(f.name), f) for f in given["photos"]],
        name=given["name"],
        phone=given["phone"],
    )
    with acting(actor):
        kept = claim(key) if key else None
        if kept:
            return _receipt(UUID(bytes=kept.body), lost=0)
        landed: Landed = report_at(subject, told, actor=actor)
        if key:
            keep(key, status=302, body=landed.link.id.bytes)
    return _receipt(landed.link.id, lost=len(landed.refused))


def _receipt(link: UUID, *, lost: int) -> HttpResponse:
    more = f"&{LOST}={lost}" if lost else ""
    url = reverse("portal:follow", args=[secret_of(link)])
    return HttpResponseRedirect(f"{url}?{JUST_NOW}=1{more}")


def _form(
    request: Request, subject: Subject, form: LabelForm, *, actor: Actor, status: int
) -> HttpResponse:
    here = _place(subject)
    with acting(actor), timezone.override(zone_of(here)):
        context = {
            "form": form,
            "place": full_name(here),
            "thing": subject.name if isinstance(subject, Asset) else "",
            "line": desk_line(here.path, actor=actor),
        }
        return page(request, "landing", context, status=status)


def _place(subject: Subject) -> Place:
    return subject if isinstance(subject, Place) else subject.place
