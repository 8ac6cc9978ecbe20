"""Mailboxes are asked every half minute."""

import structlog

from anju.domains.intake.commands.polling import poll_mailbox
from anju.domains.intake.models import Source
from anju.foundation.messages.queries import every_company
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

EVERY = 30.0  # seconds
log = structlog.get_logger("intake")


def poll_mailboxes() -> int:
    """Ask every mailbox of every company once; how many mails were taken in."""
    taken = 0
    for company in every_company():
        actor = Actor.machine(company, "sources")
        with acting(actor):
            boxes = Source.objects.filter(company_id=company, kind="email", since__isnull=False)
            ids = list(boxes.values_list("id", flat=True))
        for id in ids:
            try:
                taken += poll_mailbox(id, actor=actor)
            except Exception as error:  # one mailbox must not keep the others from being asked
                log.warning("mailbox", source=str(id), exc_info=error)
    return taken
