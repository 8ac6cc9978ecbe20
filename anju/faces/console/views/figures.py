"""Indicators: every figure with n, interval and target, and the cases behind it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.promises.models import Contract
from anju.domains.promises.queries import in_term
from anju.domains.requests.queries import cases_with_due
from anju.domains.requests.tables import CaseList, case_columns, case_filters
from anju.engine.indicators.figures import (
    BY_CODE,
    PLANNED,
    Definition,
    Reading,
    behind,
    by_week,
    reading,
    readings,
)
from anju.engine.indicators.groups import By, Group, by_group, in_group, ways
from anju.engine.indicators.queries import cases_in, planned_in
from anju.engine.indicators.rules import Period
from anju.engine.loop.models import Case, WorkOrder
from anju.foundation.access.doors import Request, door, known
from anju.foundation.kit.charts import Point, line
from anju.foundation.kit.figures import Figure
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.kit.parts import Link
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.lib import now
from anju.foundation.places.models import Place, under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Unknown

SPANS = {"7": 7, "30": 30, "90": 90, "365": 365}
WAYS: dict[By, Any] = {
    "category": gettext_lazy("Category"),
    "community": gettext_lazy("Community"),
    "team": gettext_lazy("Team"),
    "standard": gettext_lazy("Standard"),
}
GROUPS = 30  # of a figure that are shown, the largest
UNRECORDED = "-"  # the group of what was not recorded, in an address


def last_days(request: Request, days: int) -> Period:
    """The last so many days up to today, in the company's zone."""
    last = now().astimezone(ZoneInfo(known(request).zone)).date()
    return Period(last - timedelta(days=days - 1), last)


def figure_of(
    reading: Reading,
    days: int,
    place: Place | None = None,
    *,
    standard: str = "",
    contract: str = "",
) -> Figure:
    """A reading as a tile that opens the cases behind it; `place`: of the cases under it;
    `standard`: the code of the one that rules them; `contract`: the id of the one in whose term
    they were opened."""
    low, high = reading.interval or (None, None)
    definition = reading.definition
    return Figure(
        label=str(definition.label),
        value=reading.value,
        n=reading.n,
        low=low,
        high=high,
        target=definition.target,
        better="low" if definition.better == "low" else "high",
        url=reverse("console:indicator", args=[definition.code])
        + asked(days, place, standard, contract),
    )


def asked(days: int, place: Place | None, standard: str = "", contract: str = "") -> str:
    """The query of a figure's pages: over how many days, under which place and standard, in the
    term of which contract."""
    parts = {"in": place.id if place else "", "standard": standard, "contract": contract}
    more = "".join(f"&{name}={quote(str(said))}" for name, said in parts.items() if said)
    return f"?days={days}{more}"


def _contract(request: Request) -> Contract | None:
    """The contract whose cases are asked for; None where none is."""
    raw = request.GET.get("contract", "")
    if not raw:
        return None
    try:
        return Contract.objects.seen_by(request.actor).select_related("place").get(id=UUID(raw))
    except (ValueError, Contract.DoesNotExist):
        raise Unknown(_("There is no such record, or you may not see it.")) from None


def _narrowed(request: Request) -> tuple[QuerySet[Case], int, Place | None]:
    """The cases of the period asked for, its days, and the place they are narrowed to."""
    days, place = chosen_days(request), _place(request)
    cases = cases_in(last_days(request, days), actor=request.actor)
    if contract := _contract(request):
        cases = cases.filter(in_term(contract))
    return _there(cases, request, place), days, place


def _planned(request: Request, place: Place | None) -> QuerySet[WorkOrder]:
    """The same of planned work, which no contract counts."""
    work = planned_in(last_days(request, chosen_days(request)), actor=request.actor)
    return _there(work, request, place)


def _there(rows: QuerySet[Any], request: Request, place: Place | None) -> QuerySet[Any]:
    if code := request.GET.get("standard", ""):
        rows = rows.filter(standard__code=code)
    return rows.filter(under([place.path], "place__path")) if place else rows


def _place(request: Request) -> Place | None:
    raw = request.GET.get("in", "")
    try:
        return Place.objects.seen_by(request.actor).get(id=UUID(raw)) if raw else None
    except (ValueError, Place.DoesNotExist):
        raise Unknown(_("There is no such place. Choose one from the list of places.")) from None


def communities_of(actor: Actor) -> Any:
    """The standing communities whose figures the actor may see."""
    seen = Place.objects.seen_by(actor).standing().filter(kind="community")
    return seen.filter(under(actor.paths("indicator.see"))).order_by("path")


@door("indicator.see", methods="GET")
def indicators(request: Request) -> HttpResponse:
    """Every figure of the last days; each opens the cases behind it."""
    (cases, days, place), code = _narrowed(request), request.GET.get("standard", "")
    contract = _contract(request)
    term = str(contract.id) if contract else ""
    found = readings(cases)
    if contract is None:
        work = _planned(request, place)
        found += [reading(work, one) for one in PLANNED.values()]
    context = {
        "figures": [figure_of(r, days, place, standard=code, contract=term) for r in found],
        "standard": code,
        "contract": contract,
        "spans": spans(days, place, f"&contract={term}" if term else "", standard=code),
        "days": days,
        "place": place,
        "at": now(),
    }
    return render(request, "console/indicators.html", context)


@door("indicator.see", methods="GET")
def indicator(request: Request, code: str) -> HttpResponseBase:
    """One figure: its weeks, its groups, what it rests on, and the cases behind it."""
    definition = BY_CODE.get(code) or PLANNED.get(code)
    if definition is None:
        raise Unknown(_("There is no such figure."))
    (cases, days, place), ruler = _narrowed(request), request.GET.get("standard", "")
    contract = _contract(request)
    term = str(contract.id) if contract else ""
    back = asked(days, place, ruler, term)
    rows: QuerySet[Any] = _planned(request, place) if code in PLANNED else cases
    groups = _groups(request, rows, definition, back)
    rows, back = groups["rows"], groups["back"]
    which = {"hit": True, "miss": False}.get(request.GET.get("which", ""))
    counted = behind(rows, definition, hits=which)
    list_of = _work_behind if code in PLANNED else _cases_behind
    page = list_of(request, counted, str(definition.label))
    if answer := page.answer():
        return answer
    weeks = list(by_week(rows, definition, ZoneInfo(known(request).zone)))
    whole = reading(rows, definition)
    points = [Point(label=f"{week:%m-%d}", value=r.value) for week, r in weeks]
    lines = [f"{week:%Y-%m-%d},{r.hits},{r.n}" for week, r in weeks]
    chart = line(points, title=str(definition.label), target=definition.target) if points else ""
    context = {
        "definition": definition,
        "figure": figure_of(whole, days, place, standard=ruler, contract=term),
        "standard": ruler,
        "contract": contract,
        "chart": chart,
        "csv": "\n".join(["week,hits,n", *lines]),
        "spans": spans(days, place, f"&contract={term}" if term else "", standard=ruler),
        "back": asked(days, place, ruler, term),
        "place": place,
        "page": page,
        "tabs": _sides(back, which, whole),
        "groups": groups,
    }
    return render(request, "console/indicator.html", context)


def _groups(
    request: Request, rows: QuerySet[Any], definition: Definition, back: str
) -> dict[str, Any]:
    """The figure by the groups asked for; where one of them is opened, what belongs to it, and the
    way back to all."""
    places = list(communities_of(request.actor))
    how = ways(rows)
    by = cast(By, request.GET.get("by", "")) if request.GET.get("by", "") in how else how[0]
    found = by_group(rows, definition, by, places)
    opened = request.GET.get("group", "")
    here = f"{back}&by={by}"
    shown: dict[str, Any] = {
        "title": WAYS[by],
        "ways": [Link(label=WAYS[one], url=f"{back}&by={one}", current=one == by) for one in how],
        "table": [_group(one, here) for one in found[:GROUPS]],
        "more": max(0, len(found) - GROUPS),
        "rows": rows,
        "back": here,
        "opened": None,
    }
    key = "" if opened == UNRECORDED else opened
    named = next((one for one in found if one.key == key), None) if opened else None
    if named is not None:  # of a link that was cut or is of another day: all of them
        shown["rows"] = in_group(rows, by, key, places)
        shown["opened"] = Link(label=named.name or _("not recorded"), url=here)
        shown["back"] = f"{here}&group={quote(opened)}"
    return shown


def _group(one: Group, here: str) -> dict[str, Any]:
    low, high = one.reading.interval or (None, None)
    return {
        "name": one.name or _("not recorded"),
        "url": f"{here}&group={quote(one.key or UNRECORDED)}",
        "n": one.reading.n,
        "value": one.reading.value,
        "low": low,
        "high": high,
    }


def _empty() -> tuple[Any, Any]:
    return _("Nothing counts here"), _("Nothing in this period belongs to this figure.")


def _cases_behind(request: Request, counted: QuerySet[Case], name: str) -> ListPage:
    actor = request.actor
    page: CaseList = CaseList(
        request,
        cases_with_due(actor).filter(id__in=counted.values("id")),
        columns=case_columns(actor, lambda: page.clocks),
        filters=case_filters(actor),
        sort="-at",
        row_url=lambda case: reverse("requests:case", args=[case.id]),
        file=(name,),
        empty=_empty(),
    )
    return page


def _work_behind(request: Request, counted: QuerySet[WorkOrder], name: str) -> ListPage:
    columns: Sequence[Column] = [
        Column(name="number", label=_("Number"), render=lambda w: w.number, look="mute"),
        Column(name="title", label=_("What is done"), render=lambda w: w.title, look="title"),
        Column(name="place", label=_("Place"), render=lambda w: str(w.asset or w.place or "—")),
        Column(
            name="standard", label=_("Standard"), look="desk",
            render=lambda w: str(w.standard) if w.standard else "—",
        ),
        Column(
            name="done", label=_("Done at"), render=lambda w: tags.moment(w.done_at),
            sort="done_at", numeric=True, value=lambda w: w.done_at,
        ),
    ]  # fmt: skip
    seen = WorkOrder.objects.seen_by(request.actor).filter(id__in=counted.values("id"))
    return ListPage(
        request,
        seen.select_related("place", "asset", "standard"),
        columns=columns,
        sort="-done",
        row_url=lambda work: reverse("console:round", args=[work.id]),
        file=(name,),
        empty=_empty(),
    )


def chosen_days(request: Request) -> int:
    """Over how many days, as the address says; a month where it says nothing."""
    return SPANS.get(request.GET.get("days", ""), 30)


def spans(
    days: int, place: Place | None = None, more: str = "", *, standard: str = ""
) -> list[Link]:
    """The periods to choose from."""
    words = {"7": _("7 days"), "30": _("30 days"), "90": _("90 days"), "365": _("a year")}
    return [
        Link(label=words[key], url=asked(n, place, standard) + more, current=days == n)
        for key, n in SPANS.items()
    ]


def _sides(asked: str, which: bool | None, whole: Reading) -> list[Link]:
    """All that count, what hit, what missed; of a figure that should be low the hits are bad."""
    hit, miss = _("Hits"), _("Misses")
    if whole.definition.better == "low":
        hit, miss = _("Happened"), _("Did not happen")
    sides = (
        (_("All that count"), "", None, whole.n),
        (hit, "&which=hit", True, whole.hits),
        (miss, "&which=miss", False, whole.n - whole.hits),
    )
    return [
        Link(label=label, url=asked + query, current=which is value, count=str(count))
        for label, query, value, count in sides
    ]
