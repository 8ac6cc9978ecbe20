"""The wall screen (大屏): read from afar by whoever passes, so it names nobody and no room.

Three pages that turn by themselves: each asks for the next one, or for itself where it is to stay.
"""

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.emergency.models import Emergency
from anju.domains.emergency.queries import running_now
from anju.domains.requests.promises import next_due, owed_by_case
from anju.domains.requests.queries import at_a_glance, cases_due_first
from anju.engine.indicators.figures import BY_CODE, readings, readings_by
from anju.engine.indicators.queries import cases_in
from anju.engine.loop.models import Case
from anju.engine.loop.rules import WORK_LIVE
from anju.faces.console.views.figures import last_days
from anju.faces.health import TICK_LAG
from anju.foundation.access.doors import Request, door, known
from anju.foundation.kit.charts import MOST_BARS, Bar, bars
from anju.foundation.lib import now
from anju.foundation.people.models import Post
from anju.foundation.people.queries import on_duty
from anju.foundation.places.models import Place, under
from anju.foundation.places.queries import full_names, public_names
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.queries import tick_lag

ROWS = 8
FIGURE = "repair_timely"
KEPT = ("repair_responded", FIGURE, "complaint_feedback", "found_by_staff")
URGENT = 2  # P1 and P2
PAGES = (
    (gettext_lazy("On watch now"), "watch"),
    (gettext_lazy("Promises today"), "kept"),
    (gettext_lazy("Emergency"), "urgent"),
)


@door("case.see", methods="GET")
def wall(request: Request) -> HttpResponse:
    """One of the three pages, `?page=`; `?stay=yes` keeps it in place."""
    actor, lag = request.actor, tick_lag()
    raw, stay = request.GET.get("page", ""), bool(request.GET.get("stay"))
    page = int(raw) if raw in ("1", "2", "3") else 1
    context: dict[str, Any] = {
        "at": now(),
        "stopped": lag is None or lag > TICK_LAG,
        "running": running_now(actor),
        "page": page,
        "title": PAGES[page - 1][0],
        "part": f"console/wall_{PAGES[page - 1][1]}.html",
        "stay": stay,
        "next": f"?page={page}&stay=yes" if stay else f"?page={page % len(PAGES) + 1}",
        "pages": [
            (n, title, f"?page={n}&stay=yes") for n, (title, _part) in enumerate(PAGES, start=1)
        ],
    }
    context |= (_watch, _kept, _urgent)[page - 1](request)
    return render(request, "console/wall.html", context)


def _watch(request: Request) -> dict[str, Any]:
    """What is late, what is about to be, who is on duty by post, how today goes."""
    actor = request.actor
    midnight = now().astimezone(ZoneInfo(known(request).zone)).replace(hour=0, minute=0, second=0)
    context: dict[str, Any] = {
        "glance": at_a_glance(actor),
        "closed": Case.objects.seen_by(actor).filter(closed_at__gte=midnight).count(),
        "rows": _rows(cases_due_first(actor)),
    }
    if actor.may("staff.see"):
        context["posts"] = _posts(actor)
        context["present"] = sum(post["on"] for post in context["posts"])
        context["wanted"] = sum(post["of"] for post in context["posts"])
    if actor.may("indicator.see"):
        found = readings(cases_in(last_days(request, 1), actor=actor))
        context["today"] = next(one for one in found if one.definition.code == FIGURE)
    return context


def _kept(request: Request) -> dict[str, Any]:
    """How the promises of today's cases go, and those of its repairs building by building; by
    community where there are more buildings than can be read from afar."""
    actor = request.actor
    if not actor.may("indicator.see"):
        return {}
    cases = cases_in(last_days(request, 1), actor=actor)
    found = {one.definition.code: one for one in readings(cases)}
    seen = Place.objects.seen_by(actor).standing().filter(under(actor.paths("indicator.see")))
    buildings = list(seen.filter(kind="building").order_by("path")[: MOST_BARS + 1])
    places = buildings
    if len(buildings) > MOST_BARS:
        places = list(seen.filter(kind="community").order_by("path")[:MOST_BARS])
    by_place = readings_by(cases, [place.path for place in places])
    shown = [(place, by_place[place.path][FIGURE]) for place in places]
    # Whose building 3 it is has to be said only where there are several.
    several = len({place.parent_id for place in places}) > 1 and places is buildings
    names = full_names(places) if several else {}
    items = [Bar(names.get(p.id, p.name), one.hits, one.n) for p, one in shown if one.n]
    title = str(BY_CODE[FIGURE].label)
    return {
        "kept": [found[code] for code in KEPT],
        "chart": bars(items, title=title) if items else "",
        "chart_title": title,
    }


def _urgent(request: Request) -> dict[str, Any]:
    """What runs, and the live cases of P1 and P2: the most urgent first, then what is due first,
    and how many more there are than the screen has room for."""
    found: list[Emergency] = running_now(request.actor)
    urgent = cases_due_first(request.actor).filter(urgency__lte=URGENT)
    names = public_names(one.case.place.path for one in found if one.case.place)
    return {
        "emergencies": [
            {
                "plan": one.plan_name,
                "place": names.get(one.case.place.path, "") if one.case.place else "",
                "at": one.at,
                "done": len(one.done),
                "of": len(one.steps),
                "told": one.told,
            }
            for one in found
        ],
        "rows": _rows(urgent.order_by("urgency", *urgent.query.order_by)),
        "more": max(0, urgent.count() - ROWS),
    }


def _rows(found: QuerySet[Case]) -> list[dict[str, Any]]:
    """The first of them. Titles are written by people and may name someone: the kind is shown."""
    cases: list[Any] = list(found[:ROWS])
    clocks = owed_by_case(case.id for case in cases)
    names = public_names(case.place.path for case in cases if case.place)
    return [
        {
            "clock": next_due(clocks.get(case.id, [])),
            "place": names.get(case.place.path, "") if case.place else "",
            "what": case.get_kind_display(),
            "urgency": case.urgency,
            "with": _with_whom(case),
        }
        for case in cases
    ]


def _with_whom(case: Case) -> str:
    """The post that has it, or that nobody has; a person is never named."""
    live = [work for work in case.works if work.state in WORK_LIVE]  # type: ignore[attr-defined]  # fetched beside
    if not live:
        return _("desk")
    if live[0].state == "waiting":
        return _("to be dispatched")
    return str(live[0].post or _("being worked on"))


def _posts(actor: Actor) -> list[dict[str, Any]]:
    """How many are on duty at each post, of how many it is meant to have."""
    present: dict[Any, int] = {}
    for duty in on_duty(actor=actor):
        present[duty.post_id] = present.get(duty.post_id, 0) + 1
    return [
        {"name": post.name, "on": present.get(post.id, 0), "of": post.headcount}
        for post in Post.objects.seen_by(actor).filter(closed_on=None).order_by("code")
    ]
