"""The day of who works on foot: what is theirs, what is due first on top, what may be taken."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render

from anju.domains.documents.reading import due_for
from anju.domains.requests.promises import clocks_by_case, next_due, view_of
from anju.domains.requests.queries import works_seen
from anju.domains.rounds.queries import (
    clocks_of,
    points_by_work,
    posts_of,
    rounds_ahead,
    rounds_at_hand,
)
from anju.domains.staff.handover.queries import is_given, waits_at_posts
from anju.engine.loop.asked import asks_nothing
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.rules import turn_of_day
from anju.faces.field.views.emergency import called_now
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.rules import ClockView
from anju.foundation.lib import given_id, now
from anju.foundation.people.queries import on_duty
from anju.foundation.places.queries import full_names
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.rows import only

MOST, MOST_FREE, MOST_LATER = 50, 10, 12
ENDING = timedelta(hours=1)  # so long before its end a shift is offered to be handed over
MOST_KEPT = 40  # pieces of work whose pages a phone keeps
OURS = ("accept", "arrive", "finish")  # the promises that who works on foot can keep


@door("work.do", methods="GET")
def today(request: Request) -> HttpResponse:
    """What is to be done now; each card has the one press that comes next."""
    actor = request.actor
    moment = now()
    posts = posts_of(actor, moment)
    mine = list(_live(actor).filter(_mine(actor, posts))[:MOST]) if actor.person_id else []
    free = list(_live(actor).filter(state="waiting")[:MOST_FREE]) if actor.person_id else []
    todo = [work for work in mine if work.state != "done"]
    duty = on_duty(actor=actor).filter(person_id=actor.person_id).first()
    rounds = rounds_at_hand(actor, posts, moment, most=MOST)
    context: dict[str, Any] = {
        "emergencies": called_now(actor),
        "just_done": _just_done(request),
        "todo": sorted([*cards(todo), *_with_points(round_cards(rounds))], key=_turn_at(moment)),
        "later": round_cards(rounds_ahead(actor, moment, most=MOST_LATER)),
        "done": sum(work.state == "done" for work in mine),
        "free": cards(free),
        "duty": duty,
        "ends": duty is not None and duty.ends_at - moment < ENDING and not is_given(duty, actor),
        "waits_at": waits_at_posts(actor),
        "at": moment,
        "reported": reported(request),
        "readings": due_for(actor),
        "queue": {"id": "", "title": "", "place": ""},  # its cards are the work it is about
    }
    return render(request, "field/today.html", context)


def next_works(actor: Actor) -> list[WorkOrder]:
    """What is somebody's own today and in the next two days, with its standard: a phone keeps its
    pages. Eight queries."""
    if actor.person_id is None:
        return []
    moment = now()
    posts = posts_of(actor, moment)
    cases = _live(actor).filter(_mine(actor, posts)).exclude(state="done")[:MOST_KEPT]
    rounds = rounds_at_hand(actor, posts, moment, most=MOST_KEPT)
    found = [*cases, *rounds, *rounds_ahead(actor, moment, most=MOST_KEPT)][:MOST_KEPT]
    prefetch_related_objects(found, "standard", "case__standard")
    return found


def _mine(actor: Actor, posts: Collection[UUID]) -> Q:
    """What was given to somebody, or to a post of theirs where nobody has accepted it yet."""
    at_post = Q(person=None, state="assigned", post_id__in=posts)
    return Q(person_id=actor.person_id) | at_post


def reported(request: Request) -> Case | None:
    """What was reported just now, to say its number."""
    said = request.GET.get("reported")
    seen = Case.objects.seen_by(request.actor)
    return only(seen.filter(id=given_id(said))) if said else None


def _just_done(request: Request) -> WorkOrder | None:
    """The planned work that was done just now, to say so."""
    said = request.GET.get("done")
    own = WorkOrder.objects.seen_by(request.actor).filter(done_by=request.actor.id)
    return only(own.filter(id=given_id(said))) if said else None


def round_cards(works: list[WorkOrder], *, label: str = "") -> list[dict[str, Any]]:
    """What a card shows of planned work; `label`: the code that was scanned there. Two queries."""
    clocks, named = clocks_of(works), full_names(w.place for w in works if w.place)
    return [
        {
            "work": work,
            "label": label,
            "place": named.get(work.place_id, "") if work.place_id else "",
            "clock": view_of(clock) if (clock := clocks.get(work.id)) and clock.live else None,
        }
        for work in works
    ]


def _with_points(cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Beside each round how many of its points are passed, which are left, and whether it is done
    with them. Two queries."""
    rounds = [card["work"] for card in cards]
    points = points_by_work(rounds)
    prefetch_related_objects([work for work in rounds if work.id in points], "standard")
    for card in cards:
        if rows := points.get(card["work"].id):
            left = [str(row.point_id) for row in rows if row.at is None]
            passed, ends = len(rows) - len(left), asks_nothing(card["work"])
            card |= {"n": len(rows), "passed": passed, "left": " ".join(left), "ends": ends}
    return cards


def _turn_at(moment: datetime) -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    def turn(card: dict[str, Any]) -> tuple[Any, ...]:
        work, clock = card["work"], card["clock"]
        due = (clock and clock.due_at) or work.due
        urgency = work.case.urgency if work.case else None
        return *turn_of_day(work.state, urgency, due, moment), work.id

    return turn


def _live(actor: Actor) -> Any:
    works = works_seen(actor).live().filter(case__isnull=False)
    return works.select_related("place", "case", "asset").order_by("due", "id")


def cards(works: list[WorkOrder]) -> list[dict[str, Any]]:
    """What a card shows of each piece of work: its place in full, the time left. Two queries."""
    clocks = clocks_by_case(w.case_id for w in works if w.case_id)
    named = full_names(w.place for w in works if w.place)
    return [
        {
            "work": work,
            "place": named.get(work.place_id, "") if work.place_id else "",
            "clock": left_of(clocks.get(work.case_id, [])) if work.case_id else None,
        }
        for work in works
    ]


def left_of(clocks: list[Any]) -> ClockView | None:
    """The first promise that is still to be kept on foot; why it pauses stands on the card."""
    view = next_due([clock for clock in clocks if clock.kind in OURS])
    return replace(view, reason="") if view else None
