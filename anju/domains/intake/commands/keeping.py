"""What every way in shares: whose address it is, once only, and what waits for a person."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.utils.translation import gettext as _

from anju.domains.intake.commands.results import Received
from anju.domains.intake.models import Arrival, Seen, Source
from anju.domains.intake.rules import company_of
from anju.foundation.events.commands import tell
from anju.foundation.lib import now
from anju.foundation.messages.rules.signing import WINDOW
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, Unknown

REMEMBERED = 2 * WINDOW + timedelta(minutes=1)  # longer than any signature stays fresh
LONGEST = 200_000  # characters that wait; of a larger mail the rest stays in its mailbox


@contextmanager
def the_source(code: str, *kinds: str) -> Iterator[tuple[Source, Actor]]:
    """The source with this address and the machine of its company, inside one transaction.

    Raises `Unknown` for an address that is none, is switched off or belongs to another kind.

    No actor: nobody has signed in, the address names the company.
    """
    company = company_of(code)
    if company is None:
        raise Unknown(_("There is no such source, or it is switched off."))
    actor = Actor.machine(company, "sources")
    with acting(actor):
        found = Source.objects.select_related("place").filter(company_id=company, code=code)
        source = found.first()
        if source is None or not source.on or source.kind not in kinds:
            raise Unknown(_("There is no such source, or it is switched off."))
        yield source, actor


def once(source: Source, signed: bytes) -> None:
    """Raise `Conflict` for a signature that was used before.

    No actor: `the_source` made one.
    """
    digest = hashlib.sha256(signed).digest()
    Seen.objects.filter(company_id=source.company_id, at__lt=now() - REMEMBERED).delete()
    _seen, fresh = Seen.objects.get_or_create(
        company_id=source.company_id, source=source, digest=digest
    )
    if not fresh:
        words = _("This very request was taken in before. To send it again, sign it anew.")
        raise Conflict(words, code="replayed")


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
