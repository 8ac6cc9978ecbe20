"""For whom something is written down on a page of work on foot."""

from anju.engine.loop.models import WorkOrder
from anju.foundation.access.doors import Request
from anju.foundation.access.models import Account
from anju.foundation.access.standing_in import hands_at, written_for
from anju.foundation.tenancy.actor import Actor


def doer(request: Request, work: WorkOrder) -> Actor:
    """Who did what is sent: whoever sends it, or the one named in `for`."""
    return written_for(request.POST.get("for", ""), _path(work), actor=request.actor)


def hands(request: Request, work: WorkOrder) -> list[Account]:
    """Whom one may write it down for."""
    return hands_at(_path(work), actor=request.actor)


def _path(work: WorkOrder) -> str:
    return work.place.path if work.place else ""
