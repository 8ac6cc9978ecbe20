"""A look into the past: a case, or what was open in a community, as it stood at an instant. Shown
only: nothing can be done there, and the server's time goes on as it does."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.requests.acts import waiting_for
from anju.domains.requests.promises import next_due, promise_line
from anju.domains.requests.stories import story
from anju.domains.requests.tables import STATE_TONES
from anju.domains.requests.views.pages import the_case
from anju.engine.clocks.models import Clock
from anju.engine.loop.models import Case
from anju.engine.loop.past import Stood, open_cases_at, steps_of, stood_at
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.parts import Link
from anju.foundation.kit.rules import ClockView
from anju.foundation.lib import now
from anju.foundation.places.models import Place, under
from anju.foundation.tenancy.errors import Unknown

MOST = 300  # open cases that are recomputed for one page, the oldest
SECOND = timedelta(seconds=1)
EARLIEST = 1990  # nothing was noted before
STEPS = (
    (gettext_lazy("a day before"), timedelta(days=-1)),
    (gettext_lazy("an hour before"), timedelta(hours=-1)),
    (gettext_lazy("an hour after"), timedelta(hours=1)),
    (gettext_lazy("a day after"), timedelta(days=1)),
)


@dataclass(frozen=True)
class Slider:
    """Where the page looks: the instant, what an input for it holds, where one can step to, and
    what was wrong with the instant that was asked for."""

    at: datetime
    steps: list[Link]
    wrong: str = ""

    @property
    def value(self) -> str:
        """For an input of day and time: whole seconds, so that looking again shows no less."""
        return _seconds(self.at)

    @property
    def most(self) -> str:
        """The latest that can be chosen."""
        return _seconds(now())


@door("case.see", methods="GET")
def past_case(request: Request, id: UUID) -> HttpResponse:
    """One case as it stood and as it was known at `?at=`; the steps lead from event to event."""
    shown, (at, wrong) = the_case(request, id), _instant(request)
    if shown.history:  # imported when it was over: it has no past that was noted here
        raise Unknown(_("There is no such record, or you may not see it."))
    found = stood_at(at, [shown], actor=request.actor)
    context: dict[str, Any] = {
        "case": shown,
        "slider": Slider(at, _between(steps_of(shown), at), wrong),
        "back": reverse("requests:case", args=[id]),
    }
    if found:
        one = found[0]
        context |= {
            "then": one.case,
            "tone": STATE_TONES.get(one.case.state, ""),
            "line": _as_of(promise_line(one.case, one.clocks), at),
            "works": one.works,
            "entries": story(one.case, one.works, one.clocks, actor=request.actor, until=at),
            "unproven": len(one.unproven),
        }
    return render(request, "requests/past_case.html", context)


@door("case.see", methods="GET")
def past_cases(request: Request) -> HttpResponse:
    """What was open at `?at=` in the community `?in=`, with its promises as they stood, what was
    due first on top; the oldest cases where there were very many."""
    actor, (at, wrong) = request.actor, _instant(request)
    places = list(
        Place.objects.seen_by(actor)
        .filter(under(actor.paths("case.see")), kind="community")
        .order_by("path")
    )
    place = _chosen(request, places)
    cases = Case.objects.seen_by(actor)
    if place:
        cases = cases.filter(under([place.path], "place__path"))
    known = open_cases_at(at, cases).select_related("place", "standard").order_by("at", "id")
    found = list(known[: MOST + 1])
    stood = stood_at(at, found[:MOST], actor=actor)
    rows = sorted((_row(one) for one in stood), key=_due_first)
    chosen = f"&in={place.id}" if place else ""
    steps = [_step(label, at + span, chosen) for label, span in STEPS if at + span <= now()]
    context = {
        "slider": Slider(at, steps, wrong),
        "places": places if len(places) > 1 else [],
        "place": place,
        "rows": rows,
        "late": sum(row["late"] for row in rows),
        "more": len(found) > MOST,
        "most": MOST,
        "unproven": sum(len(one.unproven) for one in stood),
        "back": reverse("requests:cases") + "?state=live&sort=due",
    }
    return render(request, "requests/past_cases.html", context)


def _row(one: Stood) -> dict[str, Any]:
    first = _next(one.clocks, one.at)
    return {
        "case": one.case,
        "clock": first,
        "late": any(clock.live and clock.late_at(one.at) for clock in one.clocks),
        "waits": waiting_for(one.case, one.works, one.clocks),
        "url": f"{reverse('requests:past_case', args=[one.case.id])}?at={_local(one.at)}",
    }


def _due_first(row: dict[str, Any]) -> tuple[bool, Any]:
    due = row["clock"].due_at if row["clock"] else None
    return due is None, due or row["case"].at


def _next(clocks: Iterable[Clock], at: datetime) -> ClockView | None:
    first = next_due(clocks)
    return replace(first, seen_at=at) if first else None


def _as_of(views: Iterable[ClockView], at: datetime) -> list[ClockView]:
    return [replace(view, seen_at=at) for view in views]


def _instant(request: Request) -> tuple[datetime, str]:
    """The instant that was asked for, in the zone of the page; now where none was, or none is."""
    raw, moment = request.GET.get("at", "").strip(), now()
    if not raw:
        return moment, ""
    try:
        at = datetime.fromisoformat(raw)
        if at.year < EARLIEST:
            raise ValueError
    except ValueError:
        return moment, _("That is no day and time. Give it like 2026-05-01T18:00; shown is now.")
    at = at if at.tzinfo else at.replace(tzinfo=get_current_timezone())
    if at - SECOND > moment:
        return moment, _("That instant has not come yet; shown is now.")
    return min(at, moment), ""


def _between(stops: list[datetime], at: datetime) -> list[Link]:
    """The first event, the one before, the one after, the last: each an instant to look at."""
    before, after = [s for s in stops if s < at], [s for s in stops if s > at]
    steps = [
        (_("from the start"), stops[:1] if before else []),
        (_("the step before"), before[-1:]),
        (_("the step after"), after[:1]),
        (_("the last step"), stops[-1:] if after else []),
    ]
    return [_step(label, found[0]) for label, found in steps if found]


def _step(label: Any, at: datetime, more: str = "") -> Link:
    return Link(label=label, url=f"?at={_local(at)}{more}")


def _local(at: datetime) -> str:
    """For an address: with its offset, so that no instant of a change of clocks is another."""
    return quote(localtime(at).isoformat())


def _seconds(at: datetime) -> str:
    up = at if not at.microsecond else at.replace(microsecond=0) + SECOND
    return localtime(up).replace(tzinfo=None).isoformat()


def _chosen(request: Request, places: Iterable[Place]) -> Place | None:
    raw = request.GET.get("in", "")
    if not raw:
        return None
    for place in places:
        if str(place.id) == raw:
            return place
    raise Unknown(_("There is no such place. Choose one from the list of places."))
