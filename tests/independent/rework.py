"""What had to be done again within its warranty, from what happened alone; imports nothing of anju.

`anju` finds it with SQL over cases, work orders, links and decisions; this reads a plain list of
what was reported and done, in the order of time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
Z = 1.959963985


@dataclass
class Done:
    """A matter that was reported (`category`), or a piece of `planned` work that was opened
    (`kinds`: the categories it is of; without any, nothing reported can be the same). `again`:
    what it repeats, where it was decided so."""

    name: str
    where: str
    thing: str
    at: datetime
    warranty: int
    category: str = ""
    kinds: tuple[str, ...] = ()
    planned: bool = False
    done: datetime | None = None
    team: str = ""
    community: str = ""
    void: bool = False
    payer: str = ""
    repairer: str = ""
    again: str = ""

    @property
    def ours(self) -> bool:
        """Whether it is good for some days, of some kind, and we are who did it."""
        if not (self.kinds if self.planned else self.category):
            return False
        by_us = self.repairer not in ("developer", "owner")
        return bool(self.warranty and self.done and not self.void and by_us)


def repeated(matter: Done, before: Iterable[Done]) -> Done | None:
    """The newest finished work within whose warranty a matter was reported."""
    found = [one for one in before if _still_good(one, matter) and _same(one, matter)]
    return max(found, key=lambda one: one.done or one.at, default=None)


def _still_good(one: Done, matter: Done) -> bool:
    if not one.ours or one.done is None or one.done > matter.at:
        return False
    last = one.done.astimezone(ZONE).date() + timedelta(days=one.warranty)
    return matter.at.astimezone(ZONE).date() <= last


def _same(one: Done, matter: Done) -> bool:
    if not matter.category:
        return False
    if one.kinds:
        alike = any(f"{matter.category}/".startswith(f"{kind}/") for kind in one.kinds)
    else:
        alike = one.category == matter.category
    there = one.thing == matter.thing if matter.thing else one.where == matter.where
    return alike and there


def share(rows: Sequence[Done], all_of_them: Iterable[Done]) -> tuple[int, int]:
    """How many of these were done again for nothing, and of how many."""
    again = {one.again for one in all_of_them if one.payer == "ours" and not one.void}
    counted = [one for one in rows if one.ours]
    return sum(one.name in again for one in counted), len(counted)


def shares(
    rows: Sequence[Done], all_of_them: Sequence[Done], group: Callable[[Done], str]
) -> dict[str, tuple[int, int]]:
    """The same by group; groups in which nothing counts are left out."""
    keys = Counter(group(one) for one in rows if one.ours)
    return {key: share([one for one in rows if group(one) == key], all_of_them) for key in keys}


def interval(hits: int, n: int) -> tuple[float, float]:
    """Wilson's, in percent."""
    p, z2 = hits / n, Z * Z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return 100 * max(0.0, middle - half), 100 * min(1.0, middle + half)
