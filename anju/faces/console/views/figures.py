"""Indicators: every figure with n, interval and target, and the cases behind it."""

from datetime import timedelta
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.promises.models import Contract
from anju.domains.promises.queries import in_term
from anju.domains.requests.queries import cases_with_due
from anju.domains.requests.tables import CaseList, case_columns, case_filters
from anju.engine.indicators.figures import BY_CODE, Reading, behind, by_week, readings
from anju.engine.indicators.queries import cases_in
from anju.engine.indicators.rules import Period
from anju.engine.loop.models import Case
from anju.foundation.access.doors import Request, door, known
from anju.foundation.kit.charts import Point, line
from anju.foundation.kit.figures import Figure
from anju.foundation.kit.parts import Link
from anju.foundation.lib import now
from anju.foundation.places.models import Place, under
from anju.foundation.tenancy.errors import Unknown

SPANS = {"7": 7, "30": 30, "90": 90, "365": 365}


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
    days, raw = chosen_days(request), request.GET.get("in", "")
    cases = cases_in(last_days(request, days), actor=request.actor)
    if code := request.GET.get("standard", ""):
        cases = cases.filter(standard__code=code)
    if contract := _contract(request):
        cases = cases.filter(in_term(contract))
    if not raw:
        return cases, days, None
    try:
        place = Place.objects.seen_by(request.actor).get(id=UUID(raw))
    except (ValueError, Place.DoesNotExist):
        raise Unknown(_("There is no such place. Choose one from the list of places.")) from None
    return cases.filter(under([place.path], "place__path")), days, place


@door("indicator.see", methods="GET")
def indicators(request: Request) -> HttpResponse:
    """Every figure of the last days; each opens the cases behind it."""
    (cases, days, place), code = _narrowed(request), request.GET.get("standard", "")
    contract = _contract(request)
    term = str(contract.id) if contract else ""
    context = {
        "figures": [
            figure_of(r, days, place, standard=code, contract=term) for r in readings(cases)
        ],
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
    """One figure: its weeks, what it rests on, and the cases behind it."""
    definition, actor = BY_CODE.get(code), request.actor
    if definition is None:
        raise Unknown(_("There is no such figure."))
    (cases, days, place), ruler = _narrowed(request), request.GET.get("standard", "")
    contract = _contract(request)
    term = str(contract.id) if contract else ""
    back = asked(days, place, ruler, term)
    which = {"hit": True, "miss": False}.get(request.GET.get("which", ""))
    page: CaseList = CaseList(
        request,
        cases_with_due(actor).filter(id__in=behind(cases, definition, hits=which).values("id")),
        columns=case_columns(actor, lambda: page.clocks),
        filters=case_filters(actor),
        sort="-at",
        row_url=lambda case: reverse("requests:case", args=[case.id]),
        file=(str(definition.label),),
        empty=(_("No case counts here"), _("Nothing in this period belongs to this figure.")),
    )
    if answer := page.answer():
        return answer
    weeks = list(by_week(cases, definition, ZoneInfo(known(request).zone)))
    whole = next(r for r in readings(cases) if r.definition == definition)
    points = [Point(label=f"{week:%m-%d}", value=r.value) for week, r in weeks]
    rows = [f"{week:%Y-%m-%d},{r.hits},{r.n}" for week, r in weeks]
    chart = line(points, title=str(definition.label), target=definition.target) if points else ""
    context = {
        "definition": definition,
        "figure": figure_of(whole, days, place, standard=ruler, contract=term),
        "standard": ruler,
        "contract": contract,
        "chart": chart,
        "csv": "\n".join(["week,hits,n", *rows]),
        "spans": spans(days, place, f"&contract={term}" if term else "", standard=ruler),
        "back": back,
        "place": place,
        "page": page,
        "tabs": _sides(back, which, whole),
    }
    return render(request, "console/indicator.html", context)


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
