"""A community beside a grade: what its promises meet, what its record meets, what is missing. Pure.

Takes promises and records as they are given: who measures stands above this floor.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from anju.engine.library.rules import Item, Piece, Value
from anju.engine.standards.smart.measures import MINUTES

ENOUGH = 0.95  # the share of its own past cases from which a record is called kept


@dataclass(frozen=True)
class Promised:
    """What the strictest published standard promises of a metric: minutes, or percent."""

    value: float
    standard: str


@dataclass(frozen=True)
class Recorded:
    """How the record of the last days stands beside a value: `share` of `n` met it, with the
    bounds of its 95 % interval (0 to 1)."""

    share: float
    low: float
    high: float
    n: int


Met = Literal["rule", "record", "both", "missing", "planned", "words"]


@dataclass(frozen=True)
class Line:
    """One value of a grade beside the community. `met`: by its rule, by its record, by both, by
    neither; "planned" where only a record of planned work could tell, which Anju does not keep yet;
    "words" where a person has to look."""

    item: Item
    value: Value
    met: Met
    promised: Promised | None = None
    recorded: Recorded | None = None
    adopted: bool = False


def asked_of(piece: Piece, level: str) -> list[tuple[Item, Value]]:
    """The values of a piece that hold at a level: its own, and those of no level."""
    return [
        (item, value)
        for item in piece.items
        for value in item.values
        if not value.level or value.level == level
    ]


def metric_of(item: Item, value: Value) -> str:
    """What measures a value; empty where nothing does. One of a narrower scope is measured only
    where it names its own metric."""
    return value.metric or ("" if value.scope else item.metric)


def wanted(item: Item, value: Value) -> float | None:
    """What a value asks of its metric: minutes of a clock, percent of an indicator or of calls."""
    metric = metric_of(item, value)
    if not metric or value.value is None:
        return None
    if metric.startswith("clock:"):
        minutes = MINUTES.get(value.unit)
        return None if minutes is None or value.op != "<=" else value.value * minutes
    return float(value.value) if value.unit == "%" and value.op in (">=", "==") else None


def is_planned(value: Value) -> bool:
    """Whether a value says how often something is done: only planned work can show that it was."""
    return value.op == "every" or (value.period is not None and value.unit == "次")


def compared(
    piece: Piece,
    level: str,
    *,
    promised: Mapping[str, Promised],
    recorded: Mapping[tuple[str, float], Recorded],
    adopted: frozenset[str] = frozenset(),
) -> list[Line]:
    """Every value of a grade at a level beside a community.

    `promised` by metric; `recorded` by metric and the value it was measured against (`wanted`).
    Met by rule: the standard promises at least as much. Met by record: at least 95 of a hundred of
    its own cases met the value (a clock), or the rate reached it (an indicator: `recorded` holds
    the rate itself as the share).
    """
    return [
        _line(item, value, promised=promised, recorded=recorded, adopted=adopted)
        for item, value in asked_of(piece, level)
    ]


def _line(
    item: Item,
    value: Value,
    *,
    promised: Mapping[str, Promised],
    recorded: Mapping[tuple[str, float], Recorded],
    adopted: frozenset[str],
) -> Line:
    asks = wanted(item, value)
    mine = item.id in adopted
    if asks is None:
        met: Met = "rule" if mine else "planned" if is_planned(value) else "words"
        return Line(item, value, met, adopted=mine)
    metric = metric_of(item, value)
    promise, record = promised.get(metric), recorded.get((metric, asks))
    clock = metric.startswith("clock:")
    by_rule = promise is not None and (promise.value <= asks if clock else promise.value >= asks)
    need = ENOUGH if clock else asks / 100
    by_record = record is not None and record.n > 0 and record.share >= need
    met = (
        "both" if by_rule and by_record
        else "rule" if by_rule
        else "record" if by_record
        else "missing"
    )  # fmt: skip
    return Line(item, value, met, promise, record, mine)


def tally(lines: Sequence[Line]) -> dict[Met, int]:
    """How many lines of each kind."""
    kinds: tuple[Met, ...] = ("both", "rule", "record", "missing", "planned", "words")
    return {kind: sum(line.met == kind for line in lines) for kind in kinds}
