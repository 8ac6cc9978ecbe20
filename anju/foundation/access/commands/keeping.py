"""Who may keep whose account: no one hands out, resets or locks more than they hold."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anju.foundation.access.models import Account, AccountQuery, Badge, DeviceSession, Pin
from anju.foundation.access.queries import SignedIn, grants_held
from anju.foundation.access.rules import ROLES
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused, Unknown
from anju.foundation.tenancy.rows import only

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
    account = only(seen.select_for_update().filter(id=account_id))
    if account is None:
        raise Unknown(GONE)
    held = grants_held([account_id], actor=actor).get(account_id, [])
    if not held:
        actor.require("user.edit", "")
    for grant in held:
        require_role(grant.role, grant.path, actor=actor)
    return account


def no_phones(account_id: UUID, *, actor: Actor) -> None:
    """Neither PIN nor badge opens a shared phone for this account any more. The caller is acting
    and has asked whether the actor may say so; it tells no event of its own."""
    Pin.objects.filter(company_id=actor.company_id, account_id=account_id).delete()
    end_badges(account_id, actor=actor)


def end_badges(account_id: UUID, *, actor: Actor) -> int:
    """No badge of this account is good any more; how many were. As `no_phones` in all else."""
    mine = Badge.objects.filter(company_id=actor.company_id, account_id=account_id)
    return mine.filter(ended_at=None).update(ended_at=now())


def not_on_shared_phone(who: SignedIn, *, actor: Actor) -> None:
    """Raise `NotYet` where the sign-in is one on a shared phone: a PIN or a found badge may have
    opened it, which is not enough to change how an account is protected."""
    with acting(actor):
        held = DeviceSession.objects.filter(company_id=actor.company_id, id=who.held)
        if held.exclude(phone=None).exists():
            raise NotYet(_OWN_DEVICE, code="shared_phone")


_OWN_DEVICE = _(
    "This is not done on a shared phone. Nothing was changed. Sign in with your password on a "
    "device of your own."
)
