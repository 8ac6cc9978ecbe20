"""What cannot be understood waits for a person."""

import hashlib

from anju.domains.intake.commands.results import Received
from anju.domains.intake.models import Arrival, Source
from anju.foundation.events.commands import tell
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

LONGEST = 200_000  # characters that wait; of a larger mail the rest stays in its mailbox


def keep(source: Source, body: bytes, reason: str, *, actor: Actor, outside_id: str) -> Received:
    """Keep what came, for a person to read; the same id again changes nothing. Refuses nothing."""
    with acting(actor):
        arrival, made = Arrival.objects.get_or_create(
            company_id=source.company_id,
            source=source,
            outside_id=outside_id,
            defaults={
                "digest": hashlib.sha256(body).digest(),
                "state": "kept",
                "reason": reason[:300],
                "text": body.decode(errors="replace").replace("\0", "\ufffd")[:LONGEST],
            },
        )
        if made:
            said = {"source": str(source.id)}
            tell("arrival.kept", subject=("arrival", arrival.id), actor=actor, said=said)
            return Received("kept", arrival.id)
    return as_before(arrival)


def as_before(arrival: Arrival) -> Received:
    """The answer to what had come already.

    No actor: nothing is written.
    """
    number = arrival.case.number if arrival.case else ""
    return Received(arrival.state, arrival.id, number, again=True)
