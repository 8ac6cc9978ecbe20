"""Leave, swaps and stand-ins that wait: what each leaves uncovered, then yes or no."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.staff.commands import approve, end_leave, refuse
from anju.domains.staff.models import DutyChange
from anju.domains.staff.queries import (
    changes_open,
    comes_back,
    decided,
    left_by,
    reasons_of,
    swap_faults,
    who_could,
)
from anju.domains.staff.words import said
from anju.foundation.access.doors import Request, door
from anju.foundation.access.queries import names_of
from anju.foundation.lib import given_id, now
from anju.foundation.people.models import Person
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only


@door("roster.edit", methods="GET")
def changes(request: Request) -> HttpResponse:
    """What waits for somebody, what begins first on top; then what was decided lately."""
    actor = request.actor
    waiting, past = changes_open(actor), decided(actor)
    reasons = reasons_of([*waiting, *past])
    rows = [(one, one.person.name_for(actor), reasons.get(one.id, "")) for one in waiting]
    names = names_of([one.decided_by for one in past if one.decided_by], actor=actor)
    done = [
        (one, one.person.name_for(actor), names.get(one.decided_by, "") if one.decided_by else "")
        for one in past
    ]
    return render(request, "staff/changes.html", {"rows": rows, "done": done})


@door("staff.see")
def change(request: Request, id: UUID) -> HttpResponse:
    """One of them: who asks for what and why, what it leaves uncovered and undone, who could step
    in; approved in one press."""
    actor, wrong = request.actor, ""
    found = DutyChange.objects.seen_by(actor).select_related(
        "person__place", "other", "stands_in", "duty__post__place", "duty__post__team",
        "other_duty__post",
    )  # fmt: skip
    one = only(found.filter(id=id))
    if one is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    if request.method == "POST":
        try:
            _decide(request, one)
        except (NotYet, Conflict) as refusal:
            wrong = str(refusal.message)
        else:
            return HttpResponseRedirect(reverse("staff:changes"))
    left = left_by(one) if one.state in ("asked", "agreed") else None
    context: dict[str, Any] = {
        "one": one, "name": one.person.name_for(actor), "left": left, "wrong": wrong,
        "reason": reasons_of([one]).get(one.id, ""),
        "may_decide": actor.may("roster.edit", one.path) and actor.person_id != one.person_id,
        "back": comes_back(one).duties if _may_end(one, actor) else None,
        "ready": one.state == ("asked" if one.kind == "leave" else "agreed"),
    }  # fmt: skip
    if left and one.duty and one.other:
        context["limits"] = [
            (person.name_for(actor), [said(fault) for fault in found[person.id]])
            for found in [swap_faults(one.duty, one.other, one.other_duty)]
            for person in (one.person, one.other)
            if person.id in found
        ]
    if left and one.kind == "leave" and left.duties:
        spans = [(duty.starts_at, duty.ends_at) for duty in left.duties]
        free = who_could(left.duties[0].post, spans, actor=actor, without=one.person_id)
        context["free"] = [(c, [said(fault) for fault in c.faults]) for c in free]
    return render(request, "staff/change.html", context, status=422 if wrong else 200)


def _may_end(one: DutyChange, actor: Actor) -> bool:
    mine = actor.person_id == one.person_id or actor.may("roster.edit", one.path)
    return one.kind == "leave" and one.state == "approved" and one.ends_at > now() and mine


def _decide(request: Request, one: DutyChange) -> None:
    version = int(v) if (v := request.POST.get("version", "")).isdigit() else None
    if request.POST.get("do") == "back":
        end_leave(one.id, actor=request.actor, version=version)
        return
    if request.POST.get("do") == "refuse":
        refuse(one.id, reason=request.POST.get("reason", ""), actor=request.actor, version=version)
        return
    stands_in = None
    if named := request.POST.get("stands_in", ""):
        people = Person.objects.seen_by(request.actor).filter(kind="staff", id=given_id(named))
        stands_in = people.first()
        if stands_in is None:
            raise Unknown(_("There is no such record, or you may not see it."))
    approve(one.id, stands_in=stands_in, actor=request.actor, version=version)
