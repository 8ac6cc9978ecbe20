"""The plan of a team for a week or a month: work that falls into it beside hours rostered."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from anju.domains.staff.commands import decide_plan, send_plan
from anju.domains.staff.queries import (
    Scope,
    loads,
    planned,
    scopes,
    standing_plan,
    why_returned,
)
from anju.domains.staff.views.roster import chosen
from anju.foundation.access.doors import Request, door
from anju.foundation.access.queries import names_of
from anju.foundation.lib import given_id, now
from anju.foundation.tenancy.errors import Conflict, NotYet

DAY = timedelta(days=1)


@door("staff.see")
def team_plan(request: Request) -> HttpResponse:
    """Posts by week with planned work against hours rostered; sent, approved or returned."""
    actor, wrong, given = request.actor, "", request.POST or request.GET
    found = scopes(actor)
    scope = chosen(given.get("scope", ""), found)
    if scope is None:
        return HttpResponseRedirect(reverse("staff:roster"))
    month = given.get("span") == "month"
    first, last = _days(given.get("from", ""), month=month)
    if request.method == "POST":
        try:
            _act(request, scope, first, last)
        except (NotYet, Conflict) as refusal:
            wrong = str(refusal.message)
        else:
            return HttpResponseRedirect(url_of(scope, first, month=month))
    rows = loads(scope, first, last, actor=actor)
    plan, today = standing_plan(scope, first, last, actor=actor), timezone.localdate(now())
    context: dict[str, Any] = {
        "scope": scope, "first": first, "last": last, "wrong": wrong, "plan": plan,
        "span": "month" if month else "week",
        "rows": rows, "weeks": rows[0].weeks if rows else [],
        "over": [(one.post, week) for one in rows for week in one.weeks if week.over],
        "planned": planned(scope, first, last, actor=actor),
        "before": url_of(scope, first - DAY, month=month),
        "after": url_of(scope, last + DAY, month=month),
        "by_week": url_of(scope, today if first <= today <= last else first),
        "by_month": url_of(scope, first, month=True),
        "may_send": scope.team is not None and actor.may("roster.edit", scope.place.path),
    }  # fmt: skip
    if plan:
        by = [id for id in (plan.sent_by, plan.decided_by) if id]
        waits = plan.state == "sent" and plan.sent_by != actor.id
        context |= {
            "changed": plan.figures != [one.plain() for one in rows],
            "names": names_of(by, actor=actor),
            "returned": why_returned(plan) if plan.state == "returned" else "",
            "may_decide": waits and actor.may("staff.edit", scope.place.path),
        }
    return render(request, "staff/plan.html", context, status=422 if wrong else 200)


def _act(request: Request, scope: Scope, first: date, last: date) -> None:
    do, plan = request.POST.get("do", ""), given_id(request.POST.get("plan", ""))
    if do == "send" and scope.team:
        send_plan(scope.team, first, last, actor=request.actor)
    elif do in ("approve", "return"):
        version = int(v) if (v := request.POST.get("version", "")).isdigit() else None
        decide_plan(plan, approve=do == "approve", reason=request.POST.get("reason", ""),
                    version=version, actor=request.actor)  # fmt: skip
    else:
        raise NotYet(_("Choose what is to be done with the plan."))


def _days(text: str, *, month: bool) -> tuple[date, date]:
    """The week or the month of a day, else of today."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = timezone.localdate(now())
    if not month:
        first = day - day.weekday() * DAY
        return first, first + 6 * DAY
    first = day.replace(day=1)
    return first, (first + 31 * DAY).replace(day=1) - DAY


def url_of(scope: Scope, day: date, *, month: bool = False) -> str:
    """The plan of the week or month of a day."""
    said = {"scope": scope.key, "from": f"{day}", "span": "month" if month else "week"}
    return f"{reverse('staff:plan')}?{urlencode(said)}"
