"""The bugs that the harness of the laws must find."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from anju.engine.loop.commands import case_moves, ground, judging, work_moves
from anju.engine.loop.commands.ground import clock_rows
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
}  # fmt: skip
