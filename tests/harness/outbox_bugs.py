"""Bugs sown into the outbox, one or more for each law of its harness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from anju.foundation.messages.commands import delivering, queueing
from anju.foundation.messages.rules.outbox import DELIVERED
from tests.harness.seeding import Bug

Wrong = Callable[..., Any]


def _noted_before_sent(right: Wrong) -> Wrong:
    """Every message is settled as sent when it is claimed (at most once)."""

    def claim(actor: Any, channel: str, limit: int) -> Any:
        ready = right(actor, channel, limit)
        for message, _parcel in ready:
            delivering._settle(actor, message, DELIVERED)
        return ready

    return claim


def _no_pause(right: Wrong) -> Wrong:
    return lambda attempt, priority, spread: timedelta(0)


def _lost_is_refused(right: Wrong) -> Wrong:
    """A lost answer ends the message, urgent or not."""

    def state(outcome: Any, *, attempt: int, priority: int) -> str:
        return str(right(outcome, attempt=attempt, priority=4))

    return state


def _unknown_is_sent(right: Wrong) -> Wrong:
    """What failed for a while is taken for sent."""

    def settle(actor: Any, message: Any, outcome: Any) -> None:
        temporary = outcome.result == "temporary"
        right(actor, message, replace(outcome, result="delivered") if temporary else outcome)

    return settle


def _anybody_settles(right: Wrong) -> Wrong:
    """A try that was put off or overtaken is settled all the same, tries and all."""

    def put_off(actor: Any, message: Any, *, error: str) -> None:
        delivering._settle(actor, message, DELIVERED)

    return put_off


def _begins_always(right: Wrong) -> Wrong:
    """A worker whose lease went to another sends all the same."""

    def begin(actor: Any, message: Any) -> bool:
        right(actor, message)
        return True

    return begin


def _keys_differ(right: Wrong) -> Wrong:
    """Asking twice is two messages."""

    def insert(rows: Any, *, actor: Any) -> Any:
        for row in rows:
            row.key = f"{row.key}:{id(row)}"
        return right(rows, actor=actor)

    return insert


BUGS = {
    "noted before sent": Bug("nobody is missed", delivering, "_claim", _noted_before_sent),
    "failed is sent": Bug("nobody is missed", delivering, "_settle", _unknown_is_sent, deep=True),
    "put off is sent": Bug("nobody is missed", delivering, "_put_off", _anybody_settles, deep=True),
    "no pause": Bug("not before its time", delivering, "pause", _no_pause),
    "lost is the end": Bug("urgent: at least once", delivering, "state_after", _lost_is_refused),
    "keys differ": Bug("a key is there once", queueing, "insert", _keys_differ),
    "no lease": Bug(
        "a double has a reason", delivering, "LEASE", lambda _right: timedelta(microseconds=1)
    ),
    "no fence": Bug("a double has a reason", delivering, "_begin", _begins_always, deep=True),
}
