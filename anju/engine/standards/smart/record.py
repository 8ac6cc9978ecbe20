"""Achievable: the limits against how the cases of the last days went. Pure.

`World.record` says for each limit how many cases it would have bound and how many of them would
have been in time. Nine in ten is what can be called kept.
"""

from collections.abc import Iterator

from anju.engine.standards.document import Document
from anju.engine.standards.smart.findings import Finding, place_of
from anju.engine.standards.smart.world import World, key_of
from anju.foundation.lib.wilson import wilson

ENOUGH = 30  # cases, below which a share says nothing
KEPT = 0.9


def achievable(document: Document, world: World) -> Iterator[Finding]:
    """What the record says of each limit; of those it says nothing of, one line."""
    if world.record is None:
        return
    unknown = []
    for limit in document.limits:
        tally = world.record.get(key_of(limit))
        if tally is None or not tally.of:
            unknown.append(limit.clock)
            continue
        low, high = wilson(tally.kept, tally.of) or (0.0, 1.0)
        facts = {
            "days": world.days, "clock": limit.clock, "time": limit.minutes, "kept": tally.kept,
            "n": tally.of, "share": round(100 * tally.kept / tally.of), "low": round(100 * low),
            "high": round(100 * high),
        }  # fmt: skip
        if tally.of < ENOUGH:
            yield Finding("few-cases", place_of(limit), facts=facts)
        elif high < KEPT:
            yield Finding("not-achieved", place_of(limit), facts=facts)
        elif low < KEPT:
            yield Finding("uncertain", place_of(limit), facts=facts)
    if unknown:
        unsaid = {"days": world.days, "clocks": tuple(dict.fromkeys(unknown))}
        yield Finding("no-record", "limits", facts=unsaid)
