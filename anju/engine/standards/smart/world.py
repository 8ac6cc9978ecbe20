"""What a standard is checked against: what there is, what is in force, how it went."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from anju.engine.standards.document import Document
from anju.engine.standards.rules import Limit

Key = tuple[str, int | None, str, str]  # clock, urgency, category, place


@dataclass(frozen=True)
class Tally:
    """Of the cases a limit would have bound: `kept` of `of` would have been in time."""

    kept: int
    of: int


@dataclass(frozen=True)
class World:
    """What is known of a company; None: not known, so nothing is said of it.

    `needs`: the weight of each customers' need, None where nobody weighed it. `record`: for each
    limit of the standard in question, how the cases of the last `days` would have kept it.
    `in_force`: the published standards, the version before this one too.
    """

    procedures: frozenset[str] | None = None
    forms: frozenset[str] | None = None
    library: frozenset[str] | None = None
    calendars: frozenset[str] | None = None
    needs: Mapping[str, float | None] | None = None
    record: Mapping[Key, Tally] | None = None
    days: int = 90
    in_force: tuple[Document, ...] = field(default=())


def key_of(limit: Limit) -> Key:
    """What tells a limit from the others of its standard."""
    return limit.clock, limit.urgency, limit.category, limit.place
