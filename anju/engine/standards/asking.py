"""Whom a standard asks afterwards (回访): how many of which cases, how often, in which words. Pure.

The draw rests on the case's number alone, so a second look draws the same, and whoever knows the
version of the standard can check it with any SHA-256.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from typing import Any, ClassVar

from anju.engine.standards.rules import within

ALL = 100  # percent
LOTS = 65_536  # a case's lot is one of so many


@dataclass(frozen=True)
class Share:
    """So many of a hundred such cases are called; empty `kind`, `category`, `urgency`: of any."""

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    percent: int
    kind: str = ""
    category: str = ""
    urgency: int | None = None


@dataclass(frozen=True)
class Script:
    """What to say on the telephone, line by line; {reporter}, {caller}, {company}, {matter},
    {number} and {day} stand for what they name."""

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    lines: tuple[str, ...]
    kind: str = ""
    category: str = ""


@dataclass(frozen=True)
class Asking:
    """What a standard says of asking. `attempts`: so many calls that reached nobody before a case
    counts as not reached (0: it says nothing). `silence_days`: so many days after somebody was
    told, silence closes the case (0: never). Without shares everybody is called.
    """

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    shares: tuple[Share, ...] = ()
    attempts: int = 0
    silence_days: int = 0
    scripts: tuple[Script, ...] = ()

    def share_of(self, kind: str, category: str, urgency: int) -> int:
        """How many of a hundred such cases are called, in percent."""
        for share in self.narrowest_first:
            if (
                share.kind in ("", kind)
                and _belongs(category, share.category)
                and share.urgency in (None, urgency)
            ):
                return share.percent
        return ALL

    @property
    def narrowest_first(self) -> tuple[Share, ...]:
        """A deeper category binds before a shallower one, then an urgency, then a kind."""

        def rank(share: Share) -> tuple[int, bool, bool]:
            return (-len(share.category), share.urgency is None, not share.kind)

        return tuple(sorted(self.shares, key=rank))

    def script_of(self, kind: str, category: str) -> tuple[str, ...]:
        """The lines for such a case; empty where the standard has none."""
        fitting = [
            script
            for script in self.scripts
            if script.kind in ("", kind) and _belongs(category, script.category)
        ]
        best = max(fitting, key=lambda s: (len(s.category), bool(s.kind)), default=None)
        return best.lines if best else ()


def lot_of(number: str) -> int:
    """The lot of a case, 0 to 65535: the first two bytes of the SHA-256 of its number. The same is
    asked of the database, see `calls_owed` of the loop."""
    return int.from_bytes(sha256(number.encode()).digest()[:2])


def drawn(number: str, percent: int) -> bool:
    """Whether the case of this number is among the `percent` of a hundred that are called."""
    return lot_of(number) * ALL < percent * LOTS


def asking_faults(asking: Asking) -> list[str]:
    """Why this cannot be published: codes; empty when it can."""
    faults = ["share:not_a_percentage" for s in asking.shares if not 0 <= s.percent <= ALL]
    kinds = [(s.kind, s.category, s.urgency) for s in asking.shares]
    faults += ["share:twice"] * (len(kinds) - len(set(kinds)))
    if min(asking.attempts, asking.silence_days) < 0:
        faults.append("asking:negative")
    return faults


def asking_to_json(asking: Asking) -> dict[str, Any]:
    """Plain values for the table; what is at its default is left out."""
    blank = Asking()
    return {
        field.name: _plain(getattr(asking, field.name))
        for field in fields(asking)
        if getattr(asking, field.name) != getattr(blank, field.name)
    }


def asking_from_json(row: Mapping[str, Any]) -> Asking:
    """The inverse of `asking_to_json`."""
    return Asking(
        shares=tuple(Share(**share) for share in row.get("shares", ())),
        attempts=row.get("attempts", 0),
        silence_days=row.get("silence_days", 0),
        scripts=tuple(
            Script(**{**script, "lines": tuple(script["lines"])})
            for script in row.get("scripts", ())
        ),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, int):
        return value
    return [_dense(one) for one in value]


def _dense(one: Share | Script) -> dict[str, Any]:
    said = {name: value for name, value in asdict(one).items() if value not in ("", None)}
    return {n: list(v) if isinstance(v, tuple) else v for n, v in said.items()}


def _belongs(category: str, of: str) -> bool:
    return not of or within(category, of)
