"""What a person can do next with a case: one primary act, the rest beside it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.engine.clocks.models import Clock
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.queries import call_owed
from anju.engine.loop.rules import (
    CALLED_BACK,
    CASE_MOVES,
    OWED_TO_SOMEONE,
    VERIFIED_KINDS,
    WORK_LIVE,
    WORK_MOVES,
    moves_from,
)
from anju.foundation.tenancy.actor import Actor

CASE_WORDS: Mapping[str, Any] = {
    "respond": gettext_lazy("Confirm receipt"),
    "tell": gettext_lazy("Tell the reporter"),
    "note": gettext_lazy("Write a note"),
    "classify": gettext_lazy("Change category or urgency"),
    "answer": gettext_lazy("Answer without work"),
    "waive": gettext_lazy("Waive the check"),
    "ring": gettext_lazy("Record a call that reached nobody"),
    "callback": gettext_lazy("Record the callback"),
    "close": gettext_lazy("Close the case"),
    "reopen": gettext_lazy("Reopen the case"),
    "void": gettext_lazy("Declare void"),
    "merge": gettext_lazy("Merge into another case"),
    "link": gettext_lazy("Link with another case"),
    "split": gettext_lazy("Split off a second matter"),
    "problem": gettext_lazy("Open a problem record"),
    "settle": gettext_lazy("Decide who pays"),
    "own": gettext_lazy("Take the case over"),
    "urge": gettext_lazy("Urge whoever works on it"),
    "escalate": gettext_lazy("Escalate one level up"),
    "deadline": gettext_lazy("Enter an outside deadline"),
    "extension": gettext_lazy("Ask for an extension"),
    "reply": gettext_lazy("Record the reply"),
}
WORK_WORDS: Mapping[str, Any] = {
    "assign": gettext_lazy("Dispatch the work order"),
    "accept": gettext_lazy("Accept the work order"),
    "claim": gettext_lazy("Take this work"),
    "hand_back": gettext_lazy("Hand it back"),
    "arrive": gettext_lazy("I have arrived"),
    "start": gettext_lazy("Start the work"),
    "hold": gettext_lazy("Put on hold"),
    "resume": gettext_lazy("Go on with the work"),
    "finish": gettext_lazy("Finish the work"),
    "pass": gettext_lazy("Verify: passed"),
    "fail": gettext_lazy("Verify: not passed"),
    "void": gettext_lazy("Declare the work order void"),
}
OWNED = frozenset({"own", "urge", "escalate"})  # offered beside the owner's name
# In each state of the work, the step that brings the case on.
_ONWARD = {
    "waiting": "assign", "assigned": "accept", "accepted": "arrive", "arrived": "start",
    "doing": "finish", "held": "resume", "done": "pass",
}  # fmt: skip
_KEYS = {"assign": "A", "accept": "S", "pass": "V", "tell": "T", "callback": "B", "close": "S"}


@dataclass(frozen=True)
class Act:
    """A step a person may take: a button or a link to its form."""

    name: str
    label: Any
    case: UUID
    work: UUID | None = None
    key: str = ""
    at_once: bool = False  # needs nothing said: the button takes the step itself


def acts_open_to(actor: Actor, case: Case, work: Iterable[WorkOrder]) -> list[Act]:
    """Every step the actor could take from here: work orders first, in the order of the tables."""
    path = case.place.path if case.place else ""
    works = list(work)
    found = [act for one in works for act in _work_acts(actor, one, case, path)]
    under_way = any(one.state in WORK_LIVE - {"waiting"} for one in works)
    for move in moves_from(CASE_MOVES, case.state):
        if move.name == "waive" and case.kind not in VERIFIED_KINDS:
            continue
        if move.name == "answer" and under_way:
            continue  # it would only refuse
        if move.name == "own" and actor.person_id is None:
            continue
        if move.name == "ring" and not call_owed(case):
            continue  # nobody has to be called: a call in vain counts for nothing
        if actor.may(move.permission, path):
            found.append(
                Act(
                    move.name,
                    CASE_WORDS[move.name],
                    case.id,
                    key=_KEYS.get(move.name, ""),
                    at_once=not move.needs,
                )
            )
    return found


def _work_acts(actor: Actor, work: WorkOrder, case: Case, path: str) -> Iterator[Act]:
    for move in moves_from(WORK_MOVES, work.state):
        if not actor.may(move.permission, path):
            continue
        if move.name == "claim" and actor.person_id is None:
            continue
        if move.permission == "record.judge" and work.done_by == actor.id:
            continue  # nobody passes their own work: the button would only refuse
        others = work.person_id not in (None, actor.person_id)
        if move.permission == "work.do" and others and not actor.may("work.dispatch", path):
            continue
        yield Act(
            move.name,
            WORK_WORDS[move.name],
            case.id,
            work.id,
            _KEYS.get(move.name, ""),
            at_once=not move.needs and move.name != "assign",
        )


def primary_of(
    case: Case,
    work: Iterable[WorkOrder],
    acts: Iterable[Act],
    *,
    owes_reply: bool = False,
    untold: bool = False,
) -> Act | None:
    """The one act that brings the case on now, if the actor may take it. `untold`: a reporter of
    what was merged into it still is."""
    open_to = {(act.work, act.name): act for act in acts}
    for one in work:
        onward = (_ONWARD.get(one.state, ""), "claim")  # who may not give it may take it
        if act := next((open_to[one.id, n] for n in onward if (one.id, n) in open_to), None):
            return _named(act, one)
    if case.state == "answered":
        owed = "tell" if untold else _still_owed(case) or ("reply" if owes_reply else "close")
        return open_to.get((None, owed))
    return open_to.get((None, "answer")) if case.state == "open" else None


def _still_owed(case: Case) -> str:
    """What closing an answered case still lacks (law 2): "tell", "callback" or nothing.

    Its work is passed already, else it were not answered; closing itself asks for everything.
    """
    if case.history or case.reporter_id is None or case.kind not in OWED_TO_SOMEONE:
        return ""
    if case.told_at is None:
        return "tell"
    return "callback" if call_owed(case) and case.outcome not in CALLED_BACK else ""


def _named(act: Act, work: WorkOrder) -> Act:
    """The primary act says whose work it is about."""
    if act.name != "pass" or work.person is None:
        return act
    return replace(act, label=_("Pass the work of %(name)s") % {"name": work.person.name})


def waiting_for(case: Case, work: Iterable[WorkOrder], clocks: Iterable[Clock]) -> str:
    """What a live case waits for, in words: the work under way first, then what closing lacks.
    `clocks`: its own, of which only the one of an authority outside is looked at."""
    for one in work:
        if one.state in WORK_LIVE:
            return _work_waits_for(one)
    if case.state == "open":
        return _("waits for an answer")
    match _still_owed(case):
        case "tell":
            return _("waits until the reporter is told")
        case "callback":
            return _("waits for the callback")
        case _ if any(
            c.kind == "reply" and c.stopped_at is None and c.state != "void" for c in clocks
        ):
            return _("waits for the reply to whoever asked from outside")
        case _:
            return _("waits to be closed")


def _work_waits_for(work: WorkOrder) -> str:
    who = {"name": work.person.name if work.person else str(work.post or "—")}
    match work.state:
        case "waiting":
            return _("waits to be dispatched")
        case "assigned":
            return _("waits for %(name)s to accept") % who
        case "accepted":
            return _("%(name)s is on the way") % who
        case "held":
            return _("on hold: %(reason)s") % {"reason": work.held_because or "—"}
        case "done":
            return _("waits for a check by someone else than %(name)s") % who
        case _:
            return _("%(name)s is at work") % who
