"""Where accounts are reached."""

import re
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anju.foundation.access.commands.keeping import kept_account
from anju.foundation.access.models import Account
from anju.foundation.events.commands import tell
from anju.foundation.lib import now
from anju.foundation.messages.commands.queueing import Note, queue_message
from anju.foundation.messages.models import Address, Subscription
from anju.foundation.messages.rules.sms import mobile
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown

# Plain addresses only: what goes into a mail's envelope must not be able to mean anything else.
EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+"
)


def set_address(
    account_id: UUID, text: str, *, actor: Actor, channel: str = "email", language: str = ""
) -> Address | None:
    """Enter, change or (with an empty text) remove the address of an account on a channel.

    One's own, or that of an account the actor keeps. Raises `Unknown` for an account unseen,
    `Refused` for one that may do more than the actor, `NotYet` for what is no address.
    """
    text = text.strip()
    if fault := _fault(channel, text):
        raise NotYet(fault, fields={"text" if channel == "email" else channel: fault})
    text = mobile(text) if channel == "sms" else text
    with acting(actor):
        if not Account.objects.seen_by(actor).filter(id=account_id).exists():
            raise Unknown(_("This account was not found, or you may not see it."))
        if account_id != actor.id:
            kept_account(account_id, actor=actor)  # where mail goes is part of an account
        held = Address.objects.filter(
            company_id=actor.company_id, account_id=account_id, channel=channel
        )
        address = None
        if text:
            address, _made = Address.objects.update_or_create(
                company_id=actor.company_id,
                account_id=account_id,
                channel=channel,
                defaults={"text": text, **({"language": language} if language else {})},
            )
        else:
            held.delete()
        tell(
            "address.set" if text else "address.removed",
            subject=("account", account_id),
            actor=actor,
            said={"channel": channel},
        )
    return address


def _fault(channel: str, text: str) -> Any:
    """What is wrong with an address; None where it can be used, or is to be removed."""
    if channel == "email" and text and (len(text) > 254 or not EMAIL.fullmatch(text)):
        return _("This is no email address. Enter one like name@example.com.")
    if channel == "sms" and text and not mobile(text):
        return _("This is no mobile number. Enter eleven digits like 13800138000.")
    return None


def try_address(*, actor: Actor) -> int:
    """Send the actor a test email; the number of messages queued for the outside (0: no address
    or no mail server)."""
    at = now()
    note = Note(
        key=f"email.test:{at:%Y%m%d%H%M}",
        kind="email.test",
        account=actor.id,
        subject=("account", actor.id),
        email=True,
    )
    return max(0, queue_message(note, actor=actor) - 1)


def erase_addresses(person_id: UUID, *, actor: Actor) -> int:
    """Delete the addresses of a person's accounts, browsers too; how many. Called by the erasure
    of the person, which asks whether the actor may."""
    with acting(actor):
        accounts = Account.objects.filter(company_id=actor.company_id, person_id=person_id)
        theirs = {
            "company_id": actor.company_id,
            "account_id__in": list(accounts.values_list("id", flat=True)),
        }
        return sum(
            rows.filter(**theirs).delete()[0] for rows in (Address.objects, Subscription.objects)
        )
