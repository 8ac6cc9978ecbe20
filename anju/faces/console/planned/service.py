"""The service plan of a community and a year: for those who plan, and what residents read of it."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.rounds.commands import publish_year
from anju.domains.rounds.yearly import MONTHS, differs, lines_of, published
from anju.foundation.access.doors import Request, door
from anju.foundation.access.queries import names_of
from anju.foundation.lib import given_id
from anju.foundation.places.models import Place
from anju.foundation.tenancy.days import today
from anju.foundation.tenancy.errors import NotYet, Unknown

YEARS = range(2000, 2101)


@door("plan.see")
def service_plan(request: Request) -> HttpResponse:
    """Every plan in force, month by month: done and planned; published with one press."""
    actor = request.actor
    seen = Place.objects.seen_by(actor).standing().filter(kind="community").order_by("path")
    places = [place for place in seen if actor.may("plan.see", place.path)]
    typed_place = request.GET.get("place", "")
    asked = given_id(typed_place)
    usual = None if typed_place else next(iter(places), None)
    place = next((one for one in places if one.id == asked), usual)
    if place is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    now_in = today(actor.company_id).year
    typed = request.GET.get("year", "")
    year = int(typed) if typed.isascii() and typed.isdigit() and int(typed[:9]) in YEARS else now_in
    wrong: Any = ""
    lines, told = lines_of(place, year), published(place, year)
    without = set(told.without) if told else set()
    if request.method == "POST":
        without = {line.code for line in lines} - set(request.POST.getlist("show"))
        try:
            publish_year(place, year, without=without, actor=actor)
        except NotYet as refusal:
            wrong = refusal.message
        else:
            back = f"{reverse('console:service_plan')}?place={place.id}&year={year}"
            return HttpResponseRedirect(back)
    may_publish = (
        actor.may("plan.edit", place.path) and bool(lines) and year in (now_in, now_in + 1)
    )
    context = {
        "place": place, "places": places, "year": year, "before": year - 1, "after": year + 1,
        "months": MONTHS, "lines": lines, "told": told, "wrong": wrong,
        "by": names_of([told.by], actor=actor).get(told.by, "") if told else "",
        "without": without, "may_publish": may_publish,
        "changed": may_publish and differs(told, lines),
    }  # fmt: skip
    return render(request, "console/service_plan.html", context, status=422 if wrong else 200)
