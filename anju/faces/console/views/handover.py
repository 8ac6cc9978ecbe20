"""Shift handover (交接班): what waits for one's signature, what one hands over, what was before."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.requests.acts import waiting_for
from anju.domains.requests.handover.commands import give_over, take_over
from anju.domains.requests.handover.models import Handover
from anju.domains.requests.handover.queries import (
    MOST,
    Matter,
    desk_places,
    last_handovers,
    lines_of,
    matters_named,
    matters_of,
    waiting_handover,
    written_beside,
)
from anju.domains.requests.handover.rules import Line, changes, lines_from_json
from anju.domains.requests.promises import clocks_by_case, next_due
from anju.engine.loop.rules import CASE_LIVE
from anju.faces.console.views.written import text_of
from anju.foundation.access.doors import Request, door
from anju.foundation.access.queries import names_of
from anju.foundation.lib import given_id
from anju.foundation.places.models import Place
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown

SHOWN = 20
WHY = {
    "urgent": gettext_lazy("urgent"),
    "late": gettext_lazy("overdue"),
    "soon": gettext_lazy("due next shift"),
    "held": gettext_lazy("on hold"),
    "callback": gettext_lazy("callback due"),
    "unread": gettext_lazy("complaint nobody has answered"),
}


@door("work.dispatch")
def handover(request: Request) -> HttpResponse:
    """The change of shift on one page: sign what the shift before leaves, and hand over one's own.

    Giving costs two actions from the desk, taking two as well.
    """
    actor, wrong = request.actor, None
    places = desk_places(actor)
    place = _chosen(request, places)
    if request.method == "POST":
        try:
            return _signed(request, place, actor)
        except (NotYet, Conflict) as refusal:  # what is not theirs is a page of its own
            wrong = refusal.message
    waiting = waiting_handover(actor)
    draft = matters_of(place, actor)
    past = last_handovers(actor, SHOWN)
    names = names_of([id for one in past for id in (one.giver, one.taker) if id], actor=actor)
    context: dict[str, Any] = {
        "waiting": _incoming(waiting, actor) if waiting else None,
        "draft": _rows(draft),
        "more": len(draft) == MOST,
        "most": MOST,
        "place": place,
        "places": [p for p in places if p is not None] if len(places) > 1 else [],
        "past": [{"one": one, **_who(one, names)} for one in past],
        "typed": request.POST.get("text", ""),
        "wrong": wrong,
    }
    return render(request, "console/handover.html", context, status=422 if wrong else 200)


@door("work.dispatch", methods="GET")
def handed_over(request: Request, id: UUID) -> HttpResponse:
    """One handover as it was signed, with what has become of each matter."""
    actor = request.actor
    found = Handover.objects.seen_by(actor).select_related("place").filter(id=id).first()
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    names = names_of([one for one in (found.giver, found.taker) if one], actor=actor)
    context = {
        "one": found,
        **_who(found, names),
        "rows": _rows(matters_named(found.signed_lines, actor)),
        "gone": _rows(matters_named(_plain(found.gone), actor)),
        "gone_later": _rows(matters_named(_plain(found.taken.get("gone", [])), actor)),
        "new": _rows(matters_named(lines_from_json(found.taken.get("new", [])), actor)),
        "written": written_beside(found),
    }
    return render(request, "console/handed_over.html", context)


def _signed(request: Request, place: Place | None, actor: Actor) -> HttpResponse:
    text = text_of(request, most=4000)
    if given := request.POST.get("take", ""):
        take_over(given_id(given), actor=actor, text=text)
    else:
        drafted = request.POST.getlist("drafted")[: MOST * 2]
        give_over(place, actor=actor, drafted=drafted, text=text)
    return HttpResponseRedirect(reverse("console:handover"))


def _incoming(waiting: Handover, actor: Actor) -> dict[str, Any]:
    """What the shift before has signed, beside how it stands now."""
    standing = matters_of(waiting.place, actor)
    changed = changes((line.case for line in waiting.signed_lines), lines_of(standing))
    gone = set(changed.gone)
    signed = _rows(matters_named(waiting.signed_lines, actor))
    new = {line.case for line in changed.new}
    return {
        "one": waiting,
        **_who(waiting, names_of([waiting.giver], actor=actor)),
        "rows": [row for row in signed if str(row["case"].id) not in gone],
        "gone": [row for row in signed if str(row["case"].id) in gone]
        + _rows(matters_named(_plain(waiting.gone), actor)),
        "new": _rows([matter for matter in standing if str(matter.case.id) in new]),
        "written": written_beside(waiting).get("given", ""),
    }


def _who(one: Handover, names: dict[UUID, str]) -> dict[str, str]:
    return {
        "giver": names.get(one.giver, "—"),
        "taker": names.get(one.taker, "—") if one.taker else "",
    }


def _plain(cases: Iterable[str]) -> list[Line]:
    return [Line(case, ()) for case in cases]


def _rows(matters: Iterable[Matter]) -> list[dict[str, Any]]:
    shown = list(matters)
    clocks = clocks_by_case(matter.case.id for matter in shown)
    return [
        {
            "case": matter.case,
            "why": [WHY[name] for name in matter.why],
            "clock": next_due(clocks.get(matter.case.id, [])),
            "waits": waiting_for(matter.case, matter.case.works, clocks.get(matter.case.id, ()))
            if matter.case.state in CASE_LIVE
            else matter.case.get_state_display(),
        }
        for matter in shown
    ]


def last_shift(actor: Actor) -> dict[str, Any] | None:
    """The handover a desk shows in its foot: the latest, and whether it waits for the actor's
    signature. Two queries."""
    one = next(iter(last_handovers(actor, 1)), None)
    if one is None:
        return None
    names = names_of([id for id in (one.giver, one.taker) if id], actor=actor)
    return {"one": one, "mine": one.state == "given" and one.giver != actor.id, **_who(one, names)}


def _chosen(request: Request, places: list[Place | None]) -> Place | None:
    asked = request.POST.get("place") or request.GET.get("place", "")
    return next((p for p in places if p and str(p.id) == asked), places[0] if places else None)
