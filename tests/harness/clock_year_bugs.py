"""The bugs that the simulated year must find."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from anju.engine.clocks import commands as ticker
from anju.engine.clocks import rows
from anju.engine.clocks.models import Clock
from tests.harness.seeding import Bug

Right = Callable[..., Any]


def _committed_at_once(right: Right) -> Right:
    def save_clocks(clocks: Any) -> None:
        right(clocks)
        company = str(clocks[0].company_id)
        with connection.cursor() as cursor:
            cursor.execute("COMMIT")
            cursor.execute("BEGIN")
            cursor.execute("SELECT set_config('anju.company', %s, true)", [company])

    return save_clocks


def _without_pauses(right: Right) -> Right:
    def looks(clock: Clock, calendars: Any) -> Any:
        held, clock.pauses = clock.pauses, []
        found = right(clock, calendars)
        clock.pauses = held
        return found

    return looks


def _broken_at_the_deadline(right: Right) -> Right:
    def stop(clock: Clock, at: Any, calendars: Any) -> None:
        right(clock, at, calendars)
        if clock.stopped_at == clock.due_at:
            clock.state = "broken"

    return stop


def _still_looked_at(right: Right) -> Right:
    def stop(clock: Clock, at: Any, calendars: Any) -> None:
        next_at = clock.next_at
        right(clock, at, calendars)
        clock.next_at = next_at

    return stop


def _until(minutes: int) -> Callable[[Right], Right]:
    return lambda right: (
        lambda clock, moment, calendars: right(
            clock, moment + timedelta(minutes=minutes), calendars
        )
    )


BUGS = {
    "no-locks": Bug(
        "two tickers tell nothing twice", QuerySet, "select_for_update",
        lambda _right: lambda self, **_named: self.all(),
    ),
    "saved-before-told": Bug(
        "a crash loses nothing", ticker, "save_clocks", _committed_at_once
    ),
    "ahead-of-time": Bug("nothing is told early", ticker, "due_looks", _until(30)),
    "only-the-first": Bug(
        "after a long sleep everything that fell due is told", ticker, "due_looks",
        lambda right: lambda *args: right(*args)[:1],
    ),
    "pauses-forgotten": Bug("a held clock does not warn", rows, "looks", _without_pauses),
    "late-at-the-deadline": Bug(
        "what happens exactly at the deadline is in time", rows, "stop", _broken_at_the_deadline
    ),
    "stopped-clock-told": Bug("nothing is told of a stopped clock", rows, "stop", _still_looked_at),
    "dropped-clock-told": Bug(
        "nothing is told of a dropped clock", rows, "drop",
        lambda _right: lambda clocks: [setattr(c, "state", "void") for c in clocks],
    ),
}  # fmt: skip
