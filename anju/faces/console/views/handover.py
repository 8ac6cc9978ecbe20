"""Shift handover (交接班): what waits for one's signature, what one hands over, what was before,
and which shifts nobody handed over."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.requests.acts import waiting_for
from anju.domains.requests.left_open import MOST, cases_named
from anju.domains.requests.promises import clocks_by_case, next_due
from anju.domains.staff.handover.commands import give_over, take_over
from anju.domains.staff.handover.models import Handover
from anju.domains.staff.handover.queries import (
    Written,
    as_it_stands,
    counting,
    desk_places,
    desk_shift,
    last_handovers,
    not_handed_over,
    rows_of,
    things_last,
    waiting_handover,
    written_beside,
)
from anju.domains.staff.handover.rules import (
    counts_typed,
    matters_from_json,
    rows_typed,
    things_typed,
)
from anju.domains.staff.words import WHY
from anju.engine.loop.left_open import left_open, words_of
from anju.engine.loop.matters import Matter, matter_of
from anju.engine.loop.rules import CASE_LIVE
from anju.faces.console.views.written import text_of
from anju.foundation.access.doors import Request, door
from anju.foundation.access.queries import names_of
from anju.foundation.lib import given_id, now
from anju.foundation.places.models import Place
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only

SHOWN, SPARE = 20, 2
PAGES = {"work": "requests:work", "line": "ledgers:line"}


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
    duty = desk_shift(actor, now())
    post = duty.post if duty else None
    draft = left_open(place, post, actor)
    past = last_handovers(actor, SHOWN)
    names = names_of([id for one in past for id in (one.giver, one.taker) if id], actor=actor)
    said = request.POST
    taking, text = said.get("take", ""), said.get("text", "")
    shown = waiting is not None and taking == str(waiting.id)
    context: dict[str, Any] = {
        "waiting": _incoming(waiting, actor, said.getlist("found") if shown else ())
        if waiting
        else None,
        "draft": _rows(draft, actor),
        "drafted": [one.key for one in draft],
        "more": len(draft) >= MOST,
        "most": MOST,
        "place": place,
        "places": [p for p in places if p is not None] if len(places) > 1 else [],
        "things": rows_typed(said.getlist("thing"), said.getlist("n"))
        if "thing" in said
        else things_last(post, place, actor),
        "spare": range(SPARE),
        "missing": not_handed_over(actor),
        "past": [{"one": one, **_who(one, names)} for one in past],
        "typed": "" if taking else text,
        "objection": text if shown else "",
        "unsent": text if taking and not shown else "",  # what it was about is taken
        "objects": said.get("do") == "object",
        "wrong": wrong,
    }
    return render(request, "console/handover.html", context, status=422 if wrong else 200)


@door("work.dispatch", methods="GET")
def handed_over(request: Request, id: UUID) -> HttpResponse:
    """One handover as it was signed, with what has become of each matter."""
    actor = request.actor
    found = only(Handover.objects.seen_by(actor).select_related("place", "post").filter(id=id))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    names = names_of([one for one in (found.giver, found.taker) if one], actor=actor)
    written, taken = written_beside(found), found.taken
    context = {
        "one": found,
        **_who(found, names),
        "rows": _rows(found.signed, actor, written),
        "gone": _rows(map(matter_of, found.gone), actor),
        "gone_later": _rows(map(matter_of, taken.get("gone", ())), actor),
        "new": _rows(matters_from_json(taken.get("new", ())), actor),
        "written": written,
    }
    return render(request, "console/handed_over.html", context)


def _signed(request: Request, place: Place | None, actor: Actor) -> HttpResponse:
    text, said = text_of(request, most=4000), request.POST
    if given := said.get("take", ""):
        seen = only(Handover.objects.seen_by(actor).filter(id=given_id(given)))
        take_over(
            given_id(given), actor=actor, text=text, objects=said.get("do") == "object",
            found=counts_typed(seen.things if seen else (), said.getlist("found")),
        )  # fmt: skip
    else:
        asked = said.get("place", "")
        if asked and asked != (str(place.id) if place else ""):
            raise NotYet(
                _(
                    "You do not hand over the shift of that place now. Nothing was signed, and "
                    "what you typed is still here. Look at which place stands above, then sign."
                )
            )
        give_over(
            place, actor=actor, drafted=said.getlist("drafted")[: MOST * 2], text=text,
            things=things_typed(said.getlist("thing"), said.getlist("n")),
        )  # fmt: skip
    return HttpResponseRedirect(reverse("console:handover"))


def _incoming(one: Handover, actor: Actor, found: Sequence[str]) -> dict[str, Any]:
    """What the shift before has signed, beside how it stands now; `found`: what was counted."""
    stands = as_it_stands(one, left_open(one.place, one.post, actor), actor)
    return {
        "one": one,
        "giver": stands.giver,
        "rows": _rows(stands.signed, actor, stands.written),
        "gone": _rows(stands.gone, actor),
        "new": _rows(stands.new, actor),
        "written": stands.written.given,
        "things": counting(one, found),
    }


def _who(one: Handover, names: dict[UUID, str]) -> dict[str, str]:
    return {
        "giver": names.get(one.giver, "—"),
        "taker": names.get(one.taker, "—") if one.taker else "",
    }


def _rows(
    matters: Iterable[Matter], actor: Actor, written: Written | None = None
) -> list[dict[str, Any]]:
    """Cases with their clocks first, then what else was handed over."""
    listed = list(matters)
    shown = cases_named(listed, actor)
    clocks = clocks_by_case(one.case.id for one in shown)
    beside = written.beside if written else {}
    cases = [
        {
            "case": one.case,
            "why": [WHY[name] for name in one.why],
            "clock": next_due(clocks.get(one.case.id, [])),
            "waits": waiting_for(one.case, one.case.works, clocks.get(one.case.id, ()))
            if one.case.state in CASE_LIVE
            else one.case.get_state_display(),
            "said": beside.get(str(one.case.id), ""),
        }
        for one in shown
    ]
    others = [one for one in listed if one.kind != "case"]
    return cases + [
        {
            "words": row.words,
            "why": [WHY[name] for name in row.matter.why],
            "waits": row.words.note,
            "said": row.said,
            "url": reverse(page, args=[row.matter.id])
            if (page := PAGES.get(row.matter.kind))
            else "",
        }
        for row in rows_of(others, words_of(others, actor), written)
    ]


def last_shift(actor: Actor) -> dict[str, Any] | None:
    """The handover a desk shows in its foot: the latest, and whether it waits for the actor's
    signature. Two queries."""
    one = next(iter(last_handovers(actor, 1, desks=True)), None)
    if one is None:
        return None
    names = names_of([id for id in (one.giver, one.taker) if id], actor=actor)
    return {"one": one, "mine": one.state == "given" and one.giver != actor.id, **_who(one, names)}


def _chosen(request: Request, places: list[Place | None]) -> Place | None:
    asked = request.POST.get("place") or request.GET.get("place", "")
    return next((p for p in places if p and str(p.id) == asked), places[0] if places else None)
