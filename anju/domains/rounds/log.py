"""The operating log (运行记录) of a plan: what was read each time, and where there are gaps."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import fmean
from uuid import UUID

from anju.domains.rounds.models import RoutePoint
from anju.domains.rounds.queries import standing_of
from anju.domains.rounds.rules import Standing
from anju.engine.forms.rules import Item
from anju.engine.loop.asked import asked_of
from anju.engine.loop.models import VERDICT_NAMES, Record
from anju.engine.plans.models import Occurrence, Plan

ANSWERS = ("answer", "check")
DONE = ("early", "on_time", "made_up", "too_late")
SPAN = timedelta(days=30)  # what is summed up
MOST = 2_000  # times that are summed up: every half hour for a month


@dataclass(frozen=True)
class Cell:
    """What was answered to an item at one time: in words, `bad` where it failed; `number`: as it
    was read."""

    said: str
    bad: bool
    number: float | None = None


@dataclass(frozen=True)
class Series:
    """An item over some time: `n` readings, the least, the mean, the most (None where it is no
    number), and how many failed."""

    item: Item
    n: int
    failed: int
    least: float | None = None
    mean: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Log:
    """A plan over some time: of `planned` times so many `read`, the `gaps` among them (nobody did
    it, or did it and left readings out), and each item."""

    planned: int
    read: int
    gaps: int
    series: tuple[Series, ...]


def items_of_log(plan: Plan) -> list[Item]:
    """What is asked each time, by the codes of its answers: the points of its route as they are
    now, else what its last work that was begun was asked. Two queries, some more for a form."""
    points = RoutePoint.objects.filter(route__plan=plan, until=None).select_related("route")
    if found := [point.item for point in points.order_by("n")]:
        return found
    made = plan.occurrences.filter(work__standard__isnull=False, withdrawn=False)
    last = made.select_related("work__standard").order_by("-at").first()
    if last is None or last.work is None:
        return []
    asked = asked_of(last.work).items.items()
    return [item.model_copy(update={"code": code}) for code, item in asked]


def cells_of(made: Collection[Occurrence], items: Collection[Item]) -> dict[UUID, dict[str, Cell]]:
    """What was answered, by occurrence and item; the last answer counts. One query."""
    by_work = {one.work_id: one.id for one in made if one.work_id}
    asked = {item.code: item for item in items}
    records = Record.objects.filter(
        work_id__in=by_work, kind__in=ANSWERS, item__in=asked, judge="person"
    )
    found: dict[UUID, dict[str, Cell]] = defaultdict(dict)
    for record in records.order_by("at", "noted_at", "id"):
        if record.work_id:
            found[by_work[record.work_id]][record.item] = _cell(record, asked[record.item])
    return found


def _cell(record: Record, item: Item) -> Cell:
    number = record.value.get("number")
    if number is not None:
        said = f"{Decimal(str(number)).normalize():f} {item.unit}".strip()
        return Cell(said, record.verdict == "fail", float(number))
    verdict = str(dict(VERDICT_NAMES).get(record.verdict, ""))
    return Cell(verdict or str(record.value.get("text", "✓")), record.verdict == "fail")


def log_of(plan: Plan, since: datetime, until: datetime) -> Log:
    """The log of a plan between two instants (UTC), of times whose window has closed; the last
    2,000. Two queries, beside those of `items_of_log`."""
    rows = plan.occurrences.filter(
        withdrawn=False, at__gte=since, closes_at__lt=until, work__isnull=False
    ).exclude(work__state="void")  # fmt: skip
    made = list(rows.select_related("work").order_by("-at", "-id")[:MOST])
    items = items_of_log(plan)
    cells = cells_of(made, items)
    needed = needed_of(items)
    read = sum(bool(cells.get(one.id)) for one in made)
    gaps = sum(gap(standing_of(one, until), cells.get(one.id, {}), needed) for one in made)
    return Log(len(made), read, gaps, tuple(_series(item, cells) for item in items))


@dataclass(frozen=True)
class Reading:
    """What was read at a planned time (None: nothing was); `bad` where it failed by the limits of
    then."""

    at: datetime
    number: float | None
    bad: bool = False


def readings_of(
    plan: Plan, item: Item, since: datetime, until: datetime
) -> dict[str, list[Reading]]:
    """An item at each planned time between two instants (UTC) whose window has closed, by the place
    or the equipment it was read at, the first on top; the last 2,000. Two queries."""
    rows = plan.occurrences.filter(
        withdrawn=False, at__gte=since, closes_at__lt=until, work__isnull=False
    ).exclude(work__state="void")  # fmt: skip
    made = list(rows.select_related("place", "asset").order_by("-at", "-id")[:MOST])
    cells = cells_of(made, [item])
    found: dict[str, list[Reading]] = {}
    for one in reversed(made):
        where = f"{one.place} · {one.asset.name}" if one.asset else str(one.place)
        cell = cells.get(one.id, {}).get(item.code)
        read = Reading(one.at, cell.number, cell.bad) if cell else Reading(one.at, None)
        found.setdefault(where, []).append(read)
    return found


def needed_of(items: Collection[Item]) -> frozenset[str]:
    """What has to be read each time: what is required, and every number."""
    return frozenset(item.code for item in items if item.required or item.kind == "number")


def gap(how: Standing, cells: Mapping[str, Cell], needed: Collection[str]) -> bool:
    """Whether the log has a hole at a time: it was missed, or the work was done and something
    needed was not read."""
    return how == "missed" or (how in DONE and not set(needed) <= set(cells))


def _series(item: Item, cells: Mapping[UUID, Mapping[str, Cell]]) -> Series:
    told = [row[item.code] for row in cells.values() if item.code in row]
    numbers = [cell.number for cell in told if cell.number is not None]
    failed = sum(cell.bad for cell in told)
    if not numbers:
        return Series(item, len(told), failed)
    return Series(item, len(told), failed, min(numbers), fmean(numbers), max(numbers))
