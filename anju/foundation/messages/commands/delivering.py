"""Delivery to the outside: claim under a lease, send outside any transaction, settle (I3, P6).

A message is sent at least once as long as it is of use. It is sent twice only when the process
dies, or its lease ends, between the other side's acceptance and our note of it: at most once more
per such death, and never more than TRIES times in all.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from anju.foundation.events.commands import tell
from anju.foundation.lib import now
from anju.foundation.messages.channels import CHANNELS, NotNow, Parcel, Undeliverable
from anju.foundation.messages.commands.browsers import drop_browser
from anju.foundation.messages.models import Message, MessageQuery
from anju.foundation.messages.queries import companies_due
from anju.foundation.messages.registry import is_answered
from anju.foundation.messages.rules.outbox import (
    LEASE,
    TRIES,
    Outcome,
    pause,
    state_after,
)
from anju.foundation.messages.rules.policy import CALLS
from anju.foundation.messages.rules.push import GONE
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

BATCH = 20
Claimed = tuple[Message, Parcel]


def deliver_due(channel: str, *, limit: int = BATCH) -> int:
    """Send what is due on `channel`, company by company, the most urgent first; how many tries.

    Any number of workers may run at once: each claims other messages, and settling asks whether
    the lease is still its own.

    No actor: it makes the machine of each company.
    """
    tried = 0
    for company in companies_due(channel):
        tried += deliver(channel, actor=Actor.machine(company, "worker"), limit=limit)
    return tried


def deliver(channel: str, *, actor: Actor, limit: int = BATCH) -> int:
    """Send up to `limit` messages that are due in the actor's company; how many were tried.

    Refuses nothing: what cannot be sent is settled with its reason.
    """
    claimed = _claim(actor, channel, limit)
    unreachable: dict[str, str] = {}
    sender = CHANNELS[channel]()
    tried = 0
    try:
        for n, (message, parcel) in enumerate(claimed):
            if parcel.target in unreachable:
                _put_off(actor, message, error=unreachable[parcel.target])
            elif _overtaken(actor, message):
                _give_back(actor, [waiting for waiting, _parcel in claimed[n:]])
                break
            elif _begin(actor, message):
                outcome = sender.send(parcel)
                tried += 1
                if outcome.unreachable:
                    unreachable[parcel.target] = outcome.error
                _settle(actor, message, outcome)
    finally:
        sender.close()
    return tried


def _claim(actor: Actor, channel: str, limit: int) -> list[Claimed]:
    """Lease what is due, the most urgent first, with all that sending it needs.

    What cannot be sent at all is settled here.
    """
    moment, ready = now(), []
    with acting(actor):
        due = list(
            Message.objects.select_for_update(skip_locked=True)
            .filter(company_id=actor.company_id, channel=channel, next_at__lte=moment)
            .order_by("priority", "next_at", "id")[:limit]
        )
        for message in due:
            if message.attempts >= TRIES:  # its last lease ended without a word
                _write(actor, message, "unknown", error="lease")
            elif message.expires_at <= moment:
                _write(actor, message, "dropped", error="stale")
            else:
                try:
                    parcel = CHANNELS[channel].parcel(message, actor=actor)
                except Undeliverable as error:
                    _write(actor, message, "dead", error=error.code)
                    continue
                except NotNow as error:
                    _write(actor, message, "pending", error="quiet", next_at=error.until)
                    continue
                message.state, message.next_at = "leased", moment + LEASE
                message.save(update_fields=["state", "next_at"])
                ready.append((message, parcel))
    return ready


def _begin(actor: Actor, message: Message) -> bool:
    """Count the try and begin its lease anew; False when the lease has gone to someone else.

    Counted here and not when it is claimed: a message that kills the process every time uses up
    its own tries, not those of its neighbours in the batch. Nobody is called after a person has
    answered: that is asked here, as late as can be.
    """
    ends = now() + LEASE
    with acting(actor):
        if message.channel in CALLS and is_answered(message, actor=actor):
            if _ours(actor, message).select_for_update().exists():
                _write(actor, message, "dropped", error="answered")
            return False
        won = _ours(actor, message).update(attempts=message.attempts + 1, next_at=ends)
    message.attempts, message.next_at = message.attempts + 1, ends
    return bool(won)


def _settle(actor: Actor, message: Message, outcome: Outcome) -> None:
    """Note what became of the try, unless the lease has gone to someone else."""
    with acting(actor):
        if not _ours(actor, message).select_for_update().exists():
            return
        state = state_after(outcome, attempt=message.attempts, priority=message.priority)
        wait = pause(message.attempts, message.priority, secrets.randbelow(1000) / 1000)
        next_at = now() + wait if state == "pending" else None
        _write(actor, message, state, error=outcome.error, next_at=next_at)
        if outcome.error == GONE and message.subscription_id:
            drop_browser(message.subscription_id, actor=actor)


def _overtaken(actor: Actor, message: Message) -> bool:
    """Whether something more urgent became due on this channel since our batch was claimed: it
    must not wait behind the rest of the batch."""
    if message.priority == 1:
        return False
    with acting(actor):
        return Message.objects.filter(
            company_id=actor.company_id,
            channel=message.channel,
            state="pending",
            next_at__lte=now(),
            priority__lt=message.priority,
        ).exists()


def _give_back(actor: Actor, messages: Sequence[Message]) -> None:
    """Let go of what was claimed and not begun; it is due as before."""
    with acting(actor):
        for message in messages:
            _ours(actor, message).update(state="pending", next_at=now())


def _put_off(actor: Actor, message: Message, *, error: str) -> None:
    """Give a message back untried; it waits as after a first failure."""
    with acting(actor):
        if _ours(actor, message).select_for_update().exists():
            wait = pause(1, message.priority, secrets.randbelow(1000) / 1000)
            _write(actor, message, "pending", error=error, next_at=now() + wait)


def _ours(actor: Actor, message: Message) -> MessageQuery:
    """The row, as long as it is in the lease that this process holds."""
    return Message.objects.filter(
        company_id=actor.company_id, id=message.id, state="leased", next_at=message.next_at
    )


def _write(
    actor: Actor,
    message: Message,
    state: str,
    *,
    error: str = "",
    next_at: datetime | None = None,
) -> None:
    moment = now()
    Message.objects.filter(company_id=actor.company_id, id=message.id).update(
        state=state,
        error=error,
        next_at=next_at,
        sent_at=moment if state == "sent" else None,
    )
    if state != "pending":
        tell(
            f"message.{state}",
            subject=("message", message.id),
            actor=actor,
            at=moment,
            said=_said(message, error),
        )


def _said(message: Message, error: str) -> dict[str, object]:
    about: Sequence[str | UUID] = (
        [message.subject_kind, str(message.subject_id)] if message.subject_id else []
    )
    return {
        "kind": message.kind,
        "channel": message.channel,
        "to": str(message.account_id or message.webhook_id or message.gateway_id),
        "about": about,
        "attempts": message.attempts,
        **({"error": error} if error else {}),
    }
