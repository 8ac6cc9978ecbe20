"""Something seen on the way: a photo, a word, sent. Whoever works here may report it, wherever."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.requests.commands import Seen, report_seen
from anju.domains.requests.queries import works_seen
from anju.engine.loop.commands.evidence import Given
from anju.engine.loop.models import WorkOrder
from anju.faces.field.forms import SeenForm
from anju.faces.field.views.standing import doer
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import show_refusal
from anju.foundation.lib import given_id
from anju.foundation.places.models import Label, Place, under
from anju.foundation.places.queries import full_names
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Refusal
from anju.foundation.tenancy.rows import only

MOST = 6  # pieces of work in hand
AROUND = 40  # communities, and places that somebody is for alone


@door("work.do")
def report_here(request: Request) -> HttpResponse:
    """Where is answered already: by the label that was scanned, by the work somebody comes from,
    by the work in hand, or by the community; then a photo or a word is enough."""
    label, work = _label(request), _work(request)
    places = [] if label or work else _places(request.actor)
    named = full_names(places)
    choices = [(str(place.id), named[place.id]) for place in places]
    form = SeenForm(request.POST or None, request.FILES or None, places=choices)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actor = doer(request, work) if work else request.actor
                case = report_seen(_seen(form, places, label or work), actor=actor)
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                back = reverse("field:task", args=[work.id]) if work else reverse("field:today")
                return HttpResponseRedirect(f"{back}?reported={case.id}")
    there = label or work
    where = (there.asset or there.place) if there else None
    context = {"form": form, "where": where, "queue": _queue()}
    return render(request, "field/report.html", context, status=status)


def _queue() -> dict[str, Any]:
    """What the queue of the phone knows this page by, as it knows a piece of work."""
    title = _("Report something")
    return {"id": "reports", "title": title, "place": "", "page": reverse("field:report")}


def _seen(form: SeenForm, places: list[Place], there: Label | WorkOrder | None) -> Seen:
    given = form.cleaned_data
    chosen = next((place for place in places if str(place.id) == given.get("place")), None)
    asset = there.asset if there else None
    if there:
        chosen = asset.place if asset else there.place
    photo = given["photo"]
    return Seen(
        words=given["words"],
        place=chosen,
        asset=asset,
        photos=[Given(str(photo.name), photo)] if photo else [],
    )


def _label(request: Request) -> Label | None:
    code = request.GET.get("label", "")[:12]
    known = Label.objects.seen_by(request.actor).select_related("asset__place", "place")
    return known.filter(code=code).first() if code else None


def _work(request: Request) -> WorkOrder | None:
    """The work somebody is at."""
    said = request.GET.get("work")
    seen = WorkOrder.objects.seen_by(request.actor).select_related("asset__place", "place")
    return only(seen.filter(id=given_id(said))) if said else None


def _places(actor: Actor) -> list[Place]:
    """Where somebody on foot most likely is: at the work in hand, else in a community of theirs."""
    mine = works_seen(actor).live().filter(person_id=actor.person_id, place__isnull=False)
    works = list(mine.select_related("place").order_by("due", "id")[:MOST])
    works.sort(key=lambda work: work.state not in ("arrived", "doing"))
    paths = actor.paths("case.report")
    standing = Place.objects.seen_by(actor).filter(under(paths)).standing().order_by("path")
    around = standing.filter(Q(kind="community") | Q(path__in=paths))[:AROUND]
    near = [*(work.place for work in works if work.place), *around]
    return [p for p in dict.fromkeys(near) if actor.may("case.report", p.path)]
