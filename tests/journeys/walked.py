"""A route that is being walked, for the pages that show it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from anju.domains.rounds.commands import PointSaid, RouteSaid, Said, make_route, pass_point
from anju.domains.rounds.models import RoundPoint, Route
from anju.engine.loop.models import WorkOrder
from anju.engine.plans.commands import Planned, look_at_planned, make_plan
from anju.engine.plans.document import When
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from tests.journeys.world import LONG_TITLE, World


def what_is_walked(world: World) -> dict[str, object]:
    """A route, a round of it that is open, and one of its points; the same however often."""
    place = world.house.community
    with acting(world.actor):
        route = Route.objects.filter(place=place, code="WALK").first()
    if route is None:
        when = When(start="2026-01-01", every="2h", between=("00:00", "22:00"))
        said = Planned(LONG_TITLE[:120], when, ((place, None),), early=120, late=120)
        points = [
            PointSaid("P1", LONG_TITLE[:120], world.house.room, proof="hand"),
            PointSaid("P2", "水泵压力", world.house.room, unit="MPa", high=Decimal("0.6"), walk=90),
            PointSaid("P3", "天台门", place, proof="nfc_photo", dwell=20),
        ]
        with frozen(now() - timedelta(hours=3)), acting(world.actor):
            plan = make_plan(place, "WALK", said, actor=world.actor)
            route = make_route(plan.id, "WALK", RouteSaid("环线", points), actor=world.actor)
        look_at_planned()
    with acting(world.actor):
        mine = WorkOrder.objects.filter(occurrence__plan=route.plan_id)
        work = mine.to_do(now()).earliest("opened_at")
        row = RoundPoint.objects.filter(work_id=work.pk).earliest("turn")
    if row.at is None:
        pass_point(work.pk, Said("P1", "fail", note="门锁坏"), actor=world.house.doer)
    return {"route": route.pk, "walked": work.pk, "point": row.pk}
