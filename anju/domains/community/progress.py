"""Where a matter stands, as the person it is owed to reads it: what was promised beside what
happened. No names of clocks, no states of the engine."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _

from anju.engine.clocks.models import Clock
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.rules import WORKED_KINDS

State = Literal["kept", "late", "run", "over", "todo"]
# How far work is that stands in this state: 1 given to someone, 2 on the spot, 3 done.
_REACHED = {
    "waiting": 0, "assigned": 1, "accepted": 1, "arrived": 2, "doing": 2, "held": 2, "done": 3,
    "passed": 3, "void": 0,
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One step: until when it was promised, and when it happened."""

    label: Any
    state: State
    promised: datetime | None = None
    happened: datetime | None = None


@dataclass(frozen=True)
class Progress:
    """All steps; `due` is the next promise, `words` what comes next, `status` one word."""

    steps: Sequence[Step]
    status: str
    words: str
    due: datetime | None = None
    who: str = ""

    @property
    def over(self) -> bool:
        """Whether the next promise has passed."""
        return any(step.state == "over" for step in self.steps)


def progress_of(
    case: Case, works: Iterable[WorkOrder], clocks: Iterable[Clock], *, names: bool = True
) -> Progress:
    """The progress of a case the reader may see; `works` with their persons. No query.

    `names`: whether the worker's family name may be told (not to strangers).
    """
    held = [work for work in works if work.state != "void"]
    latest = {c.kind: c for c in sorted(clocks, key=lambda c: c.started_at) if c.state != "void"}
    steps = _worked(case, held, latest) if case.kind in WORKED_KINDS else _answered(case, latest)
    now = next((step for step in steps if step.state in ("run", "over")), None)
    who = _who(held) if names else ""
    return Progress(
        steps=steps,
        status=_status(case, held),
        words=_next(case, held, who),
        due=now.promised if now and case.state == "open" else None,
        who=who,
    )


def _worked(case: Case, works: Sequence[WorkOrder], latest: dict[str, Clock]) -> list[Step]:
    last = works[-1] if works else None
    far = _REACHED[last.state] if last else 0
    if case.state in ("answered", "closed"):
        far = 3
    done_at = last.done_at if last else None
    steps = [Step(_("Received"), "kept", happened=case.at)]
    for n, (kind, label) in enumerate(
        (("dispatch", _("Sent out")), ("arrive", _("On the spot")), ("finish", _("Done"))), 1
    ):
        happened = latest[kind].stopped_at if kind in latest else None
        if kind == "finish" and not happened and far == 3:
            happened = done_at or case.answered_at
        steps.append(
            _step(label, latest.get(kind), reached=far >= n, now=far == n - 1, happened=happened)
        )
    return steps


def _answered(case: Case, latest: dict[str, Clock]) -> list[Step]:
    over = case.state in ("answered", "closed")
    told = case.told_at is not None or over
    clock = latest.get("feedback")
    return [
        Step(_("Received"), "kept", happened=case.at),
        _step(
            _("Feedback"), clock, reached=told, now=not told,
            happened=case.told_at or case.answered_at,
        ),
        _step(
            _("Settled"), latest.get("finish"), reached=over, now=told and not over,
            happened=case.answered_at or case.closed_at,
        ),
    ]  # fmt: skip


def _step(
    label: Any, clock: Clock | None, *, reached: bool, now: bool, happened: datetime | None
) -> Step:
    broken = clock is not None and clock.state == "broken"
    state: State
    if reached:
        state = "late" if broken else "kept"
    elif now:
        state = "over" if broken else "run"
    else:
        state = "todo"
    return Step(label, state, clock.due_at if clock else None, happened if reached else None)


def _who(works: Sequence[WorkOrder]) -> str:
    person = works[-1].person if works else None
    return _("Technician %(surname)s") % {"surname": person.name[:1]} if person else ""


def _status(case: Case, works: Sequence[WorkOrder]) -> str:
    if case.state == "closed":
        return _("closed")
    if case.state == "void":
        return _("withdrawn")
    if case.state == "answered":
        return _("settled")
    match works[-1].state if works else "":
        case "assigned" | "accepted":
            return _("sent out")
        case "arrived" | "doing":
            return _("being worked on")
        case "held":
            return _("paused")
        case "done":
            return _("being checked")
    return _("received")


def _next(case: Case, works: Sequence[WorkOrder], who: str) -> str:
    said = {"who": who or _("Our colleague")}
    if case.state == "closed":
        return _("This matter is closed. Tell us if it is not settled for you.")
    if case.state == "void":
        return _("This matter was taken back. Report it again if it is still there.")
    if case.state == "answered":
        return _("It is settled from our side. Please tell us whether it is good.")
    match works[-1].state if works else "":
        case "waiting":
            return _("Next: we send someone.")
        case "assigned" | "accepted":
            return _("Next: %(who)s comes to you.") % said
        case "arrived" | "doing":
            return _("Next: %(who)s finishes the work.") % said
        case "held":
            reason = works[-1].held_reason
            return _("Paused: %(reason)s. We go on as soon as we can.") % {"reason": reason or "—"}
        case "done":
            return _("Next: a colleague who did not do the work checks it.")
    return _("Next: we answer you.")
