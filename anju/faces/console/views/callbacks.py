"""The callback list (回访): call by call, by keyboard; and what came of the calls."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.requests.acts import waiting_for
from anju.domains.requests.calling import attempts_of, called, script_for, to_call
from anju.domains.requests.commands import record_call
from anju.domains.requests.forms import HEARD_NAMES, OUTCOME_NAMES
from anju.domains.requests.promises import clocks_by_case, next_due, owed_by_case
from anju.domains.requests.queries import told_by_case
from anju.engine.indicators.figures import readings
from anju.engine.indicators.queries import cases_in
from anju.engine.loop.models import Case
from anju.engine.loop.queries import rings_of
from anju.engine.loop.rules import CASE_LIVE
from anju.faces.console.views.figures import figure_of, last_days
from anju.faces.console.views.written import number_of, text_of
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.parts import Link
from anju.foundation.lib import given_id, now
from anju.foundation.people.commands import reveal
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only

MOST = 60
SHOWN = ("callback_done", "satisfied", "not_reached", "silent")
RESULTS = {
    "dissatisfied": (
        gettext_lazy("Dissatisfied"),
        gettext_lazy("Nobody was dissatisfied in the last 30 days"),
        gettext_lazy("Whoever is not satisfied has the case opened again; it is listed here."),
    ),
    "not_reached": (
        gettext_lazy("Not reached"),
        gettext_lazy("Everybody was reached"),
        gettext_lazy(
            "Whoever was called in vain again and again is listed here, never as pleased."
        ),
    ),
    "no_answer": (
        gettext_lazy("Closed by silence"),
        gettext_lazy("Silence closed nothing"),
        gettext_lazy(
            "What was told and stayed without an answer for days is listed here, counted apart."
        ),
    ),
}


@door("case.callback")
def callbacks(request: Request) -> HttpResponse:
    """Whom to call, what is due first on top, and the card of one call: script, number, outcome.
    After each outcome the next call is open, so a call costs one key."""
    actor, show = request.actor, request.GET.get("show", "")
    if show in RESULTS:
        return _results(request, show)
    wrong, phone, status = None, "", 200
    if request.method == "POST":
        try:
            if "reveal" in request.POST:
                phone = _number(request, actor)
            else:
                return _recorded(request, actor)
        except (NotYet, Conflict) as refusal:  # what is not theirs is a page of its own
            wrong, status = refusal.message, 422
    found = to_call(actor)
    rows = list(found[: MOST + 1])
    chosen = _chosen(request, actor, rows)
    context: dict[str, Any] = {
        "rows": _rows(rows[:MOST]),
        "more": len(rows) > MOST,
        "most": MOST,
        "chosen": _card(chosen, actor) if chosen else None,
        "phone": phone,
        "wrong": wrong,
        "typed": request.POST.get("text", ""),
        "tried": request.POST.get("outcome", ""),
        "may_rule": actor.may("standard.edit", ""),
        "done": _done(request, actor),
        "tabs": _tabs(""),
    }
    return render(request, "console/callbacks.html", context, status=status)


def _results(request: Request, show: str) -> HttpResponse:
    """What came of the calls of the last 30 days, with the figures that rest on them."""
    actor = request.actor
    cases = list(called(actor, show)[: MOST + 1])
    context: dict[str, Any] = {
        "results": _rows(cases[:MOST]),
        "more": len(cases) > MOST,
        "most": MOST,
        "none": RESULTS[show][1:],
        "tabs": _tabs(show),
        "show": show,
    }
    if actor.may("indicator.see"):
        found = readings(cases_in(last_days(request, 30), actor=actor))
        context["figures"] = [figure_of(r, 30) for r in found if r.definition.code in SHOWN]
    return render(request, "console/callbacks.html", context)


def _tabs(show: str) -> list[Link]:
    names = {"": _("To call"), **{code: str(words[0]) for code, words in RESULTS.items()}}
    return [
        Link(label=name, url=f"?show={code}" if code else reverse("console:callbacks"),
             current=code == show)
        for code, name in names.items()
    ]  # fmt: skip


def _recorded(request: Request, actor: Actor) -> HttpResponse:
    case = record_call(
        given_id(request.POST.get("case", "")),
        actor=actor,
        heard=request.POST.get("heard", ""),
        outcome=request.POST.get("outcome", ""),
        text=text_of(request, most=20_000),
        version=number_of(request, "version"),
    )
    return HttpResponseRedirect(f"{reverse('console:callbacks')}?{urlencode({'done': case.id})}")


def _number(request: Request, actor: Actor) -> str:
    """The whole number, for the reason everybody sees: this call."""
    case = _seen(given_id(request.POST.get("case", "")), actor)
    if case is None or case.reporter is None or not case.reporter.phone:
        raise Unknown(_("There is no such record, or you may not see it."))
    reason = _("callback about %(number)s") % {"number": case.number}
    return reveal(case.reporter, reason, actor=actor)


def _seen(id: UUID, actor: Actor) -> Case | None:
    return only(Case.objects.seen_by(actor).select_related("place", "reporter").filter(id=id))


def _chosen(request: Request, actor: Actor, rows: list[Any]) -> Any:
    """The call that was opened, else the first the actor may make."""
    asked = request.POST.get("case") or request.GET.get("case", "")
    if asked:
        return next((c for c in rows if str(c.id) == asked), None) or (
            only(to_call(actor).filter(id=given_id(asked)))
        )
    return next((case for case in rows if not case.own), None)


def _rows(cases: list[Any]) -> list[dict[str, Any]]:
    clocks = clocks_by_case(case.id for case in cases)
    return [
        {
            "case": case,
            "clock": next_due(clocks.get(case.id, [])),
            "waits": waiting_for(case, case.works, clocks.get(case.id, ()))
            if case.state in CASE_LIVE
            else "",
        }
        for case in cases
    ]


def _card(case: Any, actor: Actor) -> dict[str, Any]:
    """All one needs during a call. Five queries."""
    told = told_by_case([case]).get(case.id, [])
    return {
        "case": case,
        "name": case.reporter.name_for(actor),
        "masked": case.reporter.masked_phone,
        "may_reveal": bool(case.reporter.phone) and actor.may("person.reveal"),
        "clock": next_due(owed_by_case([case.id])[case.id]),
        "doers": _(", ").join({w.person.name_for(actor) for w in case.works if w.person}),
        "told": told[0].text if told else "",
        "script": script_for(case, actor),
        "rings": [
            (ring.at, HEARD_NAMES.get(ring.value.get("heard"), "")) for ring in rings_of(case)
        ],
        "attempts": attempts_of(case),
    }


def _done(request: Request, actor: Actor) -> dict[str, Any] | None:
    """What has just been recorded."""
    case = _seen(given_id(asked), actor) if (asked := request.GET.get("done", "")) else None
    if case is None:
        return None
    said = OUTCOME_NAMES.get(case.outcome) or _("nobody was reached, to be tried again")
    return {"case": case, "said": said, "bad": case.outcome == "dissatisfied", "at": now()}
