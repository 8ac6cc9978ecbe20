"""The token with which a phone brings what was done on it without a signal."""

import secrets
from uuid import UUID

from anju.foundation.access.models import ApiToken, DeviceSession
from anju.foundation.access.queries import digest_of
from anju.foundation.access.rules import DELIVER, DEVICE_DAYS
from anju.foundation.events.commands import tell
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def enrol_phone(*, actor: Actor, name: str) -> str:
    """Make a token that opens nothing but bringing what the actor did on this phone; return it.

    It is shown this once and is the actor's for thirty days. What was done is still taken for
    ninety more, also after the account was locked (migration 0003). Revoking it
    (`revoke_token`) says that the phone is lost: nothing it brings is taken any more.
    """
    token, at = f"anju_{secrets.token_urlsafe(32)}", now()
    with acting(actor):
        row = ApiToken.objects.create(
            company_id=actor.company_id,
            account_id=actor.id,
            digest=digest_of(token),
            name=name.strip()[:80],
            scopes=DELIVER,
            created_at=at,
            expires_at=at + DEVICE_DAYS,
        )
        tell(
            "token.create",
            subject=("account", actor.id),
            actor=actor,
            at=at,
            said={"token": str(row.id), "scopes": row.scopes},
        )
    return token


def lose_phone(account_id: UUID, token_id: UUID | None, *, actor: Actor) -> None:
    """A phone of this account is lost: nothing is taken any more with its token (None where it is
    not known; other phones of the account keep theirs), and the account is signed out wherever it
    is signed in. The caller has asked whether the actor may say so."""
    at = now()
    with acting(actor):
        mine = {"company_id": actor.company_id, "account_id": account_id, "revoked_at": None}
        known = [token_id] if token_id else []
        tokens = ApiToken.objects.filter(**mine, scopes=DELIVER, id__in=known)
        sessions = DeviceSession.objects.filter(**mine, expires_at__gt=at)
        gone = [("token.revoke", "token", one) for one in tokens.values_list("id", flat=True)]
        gone += [("device.revoke", "device", one) for one in sessions.values_list("id", flat=True)]
        tokens.update(revoked_at=at)
        sessions.update(revoked_at=at)
        for name, key, id in gone:
            tell(name, subject=("account", account_id), actor=actor, at=at, said={key: str(id)})
