"""Systems outside that may tell us."""

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from anju.domains.intake.models import SOURCE_KINDS, TROUBLES, Source
from anju.domains.intake.rules import CODE, code_for, mailbox_of
from anju.foundation.events.commands import tell
from anju.foundation.lib import now, uuid7
from anju.foundation.messages.channels.sealing import seal
from anju.foundation.messages.channels.transport import literal_is_inside
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown
from anju.foundation.tenancy.rows import only

MOST = 50
OLD_SECRET_GOOD = timedelta(days=1)


def add_source(
    kind: str, *, actor: Actor, name: str, place: UUID, mailbox: str = "", receiver: str = ""
) -> Source:
    """Let a system tell us; its address and secret stand on its page.

    Raises `Refused` without `webhook.edit` for the company, `NotYet` with fields for a name that is
    taken, a place that is not seen, an unknown kind, or one source too many.
    """
    actor.require("webhook.edit", "")
    with acting(actor):
        if kind not in dict(SOURCE_KINDS):
            raise NotYet(_("Choose the kind of source."), fields={"kind": _("Choose one.")})
        if Source.objects.filter(company_id=actor.company_id).count() >= MOST:
            raise NotYet(_("There are as many sources as can be. Change one of them."))
        _check(name, place, None, actor, mailbox=mailbox if kind == "email" else None)
        if kind == "wecom":
            _check_receiver(receiver)
        id = uuid7()
        source = Source.objects.create(
            id=id,
            company_id=actor.company_id,
            sealed=seal({"url": mailbox}, of=id) if kind == "email" else b"",
            kind=kind,
            receiver=receiver.strip() if kind == "wecom" else "",
            name=name.strip(),
            place_id=place,
            code=code_for(actor.company_id, secrets.token_bytes(CODE - 16)),
        )
        _told("source.added", source, actor)
    return source


def change_source(
    id: UUID,
    *,
    actor: Actor,
    name: str,
    place: UUID,
    on: bool,
    mailbox: str = "",
    receiver: str = "",
) -> Source:
    """Rename it, let its matters stand elsewhere, switch it on or off, give it another mailbox
    (read from its end on; left empty, the old one stays). Raises as `add_source`."""
    actor.require("webhook.edit", "")
    with acting(actor):
        source = _the_source(id, actor)
        _check(name, place, source.id, actor, mailbox=mailbox or None)
        if mailbox and source.kind == "email":
            source.sealed = seal({"url": mailbox}, of=source.id)
            source.uid_validity, source.uid_last, source.trouble = None, None, ""
        if receiver and source.kind == "wecom":
            _check_receiver(receiver)
            source.receiver = receiver.strip()
        source.name, source.place_id = name.strip(), place
        if on != source.on:
            source.since = now() if on else None
        source.save()
        _told("source.changed", source, actor)
    return source


def rotate_source_secret(id: UUID, *, actor: Actor) -> Source:
    """Give it a new secret; for one day both are good. Raises as `add_source` does."""
    actor.require("webhook.edit", "")
    with acting(actor):
        source = _the_source(id, actor)
        source.secret_n += 1
        source.old_until = now() + OLD_SECRET_GOOD
        source.save(update_fields=["secret_n", "old_until"])
        _told("source.rotated", source, actor)
    return source


def _check(name: str, place: UUID, own: UUID | None, actor: Actor, *, mailbox: str | None) -> None:
    faults: dict[str, Any] = {}
    if mailbox is not None:
        box = mailbox_of(mailbox)
        if box is None:
            faults["mailbox"] = _("Enter it like imaps://user:password@imap.example.com/INBOX")
        elif literal_is_inside(box.host, settings.WEBHOOK_NETWORKS):
            faults["mailbox"] = TROUBLES["blocked"]
    taken = Source.objects.filter(company_id=actor.company_id, name=name.strip())
    if not name.strip() or len(name.strip()) > 40:
        faults["name"] = _("Give the source a short name, for example: telephone exchange.")
    elif taken.exclude(pk=own or UUID(int=0)).exists():
        faults["name"] = _("Another source has this name already. Choose a different one.")
    if not Place.objects.seen_by(actor).filter(id=place).exists():
        faults["place"] = _("This place was not found, or you may not see it.")
    if faults:
        raise NotYet(
            _("The source was not saved: please correct the marked fields."), fields=faults
        )


def _check_receiver(receiver: str) -> None:
    given = receiver.strip()
    if not (given.isascii() and given.isalnum() and 4 <= len(given) <= 64):
        words = _("Enter the CorpID as WeCom shows it under My enterprise, such as ww1a2b3c4d5e.")
        raise NotYet(
            _("The source was not saved: please correct the marked fields."),
            fields={"receiver": words},
        )


def _the_source(id: UUID, actor: Actor) -> Source:
    found = only(Source.objects.seen_by(actor).select_for_update().filter(id=id))
    if found is None:
        raise Unknown(_("There is no such source, or you may not see it."))
    return found


def _told(name: str, source: Source, actor: Actor) -> None:
    said = {"kind": source.kind, "on": source.on}
    tell(name, subject=("source", source.id), actor=actor, said=said)
