"""A case rebuilt from its events alone: its state, its work, its clocks, and whether each step was
allowed. What the tables of the product say must equal what comes out here.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from anju.engine.standards.rules import Limit, Subject, limits_for
from tests.harness.laws_parts import MINUTE, Pinned, Row, Ticking, Work, hold, instant
from tests.harness.laws_tables import (
    BEGUN,
    CALLED_BACK,
    CASE_STEPS,
    OPENING,
    OWED,
    RECORDED,
    SUBSTANCE,
    UPWARDS,
    VERIFIED,
    WORK_STEPS,
    WORKED,
    Step,
)

# Steps that change more of a case than its state.
TURNING = frozenset(
    """classify tell told_along answer waive ring callback close reopen void merge deadline reply
    escalate""".split()
)


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
        self.state, self.outcome, self.reopened, self.escalated = "open", "", 0, 0
        self.merged_into = ""
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
        if name in TURNING:
            getattr(self, f"_{name}")(event, before)
        if name in RECORDED:
            self._recorded(name, event)
        self.state = step.to or self.state
        self._turn(step, at, before, said)

    def _tell(self, event: Row, _before: Sequence[Ticking]) -> None:
        hold(2, event["said"].get("substance") in SUBSTANCE, "told without substance")
        self.told = True

    _told_along = _tell

    def _ring(self, event: Row, _before: Sequence[Ticking]) -> None:
        self.rings.append(instant(event["at"]))

    def _reopen(self, event: Row, _before: Sequence[Ticking]) -> None:
        self._open_again(event, "")

    def _void(self, _event: Row, _before: Sequence[Ticking]) -> None:
        for clock in self.clocks:
            clock.void = clock.void or clock.live
        self._void_work(None)

    # Together with other cases, and with whoever asks from outside

    def _merge(self, event: Row, _before: Sequence[Ticking]) -> None:
        begun = {w.state for w in self.work.values()} & BEGUN
        hold(3, not begun, f"merged while work is {begun}")
        hold(2, not self._owes_reply(), "merged while somebody outside waits for a reply")
        self._void_work(None)
        self.told, self.merged_into = False, event["said"]["to"]

    def _deadline(self, event: Row, _before: Sequence[Ticking]) -> None:
        """By the minute, as it was said; what was over already is late from the first minute."""
        due = instant(event["said"]["due"]).replace(second=0, microsecond=0)
        clock = self._owes_reply()
        if clock is None:
            known = instant(event["at"]).replace(second=0, microsecond=0)
            clock = Ticking(Limit("reply", 0), min(known, due - MINUTE))
            self.clocks.append(clock)
        clock.limit = Limit("reply", int((due - clock.started) / MINUTE))
        clock.wanted = due

    def _reply(self, _event: Row, _before: Sequence[Ticking]) -> None:
        hold(2, self._owes_reply(), "replied to nobody")

    def _escalate(self, event: Row, _before: Sequence[Ticking]) -> None:
        to = UPWARDS[min(self.escalated, len(UPWARDS) - 1)]
        hold(2, event["said"]["to"] == to, f"escalated to {event['said']['to']}, not {to}")
        self.escalated += 1

    def _recorded(self, name: str, event: Row) -> None:
        rows = [key for key in event["wrote"] if key.startswith("loop_record:")]
        kinds = [self.records[key.partition(":")[2]]["kind"] for key in rows]
        hold(4, kinds == [RECORDED[name]], f"case.{name} left {kinds}")

    def _owes_reply(self) -> Ticking | None:
        return next((c for c in self.clocks if c.limit.clock == "reply" and c.live), None)

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

    def _waive(self, event: Row, before: Sequence[Ticking]) -> None:
        self.waived = True
        done = [w for w in self.work.values() if w.state == "done"]
        for work in done:
            work.state, work.waived = "passed", True
        if done:
            self._answer_if_done(instant(event["at"]), before)

    def _answer(self, event: Row, _before: Sequence[Ticking]) -> None:
        live = {w.state for w in self.work.values()} - {"passed", "void", "waiting"}
        hold(3, not live, f"answered while work is {live}")
        self._explained(event["said"])
        self.answered = instant(event["at"])
        self._void_work({"waiting"})

    def _callback(self, event: Row, before: Sequence[Ticking]) -> None:
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
        self.reopened, self.merged_into = self.reopened + 1, ""
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

    def _close(self, _event: Row, _before: Sequence[Ticking]) -> None:
        """Law 2, from the facts."""
        hold(2, not self._owes_reply(), "closed while somebody outside waits for a reply")
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

    def _classify(self, event: Row, _before: Sequence[Ticking]) -> None:
        said = event["said"]
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
