"""A round on A4, to be written by hand: its points with blanks, and the report as a file."""

import json
from datetime import date
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import noto_cjk_sans_otc
import typst
from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.domains.rounds.queries import occurrence_of, planned_seen, points_of, points_planned
from anju.domains.rounds.report import cells, columns, report_json, rounds_report
from anju.engine.loop.models import WorkOrder
from anju.foundation.access.doors import Request, door, known
from anju.foundation.kit.export import download, file_name, xlsx_bytes
from anju.foundation.lib import now
from anju.foundation.places.labels import qr
from anju.foundation.tenancy.days import today
from anju.foundation.tenancy.errors import NotYet, Unknown
from anju.foundation.tenancy.rows import only

SHEET = Path(__file__).with_name("sheet.typ")
FONTS = Path(noto_cjk_sans_otc.__file__).parent
LONGEST = 31  # days of a report on a page


@door("work.see", methods="GET")
def round_sheet(request: Request, id: UUID) -> HttpResponseBase:
    """The points of a round as an A4 sheet with blanks."""
    work = only(planned_seen(request.actor).filter(id=id))
    if work is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    content = sheet_of(work, company=known(request).company_name, url=settings.URL)
    zone = timezone.get_current_timezone()
    name = file_name([work.title, work.number], "pdf", at=now(), zone=zone)
    return download(content if isinstance(content, bytes) else content[0], name)


def sheet_of(
    work: WorkOrder, *, company: str, url: str, kind: Literal["pdf", "png"] = "pdf"
) -> bytes | list[bytes]:
    """The sheet of a round: laid points in its order, else those its route has now. As "png" one
    picture per page. Text is never markup: it goes to the typesetter as data."""
    made = occurrence_of(work)
    rows = [
        [str(row.turn), row.point.name, str(row.point.asset or row.point.place),
         f"{timezone.localtime(row.opens_at):%H:%M}–{timezone.localtime(row.closes_at):%H:%M}",
         _asks(row.point)]
        for row in points_of(work)
    ]  # fmt: skip
    if not rows and made is not None:
        rows = [
            [str(one.n), one.name, str(one.asset or one.place), "", _asks(one)]
            for one in points_planned(made)
        ]
    if not rows or made is None:
        raise NotYet(_("This round has no points to print. Give its plan a route."))
    data = {
        "title": work.title,
        "company": company,
        "number": work.number,
        "on": f"{timezone.localtime(made.at):%Y-%m-%d %H:%M}",
        "qr": qr(f"{url}/work/{work.id}"),
        "head": ["", _("Point"), _("Place"), _("In time"), _("Asked"), _("Passed at"),
                 _("In order"), _("Remark")],
        "rows": rows,
        "sign": [_("Walked by"), _("Checked by"), _("Date")],
    }  # fmt: skip
    found: bytes | list[bytes] = typst.compile(
        SHEET,
        format=kind,
        ppi=150.0 if kind == "png" else None,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        font_paths=[FONTS],
        ignore_system_fonts=True,
    )
    return [found] if kind == "png" and isinstance(found, bytes) else found


def _asks(point: Any) -> str:
    return str(point.item.limits_said or point.unit) if point.reads else ""


@door("work.see", methods="GET")
def rounds_file(request: Request) -> HttpResponseBase:
    """The report of rounds as a workbook, or as JSON; this month where no days are named."""
    day = today(request.actor.company_id)
    first, last = _day(request, "from", day.replace(day=1)), _day(request, "to", day)
    if not 0 < (last - first).days + 1 <= LONGEST:
        words = _(
            "Choose a first and a last day, at most %(n)d days in all. A longer report is written "
            "by the command line: anju rounds report."
        )
        raise NotYet(words % {"n": LONGEST})
    report = rounds_report(first, last, actor=request.actor)
    if request.GET.get("format") == "json":
        said = json.dumps(report_json(report), ensure_ascii=False, indent=1)
        return HttpResponse(said, content_type="application/json")
    name = file_name([_("Rounds"), f"{first}", f"{last}"], "xlsx", at=now(), zone=report.zone)
    return download(xlsx_bytes(columns(), cells(report), zone=report.zone), name)


def _day(request: Request, name: str, usual: date) -> date:
    try:
        return date.fromisoformat(request.GET.get(name, "") or usual.isoformat())
    except ValueError:
        return usual
