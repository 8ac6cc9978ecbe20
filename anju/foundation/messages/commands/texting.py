"""Messages that go out as a text alone: a code to come in with, a word about a matter."""

from collections.abc import Iterable

from anju.foundation.events.commands import tell
from anju.foundation.lib import now
from anju.foundation.messages.commands.queueing import Note, insert
from anju.foundation.messages.models import Message
from anju.foundation.messages.queries import texts_leave
from anju.foundation.messages.registry import newest
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def queue_text(note: Note, *, actor: Actor) -> Message | None:
    """Queue a note as a text message alone, to the telephone of the account, which is looked up
    when it is sent. The note's key is used once; what is of no use any more is not queued (None).

    Where no such channel is set up it is given up at once, and the outbox says so.
    """
    row = _row(note, ready=can_text(actor=actor), actor=actor)
    if row is None:
        return None
    with acting(actor):
        row.save(force_insert=True)
        tell(
            "message.queued",
            subject=("company", actor.company_id),
            actor=actor,
            said={"kinds": {note.kind: 1}},
        )
    return row


def queue_texts(notes: Iterable[Note], *, actor: Actor) -> int:
    """Queue notes as `queue_text` does, in one statement and told in one event; how many are new. A
    note whose key is there already is left as it is."""
    ready = can_text(actor=actor)
    rows = [row for note in notes if (row := _row(note, ready=ready, actor=actor))]
    with acting(actor):
        return insert(rows, actor=actor)


def _row(note: Note, *, ready: bool, actor: Actor) -> Message | None:
    """The message of a note; None where it comes too late."""
    notice, moment = newest(note.kind), now()
    expires_at = (note.at or moment) + notice.ttl
    if expires_at <= moment:
        return None
    return Message(
        company_id=actor.company_id,
        key=f"{note.key}:{note.account}:sms",
        kind=note.kind,
        version=notice.version,
        channel="sms",
        priority=note.priority,
        account_id=note.account,
        subject_kind=note.subject[0],
        subject_id=note.subject[1],
        facts=dict(note.facts),
        state="pending" if ready else "dead",
        error="" if ready else "no_sms",
        next_at=moment if ready else None,
        expires_at=expires_at,
        created_at=moment,
    )


def can_text(*, actor: Actor) -> bool:
    """Whether text messages leave the house from the actor's company."""
    with acting(actor):
        return texts_leave(actor=actor)
