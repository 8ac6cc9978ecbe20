"""Roles at places."""

from datetime import datetime
from uuid import UUID

from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext_lazy as _

from anju.foundation.access.commands.keeping import GONE, require_role
from anju.foundation.access.models import Account, RoleGrant
from anju.foundation.access.rules import ROLES
from anju.foundation.events.commands import tell
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown
from anju.foundation.tenancy.rows import only


def grant_role(
    account_id: UUID,
    *,
    actor: Actor,
    role: str,
    path: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> RoleGrant:
    """Give an account a role at `path` and below ("" is the whole company), now or for a time.

    Refuses a role that does not exist or an end before the beginning (`NotYet`), one that may do
    more than the actor there (`Refused`), an account of another company (`Unknown`).
    A person without a role yet can be given one by any keeper of users.
    """
    if role not in ROLES:
        raise NotYet(
            _("There is no role %(role)s. Choose one of: %(roles)s.")
            % {"role": role, "roles": ", ".join(ROLES)},
            fields={"role": _("Choose a role from the list.")},
        )
    since = since or now()
    if until is not None and until <= since:
        raise NotYet(
            _("The role would end before it begins. Choose a later last day."),
            fields={"until": _("Choose a later last day.")},
        )
    require_role(role, path, actor=actor)
    with acting(actor):
        if not Account.objects.filter(company_id=actor.company_id, id=account_id).exists():
            raise Unknown(GONE)
        grant = RoleGrant.objects.create(
            company_id=actor.company_id,
            account_id=account_id,
            role=role,
            path=path,
            since=since,
            until=until,
        )
        tell(
            "account.grant",
            subject=("account", account_id),
            actor=actor,
            said={"role": role, "path": path, "until": until.isoformat() if until else None},
        )
    return grant


def revoke_role(grant_id: UUID, *, actor: Actor) -> None:
    """End a role now; it stays in the history. Effective at the account's next request.

    Refuses a role that may do more than the actor (`Refused`) and an unseen one (`Unknown`).
    """
    at = now()
    with acting(actor):
        grant = only(
            RoleGrant.objects.select_for_update().filter(company_id=actor.company_id, id=grant_id)
        )
        if grant is None:
            raise Unknown(GONE)
        require_role(grant.role, grant.path, actor=actor)
        if grant.until is None or grant.until > at:
            grant.until = at
            grant.save(update_fields=["until"])
            tell(
                "account.revoke",
                subject=("account", grant.account_id),
                actor=actor,
                at=at,
                said={"role": grant.role, "path": grant.path},
            )


def follow_place(*, actor: Actor, old: str, new: str) -> int:
    """Rewrite the paths of grants when the place `old` has moved to `new`; called by the move in
    its own transaction, so the actor's right to move was asked there. Returns how many changed."""
    with acting(actor):
        inside = RoleGrant.objects.filter(company_id=actor.company_id, path__startswith=old)
        return inside.update(path=Concat(Value(new), Substr("path", len(old) + 1)))
