"""What the replay of a case is made of: clocks, work, the standard it stands under."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from anju.engine.clocks.rules import Pause, Promise, due_at
from anju.engine.standards.rules import Limit
from anju.foundation.calendars.rules.working import WorkCalendar

Row = Mapping[str, Any]
MINUTE = timedelta(minutes=1)


class Broken(Exception):
    """A law does not hold; `law` is its number."""

    def __init__(self, law: int, said: str) -> None:
        super().__init__(f"law {law}: {said}")
        self.law = law


def hold(law: int, condition: object, said: str) -> None:
    if not condition:
        raise Broken(law, said)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass(frozen=True)
class Pinned:
    """The version of the standard a case was opened under."""

    id: str
    limits: tuple[Limit, ...]
    required: frozenset[str]
    verify: bool
    callback: bool
    asking: Row

    def asks(self, number: str, kind: str, category: str, urgency: int) -> bool:
        """Whether such a case is among those that are called: the narrowest share that fits it,
        and its lot."""

        def fits(share: Row) -> bool:
            return (
                share.get("kind", kind) == kind
                and share.get("urgency", urgency) == urgency
                and f"{category}/".startswith(
                    f"{share['category']}/" if "category" in share else ""
                )
            )

        def width(share: Row) -> tuple[int, bool, bool]:
            return len(share.get("category", "")), "urgency" in share, "kind" in share

        fitting = [share for share in self.asking.get("shares", ()) if fits(share)]
        percent = max(fitting, key=width)["percent"] if fitting else 100
        lot = int(sha256(number.encode()).hexdigest()[:4], 16)
        return self.callback and lot / 65536 < percent / 100


@dataclass
class Ticking:
    """A clock as the events tell it."""

    limit: Limit
    started: datetime
    stopped: datetime | None = None
    ended: datetime | None = None  # owed no longer from here on
    void: bool = False
    pauses: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    wanted: datetime | None = None  # by whoever asked from outside

    @property
    def live(self) -> bool:
        return self.stopped is None and self.ended is None and not self.void

    def due(self, calendar: WorkCalendar) -> datetime:
        if self.wanted:
            return self.wanted
        pauses = [Pause(a, b, "-") for a, b in self.pauses]
        return due_at(self.started, Promise.of(self.limit), calendar, pauses)

    def stop(self, at: datetime) -> None:
        self.resume(at)
        self.stopped = max(at, self.started)

    def end(self, at: datetime) -> None:
        self.resume(at)
        self.ended = max(at, self.started)

    def settle(self, calendar: WorkCalendar) -> None:
        """What was owed no longer is broken where it was late by then, else void."""
        if self.ended is not None:
            late = self.ended > self.due(calendar)
            self.stopped, self.void = (self.ended, False) if late else (None, True)

    def hold(self, at: datetime) -> None:
        """Held, unless all pauses together have used up what the limit allows."""
        cap = timedelta(minutes=self.limit.pause_cap)
        used = sum((cap if b is None else b - a for a, b in self.pauses), timedelta())
        if used < cap:
            self.pauses.append((at, None))

    def resume(self, at: datetime) -> None:
        if self.pauses and self.pauses[-1][1] is None:
            begun = self.pauses[-1][0]
            self.pauses[-1] = (begun, max(at, begun))


@dataclass
class Work:
    state: str = "waiting"
    done_by: str | None = None
    doers: set[str] = field(default_factory=set)
    passed_by: str | None = None
    waived: bool = False
    answered: set[str] = field(default_factory=set)
