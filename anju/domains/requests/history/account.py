"""What became of every row of an import."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from anju.domains.requests.history.rows import Rejection


@dataclass
class Account:
    """`imported` counts what is committed; in a dry run, what would be.

    `not_recorded`: how many imported cases lack a place, a category or a channel; `clocks`:
    verdicts per clock, "not_recorded" and "not_judgeable" among them.
    """

    file: str
    dry_run: bool = False
    rows: int = 0
    imported: int = 0
    already_there: int = 0
    places_made: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    not_recorded: Counter[str] = field(default_factory=Counter)
    clocks: dict[str, Counter[str]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain values, for `--json` and for the event that ends an import."""
        return {
            "file": self.file,
            "dry_run": self.dry_run,
            "rows": self.rows,
            "imported": self.imported,
            "already_there": self.already_there,
            "rejected": len(self.rejections),
            "rejections": [
                {"row": r.row, "code": r.code, "reason": r.reason} for r in self.rejections
            ],
            "places_made": self.places_made,
            "not_recorded": {name: self.not_recorded[name] for name in sorted(self.not_recorded)},
            "clocks": {kind: dict(sorted(n.items())) for kind, n in sorted(self.clocks.items())},
        }


class Interrupted(Exception):
    """Stopped between two chunks: what `account` counts is written, the rest is not begun."""

    def __init__(self, account: Account) -> None:
        super().__init__()
        self.account = account
