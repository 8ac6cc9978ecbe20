"""What standards promise and what the record shows of the metrics of the library, at one place.

A metric of the library is `clock:NAME:KIND[:URGENCY]` (minutes), `indicator:CODE` (percent) or
`called:KIND[:URGENCY]` (percent of the settled cases whose reporter answered a call).
"""

from collections.abc import Collection, Iterable, Mapping

from django.db.models import QuerySet

from anju.engine.indicators.figures import readings
from anju.engine.indicators.within import Within, called, within
from anju.engine.library.comparing import (
    Line,
    Promised,
    Recorded,
    asked_of,
    compared,
    metric_of,
    wanted,
)
from anju.engine.library.rules import Piece
from anju.engine.loop.models import Case
from anju.engine.standards.models import Standard
from anju.engine.standards.rules import URGENCIES, Subject, limits_for
from anju.foundation.places.models import Place

Ask = tuple[str, float]


def lines_at(
    piece: Piece,
    level: str,
    *,
    place: Place,
    standards: Collection[Standard],
    cases: QuerySet[Case],
    adopted: frozenset[str] = frozenset(),
) -> list[Line]:
    """A grade line by line beside what `standards` promise at a place and what `cases` show. One
    query for all figures, one for each time or share that is asked."""
    asks = {
        (metric_of(item, value), number)
        for item, value in asked_of(piece, level)
        if (number := wanted(item, value)) is not None
    }
    return compared(
        piece,
        level,
        promised=promised({metric for metric, _number in asks}, place, standards),
        recorded=recorded(sorted(asks), cases),
        adopted=adopted,
    )


def promised(
    metrics: Collection[str], place: Place, standards: Iterable[Standard]
) -> dict[str, Promised]:
    """The strictest promise of each metric by the standards that rule the place, day and night."""
    found: dict[str, Promised] = {}
    for standard in standards:
        for metric, value in _promises(metrics, place, standard):
            strict = value if metric.startswith("clock:") else -value
            held = found.get(metric)
            if held is None or strict < (
                held.value if metric.startswith("clock:") else -held.value
            ):
                found[metric] = Promised(value, str(standard))
    return found


def _promises(
    metrics: Collection[str], place: Place, standard: Standard
) -> Iterable[tuple[str, float]]:
    for metric in metrics:
        head = metric.split(":")[0]
        value = (
            _minutes(standard, metric, place) if head == "clock"
            else _share(standard, metric, place) if head == "called"
            else None
        )  # fmt: skip
        if value:
            yield metric, value
    if not _rules(standard, place, *URGENCIES):
        return
    for one in standard.document.requirements:
        metric = one.metric.replace("indicator.", "indicator:", 1)
        narrow = one.scope.category or one.scope.urgency
        if narrow or not place.path.startswith(one.scope.place):
            continue
        if metric in metrics and one.op in (">=", "==") and one.value is not None:
            yield metric, one.value


def _rules(standard: Standard, place: Place, *urgencies: int) -> bool:
    """Whether it rules every matter of these urgencies at the place, whatever its category."""
    where = standard.where
    return all(where.rank_for(Subject("", one, place.path)) is not None for one in urgencies)


def _asked(standard: Standard, place: Place, kind: str, urgency: list[str]) -> list[int]:
    """The urgencies that are asked of, where the standard rules them all; else none."""
    wanted_ = [int(urgency[0])] if urgency else list(URGENCIES)
    ruled = kind in standard.kinds and _rules(standard, place, *wanted_)
    return wanted_ if ruled else []


def _minutes(standard: Standard, metric: str, place: Place) -> float | None:
    """What it promises at the place; of several urgencies the longest; None where one is open or
    not ruled by it, or runs on a calendar that closes."""
    _clock, clock, kind, *urgency = metric.split(":")
    bound = [
        limits_for(standard.time_limits, Subject("", one, place.path)).get(clock)  # type: ignore[call-overload]  # a clock of the library
        for one in _asked(standard, place, kind, urgency)
    ]
    times = [limit.minutes for limit in bound if limit and limit.calendar == "always"]
    return max(times) if times and len(times) == len(bound) else None


def _share(standard: Standard, metric: str, place: Place) -> float | None:
    """How many of a hundred it calls; of several urgencies the fewest; None where it does not rule
    them or calls nobody."""
    _called, kind, *urgency = metric.split(":")
    asked = _asked(standard, place, kind, urgency)
    if not asked or not standard.callback:
        return None
    return min(standard.document.asking.share_of(kind, "", one) for one in asked)


def recorded(asks: Iterable[Ask], cases: QuerySet[Case]) -> Mapping[Ask, Recorded]:
    """How the record stands beside each number that is asked. A figure is asked once for all."""
    asks, found = list(asks), {}
    by_code = (
        {f"indicator:{one.definition.code}": one for one in readings(cases)}
        if any(metric.startswith("indicator:") for metric, _n in asks)
        else {}
    )
    for metric, number in asks:
        reading = by_code.get(metric)
        if reading and reading.interval and reading.value is not None:
            low, high = reading.interval
            shown = Recorded(reading.value / 100, low / 100, high / 100, reading.n)
            found[metric, number] = shown
        elif counted := _counted(metric, number, cases):
            if counted.n:
                shown = Recorded(counted.hits / counted.n, *counted.interval, counted.n)
                found[metric, number] = shown
    return found


def _counted(metric: str, number: float, cases: QuerySet[Case]) -> Within | None:
    head, *rest = metric.split(":")
    if head == "clock":
        clock, kind, *urgency = rest
        level = int(urgency[0]) if urgency else None
        return within(cases, clock, number, kind=kind, urgency=level)
    if head == "called":
        kind, *urgency = rest
        return called(cases, kind=kind, urgency=int(urgency[0]) if urgency else None)
    return None
