"""What a need weighs, when a contract holds, whether a clause was kept. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Literal

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CUSTOMERS = (
    ("owner", _("Owners")),
    ("tenant", _("Tenants")),
    ("elderly", _("Elderly residents")),
    ("shop", _("Shops")),
)
SOURCES = (
    ("survey", _("Survey")),
    ("interview", _("Interview")),
    ("meeting", _("Meeting")),
    ("complaints", _("Analysis of complaints")),
)
NEED_STATES = (("open", pgettext_lazy("need", "counts")), ("dropped", _("no longer counts")))
GROUPS = (
    ("desk", pgettext_lazy("services", "Desk")),
    ("order", pgettext_lazy("services", "Order")),
    ("cleaning", pgettext_lazy("services", "Cleaning")),
    ("greening", pgettext_lazy("services", "Greening")),
    ("engineering", pgettext_lazy("services", "Engineering")),
    ("conduct", pgettext_lazy("services", "Conduct")),
    ("value", pgettext_lazy("services", "Value-added")),
)
SERVICE_STATES = (("offered", _("offered")), ("ended", _("no longer offered")))
HEAVIEST = 5
LEAST = 3  # complaints of one category that make a need worth a look

ContractState = Literal["coming", "in_force", "over"]
Verdict = Literal["kept", "broken", "unclear", "unmeasured", "nothing"]
VERDICT_WORDS: Mapping[Verdict, Any] = MappingProxyType(
    {
        "kept": _("Kept"),
        "broken": _("Not kept"),
        "unclear": _("Too few to tell"),
        "unmeasured": _("Not measurable yet"),
        "nothing": _("Nothing promised"),
    }
)
VERDICTS: tuple[Verdict, ...] = tuple(VERDICT_WORDS)


@dataclass(frozen=True)
class Proposal:
    """A need that complaints speak of: their category, how many of all of them, in percent."""

    category: str
    n: int
    share: float


def proposed(
    complaints: Mapping[str, int], taken: Iterable[str], least: int = LEAST
) -> list[Proposal]:
    """Categories with at least `least` complaints that no need was taken from, the most first.

    The share is of all complaints, those without a category (the key "") included.
    """
    every, known = sum(complaints.values()), set(taken)
    return [
        Proposal(category, n, 100 * n / every)
        for category, n in sorted(complaints.items(), key=lambda pair: (-pair[1], pair[0]))
        if category and n >= least and category not in known
    ]


def weight_of(weights: Mapping[str, int]) -> float:
    """The weight of a need: the mean over all groups of customers, from 0 to 5."""
    return sum(weights.get(group, 0) for group, _name in CUSTOMERS) / len(CUSTOMERS)


@dataclass(frozen=True)
class Answered:
    """What stands without the other: `needs` that no standard in force names, and `standards` that
    name no need; `answers`: which standards name a need, by its code. All by code."""

    needs: tuple[str, ...]
    standards: tuple[str, ...]
    answers: Mapping[str, tuple[str, ...]]


def answered(needs: Iterable[str], named: Mapping[str, Iterable[str]]) -> Answered:
    """Set needs beside the standards in force; `named`: the needs each standard names."""
    open_needs = list(needs)
    known = set(open_needs)
    by_need: dict[str, list[str]] = {code: [] for code in open_needs}
    idle = []
    for standard, codes in named.items():
        mine = sorted(set(codes) & known)
        for code in mine:
            by_need[code].append(standard)
        if not mine:
            idle.append(standard)
    return Answered(
        needs=tuple(code for code in open_needs if not by_need[code]),
        standards=tuple(idle),
        answers={code: tuple(found) for code, found in by_need.items()},
    )


def state_on(day: date, first: date, last: date, ended: date | None) -> ContractState:
    """Where a contract stands on a local day; both its days belong to it. `ended`: the last day it
    held, where it was ended early."""
    if day < first:
        return "coming"
    return "in_force" if day <= min(last, ended or last) else "over"


def overlap(one: tuple[date, date], other: tuple[date, date]) -> bool:
    """Whether two terms, both days included, share a day."""
    return one[0] <= other[1] and other[0] <= one[1]


@dataclass(frozen=True)
class Clause:
    """One clause: its number in the paper, its words, the codes of the standards that keep it."""

    number: str
    text: str
    standards: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Clause":
        """As the table keeps it."""
        return cls(row["number"], row["text"], tuple(row["standards"]))

    def plain(self) -> dict[str, Any]:
        """The inverse of `of`."""
        return {"number": self.number, "text": self.text, "standards": list(self.standards)}


@dataclass(frozen=True)
class NoticeDate:
    """A day by which something must be said, and how many days before it managers are told."""

    on: date
    text: str
    days: int = 30

    @property
    def key(self) -> str:
        """What is told once: this date with these words."""
        return f"{self.on.isoformat()} {self.text}"

    def due(self, today: date) -> bool:
        """Whether managers are told today: from so many days before until the day itself."""
        return self.on - timedelta(days=self.days) <= today <= self.on

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "NoticeDate":
        """As the table keeps it."""
        return cls(date.fromisoformat(row["on"]), row["text"], row["days"])

    def plain(self) -> dict[str, Any]:
        """The inverse of `of`."""
        return {"on": self.on.isoformat(), "text": self.text, "days": self.days}


def verdict_of(
    *, value: float | None, interval: tuple[float, float] | None, target: float, high: bool
) -> Verdict:
    """Whether a figure keeps its target, all in percent; `high`: more is better.

    At the target or beyond it: kept. Short of it: broken where the whole 95 % interval is short
    too, else unclear: the cases are too few to tell. Without a case: unmeasured.
    """
    if value is None or interval is None:
        return "unmeasured"
    if (value >= target) if high else (value <= target):
        return "kept"
    short = interval[1] < target if high else interval[0] > target
    return "broken" if short else "unclear"


def of_clause(verdicts: Sequence[Verdict]) -> Verdict:
    """What a clause comes to: the worst of what can be told of its figures, one for each; without
    any figure nothing is promised that could be counted."""
    for one in ("broken", "unclear", "kept", "unmeasured"):
        if one in verdicts:
            return one
    return "nothing"


def words(given: str) -> str:
    """One line without needless blanks."""
    return " ".join(given.split())


def too_long(said: Mapping[str, str], longest: Mapping[str, int]) -> dict[str, Any]:
    """What is longer than its column, by field."""
    return {
        name: _now("This is too long: at most %(n)s characters.") % {"n": longest[name]}
        for name, value in said.items()
        if name in longest and len(value) > longest[name]
    }


def missing(said: Mapping[str, str], *needed: str) -> dict[str, Any]:
    """What is empty and may not be, by field."""
    return {name: _now("Please fill this in; it is needed.") for name in needed if not said[name]}
