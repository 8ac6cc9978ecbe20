"""From a piece to the text of a standard: its requirements measurable where a value is. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any

from anju.engine.library.comparing import asked_of
from anju.engine.library.rules import Item, Library, Piece, Value
from anju.engine.library.script import in_script
from anju.engine.library.words import said
from anju.engine.standards.document import Basis, Document, Requirement, Where
from anju.engine.standards.rules import CLOCK_KINDS, Limit
from anju.engine.standards.smart.measures import MINUTES

LONGEST = 400


def document_of(library: Library, piece: Piece, *, level: str, script: str) -> Document | None:
    """The draft of a standard from the promises of a piece at a level; None where it has none.

    Each value is a requirement that rests on its item. One that may be counted for compliance is
    measured, and a time of a clock is a limit as well; what was only suggested says so in its words
    and binds nothing. A standard has its limits for all its kinds alike: where the clocks are of
    several kinds there are none.
    """
    pairs = [(i, v) for i, v in asked_of(piece, level) if i.kind == "requirement"]
    if not pairs:
        return None
    kinds = dict.fromkeys(parts[2] for i, _ in pairs if (parts := clock_of(i)))
    return Document(
        code=piece.code,
        name=in_script(f"{piece.title}{f' {level}' if level else ''}"[:80], script),
        kinds=tuple(kinds),
        item=in_script(piece.title, script),
        requirements=tuple(requirement_of(i, v, n, script) for n, (i, v) in enumerate(pairs, 1)),
        limits=tuple(limits_of(pairs)) if len(kinds) == 1 else (),
        basis=tuple(bases_of(library, piece.items, script)),
    )


def requirement_of(item: Item, value: Value, n: int, script: str) -> Requirement:
    """A value as the nth requirement of a standard."""
    feeds = item.value_feeds(value)
    measured: dict[str, Any] = {}
    number, minutes = value.value if feeds else None, MINUTES.get(value.unit)
    if number is not None:
        measured = {"op": value.op, "value": number, "unit": value.unit}
        measured["period"] = value.period or ""
    if number is not None and (clock := clock_of(item)) and minutes and not value.scope:
        urgency = int(clock[3]) if len(clock) > 3 else None
        measured |= {
            "metric": f"clock.{clock[1]}",
            "value": number * minutes,
            "unit": "min",
            "scope": Where(kind=clock[2], urgency=urgency),
        }
    elif number is not None and item.metric.startswith("indicator:"):
        measured["metric"] = item.metric.replace("indicator:", "indicator.")
    doubt = "" if feeds else "（建议值）"
    text = in_script(f"{item.title}：{said(value)}{doubt}", script)
    return Requirement(text=text[:LONGEST], code=f"r{n}", rests_on=(item.id,), **measured)


def clock_of(item: Item) -> list[str] | None:
    """The parts of the clock that measures an item: "clock", its name, kind, urgency."""
    return item.metric.split(":") if item.metric.startswith("clock:") else None


def limits_of(pairs: Iterable[tuple[Item, Value]]) -> Iterator[Limit]:
    """The limits that values set: those that may be counted, each clock and urgency once."""
    seen = set()
    for item, value in pairs:
        clock, minutes = clock_of(item), MINUTES.get(value.unit)
        if not clock or not minutes or value.value is None or value.scope or value.op != "<=":
            continue
        if not item.value_feeds(value):
            continue
        name = next(k for k in CLOCK_KINDS if k == clock[1])
        urgency = int(clock[3]) if len(clock) > 3 else None
        if (name, urgency) not in seen:
            seen.add((name, urgency))
            yield Limit(name, round(value.value * minutes), urgency=urgency)


def bases_of(library: Library, items: Iterable[Item], script: str) -> Iterator[Basis]:
    """What items rest on, where it can be looked up; at most twenty."""
    seen: set[str] = set()
    for item in items:
        for source in library.sources_of(item):
            if source.key not in seen and source.address and len(seen) < 20:
                seen.add(source.key)
                ref = in_script(source.title, script)[:200]
                yield Basis(kind=item.basis, ref=ref, source=source.address[:300])
