"""Writing down what is reported: one form, with the household and what is open there beside it."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anju.domains.requests.forms import ReportForm
from anju.domains.requests.promises import clocks_by_case, next_due
from anju.domains.requests.shipped import CATEGORIES, MANY
from anju.engine.loop.commands.opening import Opened, Report, report
from anju.engine.loop.models import Case
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import show_refusal
from anju.foundation.people.commands import contact_for
from anju.foundation.people.models import Person
from anju.foundation.people.queries import household
from anju.foundation.places.models import Place
from anju.foundation.places.queries import place_named
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today
from anju.foundation.tenancy.errors import Refusal
from anju.foundation.tenancy.rows import only

SUGGESTED = 12
BESIDE = 5


@door("case.report")
def new_case(request: Request) -> HttpResponse:
    """One form for whatever is reported to staff; residents report on pages of their own."""
    request.actor.require("case.see")
    data = request.POST if request.method == "POST" else None
    initial = request.GET.dict()
    form = ReportForm(data, initial=initial)
    if data is None:
        form.fields["title" if initial.get("place") else "place"].widget.attrs["autofocus"] = True
    elif form.is_valid():
        try:
            opened = report_from(form.cleaned_data, actor=request.actor)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("requests:case", args=[opened.case.id]))
    typed = form.data.get("place", "") if form.is_bound else initial.get("place", "")
    context = {
        "form": form,
        "categories": late_categories(request.actor),
        **_beside(str(typed), request.actor),
    }
    return render(request, "requests/new_case.html", context, status=422 if form.errors else 200)


def report_from(given: dict[str, Any], *, actor: Actor) -> Opened:
    """Open the case that a form of this page or of the desk describes."""
    place = place_named(given["place"], actor=actor)
    return report(
        Report(
            kind=given["kind"],
            title=given["title"],
            place=place,
            category=given.get("category", ""),
            text=given["text"],
            urgency=given.get("urgency", 3),
            urgency_reason=given.get("urgency_reason", ""),
            reporter=_reporter(given, place, actor),
            channel=given["channel"],
        ),
        actor=actor,
    )


def _reporter(given: dict[str, Any], place: Place, actor: Actor) -> Person | None:
    """Who reports: a person of the household that was chosen, or whoever was named."""
    if given["reporter"]:
        known = only(Person.objects.seen_by(actor).filter(id=given["reporter"]))
        if known is not None:
            return known
    name, phone = given["reporter_name"], given["reporter_phone"]
    return contact_for(name, phone, actor=actor, place=place) if name or phone else None


def late_categories(actor: Actor) -> list[str]:
    """The company's own words of late, and the first set while they are few, to choose from."""
    late = Case.objects.seen_by(actor).exclude(category="").order_by("-at", "-id")
    own = sorted(set(late.values_list("category", flat=True)[:300]))[:60]
    return own if len(own) >= MANY else list(dict.fromkeys([*own, *CATEGORIES]))


@door("case.report", methods="GET")
def places(request: Request) -> HttpResponse:
    """Codes that begin as typed, for the field of a place."""
    typed = request.GET.get("place", "").strip()[:60]
    seen = Place.objects.seen_by(request.actor).standing().order_by("full_code", "path")
    begins = seen.filter(full_code__gte=typed, full_code__lt=f"{typed}\U0010ffff")
    codes = begins.values_list("full_code", flat=True)[:SUGGESTED] if typed else []
    return render(request, "requests/places.html", {"options": dict.fromkeys(codes)})


@door("case.report", methods="GET")
def beside(request: Request) -> HttpResponse:
    """Who lives at the place that was typed, and what is open there already."""
    context = _beside(request.GET.get("place", ""), request.actor)
    return render(request, "requests/beside.html", context)


def _beside(typed: str, actor: Actor) -> dict[str, Any]:
    if not typed.strip():
        return {}
    try:
        place = place_named(typed, actor=actor)
    except Refusal:
        return {}
    here = Case.objects.seen_by(actor).live().filter(place=place).order_by("-at", "-id")
    cases = list(here[:BESIDE])
    clocks = clocks_by_case(case.id for case in cases)
    return {
        "place": place,
        "household": [
            {
                "id": one.person_id,
                "name": one.person.name_for(actor),
                "role": one.get_role_display(),
                "phone": one.person.masked_phone,
            }
            for one in household(place, actor=actor, on=today(actor.company_id))
        ],
        "open_here": [{"case": c, "clock": next_due(clocks.get(c.id, []))} for c in cases],
    }
