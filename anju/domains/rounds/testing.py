"""A round with points for tests."""

from datetime import datetime
from typing import Any

from anju.domains.rounds.commands import PointSaid, RouteSaid, make_route
from anju.domains.rounds.models import Route
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import House
from anju.engine.plans.commands import look_at_planned
from anju.engine.plans.models import Plan
from anju.engine.plans.testing import a_plan
from anju.foundation.lib import frozen
from anju.foundation.places.testing import a_place
from anju.foundation.tenancy.acting import acting


def a_route(house: House, plan: Plan, *points: dict[str, Any], **said: Any) -> Route:
    """A route of the plan: three points P1 to P3 at places of their own, or as they are said."""
    given = points or ({}, {}, {})
    with acting(house.actor):
        made = [
            PointSaid(
                **{
                    "code": f"P{n}",
                    "name": f"{n}号点",
                    "proof": "hand",
                    **one,
                    "place": one.get("place")
                    or a_place(house.actor, number=f"9-{n}", community=house.community),
                }
            )
            for n, one in enumerate(given, 1)
        ]
        code = said.pop("code", plan.code)
        return make_route(
            plan.id, code, RouteSaid(**{"name": "夜巡路线", "points": made, **said}),
            actor=house.actor,
        )  # fmt: skip


def a_round(house: House, *points: dict[str, Any], **said: Any) -> tuple[Route, WorkOrder]:
    """A route, and the first round of its plan, whose window is to open."""
    of_plan = ("early", "late", "make_up", "post", "when", "standard")
    plan_said = {name: said.pop(name) for name in of_plan if name in said}
    plan = a_plan(house, said.pop("plan", "NIGHT"), name="夜间巡逻", **plan_said)
    route = a_route(house, plan, *points, **said)
    with acting(house.actor):
        work = WorkOrder.objects.filter(occurrence__plan=plan).earliest("opened_at")
    return route, work


def opened(work: WorkOrder, at: datetime | None = None) -> None:
    """Let the ticker open it, at an instant or as its window opens."""
    with frozen(at or work.opened_at):
        look_at_planned()
