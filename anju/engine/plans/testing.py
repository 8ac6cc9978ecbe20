"""A plan for tests."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import House
from anju.engine.plans.commands import Planned, look_at_planned, make_plan
from anju.engine.plans.document import trigger_of
from anju.engine.plans.models import Plan
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting


def planned(house: House, **said: Any) -> Planned:
    """Once a day at nine in the room of the house, or as it is said."""
    when = said.pop("when", {"start": "2026-01-01", "times": ("09:00",)})
    given: dict[str, Any] = {"name": "泵房巡查", "subjects": ((house.room, None),), **said}
    return Planned(when=trigger_of(when), **given)


def a_plan(house: House, code: str = "PUMP", **said: Any) -> Plan:
    """A plan in force at the community of the house; its work stands up to the horizon."""
    with acting(house.actor):
        return make_plan(house.community, code, planned(house, **said), actor=house.actor)


def a_round(house: House, code: str = "PUMP", **said: Any) -> WorkOrder:
    """The first piece of work of a new plan, its window open since half an hour; at no post, unless
    one is said: whoever is there may do it."""
    with frozen(now() - timedelta(minutes=90)):
        start = (now() + timedelta(hours=1)).astimezone(ZoneInfo("Asia/Shanghai"))
        when = {"start": f"{start:%Y-%m-%d}", "times": (f"{start:%H:%M}",)}
        plan = a_plan(house, code, when=when, **{"early": 60, "late": 240, **said})
    look_at_planned()
    with acting(house.actor):
        return WorkOrder.objects.filter(occurrence__plan=plan).earliest("opened_at")
