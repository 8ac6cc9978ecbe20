"""The points of a round: laid as its window opens, one event for those of a plan."""

from collections.abc import Sequence

from anju.domains.rounds.models import RoundPoint, Route
from anju.domains.rounds.queries import rows_of
from anju.engine.plans.models import Occurrence
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def lay_points(opened: Sequence[Occurrence], *, actor: Actor) -> None:
    """Give each of these rounds, held by the caller, the points its route has now. Once, as its
    window opens: what was laid stays as it is. Tells route.laid, one for each route."""
    with acting(actor):
        plans = {one.plan_id for one in opened}
        routes = Route.objects.filter(company_id=actor.company_id, plan_id__in=plans)
        for route in routes.order_by("id"):
            points = list(route.points.filter(until=None).order_by("n"))
            rounds = [one for one in opened if one.plan_id == route.plan_id]
            rows = [row for one in rounds for row in rows_of(route, points, one)]
            RoundPoint.objects.bulk_create(rows)
            tell(
                "route.laid",
                subject=("route", route.id),
                actor=actor,
                said={"rounds": len(rounds), "points": len(rows), "version": route.version},
                wrote=written(*rows),
            )
