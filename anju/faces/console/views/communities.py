"""Communities compared: one row each, every figure with its n and interval, red ones first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.requests.across import dissatisfied_today, late_by
from anju.engine.clocks.models import KINDS
from anju.engine.indicators.figures import BY_CODE, Reading, late_steps, readings_by
from anju.engine.indicators.queries import cases_in
from anju.engine.loop.models import Case
from anju.faces.console.views.figures import (
    chosen_days,
    communities_of,
    figure_of,
    last_days,
    spans,
)
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.export import download, file_name, xlsx_bytes
from anju.foundation.kit.figures import FEW, Figure, Verdict, verdict
from anju.foundation.lib import now
from anju.foundation.places.models import Place
from anju.foundation.places.queries import full_names

MOST_NOTES, MOST_CASES = 3, 5
# The columns in their groups, each with the short name of a head.
GROUPS: tuple[tuple[Any, tuple[tuple[str, Any], ...]], ...] = (
    (
        gettext_lazy("Repairs"),
        (
            ("repair_responded", gettext_lazy("Responded")),
            ("repair_timely", gettext_lazy("Finished")),
            ("repair_first_time", gettext_lazy("First time")),
            ("found_by_staff", gettext_lazy("Staff first")),
        ),
    ),
    (
        gettext_lazy("Complaints"),
        (
            ("complaint_responded", gettext_lazy("Responded")),
            ("complaint_feedback", gettext_lazy("24 h")),
            ("complaint_timely", gettext_lazy("Settled")),
        ),
    ),
    (
        gettext_lazy("Callbacks"),
        (
            ("satisfied", gettext_lazy("Satisfied")),
            ("not_reached", gettext_lazy("Not reached")),
        ),
    ),
)
SHORT = {code: short for _title, columns in GROUPS for code, short in columns}
LEAD, LATE = "repair_timely", "late"


@dataclass(frozen=True)
class Cell:
    """A figure with its verdict and what it was counted from."""

    reading: Reading
    figure: Figure
    verdict: Verdict | None

    @property
    def red(self) -> bool:
        """The whole interval is on the wrong side of the target, and rests on enough cases."""
        return not self.few and self.verdict is not None and self.verdict.tone == "warn"

    @property
    def few(self) -> bool:
        """Too few cases to put communities in an order by it."""
        return self.figure.n < FEW


@dataclass(frozen=True)
class Row:
    """One community: its figures by code, how many cases are late now and where they are listed."""

    place: Place
    cells: Mapping[str, Cell]
    late: int
    late_url: str

    @property
    def shown(self) -> list[Cell]:
        """The cells in the order of the columns."""
        return [self.cells[code] for code in SHORT]

    @property
    def red(self) -> list[Cell]:
        """Those of them that miss their target."""
        return [cell for cell in self.shown if cell.red]


def compared(request: Request, days: int) -> list[Row]:
    """A row for every community whose figures the actor may see. Three queries, however many."""
    actor = request.actor
    places = list(communities_of(actor))
    paths = [place.path for place in places]
    found = readings_by(cases_in(last_days(request, days), actor=actor), paths)
    late = late_by(actor, paths)
    return [_row(p, found[p.path], late[p.path], days) for p in places]


def _row(place: Place, found: Mapping[str, Reading], late: int, days: int) -> Row:
    figures = {code: figure_of(found[code], days, place) for code in SHORT}
    cells = {code: Cell(found[code], figure, verdict(figure)) for code, figure in figures.items()}
    query = urlencode({"state": "live", "late": "yes", "place": place.full_code, "sort": "due"})
    return Row(
        place=place,
        cells=cells,
        late=late,
        late_url=f"{reverse('requests:cases')}?{query}",
    )


def ranked(rows: Sequence[Row], by: str) -> tuple[list[Row], list[Row]]:
    """The worst on top, and apart those with too few cases to be put in an order."""
    if by == LATE:
        return sorted(rows, key=lambda row: -row.late), []
    worst = -1 if BY_CODE[by].better == "low" else 1
    enough = [row for row in rows if not row.cells[by].few]
    few = [row for row in rows if row.cells[by].few]
    return sorted(enough, key=lambda row: worst * (row.cells[by].figure.value or 0)), few


def reds(
    request: Request, rows: Sequence[Row], days: int
) -> tuple[list[tuple[Row, list[tuple[Any, int]]]], int]:
    """The communities that miss most targets, each with the steps at which its late repairs were
    late, and how many more miss any. One query."""
    cases = cases_in(last_days(request, days), actor=request.actor)
    steps = late_steps(cases, BY_CODE[LEAD], [row.place.path for row in rows])
    names = dict(KINDS)
    found = sorted((row for row in rows if row.red), key=lambda row: -len(row.red))
    told = [
        (row, [(names[kind], n) for kind, n in steps[row.place.path].most_common(2)])
        for row in found[:MOST_NOTES]
    ]
    return told, len(found) - len(told)


@door("indicator.see", methods="GET")
def communities(request: Request) -> HttpResponseBase:
    """All communities side by side over a period, sorted by any figure; as a file too."""
    days, by = chosen_days(request), request.GET.get("sort", LEAD)
    by = by if by in SHORT or by == LATE else LEAD
    rows = compared(request, days)
    if request.GET.get("format") == "xlsx":
        return _file(rows)
    return render(request, "console/communities.html", _context(request, rows, days, by))


def side_by_side(request: Request, days: int) -> dict[str, Any]:
    """The same for the page of the morning of who watches over many communities."""
    return _context(request, compared(request, days), days, LEAD)


def _context(request: Request, rows: Sequence[Row], days: int, by: str) -> dict[str, Any]:
    enough, few = ranked(rows, by)
    here = reverse("console:communities")
    unhappy = (
        Case.objects.seen_by(request.actor)
        .filter(pk__in=dissatisfied_today())
        .select_related("place")
        .order_by("-at", "-id")
    )
    red, more = reds(request, rows, days)
    return {
        "groups": [
            (title, [(code, short, f"{here}?days={days}&sort={code}") for code, short in columns])
            for title, columns in GROUPS
        ],
        "tables": [(enough, False), (few, True)],
        "beside": [row.cells[by].figure for row in rows] if by != LATE else [],
        "by": by,
        "lead": BY_CODE.get(by, BY_CODE[LEAD]),
        "late_url": f"{here}?days={days}&sort={LATE}",
        "reds": red,
        "more_red": more,
        "n": len(rows),
        "few": FEW,
        "unhappy": _named(unhappy[:MOST_CASES]),
        "unhappy_n": unhappy.count(),
        "unhappy_url": f"{reverse('requests:cases')}?dissatisfied=today&sort=-at",
        "days": days,
        "spans": spans(days, more=f"&sort={by}"),
        "file_url": f"{here}?days={days}&format=xlsx",
        "at": now(),
    }


def _named(cases: Iterable[Case]) -> list[tuple[Case, str]]:
    """Each case with its place as it is called among many communities. One query."""
    found = list(cases)
    names = full_names(case.place for case in found if case.place)
    return [(case, names[case.place.id] if case.place else "") for case in found]


def _file(rows: Sequence[Row]) -> HttpResponse:
    """One line for each community and figure: what was counted, beside what it comes to."""
    header = (
        _("Community"), _("Figure"), _("Hits"), "n", _("Value in %"), _("Interval from"),
        _("Interval to"), _("Target"),
    )  # fmt: skip
    lines = [_line(row, code) for row in rows for code in SHORT]
    lines += [(str(row.place), _("overdue"), row.late, None, *[None] * 4) for row in rows]
    zone = get_current_timezone()
    name = file_name((_("communities"),), "xlsx", zone=zone, at=now())
    return download(xlsx_bytes(header, lines, zone=zone), name)


def _line(row: Row, code: str) -> tuple[Any, ...]:
    figure, reading = row.cells[code].figure, row.cells[code].reading
    return (
        str(row.place), str(figure.label), reading.hits, reading.n, figure.value, figure.low,
        figure.high, figure.target,
    )  # fmt: skip
