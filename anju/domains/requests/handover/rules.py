"""What a shift hands over, and what has changed until somebody takes it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

SHIFT = timedelta(hours=12)  # how far ahead "the next shift" looks
# Why a matter is handed over, the gravest first.
REASONS = ("urgent", "late", "soon", "held", "callback", "unread")


@dataclass(frozen=True)
class Line:
    """One matter of a handover: the case, and why it is in it (`REASONS`)."""

    case: str
    why: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """What is different from what was drafted or signed: `gone` lines that are owed no more in
    that way, `new` lines that nobody has seen yet."""

    gone: tuple[str, ...] = ()
    new: tuple[Line, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.gone or self.new)


def changes(before: Iterable[str], now: Iterable[Line]) -> Changes:
    """What has changed between the matters (ids of cases) that somebody saw and those of now."""
    seen, standing = list(dict.fromkeys(before)), list(now)
    present = {line.case for line in standing}
    return Changes(
        gone=tuple(case for case in seen if case not in present),
        new=tuple(line for line in standing if line.case not in set(seen)),
    )


def lines_to_json(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Plain values for the table."""
    return [{"case": line.case, "why": list(line.why)} for line in lines]


def lines_from_json(rows: Iterable[Mapping[str, Any]]) -> tuple[Line, ...]:
    """The inverse of `lines_to_json`."""
    return tuple(Line(row["case"], tuple(row["why"])) for row in rows)
