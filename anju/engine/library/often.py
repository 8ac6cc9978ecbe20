"""What the library says is done again and again: how often, and in which months. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from anju.engine.library.reading import library
from anju.engine.library.rules import Item, Kind, Value
from anju.engine.library.script import simplified

DONE: frozenset[Kind] = frozenset({"requirement", "task", "duty", "record", "limit"})
# Looked after in one visit: what is asked alike of a group of them is one piece of work.
TOGETHER = frozenset({"lift-t5002"})
_IN_A_YEAR = {
    "hour": 8760, "shift": 1095, "day": 365, "week": 52, "half_month": 24, "month": 12,
    "two_months": 6, "quarter": 4, "half_year": 2, "year": 1,
    "min": 525_600, "h": 8760, "班": 1095, "d": 365,
}  # fmt: skip
_MONTHS = re.compile(r"(\d{1,2})(?: ?[–-] ?(\d{1,2}))? ?月")
_SEASONS = {
    "春至秋": (3, 11), "夏季": (6, 8), "秋冬季前": (10, 10), "冬季": (12, 2), "雷雨季节前": (3, 3),
}  # fmt: skip


@dataclass(frozen=True)
class Doing:
    """One thing that an item says is done again and again: the `n`th of its values, from 1, as a
    community holds it."""

    item: Item
    n: int
    value: Value

    @property
    def key(self) -> str:
        """What a plan that carries it out is told by. Plans keep it: what ships stays at its
        place, and a new value of an item comes after the others (`tests/carried.csv`)."""
        return f"{self.item.id}/{self.n}"

    @property
    def name(self) -> str:
        """What is done."""
        scope = self.value.scope or self.value.text
        return f"{self.item.title}：{scope}" if scope else self.item.title

    @property
    def feeds(self) -> bool:
        """Whether it may be counted for compliance; else it is a suggestion."""
        return self.item.value_feeds(self.value)

    @property
    def months(self) -> tuple[int, ...]:
        """The months it is done in, in their order; none: in all of them."""
        scope = self.value.scope
        named = _MONTHS.search(scope)
        found = (int(named[1]), int(named[2] or named[1])) if named else None
        found = found or next((_SEASONS[name] for name in _SEASONS if name in scope), None)
        return months_between(*found) if found else ()

    @property
    def times(self) -> float:
        """How often it comes to in a year."""
        found, value = _times(self.value), self.value
        by_the_year = (value.unit if value.op == "every" else value.period) == "year"
        return found * len(self.months) / 12 if self.months and not by_the_year else found


def months_between(first: int, last: int) -> tuple[int, ...]:
    """The months from one to another, over the end of the year where the last comes before."""
    return tuple((first + n - 1) % 12 + 1 for n in range((last - first) % 12 + 1))


def _times(value: Value) -> float:
    if value.value is None:
        return 0
    if value.op == "every":
        return _IN_A_YEAR.get(value.unit, 0) / value.value if value.value > 0 else 0
    counted = value.unit == "次" and value.op in (">=", "==")
    return value.value * _IN_A_YEAR.get(value.period or "", 0) if counted else 0


def doings_of(item: Item, level: str = "") -> list[Doing]:
    """What an item says is done again and again, at a level where one is named. Of a range only
    what is asked at least."""
    if item.kind not in DONE:
        return []
    every = (Doing(item, n, value) for n, value in enumerate(item.values, 1))
    return [
        one for one in every
        if _times(one.value) and (not level or one.value.level in ("", level))
    ]  # fmt: skip


def doing_of(key: str) -> Doing | None:
    """The one of this key as it ships; None where there is none."""
    id, _slash, n = key.rpartition("/")
    item = library().items.get(id)
    found = doings_of(item) if item else ()
    return next((one for one in found if str(one.n) == n), None)


def doings_held(id: str, values: Iterable[Mapping[str, Any]]) -> Iterator[Doing]:
    """The same of an item as a company holds it, in either script and with its own numbers."""
    item = library().items.get(id)
    shipped = doings_of(item) if item else []
    for said in values if shipped else ():
        value = Value.model_validate(said)
        told = (value.level, value.scope, value.text)
        for one in shipped:
            ours = (one.value.level, one.value.scope, one.value.text)
            if ours == told or ours == tuple(map(simplified, told)):
                yield Doing(one.item, one.n, value)
                break


def at_once(doings: Iterable[Doing]) -> list[tuple[Doing, ...]]:
    """What is done in one piece of work each: mostly one thing, of a cycle all that is asked alike
    of a group."""
    found: dict[tuple[Any, ...], list[Doing]] = {}
    for one in doings:
        item = one.item
        whole = item.piece in TOGETHER and item.kind == "task"
        key = (item.piece, item.group, one.times) if whole else (one.key,)
        found.setdefault(key, []).append(one)
    return [tuple(some) for some in found.values()]


def name_of(doings: tuple[Doing, ...]) -> str:
    """What is done in one piece of work."""
    first = doings[0]
    if len(doings) == 1:
        return first.name
    return f"{library().pieces[first.item.piece].title}：{first.item.group}"
