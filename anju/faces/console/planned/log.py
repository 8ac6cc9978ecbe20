"""The operating log of a plan: one row for each time, one column for each item."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from anju.domains.rounds.log import (
    SPAN,
    Cell,
    cells_of,
    gap,
    items_of_log,
    log_of,
    needed_of,
    readings_of,
)
from anju.domains.rounds.queries import occurrences_seen, plan_seen, standing_of, that_stand
from anju.domains.rounds.rules import STANDING_NAMES, TONES
from anju.engine.forms.rules import Item
from anju.engine.plans.models import Occurrence, Plan
from anju.foundation.access.doors import Request, door
from anju.foundation.kit.charts import Point, readings
from anju.foundation.kit.filters import Filter, between
from anju.foundation.kit.list import Column, ListPage
from anju.foundation.kit.templatetags import kit as tags
from anju.foundation.lib import now
from anju.foundation.tenancy.days import zone_of_company

COLUMNS = 8  # items that a page shows; a file has all
CHARTS = 6  # places whose readings are drawn
SHOWN = (("missed", STANDING_NAMES["missed"]), ("done", gettext_lazy("done")))


@door("plan.see", methods="GET")
def log(request: Request, id: UUID) -> HttpResponseBase:
    """What was read each time, the newest on top, with its gaps; the last 30 days summed up."""
    plan, moment = plan_seen(id, request.actor), now()
    items = items_of_log(plan)
    cells: dict[UUID, dict[str, Cell]] = {}

    def beside(rows: Sequence[Occurrence]) -> None:
        cells.update(cells_of(rows, items))

    made = occurrences_seen(request.actor, moment - 100 * SPAN, moment).filter(plan=plan)
    page = ListPage(
        request,
        made.exclude(work=None).select_related("plan", "place", "asset", "work__person"),
        columns=_columns(items if request.GET.get("format") else items[:COLUMNS], cells, moment),
        filters=[
            Filter(
                name="show", label=_("How it stands"), choices=SHOWN,
                apply=lambda rows, value: that_stand(rows, value, moment),
            ),
            Filter(name="day", label=_("Planned at"), kind="dates", apply=between("at")),
        ],
        sort="-at",
        row_url=lambda one: reverse("console:round", args=[one.work_id]),
        file=(plan.name, _("operating log")),
        beside=beside,
        empty=(
            _("Nothing was read yet"),
            _("Each time that is done stands here with its readings."),
        ),
    )  # fmt: skip
    numbers = [item for item in items if item.kind == "number"]
    asked = request.GET.get("item", "")
    shown = next((item for item in numbers if item.code == asked), numbers[0] if numbers else None)
    context = {
        "plan": plan, "page": page, "log": log_of(plan, moment - SPAN, moment), "shown": shown,
        "charts": _charts(plan, shown, moment) if shown else (),
    }  # fmt: skip
    return page.answer() or render(request, "console/plan_log.html", context)


def _charts(plan: Plan, item: Item, moment: datetime) -> list[dict[str, str]]:
    """An item over the last 30 days, between its limits: a chart for each place it is read at."""
    zone = zone_of_company(plan.company_id)
    drawn = []
    for where, read in list(readings_of(plan, item, moment - SPAN, moment).items())[:CHARTS]:
        known = [one.number for one in read if one.number is not None]
        n_out = sum(one.bad for one in read if one.number is not None)
        said = _("%(n)d readings, %(bad)d not in order, %(none)d times without one") % {
            "n": len(known), "bad": n_out, "none": len(read) - len(known),
        }  # fmt: skip
        points = [Point(f"{one.at.astimezone(zone):%m-%d}", one.number, one.bad) for one in read]
        title = f"{item.text} · {where}"
        times = [f"{one.at.astimezone(zone):%Y-%m-%d %H:%M},{_plain(one.number)}" for one in read]
        drawn.append({
            "svg": readings(points, title=title, said=said, low=item.min, high=item.max),
            "title": title, "said": said, "csv": "\n".join(times),
        })  # fmt: skip
    return drawn


def _plain(number: float | None) -> str:
    return "" if number is None else f"{number:g}"


def _columns(
    items: Sequence[Item], cells: dict[UUID, dict[str, Cell]], moment: Any
) -> list[Column]:
    needed = needed_of(items)

    def told(one: Occurrence, code: str) -> Any:
        cell = cells.get(one.id, {}).get(code)
        return "—" if cell is None else tags.tag(cell.said, "warn") if cell.bad else cell.said

    def stands(one: Occurrence) -> Any:
        how = standing_of(one, moment)
        mark = tags.tag(STANDING_NAMES[how], TONES.get(how, ""))
        if how != "missed" and gap(how, cells.get(one.id, {}), needed):
            return format_html("{} {}", mark, tags.tag(_("readings missing"), "warn"))
        return mark

    def asked(item: Item) -> Column:
        return Column(
            name=f"i-{item.code}", label=item.text, numeric=item.kind == "number",
            render=lambda one: told(one, item.code),
            value=lambda one: _value(cells.get(one.id, {}).get(item.code)),
        )  # fmt: skip

    return [
        Column(
            name="at", label=_("Planned at"), render=lambda one: tags.moment(one.at), sort="at",
            look="title", value=lambda one: one.at,
        ),
        Column(name="place", label=_("Place"), render=_where, look="desk"),
        *(asked(item) for item in items),
        Column(
            name="who", label=pgettext("planned", "Done by"), look="desk",
            render=lambda one: str(one.work.person) if one.work and one.work.person else "—",
        ),
        Column(name="standing", label=_("How it stands"), look="mark", render=stands),
    ]  # fmt: skip


def _value(cell: Cell | None) -> Any:
    return None if cell is None else cell.said if cell.number is None else cell.number


def _where(one: Occurrence) -> str:
    return f"{one.place} · {one.asset.name}" if one.asset else str(one.place)
