"""An emergency one was called out to: where, what to do, whom to ring, and that one is coming."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.community.queries import desk_line
from anju.domains.emergency.commands.running import come
from anju.domains.emergency.queries import call_tree, called_out, said_to
from anju.engine.loop.rules import CASE_LIVE
from anju.foundation.access.doors import Request, door
from anju.foundation.access.queries import names_of
from anju.foundation.places.queries import full_name
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown
from anju.foundation.tenancy.rows import only


@door(signed_in=True)
def emergency(request: Request, id: UUID) -> HttpResponse:
    """One emergency, to whoever was called out to it; posted: they are on the way."""
    actor = request.actor
    found = only(called_out(actor).filter(id=id))
    if found is None:
        raise Unknown(_("There is no such emergency, or you may not see it."))
    if request.method == "POST":
        with suppress(NotYet):  # it is over meanwhile: the page says so
            come(id, actor=actor)
        return HttpResponseRedirect(reverse("field:emergency", args=[id]))
    found.complete()
    place = found.case.place
    path = place.path if place else ""
    live, hands = found.case.state in CASE_LIVE, actor.may("work.do")
    coming = found.coming()
    names = names_of({by for _at, by in coming.values()}, actor=actor)
    tree = call_tree(place, found.roles, actor) if place and live else []
    context = {
        "emergency": found,
        "place": full_name(place) if place else "",
        "live": live,
        "mine": _said(coming, actor),
        "do": said_to(found, actor),
        "steps": [(step, found.done_at(n)) for n, step in enumerate(found.ordered)],
        "desk": desk_line(path, actor=actor),
        "tree": [
            {"one": one, "name": one.person.name_for(actor), "coming": str(one.person.id) in coming}
            for one in tree
            if one.account != actor.id
        ],
        "coming": [(names.get(by, ""), at) for at, by in coming.values() if by != actor.id],
        "hands": hands,
        "home": reverse("field:today" if hands else "console:home"),
        "whole": actor.may("work.dispatch", path),
    }
    return render(request, "field/emergency.html", context)


def called_now(actor: Actor) -> list[dict[str, Any]]:
    """Those that run now which the actor was called out to. One query."""
    running = called_out(actor).filter(case__state__in=CASE_LIVE)
    return [{"one": one, "mine": _said(one.coming(), actor)} for one in running]


def _said(coming: dict[str, Any], actor: Actor) -> Any:
    """When the actor said that they are on the way; None where they did not."""
    return coming.get(str(actor.person_id), (None,))[0]
