"""The home of somebody who lives here: four tiles, what is open, and what is known about them."""

from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from anju.domains.community.commands.proxies import end_helper, name_helper
from anju.domains.community.households import Household, household_of, matters
from anju.domains.community.progress import Progress, progress_of
from anju.domains.community.queries import desk_line, helpers_of, notices_for
from anju.domains.promises.queries import in_force_at
from anju.domains.requests.promises import clocks_by_case
from anju.domains.requests.queries import work_by_case
from anju.domains.rounds.yearly import told_in
from anju.engine.loop.models import Case
from anju.faces.portal.forms import HelperForm
from anju.faces.portal.looks import ELDER, FACE_COOKIE, page
from anju.foundation.access.commands import revoke_device
from anju.foundation.access.doors import Request, View, door, known
from anju.foundation.access.models import DeviceSession
from anju.foundation.kit.forms import show_refusal
from anju.foundation.lib import now
from anju.foundation.messages.queries import push_offer
from anju.foundation.people.queries import looks_at
from anju.foundation.places.queries import full_names
from anju.foundation.tenancy.days import today
from anju.foundation.tenancy.errors import Refusal

YEAR = 365 * 24 * 3600
SHOWN = 3
LATEST = 2


def home_page(methods: str = "GET") -> Any:
    """The door of a resident's page: the view gets the household. Who is not known comes in first;
    an account of nobody in particular is told whom the page is for."""

    def declare(view: Any) -> View:
        @wraps(view)
        def inside(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            household = household_of(request.actor)
            if household is None:
                return page(request, "nobody", {}, status=403)
            answer: HttpResponse = view(request, household, *args, **kwargs)
            return answer

        fenced = door(signed_in=True, methods=methods)(inside)

        @wraps(fenced)
        def through(request: Request, *args: Any, **kwargs: Any) -> Any:
            if request.signed_in is None:
                return HttpResponseRedirect(reverse("portal:phone"))
            return fenced(request, *args, **kwargs)

        return through  # type: ignore[return-value]  # the same call, looked at first

    return declare


@home_page()
def home(request: Request, household: Household) -> HttpResponse:
    """What is open on top, then the tiles."""
    live = matters(household).filter(state__in=["open", "answered"]).order_by("-at", "-id")
    rows = with_progress(live[:SHOWN])
    paths = [home.place.path for home in household.homes]
    context = {
        **around(household),
        "rows": rows,
        "name": household.person.name,
        "unread": notices_for(household).filter(read=None).count(),
        "latest": notices_for(household)[:LATEST],
        "promised": bool(in_force_at(paths, actor=request.actor)),
        "yearly": told_in(paths, today(request.actor.company_id).year, actor=request.actor),
    }
    return page(request, "home", context)


@door(anonymous=True, methods="POST")
def face(request: Request) -> HttpResponse:
    """Change between plain and large type; it stays for every page, before coming in too."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = reverse("portal:home")
    response = HttpResponseRedirect(target)
    if request.POST.get("face") == ELDER:
        response.set_cookie(
            FACE_COOKIE, ELDER, max_age=YEAR, samesite="Lax", secure=request.is_secure()
        )
    else:
        response.delete_cookie(FACE_COOKIE)
    return response


@home_page()
def self_page(request: Request, household: Household) -> HttpResponse:
    """What is known about me, who helps me, who looked at my number, which devices are in."""
    return _self(request, household, HelperForm())


def _self(
    request: Request, household: Household, form: HelperForm, *, status: int = 200
) -> HttpResponse:
    person, actor = household.person, request.actor
    devices = DeviceSession.objects.seen_by(actor).of(actor.id)
    context = {
        **around(household),
        "person": person,
        "looks": looks_at(person, actor=actor),
        "devices": devices.filter(revoked_at=None, expires_at__gt=now()),
        "here": known(request).held,
        "push": push_offer(known(request).held, actor=actor),
        "helpers": helpers_of(household),
        "may_name": any(home.owner.id == person.id for home in household.homes),
        "form": form,
    }
    return page(request, "self", context, status=status)


@home_page("POST")
def name_helper_page(request: Request, household: Household) -> HttpResponse:
    """Let a family member act for me."""
    form = HelperForm(request.POST)
    if form.is_valid():
        try:
            name_helper(**form.cleaned_data, household=household)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("portal:self"))
    return _self(request, household, form, status=422)


@home_page("POST")
def end_helper_page(request: Request, household: Household, id: UUID) -> HttpResponse:
    """They act for me no more, or I for them."""
    end_helper(id, household=household)
    return HttpResponseRedirect(reverse("portal:self"))


@home_page("POST")
def end_device(request: Request, household: Household, id: UUID) -> HttpResponse:
    """Sign another device of mine out."""
    del household
    revoke_device(id, actor=request.actor)
    return HttpResponseRedirect(reverse("portal:self"))


def around(household: Household) -> dict[str, Any]:
    """What stands on every page of a home: where it is, and whom to call."""
    places = [home.place for home in household.homes]
    names = full_names(places)
    line = desk_line(places[0].path, actor=household.actor) if places else None
    helps = [person.name for person in household.helps]
    return {"homes": [names[place.id] for place in places], "line": line, "helps": helps}


def with_progress(cases: Any) -> list[tuple[Case, Progress]]:
    """Cases of a household with where each stands. Three queries."""
    found = list(cases)
    clocks, works = clocks_by_case(case.id for case in found), work_by_case(found)
    return [
        (case, progress_of(case, works.get(case.id, []), clocks.get(case.id, []))) for case in found
    ]
