"""A case rebuilt from its events alone: its state, its work, its clocks, and whether each step was
allowed. What the tables of the product say must equal what comes out here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from anju.engine.clocks.rules import Pause, Promise, due_at
from anju.engine.standards.rules import Limit, Subject, limits_for
from anju.foundation.calendars.rules.working import WorkCalendar
from tests.harness.laws_tables import (
    CALLED_BACK,
    CASE_STEPS,
    OPENING,
    OWED,
    SUBSTANCE,
    VERIFIED,
    WORK_STEPS,
    WORKED,
    Step,
)

Row = Mapping[str, Any]


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

    @property
    def live(self) -> bool:
        return self.stopped is None and self.ended is None and not self.void

    def due(self, calendar: WorkCalendar) -> datetime:
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


class Replay:
    """One case: feed it its events in their order."""

    def __init__(self, opening: Row, pinned: Pinned, records: Mapping[str, Row], path: str) -> None:
        said = opening["said"]
        self.pinned, self.records, self.path = pinned, records, path
        self.kind, self.urgency, self.category = said["kind"], said["urgency"], said["category"]
        self.by_person = False
        self.number = said["number"]
        self.answered: datetime | None = None
        self.rings: list[datetime] = []
        self.state, self.outcome, self.reopened = "open", "", 0
        self.waived = self.told = False
        self.work: dict[str, Work] = {}
        self.clocks: list[Ticking] = []
        self._meet_work(opening)
        kinds = [k for k in OPENING if self.work or k not in ("dispatch", "arrive")]
        self._start(kinds, instant(opening["at"]))

    def take(self, event: Row) -> None:
        """One event after the opening."""
        family, _, name = event["name"].partition(".")
        if family == "case":
            self._case_step(name, event)
        elif family == "work":
            self._work_step(name, event)
        elif event["name"] == "record.made":
            self._answered(event)

    # Steps

    def _case_step(self, name: str, event: Row) -> None:
        step, said, at = CASE_STEPS[name], event["said"], instant(event["at"])
        hold(2, self.state in step.sources, f"case.{name} taken from {self.state}")
        before = list(self.clocks)
        if name == "classify":
            self._classify(said)
        elif name == "tell":
            hold(2, said.get("substance") in SUBSTANCE, "told without substance")
            self.told = True
        elif name == "answer":
            self._answer(said, at)
        elif name == "waive":
            self._waive(at, before)
        elif name == "ring":
            self.rings.append(at)
        elif name == "callback":
            self._called_back(event, before)
        elif name == "close":
            self._may_close()
        elif name == "reopen":
            self._open_again(event, "")
        elif name == "void":
            for clock in self.clocks:
                clock.void = clock.void or clock.live
            self._void_work(None)
        self.state = step.to or self.state
        self._turn(step, at, before, said)

    def _work_step(self, name: str, event: Row) -> None:
        step, said, at, by = (
            WORK_STEPS[name], event["said"], instant(event["at"]), event["by"],
        )  # fmt: skip
        work = self.work[said["work"]]
        before = list(self.clocks)
        hold(3, work.state in step.sources, f"work.{name} taken from {work.state}")
        work.state = step.to or work.state
        if name == "finish":
            lacking = self.pinned.required - work.answered
            hold(3, not lacking, f"done while {sorted(lacking)} is unanswered")
            self._explained(said)
            work.done_by = by
            work.doers.add(by)
            if not self._checked():
                work.state, work.waived = "passed", self.waived
                self._answer_if_done(at, before)
        elif name in ("pass", "fail"):
            hold(2, by not in work.doers, f"work.{name} by one who did the work")
            if name == "pass":
                work.passed_by = by
                self._answer_if_done(at, before)
        self._turn(step, at, before, said)

    def _answered(self, event: Row) -> None:
        for key in event["wrote"]:
            table, _, id = key.partition(":")
            record = self.records.get(id) if table == "loop_record" else None
            if record and record["work_id"] in self.work and record["item"]:
                self.work[record["work_id"]].answered.add(record["item"])

    def _waive(self, at: datetime, before: Sequence[Ticking]) -> None:
        self.waived = True
        done = [w for w in self.work.values() if w.state == "done"]
        for work in done:
            work.state, work.waived = "passed", True
        if done:
            self._answer_if_done(at, before)

    def _answer(self, said: Row, at: datetime) -> None:
        live = {w.state for w in self.work.values()} - {"passed", "void", "waiting"}
        hold(3, not live, f"answered while work is {live}")
        self._explained(said)
        self.answered = at
        self._void_work({"waiting"})

    def _called_back(self, event: Row, before: Sequence[Ticking]) -> None:
        outcome = event["said"]["outcome"]
        doers = {by for w in self.work.values() for by in w.doers}
        hold(2, event["by"] not in doers, "called back by one who did the work")
        if outcome == "not_reached":
            rings = sum(at >= self.answered for at in self.rings if self.answered)
            enough = rings >= self.pinned.asking.get("attempts", 0)
            hold(2, enough, f"not reached after {rings} calls")
        self.outcome = outcome
        if outcome == "dissatisfied":
            self._open_again(event, outcome)
            self._start(OPENING, instant(event["at"]), among=before)

    def _explained(self, said: Row) -> None:
        if self.outcome == "dissatisfied":
            hold(2, said.get("explained"), "put right without the root cause")

    def _open_again(self, event: Row, outcome: str) -> None:
        self.state, self.told, self.waived, self.outcome = "open", False, False, outcome
        self.reopened += 1
        known = set(self.work)
        self._meet_work(event)
        if self.kind in WORKED:
            hold(1, len(set(self.work) - known) == 1, "re-opened without work of its own")

    def _meet_work(self, event: Row) -> None:
        for key in event["wrote"]:
            table, _, id = key.partition(":")
            if table == "loop_workorder":
                self.work.setdefault(id, Work())

    def _answer_if_done(self, at: datetime, before: Sequence[Ticking]) -> None:
        if self.state == "open" and all(w.state in ("passed", "void") for w in self.work.values()):
            self.state, self.answered = "answered", at
            self._start(("callback",), at, among=before)

    def _void_work(self, states: set[str] | None) -> None:
        for work in self.work.values():
            if work.state not in ("passed", "void") and (states is None or work.state in states):
                work.state = "void"

    def _checked(self) -> bool:
        return self.pinned.verify and self.kind in VERIFIED and not self.waived

    def _may_close(self) -> None:
        """Law 2, from the facts."""
        done = [w for w in self.work.values() if w.done_by and w.state != "void"]
        for work in self.work.values():
            hold(2, work.state in ("passed", "void"), f"closed while work is {work.state}")
        if self.pinned.verify and self.kind in VERIFIED and not self.waived:
            for work in done:
                by_other = work.passed_by is not None and work.passed_by not in work.doers
                hold(2, by_other or work.waived, "closed without a check by someone else")
        if self.by_person and self.kind in OWED:
            hold(2, self.told, "closed before the reporter was told")
            called = self.outcome in CALLED_BACK or not self._to_be_called()
            hold(2, called, "closed before the callback")

    def _to_be_called(self) -> bool:
        asked = self.pinned.asks(self.number, self.kind, self.category, self.urgency)
        return self.pinned.callback and (self.reopened > 0 or asked)

    # Clocks

    def _limits(self) -> Mapping[str, Limit]:
        subject = Subject(self.category, self.urgency, self.path)
        return dict(limits_for(self.pinned.limits, subject))

    def _classify(self, said: Row) -> None:
        self.urgency = int(said.get("urgency") or self.urgency)
        self.category = said.get("category") or self.category
        for clock in self.clocks:
            limit = self._limits().get(clock.limit.clock)
            if clock.live and limit is not None:
                clock.limit = limit

    def _turn(self, step: Step, at: datetime, before: Sequence[Ticking], said: Row) -> None:
        for clock in [c for c in before if c.live]:
            if clock.limit.clock in step.stops:
                clock.stop(at)
            elif clock.limit.clock in step.ends:
                clock.end(at)
            elif clock.limit.pause_cap and step.holds:
                clock.hold(at)
            elif clock.limit.pause_cap and step.resumes:
                clock.resume(at)
        for kind in step.runs_again:
            rounds = [c for c in before if c.limit.clock == kind and not (c.void or c.ended)]
            if rounds and rounds[-1].stopped:  # the promise of this round, not of one before
                rounds[-1].stopped = None
        self._start(step.starts, at, among=before)

    def _start(self, kinds: Iterable[str], at: datetime, among: Sequence[Ticking] = ()) -> None:
        limits = self._limits()
        running = {c.limit.clock for c in among if c.live}
        for kind in kinds:
            if kind in limits and kind not in running and self._is_owed(kind):
                self.clocks.append(Ticking(limits[kind], at))

    def _is_owed(self, kind: str) -> bool:
        if kind == "verify":
            return self._checked()
        if kind == "callback":
            return self.by_person and self._to_be_called()
        return True
