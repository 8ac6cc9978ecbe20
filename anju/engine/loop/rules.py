"""The whole life of a case and of a work order, as two frozen tables. Pure.

Nothing else may name a transition: commands, buttons, API, docs and property tests read these
tables. Which move starts, pauses and stops which of the nine clocks stands here too, and
docs/clocks.md is printed from it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal
from uuid import UUID

from anju.engine.standards.rules import ClockKind

CaseState = Literal["open", "answered", "closed", "void"]
WorkState = Literal[
    "waiting", "assigned", "accepted", "arrived", "doing", "held", "done", "passed", "void"
]
CASE_STATES: tuple[CaseState, ...] = ("open", "answered", "closed", "void")
WORK_STATES: tuple[WorkState, ...] = (
    "waiting", "assigned", "accepted", "arrived", "doing", "held", "done", "passed", "void",
)  # fmt: skip
CASE_LIVE = frozenset({"open", "answered"})
WORK_LIVE = frozenset(WORK_STATES) - {"passed", "void"}
# A substantive message states one of these; receipts and status notices are none (issue: C5).
SUBSTANCE = ("result", "plan", "reason")
CALLBACK_OUTCOMES = ("satisfied", "dissatisfied", "not_reached", "no_answer")
CALLED_BACK = frozenset({"satisfied", "not_reached", "no_answer"})  # nothing more is asked
# Who hears of an escalation by hand: the first time, the second, and from then on.
UPWARDS = ("leader", "manager", "headquarters")
# What is heard when a call reaches nobody.
HEARD = ("no_answer", "busy", "wrong_number")


@dataclass(frozen=True)
class Move:
    """One step. `keeps`: the state stays as it is. `needs`: what must be said.

    `starts`, `stops`: clocks begun and settled at the move's `at`; one that still runs is not begun
    anew, so no step gives more time for what is owed already. `ends`: clocks no longer owed from
    `at` on, void unless they were late by then. `reopens`: settled clocks that run again from their
    old start (work that failed its check was not finished). `holds` and `resumes`: whether pausable
    clocks stand still from here or run on.
    """

    name: str
    sources: frozenset[str]
    target: str | None
    permission: str
    needs: tuple[str, ...] = ()
    starts: tuple[ClockKind, ...] = ()
    stops: tuple[ClockKind, ...] = ()
    ends: tuple[ClockKind, ...] = ()
    reopens: tuple[ClockKind, ...] = ()
    holds: bool = False
    resumes: bool = False

    @property
    def takes(self) -> frozenset[str]:
        """Every word the step reads, needed or not."""
        return frozenset({*self.needs, *_TAKEN.get(self.name, ())})


# What a step reads beside what it needs.
_TAKEN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "classify": ("urgency", "category"),
        "assign": ("person", "post", "reason"),
        "claim": ("reason",),
        "tell": ("by",),
        "arrive": ("label",),
        "answer": ("cause", "prevention"),
        "finish": ("cause", "prevention", "without"),
        "split": ("category",),
        "settle": ("basis", "until", "advised", "reason", "to"),
        "deadline": ("number", "reason"),
    }
)


def _table(*moves: Move) -> Mapping[str, Move]:
    return MappingProxyType({move.name: move for move in moves})


def _m(name: str, sources: str, target: str | None, permission: str, **rest: object) -> Move:
    return Move(name, frozenset(sources.split()), target, permission, **rest)  # type: ignore[arg-type]  # checked by the table's own test


EVERY_CLOCK: tuple[ClockKind, ...] = (
    "respond", "dispatch", "accept", "arrive", "finish", "feedback", "verify", "callback", "reply",
)  # fmt: skip

# Opening is not a move: it starts these.
OPENING_STARTS: tuple[ClockKind, ...] = ("respond", "dispatch", "arrive", "finish", "feedback")

CASE_MOVES = _table(
    _m("respond", "open", None, "case.move", stops=("respond",)),
    _m("tell", "open answered", None, "case.tell", needs=("text", "substance", "channel"),
       stops=("respond", "feedback")),
    _m("note", "open answered closed", None, "case.note", needs=("text",)),
    _m("classify", "open answered", None, "case.move", needs=("reason",)),
    _m("answer", "open", "answered", "case.move", needs=("text",), starts=("callback",),
       stops=("respond", "dispatch", "arrive", "finish")),
    _m("waive", "open answered", None, "case.waive", needs=("reason",), stops=("verify",)),
    _m("ring", "answered", None, "case.callback", needs=("heard",)),
    _m("callback", "answered", None, "case.callback", needs=("outcome",), stops=("callback",)),
    _m("close", "answered", "closed", "case.close", ends=EVERY_CLOCK),
    _m("reopen", "answered closed", "open", "case.reopen", needs=("reason",), ends=("callback",),
       starts=("respond", "dispatch", "arrive", "finish", "feedback")),
    _m("void", "open answered", "void", "case.void", needs=("reason",)),
    _m("merge", "open answered", "closed", "case.void", needs=("into", "text", "channel"),
       ends=EVERY_CLOCK),
    _m("link", "open answered closed", None, "case.note", needs=("to",)),
    _m("split", "open answered", None, "case.move", needs=("title",)),
    _m("problem", "open answered closed", None, "case.move", needs=("cause",)),
    _m("settle", "open answered", None, "case.move", needs=("payer", "repairer", "part")),
    _m("own", "open answered", None, "work.dispatch"),
    _m("urge", "open answered", None, "case.move", needs=("text",)),
    _m("escalate", "open answered", None, "case.move", needs=("reason",)),
    _m("deadline", "open answered", None, "case.move", needs=("due",), starts=("reply",)),
    _m("extension", "open answered", None, "case.move", needs=("until", "reason")),
    _m("reply", "open answered", None, "case.tell", needs=("text",), stops=("reply",)),
)  # fmt: skip

WORK_MOVES = _table(
    _m("assign", "waiting assigned accepted", "assigned", "work.dispatch",
       starts=("accept",), stops=("respond", "dispatch"), ends=("accept",)),
    _m("accept", "assigned", "accepted", "work.do", stops=("accept",)),
    _m("claim", "waiting", "accepted", "work.do", stops=("respond", "dispatch")),
    _m("hand_back", "assigned accepted", "waiting", "work.do", needs=("reason",),
       starts=("dispatch",), stops=("accept",)),
    _m("arrive", "accepted", "arrived", "work.do", stops=("arrive",)),
    _m("start", "accepted arrived", "doing", "work.do", stops=("arrive",)),
    _m("hold", "accepted arrived doing", "held", "work.do", needs=("reason",), holds=True),
    _m("resume", "held", "doing", "work.do", resumes=True),
    _m("finish", "arrived doing", "done", "work.do", needs=("result",), starts=("verify",),
       stops=("arrive", "finish")),
    _m("pass", "done", "passed", "record.judge", stops=("verify",)),
    _m("fail", "done", "doing", "record.judge", needs=("reason",), stops=("verify",),
       reopens=("finish",)),
    _m("void", "waiting assigned accepted arrived doing held", "void", "work.dispatch",
       needs=("reason",), ends=("accept",), resumes=True),
)  # fmt: skip

# Kinds that a named person or household raised, who must be told before closing (law 2).
OWED_TO_SOMEONE = frozenset(
    {"repair", "complaint", "suggestion", "enquiry", "booking", "application"}
)
# Kinds answered by work that someone else must pass, when their standard asks for it.
VERIFIED_KINDS = frozenset({"repair", "complaint", "finding", "alarm", "incident"})
# Kinds that open with a work order of their own.
WORKED_KINDS = frozenset({"repair", "complaint", "finding", "alarm", "incident"})


@dataclass(frozen=True)
class CaseFacts:
    """What closing depends on, gathered by the command.

    `unfinished`: work under way or waiting. `unchecked`: work done that nobody else has passed and
    no waiver released; it is passed by these alone, so a passed work order needs no second look.
    `owes_reply`: somebody outside waits for an answer by a deadline of theirs. `untold`: who
    reported a case that was merged into this one was not told since.
    """

    kind: str
    by_person: bool
    callback: bool
    told: bool
    called_back: bool
    unfinished: bool
    unchecked: bool
    history: bool = False
    owes_reply: bool = False
    untold: bool = False


def what_closing_lacks(facts: CaseFacts) -> tuple[str, ...]:
    """Law 2: the codes of what must still happen before the case may close; empty when it may."""
    if facts.history:
        return ()
    lacks = []
    if facts.unfinished:
        lacks.append("work")
    if facts.unchecked:
        lacks.append("verification")
    owed = facts.by_person and facts.kind in OWED_TO_SOMEONE
    if facts.untold or (owed and not facts.told):
        lacks.append("told")
    if owed and facts.callback and not facts.called_back:
        lacks.append("callback")
    if facts.owes_reply:
        lacks.append("reply")
    return tuple(lacks)


def moves_from(table: Mapping[str, Move], state: str) -> Iterable[Move]:
    """The moves that lead out of (or stay in) `state`, in the order of the table."""
    return (move for move in table.values() if state in move.sources)


OWN, NEXT, FRONT = 0, 1, 2  # whose a case is: its own lobby's, the next lobby's, the front desk's


@dataclass(frozen=True)
class DeskShifts:
    """A desk as the rule of ownership sees it: `lobby` or front desk, where it stands, who holds
    it from when until when (aware). `community` is the path of the community around it."""

    post: UUID
    path: str
    community: str
    lobby: bool
    shifts: tuple[tuple[UUID, datetime, datetime], ...]


@dataclass(frozen=True)
class Choice:
    """Who owns a case, and until when that need not be asked again."""

    post: UUID
    person: UUID
    stage: int
    until: datetime


def desks_in_turn(path: str, desks: Iterable[DeskShifts]) -> list[tuple[int, DeskShifts]]:
    """The desks a case at `path` belongs to, one after the other, each with its stage: the lobby
    of its building, the next lobbies of the community in the order of their places, the front
    desk. What stands in no building with a lobby is the front desk's, then anybody's."""
    known = list(desks)
    fronts = sorted(
        (d for d in known if not d.lobby and path.startswith(d.path)), key=lambda d: -len(d.path)
    )
    near = [d for d in known if d.lobby and d.community and path.startswith(d.community)]
    lobbies = sorted(near, key=lambda d: (d.path, str(d.post)))
    own = [d for d in lobbies if path.startswith(d.path)]
    last = [(FRONT, d) for d in fronts]
    if not own:
        return [*last, *((FRONT, d) for d in lobbies)]
    turn = lobbies.index(own[-1])
    others = [d for d in [*lobbies[turn:], *lobbies[:turn]] if d not in own]
    return [*((OWN, d) for d in own), *((NEXT, d) for d in others), *last]


def whose(
    path: str,
    desks: Iterable[DeskShifts],
    *,
    at: datetime,
    stage: int = OWN,
    now_with: UUID | None = None,
) -> Choice | None:
    """Who owns a case at `path` from `at` on: the first desk in turn, from `stage` on, that
    somebody holds then; where nobody does, an earlier one. Whoever has it keeps it among equals
    (`now_with`), else who came last. It is asked again when the shift ends, or when a desk that
    comes before is held again. None: nobody is on duty at any of them."""
    turns = desks_in_turn(path, desks)
    wanted = [turn for turn in turns if turn[0] >= stage]
    order = [*wanted, *(turn for turn in turns if turn[0] < stage)]
    until: list[datetime] = []
    for rank, desk in order:
        there = [(who, ends) for who, begins, ends in desk.shifts if begins <= at < ends]
        if there:
            kept = [one for one in there if one[0] == now_with]
            who, ends = (kept or there)[0]
            return Choice(desk.post, who, rank, min([ends, *until]))
        until += [begins for _who, begins, _ends in desk.shifts if begins > at]
    return None


NORMAL = 3  # the urgency of all that is no urgent repair


def turn_of_day(
    state: str, urgency: int | None, due: datetime | None, moment: datetime
) -> tuple[bool, int, bool, bool, datetime]:
    """In which order the work of a day is done, to sort by: urgent repairs (P1, P2), then what is
    late at `moment`, then what is due first, what is never due after it; what is on hold last.
    `urgency`: of its case, None for planned work."""
    late = due is not None and due < moment
    rank = min(urgency or NORMAL, NORMAL)
    return state == "held", rank, not late, due is None, due or moment
