"""What a shift hands over, and what has changed until somebody takes it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from anju.engine.loop.matters import Matter

BEFORE = timedelta(hours=2)  # how long before a duty somebody may take a shift over
GRACE = timedelta(minutes=30)  # after its end a shift that nobody handed over is missing
STILL = timedelta(hours=12)  # after its end nobody is told any more of a shift not handed over
LATE, MISSING = "handover.late", "handover.missing"  # it can still be signed; it was not signed
NEXT = timedelta(hours=1)  # whoever begins so near to the end of a shift follows it
THINGS_MOST, NAME_MOST, COUNT_MOST = 30, 40, 9_999


@dataclass(frozen=True)
class Changes:
    """What is different from what was drafted or signed: `gone` matters (by key) that are owed no
    more in that way, `new` ones that nobody has seen yet."""

    gone: tuple[str, ...] = ()
    new: tuple[Matter, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.gone or self.new)


def changes(before: Iterable[str], now: Iterable[Matter]) -> Changes:
    """What has changed between the matters (by key) that somebody saw and those of now."""
    seen, standing = list(dict.fromkeys(before)), list(now)
    present = {one.key for one in standing}
    return Changes(
        gone=tuple(key for key in seen if key not in present),
        new=tuple(one for one in standing if one.key not in set(seen)),
    )


def matters_to_json(matters: Iterable[Matter]) -> list[dict[str, Any]]:
    """Plain values for the table: each matter by the name of its kind."""
    return [{one.kind: str(one.id), "why": list(one.why)} for one in matters]


def matters_from_json(rows: Iterable[Mapping[str, Any]]) -> tuple[Matter, ...]:
    """The inverse of `matters_to_json`."""
    return tuple(
        Matter(kind, UUID(id), tuple(row["why"]))
        for row in rows
        for kind, id in row.items()
        if kind != "why"
    )


@dataclass(frozen=True)
class Thing:
    """Something that goes from hand to hand, counted: keys, radios. `found`: how many who came
    counted, where they counted otherwise."""

    name: str
    n: int
    found: int | None = None


def things_fault(things: Sequence[tuple[str, int]]) -> str:
    """What is wrong with a list of things, in words; empty when it can be signed."""
    names = [name for name, _n in things]
    if len(names) > THINGS_MOST:
        return _("Name at most %(n)s things; put what belongs together into one line.") % {
            "n": THINGS_MOST
        }
    if any(not name or len(name) > NAME_MOST or not name.isprintable() for name in names):
        return _("Name each thing in at most %(n)s characters.") % {"n": NAME_MOST}
    if len(set(names)) < len(names):
        return _("A thing stands in the list twice. Count it in one line.")
    if any(not 0 <= n <= COUNT_MOST for _name, n in things):
        return _("Count each thing with a number from 0 to %(n)s.") % {"n": COUNT_MOST}
    return ""


def rows_typed(names: Iterable[str], numbers: Iterable[str]) -> list[tuple[str, str]]:
    """The rows of things a page sent along as they were typed, without those left empty."""
    return [row for row in zip(names, numbers, strict=False) if any(cell.strip() for cell in row)]


def things_typed(names: Iterable[str], numbers: Iterable[str]) -> list[tuple[str, int]]:
    """The things a page sent along, row by row. What is no number counts as -1; `things_fault`
    finds that, and a number without a name."""
    return [(name.strip(), _number(n)) for name, n in rows_typed(names, numbers)]


def counts_typed(things: Iterable[tuple[str, int]], numbers: Iterable[str]) -> dict[str, int]:
    """How many of each thing who came has counted; what they left empty they did not count."""
    rows = zip(things, numbers, strict=False)
    return {name: _number(n) for (name, _n), n in rows if n.strip()}


def _number(text: str) -> int:
    return int(text) if text.strip().isdecimal() and len(text.strip()) < 6 else -1


def counted(things: Sequence[tuple[str, int]], found: Mapping[str, int]) -> dict[str, int]:
    """What who came counted otherwise than who went: name -> how many."""
    return {name: found[name] for name, n in things if name in found and found[name] != n}
