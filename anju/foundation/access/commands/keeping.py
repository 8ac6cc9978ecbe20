"""Who may keep whose account: no one hands out, resets or locks more than they hold."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anju.foundation.access.models import Account, AccountQuery
from anju.foundation.access.queries import grants_held
from anju.foundation.access.rules import ROLES
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Refused, Unknown

GONE = _("This account was not found. It may have been removed, or you may not see it.")


def require_role(role: str, path: str, *, actor: Actor) -> None:
    """Raise `Refused` unless the actor keeps users at `path` and holds all the role allows."""
    actor.require("user.edit", path)
    for permission in sorted(ROLES[role]):
        if not actor.may(permission, path):
            raise Refused(
                _(
                    "You cannot give or take a role that may do more than you (%(permission)s). "
                    "Nothing was changed. Ask a system administrator."
                )
                % {"permission": permission}
            )


def kept_account(account_id: UUID, *, actor: Actor) -> Account:
    """The account, locked for this transaction, if the actor may keep it.

    `Unknown` when the actor cannot see it, `Refused` when it holds more than the actor does.
    """
    seen: AccountQuery = Account.objects.seen_by(actor)
    account = seen.select_for_update().filter(id=account_id).first()
    if account is None:
        raise Unknown(GONE)
    held = grants_held([account_id], actor=actor).get(account_id, [])
    if not held:
        actor.require("user.edit", "")
    for grant in held:
        require_role(grant.role, grant.path, actor=actor)
    return account
