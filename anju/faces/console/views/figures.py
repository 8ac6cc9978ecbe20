"""Indicators: every figure with n, interval and target, and the cases behind it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.requests.queries import cases_with_due
from anju.domains.requests.tables import CaseList, case_columns, case_filters
from anju.engine.indicators.figures import BY_CODE, Reading, behind, by_week, readings
from anju.engine.indicators.queries import cases_in
from anju.engine.indicators.rules import Period
from anju.foundation.access.doors import Request, door, known
from anju.foundation.kit.charts import Point, line
from anju.foundation.kit.figures import Figure
from anju.foundation.kit.parts import Link
from anju.foundation.lib import now
from anju.foundation.tenancy.errors import Unknown

SPANS = {"7": 7, "30": 30, "90": 90, "365": 365}


def last_days(request: Request, days: int) -> Period:
    """The last so many days up to today, in the company's zone."""
    last = now().astimezone(ZoneInfo(known(request).zone)).date()
    return Period(last - timedelta(days=days - 1), last)


def figure_of(reading: Reading, days: int) -> Figure:
    """A reading as a tile that opens the cases behind it."""
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
        url=f"{reverse('console:indicator', args=[definition.code])}?days={days}",
    )


@door("indicator.see", methods="GET")
def indicators(request: Request) -> HttpResponse:
    """Every figure of the last days; each opens the cases behind it."""
    days = _days(request)
    found = readings(cases_in(last_days(request, days), actor=request.actor))
    context = {
        "figures": [figure_of(r, days) for r in found],
        "spans": _spans(days),
        "days": days,
        "at": now(),
    }
    return render(request, "console/indicators.html", context)


@door("indicator.see", methods="GET")
def indicator(request: Request, code: str) -> HttpResponseBase:
    """One figure: its weeks, what it rests on, and the cases behind it."""
    definition, actor, days = BY_CODE.get(code), request.actor, _days(request)
    if definition is None:
        raise Unknown(_("There is no such figure."))
    cases = cases_in(last_days(request, days), actor=actor)
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
        "figure": figure_of(whole, days),
        "chart": chart,
        "csv": "\n".join(["week,hits,n", *rows]),
        "spans": _spans(days),
        "days": days,
        "page": page,
        "tabs": _sides(days, which, whole),
    }
    return render(request, "console/indicator.html", context)


def _days(request: Request) -> int:
    return SPANS.get(request.GET.get("days", ""), 30)


def _spans(days: int) -> list[Link]:
    words = {"7": _("7 days"), "30": _("30 days"), "90": _("90 days"), "365": _("a year")}
    return [
        Link(label=words[key], url=f"?days={key}", current=days == n) for key, n in SPANS.items()
    ]


def _sides(days: int, which: bool | None, whole: Reading) -> list[Link]:
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
        Link(label=label, url=f"?days={days}{query}", current=which is value, count=str(count))
        for label, query, value, count in sides
    ]
