"""The wall screen (大屏): read from afar by whoever passes, so it names nobody and no room."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anju.domains.requests.promises import clocks_by_case, next_due
from anju.domains.requests.queries import at_a_glance, cases_due_first
from anju.engine.indicators.figures import readings
from anju.engine.indicators.queries import cases_in
from anju.engine.loop.models import Case
from anju.engine.loop.rules import WORK_LIVE
from anju.faces.console.views.figures import last_days
from anju.faces.health import TICK_LAG
from anju.foundation.access.doors import Request, door, known
from anju.foundation.lib import now
from anju.foundation.people.models import Post
from anju.foundation.people.queries import on_duty
from anju.foundation.places.queries import public_names
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.queries import tick_lag

ROWS = 8
FIGURE = "repair_timely"


@door("case.see", methods="GET")
def wall(request: Request) -> HttpResponse:
    """What is late, what is about to be, who is on duty by post, how today goes."""
    actor, lag = request.actor, tick_lag()
    midnight = now().astimezone(ZoneInfo(known(request).zone)).replace(hour=0, minute=0, second=0)
    context: dict[str, Any] = {
        "glance": at_a_glance(actor),
        "closed": Case.objects.seen_by(actor).filter(closed_at__gte=midnight).count(),
        "rows": _rows(actor),
        "at": now(),
        "stopped": lag is None or lag > TICK_LAG,
    }
    if actor.may("staff.see"):
        context["posts"] = _posts(actor)
        context["present"] = sum(post["on"] for post in context["posts"])
        context["wanted"] = sum(post["of"] for post in context["posts"])
    if actor.may("indicator.see"):
        found = readings(cases_in(last_days(request, 1), actor=actor))
        context["today"] = next(one for one in found if one.definition.code == FIGURE)
    return render(request, "console/wall.html", context)


def _rows(actor: Actor) -> list[dict[str, Any]]:
    """What is due first. Titles are written by people and may name someone: the kind is shown."""
    cases: list[Any] = list(cases_due_first(actor)[:ROWS])
    clocks = clocks_by_case(case.id for case in cases)
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
