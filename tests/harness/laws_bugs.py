"""The bugs that the harness of the laws must find."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from anju.domains.emergency.commands import running
from anju.engine.clocks import rows as clock_rows
from anju.engine.loop import queries, rules
from anju.engine.loop.commands import (
    case_moves,
    ground,
    judging,
    linking,
    outside,
    owning,
    work_moves,
)
from anju.engine.loop.models import Case
from anju.engine.standards.models import Standard
from anju.foundation.lib import now
from tests.harness.seeding import Bug

Right = Callable[..., Any]


def _nothing(_right: Right) -> Right:
    return lambda *_args, **_named: None


def _limits_of_the_newest(right: Right) -> Right:
    def limits_of(standard: UUID) -> Any:
        code = Standard.objects.values_list("code", flat=True).get(id=standard)
        return right(Standard.objects.filter(code=code).in_force()[0].id)

    return limits_of


def _all_but_the_last(right: Right) -> Right:
    return lambda *rows: right(*rows[:-1])


def _twice(right: Right) -> Right:
    return lambda *args, **named: (right(*args, **named), right(*args, **named))[0]


def _whatever_the_version(right: Right) -> Right:
    def set_state(row: Any, _version: int | None, state: str, **changes: Any) -> None:
        type(row)._default_manager.filter(id=row.id).update(state=state, **changes)
        row.refresh_from_db()

    return set_state


def _owed_from_now(right: Right) -> Right:
    return lambda said, **named: right(replace(said, at=None), **named)


def _granted_when_asked(right: Right) -> Right:
    def record(taking: Any, kind: str, **fields: Any) -> Any:
        if kind == "extension":
            [clock] = [c for c in taking.clocks if c.kind == "reply" and c.live]
            until = datetime.fromisoformat(fields["value"]["until"])
            clock_rows.due_by(clock, until, now(), taking.calendars)
        return right(taking, kind, **fields)

    return record


def _any_clock(_right: Right) -> Right:
    return lambda taking: next((clock for clock in taking.clocks if clock.live), None)


def _only_said(right: Right) -> Right:
    def linked(taking: Any, other: Case, kind: str) -> None:
        if kind == "related":
            taking.facts["to"] = other.number
        else:
            right(taking, other, kind)

    return linked


def _own_and_front(right: Right) -> Right:
    return lambda path, desks: [turn for turn in right(path, desks) if turn[0] != rules.NEXT]


def _but_not(kind: str) -> Callable[[Right], Right]:
    """Every record is made, but those of this kind."""
    return lambda right: (
        lambda taking, made, **more: None if made == kind else right(taking, made, **more)
    )


BUGS = {
    "failure-refused": Bug(
        "1 a failing verdict joins the open finding",
        judging, "_live_finding", _nothing,
    ),
    "finding-not-reopened": Bug(
        "1 a failing verdict re-opens the finding that was answered",
        judging, "move_case",
        lambda _right: lambda id, _name, **_named: Case.objects.get(id=id),
    ),
    "own-work-passed": Bug(
        "2 work is passed by someone who did not do it",
        work_moves, "_by_someone_else", _nothing,
    ),
    "closes-at-once": Bug(
        "2 a case closes after check, message and callback",
        case_moves, "what_closing_lacks", lambda _right: lambda _facts: (),
    ),
    "receipt-is-a-message": Bug(
        "2 a receipt tells nobody anything",
        case_moves, "SUBSTANCE", lambda right: (*right, "receipt"),
    ),
    "done-unanswered": Bug(
        "3 required items are answered before work is done",
        work_moves, "_all_answered", _nothing,
    ),
    "event-forgets-a-row": Bug(
        "4 an event commits to every row its command wrote",
        ground, "written", _all_but_the_last,
    ),
    "told-twice": Bug("4 one event per subject", ground, "tell", _twice),
    "stale-version-taken": Bug(
        "4 of two moves from one version one is refused",
        work_moves, "set_state", _whatever_the_version,
    ),
    "stopped-when-heard": Bug(
        "5 a clock stops when it happened, not when we heard of it",
        clock_rows, "stop",
        lambda right: lambda clock, _at, calendars: right(clock, now(), calendars),
    ),
    "pause-forgotten": Bug(
        "5 a held clock does not count", clock_rows, "hold", _nothing
    ),
    "late-and-forgiven": Bug(
        "5 what was late when it ceased to be owed is broken", clock_rows, "end",
        lambda _right: lambda clock, _at, _calendars: clock_rows.drop([clock]),
    ),
    "failed-work-was-finished": Bug(
        "5 work that failed its check was not finished", clock_rows, "restart", _nothing
    ),
    "judged-by-the-newest": Bug(
        "6 a case is judged by the version it was opened under",
        ground, "limits_of", _limits_of_the_newest,
    ),
    "merged-and-forgotten": Bug(
        "2 who was merged is told what the first is told",
        case_moves, "tell_along", _nothing, deep=True,
    ),
    "closes-over-the-merged": Bug(
        "2 a case does not end before who was merged into it is told",
        queries, "untold_along", lambda _right: lambda _case: False,
    ),
    "voided-over-the-merged": Bug(
        "2 a case does not end before who was merged into it is told",
        case_moves, "untold_along", lambda _right: lambda _case: False, deep=True,
    ),
    "merged-with-its-work": Bug(
        "3 work of a merged case is asked for no longer", linking, "void_work", _nothing,
    ),
    "begun-work-merged-away": Bug(
        "3 work that has begun is not merged away", linking, "BEGUN", lambda _right: ("none",),
    ),
    "owed-reply-merged-away": Bug(
        "2 a case is not merged while somebody outside waits",
        linking, "owes_reply", lambda _right: lambda _case: False,
    ),
    "closed-without-reply": Bug(
        "2 a case is not closed while somebody outside waits",
        queries, "owes_reply", lambda _right: lambda _case: False,
    ),
    "split-owed-from-now": Bug(
        "5 a second matter is owed since the same report", linking, "report", _owed_from_now,
    ),
    "granted-when-asked": Bug(
        "5 asking for more time moves nothing", outside, "record", _granted_when_asked,
        deep=True,
    ),
    "any-clock-is-moved": Bug(
        "5 a deadline from outside moves the outside clock only", outside, "_owed", _any_clock,
    ),
    "settled-without-trace": Bug(
        "4 who pays is a record", linking, "record", _but_not("liability"),
    ),
    "escalated-to-the-same": Bug(
        "2 each time told one level further up",
        owning, "UPWARDS", lambda _right: ("leader", "leader"), deep=True,
    ),
    "urged-without-trace": Bug(
        "4 who was urged is a record", owning, "record", _but_not("urge"), deep=True,
    ),
    "linked-without-trace": Bug(
        "4 each of two linked cases shows the other", linking, "_linked", _only_said, deep=True,
    ),
    "recurring-trouble-unjoined": Bug(
        "2 every case of a trouble that recurs points to its problem record",
        linking, "alike_before", lambda _right: lambda _case: [],
    ),
    "two-records-of-one-trouble": Bug(
        "2 one problem record says why, as long as it is live", linking, "LIVE",
        lambda _right: ("none",), deep=True,
    ),
    "next-lobby-left-out": Bug(
        "2 a case is its lobby's, then the next one's, then the front desk's",
        rules, "desks_in_turn", _own_and_front, deep=True,
    ),
    "unanswered-stays": Bug(
        "2 what nobody answers in time goes on", owning, "stages_of",
        lambda _right: lambda _cases, _moment: {},
    ),
    "handed-on-untold": Bug(
        "4 whose a case is, is told", owning, "tell", _nothing, deep=True,
    ),
    "emergency-begun-twice": Bug(
        "4 pressed twice it is the same emergency", running, "running", _nothing, deep=True,
    ),
    "emergency-not-raised": Bug(
        "2 an emergency is P1", running, "move_case",
        lambda _right: lambda id, _name, **_named: Case.objects.get(id=id),
    ),
    "called-out-by-halves": Bug(
        "2 everybody of the telephone tree is called out", running, "call_tree",
        lambda right: lambda *args: right(*args)[:1], deep=True,
    ),
    "noted-without-row": Bug(
        "4 an event commits to every row its command wrote", running, "written",
        lambda _right: lambda *_rows: {}, deep=True,
    ),
    "taken-over-unkept": Bug(
        "4 an event commits to the row as it stands: whose a case is", owning, "_put", _nothing,
    ),
}  # fmt: skip
