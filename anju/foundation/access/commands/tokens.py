"""Bearer tokens of programs, and when a device or token was last used."""

import secrets
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anju.foundation.access.commands.keeping import kept_account
from anju.foundation.access.models import ApiToken, DeviceSession
from anju.foundation.access.queries import SignedIn, digest_of
from anju.foundation.access.rules import SCOPES
from anju.foundation.events.commands import tell
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown
from anju.foundation.tenancy.rows import only


def create_token(
    account_id: UUID,
    *,
    actor: Actor,
    name: str,
    scopes: str,
    expires_at: datetime | None = None,
) -> str:
    """Make a token that acts for the account within `scopes` (words of rules.SCOPES); return it.

    It is shown this once: only its digest is kept. Refuses unknown scopes and an end in the past
    (`NotYet`), and another's account unless the actor keeps it and holds `token.edit` there.
    """
    words = scopes.replace(",", " ").split()
    if not words or not set(words) <= set(SCOPES):
        raise NotYet(
            _("A token needs at least one scope. Choose from: %(scopes)s.")
            % {"scopes": ", ".join(SCOPES)},
            fields={"scopes": _("Choose at least one scope from the list.")},
        )
    at = now()
    if expires_at is not None and expires_at <= at:
        raise NotYet(
            _("The token would be over at once. Choose a later day."),
            fields={"expires_at": _("Choose a later day.")},
        )
    token = f"anju_{secrets.token_urlsafe(32)}"
    with acting(actor):
        if account_id != actor.id:
            actor.require("token.edit")
            kept_account(account_id, actor=actor)
        row = ApiToken.objects.create(
            company_id=actor.company_id,
            account_id=account_id,
            digest=digest_of(token),
            name=name.strip()[:80],
            scopes=" ".join(s for s in SCOPES if s in words),
            created_at=at,
            expires_at=expires_at,
        )
        tell(
            "token.create",
            subject=("account", account_id),
            actor=actor,
            at=at,
            said={"token": str(row.id), "scopes": row.scopes},
        )
    return token


def revoke_token(token_id: UUID, *, actor: Actor) -> None:
    """End a token now, one's own or (with `token.edit` for the company) anyone's; it is refused
    at its next request. Raises `Unknown` when the actor cannot see it."""
    at = now()
    with acting(actor):
        token = only(ApiToken.objects.seen_by(actor).filter(id=token_id))
        if token is None:
            raise Unknown(_("This token was not found. It may have been revoked already."))
        open_ones = ApiToken.objects.filter(
            company_id=actor.company_id, id=token_id, revoked_at=None
        )
        if open_ones.update(revoked_at=at):
            tell(
                "token.revoke",
                subject=("account", token.account_id),
                actor=actor,
                at=at,
                said={"token": str(token_id)},
            )


def note_seen(who: SignedIn, *, actor: Actor) -> None:
    """Write when a device or token was last used; tells no event. Call when `who.stale`."""
    with acting(actor):
        if who.scopes:
            ApiToken.objects.filter(company_id=who.company, id=who.held).update(used_at=now())
        else:
            DeviceSession.objects.filter(company_id=who.company, id=who.held).update(seen_at=now())
