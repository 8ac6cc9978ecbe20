"""What residents are told of the work of a plan: before, as it begins and ends."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from anju.domains.answers.rules import blanks
from anju.domains.community.commands.telling import stop_telling, tell_of_plan
from anju.domains.community.models import NOTICE_KINDS, Telling
from anju.domains.community.rules import LONGEST_AHEAD
from anju.domains.community.telling import telling_of
from anju.domains.rounds.queries import plan_seen
from anju.engine.plans.models import Plan
from anju.engine.standards.queries import told_before_by
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.forms import KitForm, show_refusal
from anju.foundation.tenancy.errors import Refusal

USUAL = 24  # hours


class TellingForm(KitForm):
    """What they read, and how long before."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=120,
        help_text=gettext_lazy("For example: water off, pest control."),
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "What is off or used, such as the agent, and what to mind. When it is planned, and how "
            "far it is, stands beside it by itself."
        ),
    )
    ahead = forms.IntegerField(
        label=gettext_lazy("Hours before"), min_value=1, max_value=LONGEST_AHEAD
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=NOTICE_KINDS,
        required=False,
        help_text=gettext_lazy(
            "A known outage also stands on the desk's card of whoever calls from there."
        ),
    )

    def clean_text(self) -> str:
        """Residents never read a blank."""
        text: str = self.cleaned_data["text"]
        if left := blanks([text]):
            raise forms.ValidationError(
                _("This is still to be filled in: %(blanks)s."),
                params={"blanks": "".join(f"【{name}】" for name in left)},
            )
        return text


@door("notice.edit")
def told(request: Request, id: UUID) -> HttpResponse:
    """Let the work of a plan be announced to those it touches."""
    found = plan_seen(id, request.actor)
    request.actor.require("notice.edit", found.place.path)
    telling = telling_of(found)
    initial = _initial(request, found, telling)
    form = TellingForm(request.POST or None, initial=initial)
    if form.is_valid():
        given = form.cleaned_data
        try:
            tell_of_plan(
                found, title=given["title"], text=given["text"], ahead=given["ahead"],
                kind=given["kind"], version=given["version"] or 0, actor=request.actor,
            )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("console:plan", args=[id]))
    context = {"plan": found, "form": form, "on": telling is not None and not telling.ended_at}
    return render(request, "console/plan_told.html", context, status=422 if form.errors else 200)


def _initial(request: Request, plan: Plan, telling: Telling | None) -> dict[str, Any]:
    if telling is None:
        asked = told_before_by(plan.standard, actor=request.actor)
        return {"title": plan.name, "ahead": asked or USUAL, "version": 0}
    names = ("title", "text", "ahead", "kind", "version")
    return {name: getattr(telling, name) for name in names}


@door("notice.edit", methods="POST")
def stop(request: Request, id: UUID) -> HttpResponse:
    """Announce its work no more."""
    stop_telling(plan_seen(id, request.actor), actor=request.actor)
    return HttpResponseRedirect(reverse("console:plan", args=[id]))


def told_of(request: Request, plan: Plan) -> dict[str, Any]:
    """What the page of a plan says of it: what is announced, what its standard asks."""
    telling = telling_of(plan)
    on = telling if telling and not telling.ended_at else None
    asked = told_before_by(plan.standard, actor=request.actor)
    return {
        "telling": on,
        "told_ahead": on and _hours(on.ahead),
        "told_too_late": _hours(asked) if asked > (on.ahead if on else 0) else "",
        "may_tell": request.actor.may("notice.edit", plan.place.path) and plan.state != "ended",
    }


def _hours(n: int) -> str:
    return ngettext("%(n)s hour before", "%(n)s hours before", n) % {"n": n}
