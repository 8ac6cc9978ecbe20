"""What a standard promises: the limits of its clocks, and which limit binds a case. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import Field

ClockKind = Literal[
    "respond", "dispatch", "accept", "arrive", "finish", "feedback", "callback", "verify", "reply"
]
# What a standard promises; a reply is owed to an authority outside, which sets its own deadline.
CLOCK_KINDS: tuple[ClockKind, ...] = (
    "respond", "dispatch", "accept", "arrive", "finish", "feedback", "verify", "callback",
)  # fmt: skip

# 1 life safety 特急, 2 urgent 紧急, 3 normal 一般, 4 planned 计划 (requirements.md, head)
URGENCIES = (1, 2, 3, 4)

CaseKind = Literal[
    "repair", "complaint", "suggestion", "enquiry", "praise", "booking", "application", "finding",
    "alarm", "incident",
]  # fmt: skip
CASE_KINDS: tuple[CaseKind, ...] = get_args(CaseKind)


# A text may not say more than these know.
_STRICT = {"extra": "forbid"}
LONGEST = 366 * 24 * 60  # minutes: nothing is promised for longer than a year


SECOND = "second"


@dataclass(frozen=True)
class Step:
    """One rung of the escalation ladder: `after` minutes past the deadline, tell `to`.

    Negative minutes are before it. `to` is a role of the access floor, looked up at the place, or
    `SECOND`: who is next on duty there and was not told yet.
    """

    __pydantic_config__: ClassVar[Any] = _STRICT

    after: Annotated[int, Field(ge=-LONGEST, le=LONGEST)]
    to: str


@dataclass(frozen=True)
class Limit:
    """A time limit in minutes on a calendar, and where it applies.

    Empty `category`, `place` (a path) or `urgency` mean every one. `pause_cap` is the total of
    pauses in wall minutes after which the clock runs on by itself; 0 means it is never paused.
    """

    __pydantic_config__: ClassVar[Any] = _STRICT

    clock: ClockKind
    minutes: Annotated[int, Field(le=LONGEST)]
    calendar: str = "always"
    urgency: int | None = None
    category: str = ""
    place: str = ""
    pause_cap: Annotated[int, Field(ge=0, le=LONGEST)] = 0
    ladder: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Subject:
    """What a limit is looked up for."""

    category: str
    urgency: int
    path: str


def limits_for(limits: Iterable[Limit], subject: Subject) -> Mapping[ClockKind, Limit]:
    """The one limit per clock that binds `subject`.

    The narrower wins: a deeper place over a shallower, then a named category, then a named
    urgency. A clock without a limit is not promised and never runs.
    """
    best: dict[ClockKind, tuple[tuple[int, bool, bool], Limit]] = {}
    for limit in limits:
        if (
            (limit.urgency is not None and limit.urgency != subject.urgency)
            or (limit.category and not within(subject.category, limit.category))
            or not subject.path.startswith(limit.place)
        ):
            continue
        rank = (len(limit.place), bool(limit.category), limit.urgency is not None)
        if limit.clock not in best or rank > best[limit.clock][0]:
            best[limit.clock] = (rank, limit)
    return MappingProxyType({k: best[k][1] for k in CLOCK_KINDS if k in best})


def within(category: str, of: str) -> bool:
    """Whether a category is `of`, or below it."""
    return category == of or category.startswith(of + "/")


def above(category: str) -> list[str]:
    """All that a category is within: itself, and each one above it."""
    parts = category.split("/")
    return ["/".join(parts[:n]) for n in range(1, len(parts) + 1)]


def limits_to_json(limits: Iterable[Limit]) -> list[dict[str, Any]]:
    """Plain values for the table; fields at their default are left out."""
    blank = vars(Limit("respond", 0))
    rows = []
    for limit in limits:
        said = vars(limit)
        row = {k: v for k, v in said.items() if k in ("clock", "minutes") or v != blank[k]}
        if limit.ladder:
            row["ladder"] = tuple(dict(vars(step)) for step in limit.ladder)
        rows.append(row)
    return rows


def limits_from_json(rows: Iterable[Mapping[str, Any]]) -> tuple[Limit, ...]:
    """The inverse of `limits_to_json`."""
    return tuple(
        Limit(**{**row, "ladder": tuple(Step(**step) for step in row.get("ladder", ()))})
        for row in rows
    )


def limit_faults(limits: Iterable[Limit]) -> list[str]:
    """Why these limits cannot be published: codes "clock:reason"; empty when they can."""
    faults, seen = [], set()
    for limit in limits:
        key = (limit.clock, limit.urgency, limit.category, limit.place)
        if key in seen:
            faults.append(f"{limit.clock}:twice")
        seen.add(key)
        if limit.minutes <= 0:
            faults.append(f"{limit.clock}:not_positive")
        if limit.minutes > LONGEST:
            faults.append(f"{limit.clock}:longer_than_a_year")
        if limit.clock == "feedback" and (limit.calendar != "always" or limit.pause_cap):
            faults.append("feedback:must_run_by_the_wall")
    return faults
