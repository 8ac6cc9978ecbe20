"""Shift handover (交接班) of a post on the phone: take what the shift before leaves, hand over
one's own."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anju.domains.staff.handover.commands import give_over, take_over
from anju.domains.staff.handover.models import Handover
from anju.domains.staff.handover.queries import (
    Read,
    Row,
    Waiting,
    Written,
    as_it_stands,
    begins_of,
    counting,
    last_handovers,
    posts_to_hand,
    rows_of,
    shift_handed,
    things_last,
    waiting_handover,
)
from anju.domains.staff.handover.rules import counts_typed, rows_typed, things_typed
from anju.domains.staff.words import WHY
from anju.engine.loop.left_open import left_open, words_of
from anju.engine.loop.matters import Matter, matters_named
from anju.foundation.access.doors import Request, door
from anju.foundation.access.queries import names_of
from anju.foundation.lib import given_id, now
from anju.foundation.people.models import Post
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet
from anju.foundation.tenancy.rows import only

KINDS = {
    "case": _("Cases and findings"),
    "reading": _("Readings out of limits"),
    "work": _("Planned work"),
    "line": _("Ledgers"),
}
PAGES = {"case": "requests:case", "work": "field:task", "line": "field:line"}
BESIDE = "beside "  # what the field beside a matter is called, before its key
PAST, SPARE = 3, 2


@door("work.do")
def handover(request: Request) -> HttpResponse:
    """Sign what comes, hand over what is open at a post of one's own, see what was before."""
    actor, wrong, said = request.actor, "", request.POST
    posts = posts_to_hand(actor)
    asked = said.get("post") or request.GET.get("post", "")
    post = next((p for p in posts if str(p.id) == asked), None)
    if request.method == "POST":
        try:
            return _signed(request, post)
        except (NotYet, Conflict) as refusal:
            wrong = str(refusal.message)
    elif posts:
        post = post or posts[0]
    context: dict[str, Any] = {
        "posts": posts if posts != [post] else (), "post": post, "wrong": wrong,
        "spare": range(SPARE),
    }  # fmt: skip
    context |= _at(post, said, actor) if post else _elsewhere(said, actor)
    return render(request, "field/handover.html", context, status=422 if wrong else 200)


def _at(post: Post, said: QueryDict, actor: Actor) -> dict[str, Any]:
    waiting = waiting_handover(actor, post=post)
    draft = left_open(post.place, post, actor)
    past = last_handovers(actor, PAST, post=post)
    names = names_of([id for one in past for id in (one.giver, one.taker) if id], actor=actor)
    stands = as_it_stands(waiting, draft, actor) if waiting else None
    read = words_of([*draft, *(stands.matters if stands else ())], actor)
    shown = stands is not None and said.get("take") == str(stands.one.id)
    typed = _typed(said)
    shift = shift_handed(post, actor, now())
    others = shift and shift.person_id != actor.person_id
    return {
        "at": post.id,
        "shift": shift,
        "whose": shift.person.name_for(actor) if shift and others else "",
        "waiting": _incoming(stands, read, said) if stands else None,
        "groups": _groups(draft, read, typed),
        "n": len(draft),
        "things": _things(said) if "thing" in said else things_last(post, post.place, actor),
        "typed": typed.given,
        "unsent": "" if shown or not said.get("take") else said.get("text", ""),
        "past": [
            (one, names.get(one.giver, "—"), names.get(one.taker or one.id, "")) for one in past
        ],
    }


def _elsewhere(said: QueryDict, actor: Actor) -> dict[str, Any]:
    """What was sent about a post that the actor is not at, as it was typed."""
    draft, typed = matters_named(said.getlist("drafted")), _typed(said)
    at = "" if said.get("take") else said.get("post", "")
    return {
        "at": at,
        "groups": _groups(draft, words_of(draft, actor), typed),
        "n": len(draft),
        "things": _things(said),
        "typed": typed.given,
        "unsent": "" if at else said.get("text", ""),
    }


def _typed(said: QueryDict) -> Written:
    """What was typed by who hands over."""
    return Written("" if said.get("take") else said.get("text", ""), "", _beside(said))


def _things(said: QueryDict) -> list[tuple[str, str]]:
    return rows_typed(said.getlist("thing"), said.getlist("n"))


def _incoming(stands: Waiting, read: Read, said: QueryDict) -> dict[str, Any]:
    one = stands.one
    taking = said.get("take") == str(one.id)
    return {
        "one": one,
        "begins": begins_of(one),
        "giver": stands.giver,
        "written": stands.written.given,
        "groups": _groups(stands.signed, read, stands.written),
        "gone": rows_of(stands.gone, read),
        "new": rows_of(stands.new, read),
        "things": counting(one, said.getlist("found") if taking else ()),
        "typed": said.get("text", "") if taking else "",
    }


def _groups(
    matters: Iterable[Matter], read: Read, written: Written
) -> list[tuple[Any, list[tuple[Row, list[Any], str]]]]:
    """The matters kind by kind, each with why it is there and where it is looked at."""
    rows = rows_of(matters, read, written)
    found = []
    for kind, label in KINDS.items():
        page = PAGES.get(kind)
        here = [
            (row, [WHY[name] for name in row.matter.why],
             reverse(page, args=[row.matter.id]) if page else "")
            for row in rows if row.matter.kind == kind
        ]  # fmt: skip
        if here:
            found.append((label, here))
    return found


def _beside(said: QueryDict) -> Mapping[str, str]:
    return {
        name.removeprefix(BESIDE): text for name, text in said.items() if name.startswith(BESIDE)
    }


def _signed(request: Request, post: Post | None) -> HttpResponse:
    actor, said = request.actor, request.POST
    if post is None:
        raise NotYet(
            _("You are not at this post now: your shift there ended more than four hours ago, or "
              "the roster was changed. Nothing was signed, and what you typed is still here. "
              "Whoever makes the roster can put you on it.")
        )  # fmt: skip
    if given := said.get("take", ""):
        seen = only(Handover.objects.seen_by(actor).filter(id=given_id(given)))
        take_over(
            given_id(given), actor=actor, text=said.get("text", ""),
            objects=said.get("do") == "object",
            found=counts_typed(seen.things if seen else (), said.getlist("found")),
        )  # fmt: skip
    else:
        give_over(
            None, post=post, actor=actor, drafted=said.getlist("drafted"),
            text=said.get("text", ""), beside=_beside(said),
            things=things_typed(said.getlist("thing"), said.getlist("n")),
        )  # fmt: skip
    return HttpResponseRedirect(f"{reverse('field:handover')}?post={post.id}")
