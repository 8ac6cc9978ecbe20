"""Today: what one has to do, what falls due in two hours, who is on duty and who is absent, unread
complaints, what deserves a second look, the last 30 days."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from anju.domains.documents.reading import due_for
from anju.domains.requests.acts import acts_open_to, primary_of, waiting_for
from anju.domains.requests.promises import clocks_by_case, next_due, view_of
from anju.domains.requests.queries import cases_due_by, cases_owing, works_seen
from anju.domains.requests.second_looks import SECOND_LOOKS, cases_to_look_at
from anju.domains.staff.handover.queries import not_handed_over
from anju.domains.staff.queries.present import short_shifts
from anju.engine.clocks.models import Clock
from anju.engine.indicators.figures import Reading, readings
from anju.engine.indicators.queries import cases_in
from anju.engine.loop.models import Case
from anju.faces.console.start.steps import first_steps
from anju.faces.console.views.communities import side_by_side
from anju.faces.console.views.figures import figure_of, last_days
from anju.foundation.access.doors import Request, door
from anju.foundation.calendars.queries import missing_years
from anju.foundation.kit.rules import ClockView
from anju.foundation.lib import now
from anju.foundation.people.models import Deputy
from anju.foundation.people.queries import desks_from, on_duty, roster_gaps
from anju.foundation.tenancy.actor import Actor

SOON, DAYS, ONE_DAY = timedelta(hours=2), 30, timedelta(days=1)
MOST_DUE, MOST_MINE, MOST_UNREAD, MOST_SHORT = 12, 10, 3, 5
REPAIRS = ("repair_timely", "repair_first_time", "found_by_staff")
COMPLAINTS = ("complaint_feedback", "complaint_timely", "satisfied")


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
    context["to_read"] = len(due_for(actor))
    context["late"] = sum(row["clock"].due_at < context["at"] for row in due)
    if not due:
        context["steps"] = first_steps(actor)
    if actor.person_id and actor.may("work.do"):
        context["mine"] = _mine(actor)
    if actor.may("staff.see"):
        context |= _presence(actor, context["at"])
    if actor.may("calendar.edit", ""):
        context["missing"] = missing_years(actor)
    if watches_over_all(actor):
        context |= {"compared": True, **side_by_side(request, DAYS)}
    elif actor.may("indicator.see"):
        found = {r.definition.code: r for r in _last_month(request)}
        context["figures"] = [
            (title, [figure_of(found[code], DAYS) for code in codes])
            for title, codes in (
                (_("Repairs"), REPAIRS),
                (_("Complaints and satisfaction"), COMPLAINTS),
            )
        ]
    if actor.may("indicator.see"):
        context["unread"], context["unread_of"] = _unread(actor)
    if actor.may("journal.see"):
        ids = cases_to_look_at(actor)
        context["looks"] = [(look, len(ids[look.code])) for look in SECOND_LOOKS]
    return render(request, "console/home.html", context)


def watches_over_all(actor: Actor) -> bool:
    """Headquarters: sees the figures of the whole company and sends nobody anywhere."""
    return actor.may("indicator.see", "") and not actor.may("work.dispatch")


def _last_month(request: Request) -> list[Reading]:
    return readings(cases_in(last_days(request, DAYS), actor=request.actor))


def _presence(actor: Actor, at: datetime) -> dict[str, Any]:
    """Who is on duty at each post, who is stood in for today, which shifts nobody handed over, and
    what is short within the next day: shifts that need more people, and desks that nobody is
    rostered for at some hour."""
    posts: dict[Any, dict[str, Any]] = {}
    for duty in on_duty(actor=actor, at=at):
        post = posts.setdefault(duty.post_id, {"name": duty.post, "who": [], "until": duty.ends_at})
        post["who"].append(duty.person.name_for(actor))
        post["until"] = min(post["until"], duty.ends_at)
    held = Deputy.objects.seen_by(actor).on(localdate(at)).select_related("person", "stands_in")
    return {
        "posts": list(posts.values()),
        "present": sum(len(post["who"]) for post in posts.values()),
        "absent": [
            (one.person.name_for(actor), one.stands_in.name_for(actor))
            for one in held.order_by("since", "id")
        ],
        "short": short_shifts(actor, at)[:MOST_SHORT],
        "not_given": not_handed_over(actor, lately=ONE_DAY)[:MOST_SHORT],
        "gaps": [
            (desk.post, *hours[0]) for desk, hours in roster_gaps(desks_from(at, actor=actor), at)
        ],
    }


def _unread(actor: Actor) -> tuple[list[Case], int]:
    """The complaints that nobody has responded to, the oldest first, and how many there are."""
    unread = (
        Case.objects.seen_by(actor)
        .live()
        .filter(kind="complaint", pk__in=cases_owing(actor, kind="respond"))
        .select_related("place")
    )
    return list(unread.order_by("at", "id")[:MOST_UNREAD]), unread.count()


def _due_soon(actor: Actor) -> tuple[list[dict[str, Any]], bool]:
    """The cases whose first live deadline lies within two hours or behind us, and whether there
    are more than are shown."""
    cases, clocks = cases_due_by(now() + SOON, actor, most=MOST_DUE + 1)
    shown = clocks[:MOST_DUE]
    rows = [_row(cases[c.case_id], view_of(c), [c], actor=actor) for c in shown]
    return rows, len(clocks) > MOST_DUE


def _row(
    case: Any, clock: ClockView | None, clocks: Iterable[Clock], *, actor: Actor
) -> dict[str, Any]:
    """A case with what it waits for, by whom, and the one act the actor may take."""
    acts = acts_open_to(actor, case, case.works)
    return {
        "case": case,
        "clock": clock,
        "waits": waiting_for(case, case.works, clocks),
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
        case.works, held = [work], clocks.get(case.id, [])
        rows.append({"work": work, **_row(case, next_due(held), held, actor=actor)})
    return rows
