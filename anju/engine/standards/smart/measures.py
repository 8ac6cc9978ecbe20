"""Requirements made comparable: figures in one unit, counts over one period. Pure."""

from dataclasses import dataclass

from anju.engine.standards.document import Requirement, Where

MINUTES = {
    "s": 1 / 60, "sec": 1 / 60, "秒": 1 / 60, "min": 1, "minute": 1, "minutes": 1, "分钟": 1,
    "分鐘": 1, "h": 60, "hour": 60, "hours": 60, "小时": 60, "小時": 60, "d": 1440, "day": 1440,
    "days": 1440, "天": 1440, "日": 1440, "周": 10080, "week": 10080, "weeks": 10080,
}  # fmt: skip
COUNTED = frozenset({"times", "time", "次", "遍"})
YEAR = 365.0
A_YEAR = {
    "hour": YEAR * 24, "小时": YEAR * 24, "day": YEAR, "天": YEAR, "日": YEAR, "week": YEAR / 7,
    "周": YEAR / 7, "half-month": 24, "半月": 24, "month": 12, "月": 12, "quarter": 4, "季": 4,
    "季度": 4, "half-year": 2, "半年": 2, "year": 1, "年": 1,
}  # fmt: skip
SLACK = 0.02  # 52 times a year is once a week


@dataclass(frozen=True)
class Figure:
    """`sign`: 1 at least, -1 at most, 0 exactly. `value` in `unit`; counts are of one year."""

    sign: int
    value: float
    unit: str

    def same_as(self, other: "Figure") -> bool:
        """Whether both say one thing."""
        return self.sign == other.sign and self._near(other)

    def range_with(self, other: "Figure") -> bool:
        """Whether one says at least and the other at most."""
        return self.sign * other.sign == -1

    def holds_with(self, other: "Figure") -> bool:
        """Whether something lies between a least and a most."""
        return (other.value - self.value) * self.sign >= 0

    def _near(self, other: "Figure") -> bool:
        most = max(abs(self.value), abs(other.value))
        return abs(self.value - other.value) <= SLACK * most


SIGNS = {">=": 1, "every": 1, "<=": -1, "==": 0}


def figure_of(one: Requirement) -> Figure | None:
    """The figure of a requirement; None where it has none."""
    if one.value is None or one.op not in SIGNS:
        return None
    unit = one.unit.strip()
    if unit in MINUTES:
        return Figure(SIGNS[one.op], one.value * MINUTES[unit], "min")
    if unit in COUNTED and one.period in A_YEAR:
        return Figure(SIGNS[one.op], one.value * A_YEAR[one.period], "times a year")
    return Figure(SIGNS[one.op], one.value, f"{unit} {one.period}")


def about(one: Requirement) -> tuple[str, Where]:
    """What two requirements must share to speak of one thing."""
    return one.metric, one.scope
