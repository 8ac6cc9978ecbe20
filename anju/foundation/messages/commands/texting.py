"""Text messages that somebody waits for: a code to come in with."""

from anju.foundation.events.commands import tell
from anju.foundation.lib import now
from anju.foundation.messages.commands.queueing import Note
from anju.foundation.messages.models import Message
from anju.foundation.messages.queries import texts_leave
from anju.foundation.messages.registry import newest
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def queue_text(note: Note, *, actor: Actor) -> Message:
    """Queue a note as a text message alone, to the telephone of the account, which is looked up
    when it is sent. The note's key is used once.

    Where no such channel is set up it is given up at once, and the outbox says so.
    """
    notice, moment = newest(note.kind), now()
    ready = can_text(actor=actor)
    with acting(actor):
        row = Message.objects.create(
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
            expires_at=moment + notice.ttl,
            created_at=moment,
        )
        tell(
            "message.queued",
            subject=("company", actor.company_id),
            actor=actor,
            said={"kinds": {note.kind: 1}},
        )
    return row


def can_text(*, actor: Actor) -> bool:
    """Whether text messages leave the house from the actor's company."""
    with acting(actor):
        return texts_leave(actor=actor)
