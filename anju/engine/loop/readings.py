"""What the counters of equipment showed: entered by itself, or answered in work at it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from anju.engine.loop.asked import ANSWERS
from anju.engine.loop.models import Record

READING = "reading"  # the kind of record of one that is entered by itself
KEPT = 20  # readings that a pace is told from
LEAST = timedelta(hours=1)  # between readings that tell a pace


@dataclass(frozen=True)
class Shown:
    """What a counter showed since it was last set back: (when, how much), the newest last.
    `resets`: how often it was replaced or set back before."""

    readings: tuple[tuple[datetime, Decimal], ...] = ()
    resets: int = 0

    @property
    def last(self) -> Decimal | None:
        """The newest."""
        return self.readings[-1][1] if self.readings else None

    @property
    def greatest(self) -> Decimal | None:
        """The greatest; of a counter that only counts up, the newest."""
        return max((number for _at, number in self.readings), default=None)

    def expected(self, mark: Decimal) -> datetime | None:
        """When it will show `mark` at the pace of these readings; None where they tell none."""
        if len(self.readings) < 2:
            return None
        (first, low), (last, high) = self.readings[0], self.readings[-1]
        if last - first < LEAST or high <= low:
            return None
        try:
            return last + (last - first) * float((mark - high) / (high - low))
        except OverflowError:
            return None


def readings_of(assets: Collection[UUID], counter: str) -> Mapping[UUID, Shown]:
    """What the counter of each thing showed lately; nothing for those without a reading. Two
    queries."""
    kept = _kept(assets, counter)
    back = {
        row["asset_id"]: (row["n"], row["last"])
        for row in kept.filter(kind=READING, value__reset=True)
        .values("asset_id")
        .annotate(n=Count("id"), last=Max("at"))
    }
    nth = Window(RowNumber(), partition_by=F("asset_id"), order_by=[F("at").desc(), F("id").desc()])
    found: dict[UUID, list[tuple[datetime, Decimal]]] = {}
    for record in kept.annotate(nth=nth).filter(nth__lte=KEPT).order_by("-nth"):
        number, asset = _number(record), record.asset_id
        if number is None or asset is None:
            continue
        if asset not in back or record.at >= back[asset][1]:
            found.setdefault(asset, []).append((record.at, number))
    return {
        asset: Shown(tuple(found.get(asset, ())), back[asset][0] if asset in back else 0)
        for asset in {*found, *back}
    }


def _kept(assets: Collection[UUID], counter: str) -> QuerySet[Record]:
    """An item of a form is known in the record as `form.item`."""
    named = Q(item=counter) | Q(item__endswith=f".{counter}")
    return Record.objects.filter(named, asset_id__in=assets, kind__in=(READING, *ANSWERS))


def _number(record: Record) -> Decimal | None:
    try:
        number = Decimal(str(record.value.get("number", "")))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
