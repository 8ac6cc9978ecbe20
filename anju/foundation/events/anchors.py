"""Anchors: the last seals, kept outside. Pure.

Who owns the database can rebuild a whole record, seals included. He cannot rebuild it into one
that has the seal written in an anchor: so keep anchors where he cannot reach them (a file on
another machine, a mail, a printed page).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

FORMAT = "anju-anchor-1"


class BadAnchor(ValueError):
    """The file is not an anchor."""


@dataclass(frozen=True)
class AnchoredSeal:
    """The last seal of one company at some moment: `digest` vouches for all before it."""

    company: UUID
    code: str
    n: int
    last: int
    digest: bytes
    at: datetime


@dataclass(frozen=True)
class Anchor:
    """The last seal of each company, and when they were read."""

    made_at: datetime
    seals: tuple[AnchoredSeal, ...]

    def as_json(self) -> str:
        """The content of an anchor file."""
        seals = [
            {
                "company": str(seal.company), "code": seal.code, "n": seal.n, "last": seal.last,
                "digest": seal.digest.hex(), "at": seal.at.isoformat(),
            }
            for seal in self.seals
        ]  # fmt: skip
        whole = {"format": FORMAT, "made_at": self.made_at.isoformat(), "seals": seals}
        return json.dumps(whole, indent=1) + "\n"

    def as_text(self) -> str:
        """The same for a mail or a printed page; a person can compare it by eye."""
        lines = [_("Last seals, read %(at)s") % {"at": self.made_at.isoformat(timespec="seconds")}]
        for seal in self.seals:
            digits = seal.digest.hex()
            groups = " ".join(digits[i : i + 8] for i in range(0, len(digits), 8))
            lines.append(
                _("%(code)s: seal %(n)s, events up to %(last)s")
                % {"code": seal.code, "n": seal.n, "last": seal.last}
            )
            lines.append(f"  {groups}")
        return "\n".join(lines) + "\n"


def read_anchor(path: Path) -> Anchor:
    """The anchor in a file; raises `BadAnchor` when it is none, OSError when it cannot be read."""
    try:
        whole: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if whole["format"] != FORMAT:
            raise BadAnchor(path.name)
        seals = tuple(
            AnchoredSeal(
                company=UUID(seal["company"]),
                code=str(seal["code"]),
                n=int(seal["n"]),
                last=int(seal["last"]),
                digest=bytes.fromhex(seal["digest"]),
                at=datetime.fromisoformat(seal["at"]),
            )
            for seal in whole["seals"]
        )
        return Anchor(datetime.fromisoformat(whole["made_at"]), seals)
    except (UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise BadAnchor(path.name) from error


def anchored(anchors: Iterable[Anchor]) -> dict[UUID, dict[int, bytes]]:
    """By company: seal number to digest, over several anchors."""
    found: dict[UUID, dict[int, bytes]] = {}
    for anchor in anchors:
        for seal in anchor.seals:
            found.setdefault(seal.company, {})[seal.n] = seal.digest
    return found
