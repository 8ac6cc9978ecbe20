"""Today: what one has to do, what falls due in two hours, who is on duty, the last 30 days."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anju.domains.requests.acts import acts_open_to, primary_of, waiting_for
from anju.domains.requests.promises import clocks_by_case, next_due, view_of
from anju.domains.requests.queries import cases_due_by, works_seen
from anju.engine.indicators.figures import readings
from anju.engine.indicators.queries import cases_in
from anju.faces.console.start.steps import first_steps
from anju.faces.console.views.figures import figure_of, last_days
from anju.foundation.access.doors import Request, door
from anju.foundation.calendars.queries import missing_years
from anju.foundation.kit.rules import ClockView
from anju.foundation.lib import now
from anju.foundation.people.queries import on_duty
from anju.foundation.tenancy.actor import Actor

SOON = timedelta(hours=2)
MOST_DUE, MOST_MINE, MOST_DUTIES = 12, 10, 12
SHOWN = ("repair_timely", "repair_first_time", "complaint_feedback", "satisfied")


@door(signed_in=True, methods="GET")
def home(request: Request) -> HttpResponse:
    """The page of the morning: nothing to click to know what needs doing."""
    actor = request.actor
    if not actor.may("case.see"):
        return HttpResponseRedirect(
            reverse("portal:home" if actor.person_id else "account:devices")
        )
    due, more = _due_soon(actor)
    context: dict[str, Any] = {"due": due, "more": more, "at": now(), "soon": now() + SOON}
    context["late"] = sum(row["clock"].due_at < context["at"] for row in due)
    if not due:
        context["steps"] = first_steps(actor)
    if actor.person_id and actor.may("work.do"):
        context["mine"] = _mine(actor)
    if actor.may("staff.see"):
        context["duties"] = [
            {"name": duty.person.name_for(actor), "post": duty.post, "until": duty.ends_at}
            for duty in on_duty(actor=actor)[:MOST_DUTIES]
        ]
    if actor.may("calendar.edit", ""):
        context["missing"] = missing_years(actor)
    if actor.may("indicator.see"):
        found = readings(cases_in(last_days(request, 30), actor=actor))
        context["figures"] = [figure_of(r, 30) for r in found if r.definition.code in SHOWN]
    return render(request, "console/home.html", context)


def _due_soon(actor: Actor) -> tuple[list[dict[str, Any]], bool]:
    """The cases whose first live deadline lies within two hours or behind us, and whether there
    are more than are shown."""
    cases, clocks = cases_due_by(now() + SOON, actor, most=MOST_DUE + 1)
    shown = clocks[:MOST_DUE]
    return [_row(cases[c.case_id], view_of(c), actor) for c in shown], len(clocks) > MOST_DUE


def _row(case: Any, clock: ClockView | None, actor: Actor) -> dict[str, Any]:
    """A case with what it waits for, by whom, and the one act the actor may take."""
    acts = acts_open_to(actor, case, case.works)
    return {
        "case": case,
        "clock": clock,
        "waits": waiting_for(case, case.works),
        "act": primary_of(case, case.works, acts),
    }


def _mine(actor: Actor) -> list[dict[str, Any]]:
    """The actor's own live work, what is due first on top, each with its next act."""
    works = list(
        works_seen(actor)
        .live()
        .filter(person_id=actor.person_id, case__isnull=False)
        .select_related("case__place", "case__standard")
        .order_by("due", "id")[:MOST_MINE]
    )
    clocks = clocks_by_case(w.case_id for w in works)
    rows = []
    for work in works:
        case: Any = work.case
        case.works = [work]
        rows.append({"work": work, **_row(case, next_due(clocks.get(case.id, [])), actor)})
    return rows
