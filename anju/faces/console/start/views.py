"""The seven steps of the set-up. Each page shows how far all of them are, and the way past it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import segno
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.answers.commands import fill_blanks
from anju.domains.answers.models import Answer
from anju.domains.answers.queries import blanks_left
from anju.domains.emergency.commands.planning import fill_numbers
from anju.domains.emergency.queries import numbers_left
from anju.domains.promises.models import Contract
from anju.domains.promises.queries import today_at
from anju.domains.requests.shipped import CATEGORIES
from anju.engine.standards.models import Standard
from anju.faces.console.outbox.tables import last_words
from anju.faces.console.promises.catalogue import communities as all_communities
from anju.faces.console.start.forms import (
    BlanksForm,
    CommunityForm,
    PeopleForm,
    PromiseForm,
    parts_at,
)
from anju.faces.console.start.steps import NAMES, steps
from anju.faces.console.views.library import script_of
from anju.faces.furnishing import Hired, open_community, promise, take_on
from anju.foundation.access.doors import Request, door, known
from anju.foundation.access.rules import ROLE_NAMES
from anju.foundation.kit.forms import KitForm, show_refusal
from anju.foundation.lib import now
from anju.foundation.lib.clock import months_after
from anju.foundation.messages.models import GATEWAY_NAMES, Gateway
from anju.foundation.messages.queries import last_through
from anju.foundation.people.models import Assignment
from anju.foundation.people.queries import on_duty
from anju.foundation.places.labels import MOST
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Refusal, Unknown

SHOWN = 12
FIRST_GRADE = "grade-2004/一级"
YEARS = 3  # of a contract, until the paper says otherwise
RENEWAL = 90  # days before its end: Civil Code, article 947


@door("import.run", methods="GET")
def start(request: Request) -> HttpResponse:
    """On with the first step that is open; with the last one when none is."""
    return _on(request, "")


@door("import.run")
def step(request: Request, name: str) -> HttpResponse:
    """One step: what is there already, and the form for what is not."""
    if name not in PAGES:
        raise Unknown(_("There is no such page."))
    return PAGES[name](request)


def _on(request: Request, name: str) -> HttpResponse:
    """To the first open step after this one, else to the first open one of all."""
    found = steps(request.actor)
    at = NAMES.index(name) + 1 if name else 0
    to = next((one for one in (*found[at:], *found[:at]) if not one.done), found[-1])
    return HttpResponseRedirect(to.url)


def _page(request: Request, name: str, context: dict[str, Any]) -> HttpResponse:
    all_ = steps(request.actor)
    at = NAMES.index(name)
    form: KitForm | None = context.get("form")
    more = {
        "steps": all_,
        "step": all_[at],
        "number": at + 1,
        "next": all_[at + 1] if at + 1 < len(all_) else None,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, f"start/{name}.html", {**context, **more}, status=status)


def _community(request: Request) -> HttpResponse:
    actor = request.actor
    form = CommunityForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            open_community(
                form.layout, name=given["name"], code=given["code"], phone=given["phone"],
                actor=actor,
            )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return _on(request, "community")
    there = Place.objects.seen_by(actor).standing().filter(kind="community").order_by("full_code")
    rows = [
        (one, Place.objects.seen_by(actor).below(one.path).filter(kind="room").count())
        for one in there[:SHOWN]
    ]
    return _page(request, "community", {"form": form, "rows": rows})


def _people(request: Request) -> HttpResponse:
    actor = request.actor
    communities = _communities(actor)
    form = PeopleForm(request.POST or None, communities=communities)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            place = Place.objects.seen_by(actor).get(id=given["community"])
            hired = take_on(form.hands(), place=place, duty=given["on_duty"], actor=actor)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return _hired(request, hired)
    held = Assignment.objects.seen_by(actor).select_related("person", "post")
    present = {one.person_id for one in on_duty(actor=actor)}
    rows = [
        (one.person.name_for(actor), one.post.name, one.person_id in present)
        for one in held.order_by("post__code", "id")[:SHOWN]
    ]
    context = {"form": form, "rows": rows, "communities": communities}
    return _page(request, "people", context)


def _hired(request: Request, hired: list[Hired]) -> HttpResponse:
    """The one-time links, shown this once: to be scanned from the screen, or sent."""
    rows = [
        {
            "name": one.name,
            "role": ROLE_NAMES[one.role],
            "login": one.login,
            "url": (url := request.build_absolute_uri(reverse("account:link", args=[one.token]))),
            "qr": segno.make(url, error="m").svg_inline(
                scale=3, svgclass="qr", lineclass=None, omitsize=True, title="QR"
            ),
        }
        for one in hired
        if one.token
    ]
    if not rows:
        return _on(request, "people")
    response = _page(request, "people", {"links": rows, "go": _on(request, "people")["Location"]})
    response["Cache-Control"] = "no-store"
    return response


def _contract(request: Request) -> HttpResponse:
    """The contract of a community that has none yet: those with one are changed on its page."""
    actor = request.actor
    made = list(Contract.objects.seen_by(actor).select_related("place").order_by("place__path"))
    have = {one.place_id for one in made}
    without = [one for one in all_communities(actor) if one.id not in have]
    place = next((p for p in without if str(p.id) == request.GET.get("place")), None)
    place = place or (without[0] if without else None)
    form = _promise_form(request, place, made) if place else None
    if request.method == "POST" and form is not None and place and form.is_valid():
        try:
            promise(
                place, form.said(), parts=form.cleaned_data["parts"], script=script_of(),
                actor=actor,
            )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return _on(request, "contract")
    context = {
        "form": form,
        "rows": made,
        "place": place,
        "without": without,
        "may_edit": actor.may("standard.edit", ""),
    }
    return _page(request, "contract", context)


def _promise_form(request: Request, place: Place, made: list[Contract]) -> PromiseForm:
    if request.method == "POST":
        return PromiseForm(request.POST, grade=request.POST.get("grade", ""))
    graded = [one.grade for one in made if parts_at(one.grade)]
    asked = request.GET.get("grade", "")
    grade = asked if parts_at(asked) else graded[0] if graded else FIRST_GRADE
    today = today_at(place)
    initial = {
        "grade": grade,
        "parts": [part.code for part in parts_at(grade)],
        "number": f"{place.code}-{today.year}-01",
        "client": _("Owners' committee of %(place)s") % {"place": place.name},
        "provider": known(request).company_name,
        "first": today,
        "last": months_after(today, 12 * YEARS) - timedelta(days=1),
        "notice": RENEWAL,
    }
    return PromiseForm(initial=initial, grade=grade)


def _wording(request: Request) -> HttpResponse:
    actor = request.actor
    open_ = [*blanks_left(actor), *numbers_left(actor)]
    form = BlanksForm(request.POST or None, blanks=open_)
    if request.method == "POST" and form.is_valid():
        try:
            with acting(actor):  # both or neither
                fill_blanks(form.filled(), actor=actor)
                fill_numbers(form.filled(), actor=actor)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return _on(request, "wording")
    texts = Answer.objects.seen_by(actor)
    context = {
        "form": form,
        "blanks": open_,
        "may_edit": actor.may("answer.edit", ""),
        "standards": list(Standard.objects.seen_by(actor).in_force()),
        "categories": CATEGORIES,
        "answers": texts.current().count(),
        "notices": list(texts.current("notice").order_by("category", "question")),
    }
    return _page(request, "wording", context)


def _channels(request: Request) -> HttpResponse:
    actor = request.actor
    rows = list(Gateway.objects.seen_by(actor).order_by("name"))
    last = last_through(rows, actor=actor)
    context = {
        "rows": [(one, last_words(last.get(one.id))) for one in rows],
        "kinds": [(reverse("messages:new_gateway", args=[k]), name) for k, name in GATEWAY_NAMES],
        "may_edit": actor.may("webhook.edit", ""),
    }
    return _page(request, "channels", context)


def _labels(request: Request) -> HttpResponse:
    """Where people stand and wait first: gates and gardens, lobbies, the community itself."""
    places = Place.objects.seen_by(request.actor).standing()
    rows = places.filter(kind__in=["community", "public"]).order_by("full_code")
    return _page(request, "labels", {"rows": list(rows[:MOST])})


def _case(request: Request) -> HttpResponse:
    actor = request.actor
    room = Place.objects.seen_by(actor).standing().filter(kind="room").order_by("path").first()
    return _page(request, "case", {"room": room, "at": now()})


def _communities(actor: Actor) -> dict[str, str]:
    rows = Place.objects.seen_by(actor).standing().filter(kind="community").order_by("path")
    return {str(id): name for id, name in rows.values_list("id", "name")}


PAGES: dict[str, Callable[[Request], HttpResponse]] = {
    "community": _community,
    "people": _people,
    "contract": _contract,
    "wording": _wording,
    "channels": _channels,
    "labels": _labels,
    "case": _case,
}
