"""What belongs to a person, part by part: for export and for erasure.

Higher floors join in when their app starts: `contribute(Part("cases", export=..., erase=...))`.
Both are called inside `acting`. `export` returns plain rows and the files they name; `erase`
blanks personal values, keeps what others need, and returns how many rows it changed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from anju.foundation.people.models import Person
from anju.foundation.tenancy.actor import Actor


@dataclass(frozen=True)
class Exported:
    """Rows of one part in plain values, and files by the name they get in the archive."""

    rows: Sequence[Mapping[str, Any]]
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """One part of a person's data. `title` is what the person reads above it."""

    name: str
    title: Any
    export: Callable[[Person, Actor], Exported]
    erase: Callable[[Person, Actor], int] | None = None


_parts: dict[str, Part] = {}


def contribute(part: Part) -> None:
    """Register a part under its name."""
    _parts[part.name] = part


def parts() -> list[Part]:
    """All parts, in the order they were registered."""
    return list(_parts.values())
