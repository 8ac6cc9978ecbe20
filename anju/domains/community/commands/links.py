"""Secret links to single cases: given once, good until a day, ended at will."""

import hmac
from uuid import UUID

from django.conf import settings

from anju.domains.community.models import CaseLink
from anju.domains.community.rules import LINK_DAYS
from anju.engine.loop.models import Case
from anju.foundation.access.queries import digest_of
from anju.foundation.events.commands import tell
from anju.foundation.lib import now, uuid7
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def give_link(case: Case, *, actor: Actor) -> CaseLink:
    """A link to a case the actor has just reported or may see; its secret is `secret_of(link)`."""
    id, at = uuid7(), now()
    with acting(actor):
        link = CaseLink.objects.create(
            id=id,
            company_id=actor.company_id,
            case=case,
            digest=digest_of(secret_of(id)),
            made_at=at,
            expires_at=at + LINK_DAYS,
        )
        tell("link.made", subject=("case", case.id), actor=actor, said={"link": str(id)})
    return link


def revoke_links(case_id: UUID, *, actor: Actor) -> int:
    """End every link to a case now; how many were open. Done again, it ends none.

    Whether the actor may is asked by the page: the holder of a link may, and who sees the case.
    """
    at = now()
    with acting(actor):
        held = CaseLink.objects.filter(
            company_id=actor.company_id, case_id=case_id, revoked_at=None, expires_at__gt=at
        )
        ended = held.update(revoked_at=at)
        if ended:
            tell("link.revoked", subject=("case", case_id), actor=actor, said={"count": ended})
    return ended


def secret_of(link_id: UUID) -> str:
    """What stands in the address of a link: made from the installation's key, in no table.

    No actor: whoever knows the row's id and the key has the link already.
    """
    key = settings.SECRET_KEY.encode()
    return hmac.digest(key, f"case link:{link_id}".encode(), "sha256").hex()[:40]
