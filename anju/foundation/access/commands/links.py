"""One-time links that let their holder in without a password."""

import secrets
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anju.foundation.access.models import OneTimeLink
from anju.foundation.access.queries import SignedIn, by_link, digest_of
from anju.foundation.access.rules import LINK_LASTS
from anju.foundation.events.commands import tell
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Unknown


def make_link(account_id: UUID, *, actor: Actor, lasts: timedelta = LINK_LASTS) -> str:
    """The token of a new one-time link to an account; older ones of it end. Its digest is kept.

    Only a machine may (`company.edit`): whoever calls it has asked who may invite whom.
    """
    actor.require("company.edit", "")
    token, at = secrets.token_urlsafe(24), now()
    with acting(actor):
        mine = OneTimeLink.objects.filter(company_id=actor.company_id, account_id=account_id)
        mine.filter(used_at=None).update(used_at=at)
        OneTimeLink.objects.create(
            company_id=actor.company_id,
            account_id=account_id,
            digest=digest_of(token),
            created_at=at,
            expires_at=at + lasts,
        )
        tell("account.link", subject=("account", account_id), actor=actor, at=at)
    return token


def spend_link(token: str) -> SignedIn:
    """Use a one-time link up and say whom it was for; of two uses at once one wins.

    No actor: whoever holds the link has not signed in yet. Refuses one that is unknown, used or
    over (`Unknown`).
    """
    gone = Unknown(_("This link has been used or is over. Ask for a new one."))
    found = by_link(token)
    if found is None:
        raise gone
    with acting(found.actor):
        used = OneTimeLink.objects.filter(
            company_id=found.company, id=found.held, used_at=None
        ).update(used_at=now())
        if not used:
            raise gone
    return found
