"""What a change of shift must not forget. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

AFTER = timedelta(hours=4)  # until how long after its end a shift may be handed over

# Why a matter must not be forgotten, the gravest first.
REASONS = (
    "emergency", "urgent", "late", "limits", "begun", "held", "soon", "callback", "unread",
    "found", "ours", "open",
)  # fmt: skip


@dataclass(frozen=True)
class Matter:
    """One matter: its kind and id, and why it must not be forgotten (`REASONS`)."""

    kind: str
    id: UUID
    why: tuple[str, ...]

    @property
    def key(self) -> str:
        """What it is known by in a list: a case by its id alone."""
        return str(self.id) if self.kind == "case" else f"{self.kind}:{self.id}"


def matter_of(key: str, why: tuple[str, ...] = ()) -> Matter:
    """The inverse of `Matter.key`. Raises ValueError for what is none."""
    kind, _sep, id = key.rpartition(":")
    return Matter(kind or "case", UUID(id), why)


def matters_named(keys: Iterable[str]) -> list[Matter]:
    """Those among what a page sent along as keys that are some."""
    found = []
    for key in keys:
        try:
            found.append(matter_of(key))
        except ValueError:
            continue
    return found
