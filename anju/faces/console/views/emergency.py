"""The emergency card (应急卡): choose the plan, see what to do and whom to call, call out.

Three actions from anywhere to the first message: F9, the digit of the plan, Enter.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.emergency.commands.running import called, start, step_done
from anju.domains.emergency.models import Emergency, Plan
from anju.domains.emergency.queries import (
    call_tree,
    emergencies,
    likely,
    plans,
    told_of,
)
from anju.engine.loop.models import Case
from anju.engine.loop.rules import CASE_LIVE
from anju.foundation.access.doors import Request, door
from anju.foundation.access.queries import names_of
from anju.foundation.lib import given_id
from anju.foundation.places.models import Place
from anju.foundation.places.queries import full_name, place_named
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refusal, Unknown
from anju.foundation.tenancy.rows import only


@door("work.dispatch", methods="GET")
def plan_cards(request: Request) -> HttpResponse:
    """The plans, one digit each; below what was started lately."""
    actor = request.actor
    case, place = _about(request.GET, actor)
    found = list(plans(actor))
    fits = likely(found, f"{case.title} {case.category}") if case else None
    context = {
        "plans": found,
        "fits": fits and fits.code,
        "case": case,
        "place": place,
        "asked": _query(case, place),
        "past": emergencies(actor),
    }
    return render(request, "console/emergency_plans.html", context)


@door("work.dispatch")
def card(request: Request, code: str) -> HttpResponse:
    """One plan: its steps, whom to call, and the button that calls them out."""
    actor = request.actor
    plan = plans(actor).filter(code=code).first()
    if plan is None:
        raise Unknown(_("There is no such plan. Choose one of the list."))
    given = request.POST if request.method == "POST" else request.GET
    case, place = _about(given, actor)
    wrong: Any = ""
    if request.method == "POST":
        if place is None:
            wrong = _("Say where it is: a room such as 3-2-1201, a building or a public area.")
        else:
            try:
                made = _started(request, plan, case, place)
            except NotYet as refusal:
                wrong = refusal.message
            else:
                return HttpResponseRedirect(reverse("console:emergency", args=[made.id]))
    tree = _tree(place, plan.roles, actor) if place else []
    context = {
        "plan": plan,
        "case": case,
        "place": place,
        "typed": given.get("place", ""),
        "matter": given.get("matter", ""),
        "wrong": wrong,
        "tree": tree,
        "may_edit": actor.may("answer.edit", ""),
        "reachable": sum(row["one"].account is not None for row in tree),
    }
    return render(request, "console/emergency_card.html", context, status=422 if wrong else 200)


def _started(request: Request, plan: Plan, case: Case | None, place: Place) -> Emergency:
    return start(
        plan,
        place,
        actor=request.actor,
        matter=request.POST.get("matter", ""),
        case_id=case.id if case else None,
    )


@door("work.dispatch", methods="GET")
def running(request: Request, id: UUID) -> HttpResponse:
    """An emergency that runs: steps to tick off, telephones in order, who was told."""
    actor = request.actor
    found = only(
        Emergency.objects.seen_by(actor).select_related("plan", "case__place").filter(id=id)
    )
    if found is None:
        raise Unknown(_("There is no such emergency, or you may not see it."))
    found.complete()
    place = found.case.place
    steps = list(enumerate(found.ordered))
    done = {n: mark for n, _step in steps if (mark := found.done_at(n))}
    coming = found.coming()
    by = {by for _at, by in (*done.values(), *coming.values())}
    names = names_of(by | {found.by}, actor=actor)
    current = next((n for n, _step in steps if n not in done), None)
    context = {
        "emergency": found,
        "place": full_name(place) if place else "",
        "live": found.case.state in CASE_LIVE,
        "by": names.get(found.by, ""),
        "steps": [
            {
                "n": n,
                "step": step,
                "done": done.get(n),
                "who": names.get(done[n][1], "") if n in done else "",
                "current": n == current,
            }
            for n, step in steps
        ],
        "tree": _tree(place, found.roles, actor, found.reached) if place else [],
        "told": told_of(found, actor),
        "coming": [(names.get(by, ""), at) for at, by in coming.values()],
    }
    return render(request, "console/emergency.html", context)


@door("work.dispatch", methods="POST")
def note(request: Request, id: UUID) -> HttpResponse:
    """A step is done, or somebody was called."""
    step, person = request.POST.get("step", ""), request.POST.get("person", "")
    if person:
        called(id, given_id(person), request.POST.get("heard", ""), actor=request.actor)
    else:
        number = int(step) if step.isascii() and step.isdigit() and len(step) < 4 else -1
        step_done(id, number, actor=request.actor)
    return HttpResponseRedirect(reverse("console:emergency", args=[id]))


def _tree(
    place: Place, roles: Sequence[str], actor: Actor, reached: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    """The telephones in order; `heard` is what the last call came to."""
    return [
        {
            "one": callee,
            "name": callee.person.name_for(actor),
            "heard": (reached or {}).get(str(callee.person.id), {}).get("heard", ""),
        }
        for callee in call_tree(place, roles, actor)
    ]


def _about(given: Any, actor: Actor) -> tuple[Case | None, Place | None]:
    """The case and the place the caller came from; None for what is not known or not theirs."""
    case: Case | None = None
    if id := given.get("case", ""):
        seen = Case.objects.seen_by(actor).select_related("place")
        case = only(seen.filter(id=given_id(id), state__in=CASE_LIVE))
    try:
        place = place_named(given.get("place", ""), actor=actor) if given.get("place") else None
    except Refusal:
        place = None
    return case, place or (case.place if case else None)


def _query(case: Case | None, place: Place | None) -> str:
    if case:
        return f"?case={case.id}"
    return f"?place={place.id}" if place else ""
