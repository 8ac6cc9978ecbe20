"""A leader writes down what somebody of the team did (代录): theirs, and marked as told."""

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from anju.foundation.access.models import Account
from anju.foundation.access.queries import actor_then, in_force
from anju.foundation.access.rules import ROLES
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Refused

_HANDS = [role for role, may in ROLES.items() if "work.do" in may]


def hands_at(path: str, *, actor: Actor) -> list[Account]:
    """Whom the actor may write something down for at a place: who works there, but for themselves;
    nobody where they hand out no work. One query."""
    if not actor.may("work.dispatch", path):
        return []
    above = [path[:n] for n in range(len(path) + 1)]
    held = in_force(actor=actor).filter(role__in=_HANDS, path__in=above).order_by()
    rows = Account.objects.filter(
        company_id=actor.company_id, closed_at=None, id__in=held.values("account_id")
    )
    return list(rows.exclude(id=actor.id).order_by("name", "login"))


def written_for(given: str, path: str, *, actor: Actor, at: datetime | None = None) -> Actor:
    """Who did it (`given`: the id of an account), as commands take them, where the actor writes it
    down: it is done with the rights that one held then. Nothing given, or oneself, is the actor.
    Refuses (`Refused`) who hands out no work at the place, and somebody who does none there."""
    if not given or given == str(actor.id):
        return actor
    with acting(actor):
        found = next((one for one in hands_at(path, actor=actor) if str(one.id) == given), None)
        if found is None:
            raise Refused(
                _(
                    "Whoever leads the work at a place writes it down for those who work there. "
                    "Nothing was changed. Choose somebody of the list, or let them do it."
                )
            )
        who = actor_then(found.id, at or now(), company=actor.company_id)
    return replace(who, written_by=actor.id)
