"""What the library counts, computed again from its items; and what of it does not add up. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from anju.engine.library.rules import Item, Library, can_be_looked_up

CYCLES = ("半月", "季度", "半年", "年度")
LIFTS = "lift-t5002"
FULL_MARKS = 100


@dataclass(frozen=True)
class Count:
    """How much of a section there is: items, of them confirmed, rows left out with a reason."""

    section: str
    items: int
    confirmed: int
    omitted: int


@dataclass(frozen=True)
class Fault:
    """What does not add up: a code, the item or piece, and the figures."""

    code: str
    of: str
    said: str


def counted(library: Library) -> list[Count]:
    """Counts per section, in the order of the sections."""
    items = Counter(item.section for item in library.items.values())
    sure = Counter(item.section for item in library.items.values() if item.confirmed)
    left = Counter(one.section for one in library.omitted)
    sections = sorted(items.keys() | left.keys(), key=in_order)
    return [Count(one, items[one], sure[one], left[one]) for one in sections]


def in_order(section: str) -> list[int]:
    """The sort key of a section: 2 before 10, 3.1 before 3.2."""
    return [int(part) for part in section.split(".")]


def faults(library: Library) -> list[Fault]:
    """What is wrong with the library by its own figures; empty when all adds up.

    unsourced: no source, or confirmed by none that can be looked up. cycle: the items of a lift's
    cycle are not as many as the rule says, alone or added up. sheet: the points of a score sheet
    are not 100.
    """
    return [*_unsourced(library), *_cycles(library), *_sheets(library)]


def _unsourced(library: Library) -> Iterator[Fault]:
    for item in library.items.values():
        if not item.source:
            yield Fault("unsourced", item.id, "no source")
        elif item.confirmed and not can_be_looked_up(library.sources, item.source):
            yield Fault("unsourced", item.id, "confirmed by nothing that can be looked up")


def _cycles(library: Library) -> Iterator[Fault]:
    piece = library.pieces.get(LIFTS)
    if piece is None:
        yield Fault("cycle", LIFTS, "no such piece")
        return
    found = Counter(item.group for item in piece.items if item.kind == "task")
    total = 0
    for n, name in enumerate(CYCLES, start=1):
        total += found[name]
        said = {v.scope: v.value for v in library.items[f"LIFT.CYCLE.A{n}"].values}
        own, added = said["本表项目"], said["含低一级周期的累计项目"]
        if (found[name], total) != (own, added):
            yield Fault("cycle", name, f"{found[name]} and {total}, said {own} and {added}")


def _sheets(library: Library) -> Iterator[Fault]:
    for item in library.items.values():
        if item.kind == "sheet" and (points := points_of(item)) != FULL_MARKS:
            yield Fault("sheet", item.id, f"{points} points")


def points_of(item: Item) -> float:
    """The points of a score sheet: what its values in points (分) add up to."""
    return sum(v.value for v in item.values if v.unit == "分" and v.op == "==" and v.value)
