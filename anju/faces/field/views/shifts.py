"""My shifts (我的班次): what is to come, leave, a swap, and what colleagues ask of me."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anju.domains.staff.commands import (
    agree,
    ask_for_leave,
    ask_for_swap,
    end_leave,
    refuse,
    withdraw,
)
from anju.domains.staff.ical import as_calendar
from anju.domains.staff.queries import my_changes, my_shifts, swaps_for, who_could
from anju.domains.staff.rules import LEAVE_NAMES
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import KitForm, show_refusal
from anju.foundation.lib import given_id, now
from anju.foundation.people.models import Duty, Person
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown

DAY = timedelta(days=1)


class LeaveForm(KitForm):
    """Leave in whole days; today means from now on."""

    leave = forms.ChoiceField(label=_("Leave"), choices=LEAVE_NAMES, widget=forms.RadioSelect)
    first = forms.DateField(label=_("From"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    last = forms.DateField(
        label=_("Until the end of"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    reason = forms.CharField(
        label=_("Why"), max_length=400, required=False,
        help_text=_("Needed for personal and other leave; your leader reads it."),
    )  # fmt: skip


@door("staff.see", methods="GET")
def shifts(request: Request) -> HttpResponse:
    """What is to come, the next on top, and what waits for an answer."""
    actor = request.actor
    mine = my_shifts(actor)
    asked = my_changes(actor)
    context = {
        "now": [duty for duty in mine if duty.starts_at <= now()],
        "ahead": [duty for duty in mine if duty.starts_at > now()],
        "to_answer": [c for c in asked if c.other_id == actor.person_id and c.state == "asked"],
        "asked": [c for c in asked if c.person_id == actor.person_id],
        "hours": round(sum((d.ends_at - d.starts_at).total_seconds() for d in mine) / 3600, 1),
    }
    return render(request, "field/shifts.html", context)


@door("staff.see", methods="GET")
def calendar(request: Request) -> HttpResponse:
    """The same for the calendar of the phone."""
    content = as_calendar(my_shifts(request.actor), now())
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="shifts.ics"'
    return answer


@door("staff.see")
def leave(request: Request) -> HttpResponse:
    """Leave for oneself: two days and a kind."""
    tomorrow = timezone.localdate(now()) + DAY
    form = LeaveForm(
        request.POST or None, initial={"leave": "own", "first": tomorrow, "last": tomorrow}
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        begin, end = _midnight(given["first"]), _midnight(given["last"] + DAY)
        try:
            ask_for_leave(
                leave=given["leave"], starts_at=max(begin, now()), ends_at=end,
                reason=given["reason"], actor=request.actor,
            )  # fmt: skip
        except (NotYet, Conflict) as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("field:shifts"))
    status = 422 if form.errors else 200
    return render(request, "field/leave.html", {"form": form}, status=status)


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


@door("staff.see")
def swap(request: Request, id: UUID) -> HttpResponse:
    """Give one's shift to a colleague, or swap it for one of theirs."""
    actor, wrong = request.actor, ""
    mine = Duty.objects.seen_by(actor).standing().filter(id=id, person_id=actor.person_id)
    duty = mine.select_related("post__place", "post__team").first()
    if duty is None or actor.person_id is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    if request.method == "POST":
        who, _sep, theirs = request.POST.get("with", "").partition(":")
        try:
            people = Person.objects.seen_by(actor).filter(id=given_id(who), kind="staff")
            if (other := people.first()) is None:
                raise NotYet(_("Choose a colleague."))
            ask_for_swap(
                duty.id, other=other, other_duty_id=given_id(theirs) if theirs else None,
                reason=request.POST.get("reason", ""), actor=actor,
            )  # fmt: skip
        except (NotYet, Conflict) as refusal:
            wrong = str(refusal.message)
        else:
            return HttpResponseRedirect(reverse("field:shifts"))
    span = (duty.starts_at, duty.ends_at)
    context = {
        "duty": duty, "wrong": wrong, "typed": request.POST.get("reason", ""),
        "chosen": request.POST.get("with", ""),
        "free": who_could(duty.post, [span], actor=actor, without=actor.person_id),
        "swaps": [(one, one.person.name_for(actor)) for one in swaps_for(duty, actor=actor)],
    }  # fmt: skip
    return render(request, "field/swap.html", context, status=422 if wrong else 200)


@door("staff.see", methods="POST")
def decide(request: Request, id: UUID) -> HttpResponse:
    """Agree to what a colleague asks, say no, withdraw one's own, or be back from leave early."""
    match request.POST.get("do"):
        case "agree":
            agree(id, actor=request.actor)
        case "withdraw":
            withdraw(id, actor=request.actor)
        case "refuse":
            refuse(id, reason=str(_("does not suit me")), actor=request.actor)
        case "back":
            end_leave(id, actor=request.actor)
        case _:
            raise Unknown(_("There is no such step."))
    return HttpResponseRedirect(reverse("field:shifts"))
