"""Whom planned work touches, and what they were told of it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _

from anju.domains.community.households import Household
from anju.domains.community.models import Notice, Telling
from anju.domains.community.queries import notices_for
from anju.engine.loop.asked import told_before
from anju.engine.loop.models import WorkOrder
from anju.engine.plans.models import Plan
from anju.foundation.places.models import Asset, Place


def affected(place: Place, asset: Asset | None) -> list[Place]:
    """Whom work touches: who lives where the equipment serves, as far as that is known, else at the
    place itself; none that lies below another. At most one query."""
    served = Place.objects.filter(served_by__asset=asset).order_by("path") if asset else ()
    found: list[Place] = []
    for one in served:
        if not found or not one.path.startswith(found[-1].path):
            found.append(one)
    return found or [place]


def notice_of(work: WorkOrder) -> Notice | None:
    """The announcement of a piece of work that stands, at the first place. One query."""
    mine = Notice.objects.filter(company_id=work.company_id, work=work, withdrawn_at=None)
    return mine.order_by("id").first()


def telling_of(plan: Plan) -> Telling | None:
    """What is announced of the work of a plan, also when it is no more. One query."""
    return Telling.objects.filter(company_id=plan.company_id, plan=plan).first()


def untold(work: WorkOrder, at: datetime) -> str:
    """Why planned work must not begin at a moment: its standard asks that those it touches are told
    so many hours before, and they were not. Empty where they were. At most four queries."""
    hours = told_before(work)
    place = work.place
    if not hours or place is None:
        return ""
    told = Notice.objects.filter(
        company_id=work.company_id, work=work, withdrawn_at=None, published_at__isnull=False,
        phase_at__lte=at - timedelta(hours=hours),
    )  # fmt: skip
    reached = set(told.values_list("place_id", flat=True))
    if all(one.id in reached for one in affected(place, work.asset)):
        return ""
    return _(
        "Those it touches must be told %(n)s hours before, and were not. It cannot begin yet: "
        "let it be announced on the page of its plan, and do it at a later time."
    ) % {"n": hours}


def announced_of(household: Household) -> dict[tuple[UUID, str], list[Notice]]:
    """What is announced to a home of planned work, the next first, by the place and the code of its
    plan. One query."""
    mine = notices_for(household).filter(work__occurrence__isnull=False)
    named = mine.annotate(
        plan_place=F("work__occurrence__plan__place_id"),
        plan_code=F("work__occurrence__plan__code"),
    )
    found: dict[tuple[UUID, str], list[Notice]] = {}
    for one in named.order_by("starts_at", "id"):
        found.setdefault((one.plan_place, one.plan_code), []).append(one)
    return found
