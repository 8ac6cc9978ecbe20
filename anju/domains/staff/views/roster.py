"""The roster (排班) of a team: a month as a grid, a day of one person, a gap and who fills it."""

from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from anju.domains.staff.commands import fill_gap, set_day
from anju.domains.staff.models import Shift
from anju.domains.staff.queries import (
    Roster,
    Scope,
    changes_open,
    roster,
    scopes,
    shifts_of,
    who_could,
)
from anju.domains.staff.rules import DAY
from anju.domains.staff.words import month_name, said, weekday
from anju.foundation.access.doors import Request, door
from anju.foundation.events.commands import tell
from anju.foundation.kit.export import download, file_name, xlsx_bytes
from anju.foundation.kit.parts import Link
from anju.foundation.lib import given_id, now
from anju.foundation.people.models import Person, Post
from anju.foundation.places.queries import zone_of
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only

SHOWN = 8  # gaps and faults that are named; the rest is counted


@door("staff.see", methods="GET")
def grid(request: Request) -> HttpResponseBase:
    """A month of a team: who is on which shift, what is short, whose rest or hours are wrong."""
    found = scopes(request.actor)
    scope = chosen(request.GET.get("scope", ""), found)
    if scope is None:
        return render(request, "staff/roster.html", {"scopes": []})
    seen = roster(scope, month_of(request.GET.get("month", "")), actor=request.actor)
    if request.GET.get("format") == "xlsx":
        return _file(request, seen)
    return render(request, "staff/roster.html", grid_context(request, seen, found))


def grid_context(
    request: Request, seen: Roster, found: list[Scope], wrong: str = ""
) -> dict[str, Any]:
    """What the grid shows."""
    scope, first = seen.scope, seen.days[0]
    before, after = first - DAY, seen.days[-1] + DAY
    return {
        "roster": seen,
        "scope": scope,
        "scopes": [
            Link(label=f"{s.place.name} · {s.name}", url=url_of(s, first), current=s == scope)
            for s in found
        ],
        "month": month_name(first),
        "heads": [(day, weekday(day)) for day in seen.days],
        "first": first,
        "before": url_of(scope, before),
        "after": url_of(scope, after),
        "file": f"{url_of(scope, first)}&format=xlsx",
        "gaps": seen.gaps[:SHOWN],
        "more_gaps": max(0, len(seen.gaps) - SHOWN),
        "faults": [(name, said(fault)) for name, fault in seen.faults[:SHOWN]],
        "more_faults": max(0, len(seen.faults) - SHOWN),
        "may_edit": request.actor.may("roster.edit", scope.place.path),
        "may_import": request.actor.may("import.run"),
        "waiting": len(changes_open(request.actor)),
        "wrong": wrong,
    }


def chosen(key: str, found: list[Scope]) -> Scope | None:
    """The scope a page names, else the first."""
    return next((s for s in found if s.key == key), found[0] if found else None)


def month_of(text: str) -> date:
    """The first day of a month written `2026-11`, else of this month."""
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        return timezone.localdate(now()).replace(day=1)


def url_of(scope: Scope, day: date) -> str:
    """The month of a day in the roster of a scope."""
    return f"{reverse('staff:roster')}?{urlencode({'scope': scope.key, 'month': f'{day:%Y-%m}'})}"


def scope_of(post: Post, found: list[Scope]) -> Scope | None:
    """Whose roster a post is in."""
    if post.team_id:
        return chosen(str(post.team_id), found)
    inside = (s for s in found if s.team is None and post.place.path.startswith(s.place.path))
    return next(inside, None)


def _file(request: Request, seen: Roster) -> HttpResponseBase:
    """The month as a file that the import of the duty roster reads."""
    rows = []
    for section in seen.sections:
        for line in section.lines:
            for duty in (duty for cell in line.cells for duty in cell.duties):
                begins, ends = (at.astimezone(seen.zone) for at in (duty.starts_at, duty.ends_at))
                times = [begins.date(), f"{begins:%H:%M}", f"{ends:%H:%M}"]
                rows.append([section.post.code, line.name, *times])
    header = [_("post"), _("staff member"), _("day"), _("begins"), _("ends")]
    tell(
        "list.export",
        subject=("company", request.actor.company_id),
        actor=request.actor,
        said={"list": "roster", "format": "xlsx", "rows": len(rows)},
    )
    parts = [seen.scope.name, f"{seen.days[0]:%Y-%m}"]
    name = file_name(parts, "xlsx", at=now(), zone=seen.zone)
    return download(xlsx_bytes(header, rows, zone=seen.zone), name)


@door("roster.edit")
def one_day(request: Request) -> HttpResponse:
    """What a person does at a post on a day: one press. The keyboard of the grid posts here too and
    is given the grid anew; so is a refusal."""
    given = request.POST or request.GET
    post, person = _post(given.get("post", ""), request), _person(given.get("person", ""), request)
    day = _day(given.get("day", ""))
    shifts = list(shifts_of(post))
    found = scopes(request.actor)
    scope = scope_of(post, found)
    wrong = ""
    if request.method == "POST":
        try:
            shift = next((s for s in shifts if str(s.id) == given.get("shift")), None)
            set_day(person, post=post, day=day, shift=shift, actor=request.actor)
        except (NotYet, Conflict) as refusal:
            wrong = str(refusal.message)
        if scope and not wrong:
            return HttpResponseRedirect(url_of(scope, day))
        if scope and request.headers.get("HX-Request"):
            seen = roster(scope, day.replace(day=1), actor=request.actor)
            context = grid_context(request, seen, found, wrong)
            return render(request, "staff/roster.html", context, status=422)
    context = {
        "post": post, "person": person, "name": person.name_for(request.actor), "day": day,
        "shifts": shifts, "wrong": wrong, "back": url_of(scope, day) if scope else "",
    }  # fmt: skip
    return render(request, "staff/day.html", context, status=422 if wrong else 200)


@door("roster.edit")
def gap(request: Request, id: UUID) -> HttpResponse:
    """A shift of a day that is short of somebody: who is free, and what it would break."""
    shift = Shift.objects.seen_by(request.actor).filter(closed_on=None, post__closed_on=None)
    one = only(shift.filter(id=id).select_related("post__place", "post__team"))
    if one is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    day, wrong = _day((request.POST or request.GET).get("day", "")), ""
    scope = scope_of(one.post, scopes(request.actor))
    back = url_of(scope, day) if scope else reverse("staff:roster")
    if request.method == "POST":
        try:
            person = _person(request.POST.get("person", ""), request)
            fill_gap(person, shift=one, day=day, actor=request.actor)
        except (NotYet, Conflict) as refusal:
            wrong = str(refusal.message)
        else:
            return HttpResponseRedirect(back)
    span = one.on(day, ZoneInfo(zone_of(one.post.place)))
    free = who_could(one.post, [span], actor=request.actor)
    context = {
        "shift": one, "day": day, "back": back, "wrong": wrong, "begins": span[0], "ends": span[1],
        "free": [(c, [said(fault) for fault in c.faults]) for c in free],
    }  # fmt: skip
    return render(request, "staff/gap.html", context, status=422 if wrong else 200)


def _post(text: str, request: Request) -> Post:
    post = Post.objects.seen_by(request.actor).filter(id=given_id(text))
    found: Post | None = post.select_related("place", "team").first()
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return found


def _person(text: str, request: Request) -> Person:
    person = Person.objects.seen_by(request.actor).filter(id=given_id(text), kind="staff")
    found = person.select_related("place").first()
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unknown(_("There is no such day.")) from None
