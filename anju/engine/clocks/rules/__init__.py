"""The arithmetic of promises: deadlines, pauses, verdicts, escalation. Pure.

A promise allows an amount of open time, its allowance. Its clock counts while the calendar is open
and no pause holds it, and is due when the allowance has been counted. Everything here says that
one sentence of some question. A promise is kept by what happened at the deadline or before it,
whenever we hear of it: late news mends a clock that had looked broken.

All instants are aware datetimes, answers in UTC. `calendar` is the `WorkCalendar` that the promise
names; feedback and reply clocks run by the wall and are never paused, whatever calendar they name.
"""

from anju.engine.clocks.rules.account import Span, explain
from anju.engine.clocks.rules.deadlines import (
    Reading,
    Rung,
    allowance,
    due_at,
    ladder,
    read,
    settle,
    used,
)
from anju.engine.clocks.rules.pauses import Pause, pause, pauses_from_json, pauses_to_json, resume
from anju.engine.clocks.rules.promise import SETTLED, Promise, State
from anju.engine.clocks.rules.verdicts import Judgement, Moment, judge

__all__ = [
    "SETTLED",
    "Judgement",
    "Moment",
    "Pause",
    "Promise",
    "Reading",
    "Rung",
    "Span",
    "State",
    "allowance",
    "due_at",
    "explain",
    "judge",
    "ladder",
    "pause",
    "pauses_from_json",
    "pauses_to_json",
    "read",
    "resume",
    "settle",
    "used",
]
