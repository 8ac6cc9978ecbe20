"""How every figure is computed, in one place and without a database. docs/indicators.md says why.

The queries count with SQL and use the same definitions; tests compare both.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from anju.foundation.lib.wilson import wilson

By = Literal["category", "place", "channel", "month"]
DIMENSIONS: tuple[By, ...] = ("category", "place", "channel", "month")
Verdict = Literal["kept", "broken", "waiting", "not_judgeable", "not_recorded"]
VERDICTS: tuple[Verdict, ...] = ("kept", "broken", "waiting", "not_judgeable", "not_recorded")


@dataclass(frozen=True)
class Period:
    """Local days from `first` to `last`, both included. A case belongs to the day it was opened
    on, in the time zone of its community."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"a period cannot end ({self.last}) before it begins ({self.first})")

    def holds(self, day: date) -> bool:
        """Whether a case opened on `day` belongs to the period."""
        return self.first <= day <= self.last


def percentile(values: Sequence[float], p: int) -> float | None:
    """The nearest-rank percentile: the smallest value that at least p % of the values reach.

    Always a value that occurred; None of an empty list. `values` need not be sorted.
    """
    if not values:
        return None
    return sorted(values)[max(1, -(-p * len(values) // 100)) - 1]


def verdict(
    state: str, *, due: datetime | None, stopped: datetime | None, now: datetime
) -> Verdict | None:
    """How one promise counts at `now`: None when its case is void and nothing was owed.

    An open promise whose time is over counts as broken at once, though nobody has answered yet;
    one whose time still runs (or is paused) is waiting, outside the rate.
    """
    if state == "void":
        return None
    if state in ("not_judgeable", "not_recorded"):
        return "not_judgeable" if state == "not_judgeable" else "not_recorded"
    if state in ("kept", "broken"):
        return "kept" if state == "kept" else "broken"
    if stopped is None and state == "running" and due is not None and due < now:
        return "broken"
    return "waiting"


@dataclass(frozen=True)
class Spread:
    """Durations: how many, the median and the 90th percentile, in seconds or in whole days."""

    n: int = 0
    median: float | None = None
    p90: float | None = None

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """The spread of a list of durations."""
        return cls(len(values), percentile(values, 50), percentile(values, 90))


@dataclass(frozen=True)
class Promise:
    """How one kind of promise went within a group of cases.

    `seconds`: times from start to stop known to the second; `days`: times known in whole days.
    """

    kind: str
    kept: int = 0
    broken: int = 0
    waiting: int = 0
    not_judgeable: int = 0
    not_recorded: int = 0
    seconds: Spread = field(default_factory=Spread)
    days: Spread = field(default_factory=Spread)

    @property
    def n(self) -> int:
        """What the rate rests on: promises with a verdict."""
        return self.kept + self.broken

    @property
    def rate(self) -> float | None:
        """Timeliness (及时率): kept of n; None when n = 0, never 100 % by default."""
        return self.kept / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval of the rate."""
        return wilson(self.kept, self.n)


def tallied(kind: str, verdicts: Iterable[Verdict]) -> Promise:
    """Count verdicts of one kind of promise."""
    counts: dict[str, int] = dict.fromkeys(VERDICTS, 0)
    for one in verdicts:
        counts[one] += 1
    return Promise(kind=kind, **counts)  # type: ignore[arg-type]  # the keys are VERDICTS


@dataclass(frozen=True)
class Group:
    """Figures of a set of cases.

    `states`: how many are in which state. `recorded` is false, and `key` empty, where what the
    cases are grouped by (category, place, channel) was not recorded.
    """

    key: str
    name: str
    cases: int
    states: Mapping[str, int]
    promises: tuple[Promise, ...]
    recorded: bool = True

    def promise(self, kind: str) -> Promise:
        """The figures of one kind of promise; all zero when no case of the group has it."""
        return next((p for p in self.promises if p.kind == kind), Promise(kind))


@dataclass(frozen=True)
class ServiceReport:
    """How the promises of the cases opened in a period went, all together and by groups.

    `not_recorded`: how many cases have no place, category or channel.
    """

    period: Period
    at: datetime
    whole: Group
    kinds: Mapping[str, int]
    not_recorded: Mapping[str, int]
    by: By | None = None
    groups: tuple[Group, ...] = ()


def report_json(report: ServiceReport) -> dict[str, Any]:
    """The report as plain values, for machines: rates as shares of 1, times in seconds or days."""
    return {
        "from": report.period.first.isoformat(),
        "to": report.period.last.isoformat(),
        "at": report.at.isoformat(),
        "by": report.by,
        **_group_json(report.whole),
        "kinds": dict(report.kinds),
        "not_recorded": dict(report.not_recorded),
        "groups": [
            {"key": g.key, "name": g.name, "recorded": g.recorded, **_group_json(g)}
            for g in report.groups
        ],
    }


def _group_json(group: Group) -> dict[str, Any]:
    return {
        "cases": group.cases,
        "states": dict(group.states),
        "promises": {p.kind: _promise_json(p) for p in group.promises},
    }


def _promise_json(promise: Promise) -> dict[str, Any]:
    low, high = promise.interval or (None, None)
    return {
        **{name: getattr(promise, name) for name in VERDICTS},
        "n": promise.n,
        "rate": promise.rate,
        "low": low,
        "high": high,
        "seconds": asdict(promise.seconds),
        "days": asdict(promise.days),
    }
