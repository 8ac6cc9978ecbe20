"""Bugs sown into the channels out, one or more for each law of their harness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from anju.foundation.messages.channels import bots as bot_channels
from anju.foundation.messages.channels import posting
from anju.foundation.messages.channels import sms as sms_channel
from anju.foundation.messages.commands import delivering
from anju.foundation.messages.rules import bots, sms
from anju.foundation.messages.rules.outbox import DELIVERED, Outcome
from tests.harness.seeding import Bug

Wrong = Callable[..., Any]


def _status_is_enough(right: Wrong) -> Wrong:
    """HTTP 200 is taken for a yes: the code inside is not read."""
    return lambda kind, status, body: DELIVERED if status == 200 else right(kind, status, body)


def _lost_is_sent(right: Wrong) -> Wrong:
    """Whoever hung up is believed to have taken it."""

    def posted(*args: Any, **kwargs: Any) -> Outcome:
        found: Outcome = right(*args, **kwargs)
        return DELIVERED if found.result == "unclear" else found

    return posted


def _codes_are_final(right: Wrong) -> Wrong:
    """Any code but 0 ends the message."""

    def outcome(kind: str, status: int, body: bytes) -> Outcome:
        found: Outcome = right(kind, status, body)
        return replace(found, result="permanent") if found.result == "temporary" else found

    return outcome


def _seconds_for_millis(right: Wrong) -> Wrong:
    """DingTalk's time in the wrong unit."""
    return lambda kind, text, secret, *, at: right(kind, text, secret, at=at / 1000)


def _one_nonce(right: Wrong) -> Wrong:
    """Every request has the same nonce."""
    return lambda *args, **kwargs: right(*args, **{**kwargs, "nonce": "1"})


def _unsorted(right: Wrong) -> Wrong:
    """The query is signed in one order and sent in another."""
    return lambda values: "&".join(reversed(right(values).split("&")))


def _nobody_overtakes(right: Wrong) -> Wrong:
    return lambda actor, message: False


def _rings_at_night(right: Wrong) -> Wrong:
    return lambda *args, **kwargs: None


def _all_are_quiet(right: Wrong) -> Wrong:
    """Quiet hours keep the urgent too."""
    return lambda at, *, priority, hours, zone: right(at, priority=4, hours=hours, zone=zone)


def _all_again(right: Wrong) -> Wrong:
    """What is ordinary is repeated after a lost answer, as the urgent are."""
    return lambda outcome, *, attempt, priority: right(outcome, attempt=attempt, priority=1)


def _rings_on(right: Wrong) -> Wrong:
    """Nobody asks whether a person has answered."""
    return lambda message, *, actor: False


def _gives_up_ringing(right: Wrong) -> Wrong:
    """Whoever was called is believed to have answered."""
    return lambda message, *, actor: True


def _rings_again(right: Wrong) -> Wrong:
    """A call that was taken is placed once more."""

    def state_after(outcome: Outcome, *, attempt: int, priority: int) -> Any:
        if outcome is DELIVERED and attempt == 1 and priority == 1:
            return "pending"
        return right(outcome, attempt=attempt, priority=priority)

    return state_after


BUGS = {
    "status is enough": Bug("no urgent one is lost", bots, "outcome", _status_is_enough, deep=True),
    "lost is sent": Bug("no urgent one is lost", bot_channels, "posted", _lost_is_sent),
    "codes are final": Bug("no urgent one is lost", bots, "outcome", _codes_are_final, deep=True),
    "seconds for millis": Bug("signatures are right", bots, "request", _seconds_for_millis),
    "one nonce": Bug("signatures are right", sms, "signed", _one_nonce, deep=True),
    "unsorted query": Bug("signatures are right", sms, "query_of", _unsorted, deep=True),
    "nobody overtakes": Bug("the urgent go first", delivering, "_overtaken", _nobody_overtakes),
    "rings at night": Bug("quiet hours", posting, "quiet_until", _rings_at_night),
    "all are quiet": Bug("the urgent at any hour", posting, "quiet_until", _all_are_quiet),
    "all again": Bug("ordinary ones once", delivering, "state_after", _all_again),
    "rings on": Bug("no call after an answer", delivering, "is_answered", _rings_on),
    "gives up ringing": Bug("calls until an answer", delivering, "is_answered", _gives_up_ringing),
    "rings again": Bug("the urgent not for nothing", delivering, "state_after", _rings_again),
    "lost texts are sent": Bug(
        "no urgent one is lost", sms_channel, "posted", _lost_is_sent, deep=True
    ),
}
