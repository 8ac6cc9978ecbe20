"""The token with which a phone brings what was done on it without a signal."""

import secrets

from anju.foundation.access.models import ApiToken
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
