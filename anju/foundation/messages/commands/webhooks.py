"""Webhooks: which address outside is told of which events."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from anju.foundation.events.commands import tell
from anju.foundation.lib import now, uuid7
from anju.foundation.messages.channels.transport import literal_is_inside
from anju.foundation.messages.models import Message, Webhook
from anju.foundation.messages.registry import newest
from anju.foundation.messages.rules.targets import target_of
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown
from anju.foundation.tenancy.rows import only

MOST = 20
OLD_SECRET_GOOD = timedelta(days=1)


def add_webhook(*, actor: Actor, url: str, events: Sequence[str]) -> Webhook:
    """Tell `url` of the events of these names from now on.

    Raises `Refused` without `webhook.edit` for the company, `NotYet` with fields for an address
    that is no plain public one, for no events, or when there are twenty webhooks already.
    """
    actor.require("webhook.edit", "")
    _check(url, events)
    with acting(actor):
        if Webhook.objects.filter(company_id=actor.company_id).count() >= MOST:
            raise NotYet(_("There are twenty webhooks already. Change or switch off one of them."))
        webhook = Webhook.objects.create(
            company_id=actor.company_id, url=url, events=sorted(set(events))
        )
        _told("webhook.added", webhook, actor)
    return webhook


def change_webhook(
    webhook_id: UUID, *, actor: Actor, url: str, events: Sequence[str], on: bool
) -> Webhook:
    """Change the address or the events, switch it on or off. Raises as `add_webhook` does.

    What was told while it was off is not sent later.
    """
    actor.require("webhook.edit", "")
    _check(url, events)
    with acting(actor):
        webhook = _the_webhook(webhook_id, actor)
        webhook.url, webhook.events = url, sorted(set(events))
        if on != webhook.on:
            webhook.since = now() if on else None
        webhook.save(update_fields=["url", "events", "since"])
        _told("webhook.changed", webhook, actor)
    return webhook


def rotate_secret(webhook_id: UUID, *, actor: Actor) -> Webhook:
    """Give it a new secret; for one day it signs with both. Raises as `add_webhook` does."""
    actor.require("webhook.edit", "")
    with acting(actor):
        webhook = _the_webhook(webhook_id, actor)
        webhook.secret_n += 1
        webhook.old_until = now() + OLD_SECRET_GOOD
        webhook.save(update_fields=["secret_n", "old_until"])
        _told("webhook.rotated", webhook, actor)
    return webhook


def try_webhook(webhook_id: UUID, *, actor: Actor) -> UUID:
    """Queue a test event "webhook.test" for it; the id of the message."""
    actor.require("webhook.edit", "")
    notice, moment = newest("webhook"), now()
    with acting(actor):
        webhook = _the_webhook(webhook_id, actor)
        message = Message.objects.create(
            company_id=actor.company_id,
            key=f"webhook:{webhook.id}:test:{uuid7()}",
            kind=notice.kind,
            version=notice.version,
            channel="webhook",
            webhook=webhook,
            facts={"name": "webhook.test"},
            next_at=moment,
            expires_at=moment + timedelta(hours=1),
        )
        _told("webhook.tried", webhook, actor)
    return message.id


def _check(url: str, events: Sequence[str]) -> None:
    faults: dict[str, Any] = {}
    target = target_of(url)
    if target is None:
        faults["url"] = _(
            "Enter a plain address like https://example.com/hook: no user name, no blanks."
        )
    elif literal_is_inside(target.host, settings.WEBHOOK_NETWORKS):
        faults["url"] = _(
            "This address leads into a private network, where webhooks may not go. Enter a "
            "public one, or ask the operator to allow the network (ANJU_WEBHOOK_NETWORKS)."
        )
    if not events:
        faults["events"] = _("Choose at least one kind of event.")
    if faults:
        raise NotYet(
            _("The webhook was not saved: please correct the marked fields."), fields=faults
        )


def _the_webhook(id: UUID, actor: Actor) -> Webhook:
    webhook = only(Webhook.objects.seen_by(actor).select_for_update().filter(id=id))
    if webhook is None:
        raise Unknown(_("There is no such webhook, or you may not see it."))
    return webhook


def _told(name: str, webhook: Webhook, actor: Actor) -> None:
    """The host is told, the rest of the address is not: it may hold a key of the receiver."""
    target = target_of(webhook.url)
    tell(
        name,
        subject=("webhook", webhook.id),
        actor=actor,
        said={"host": target.host if target else "", "events": webhook.events, "on": webhook.on},
    )
