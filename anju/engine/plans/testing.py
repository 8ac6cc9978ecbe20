"""A plan for tests."""

from typing import Any

from anju.engine.loop.testing import House
from anju.engine.plans.commands import Planned, make_plan
from anju.engine.plans.document import When
from anju.engine.plans.models import Plan
from anju.foundation.tenancy.acting import acting


def planned(house: House, **said: Any) -> Planned:
    """Once a day at nine in the room of the house, or as it is said."""
    when = said.pop("when", {"start": "2026-01-01", "times": ("09:00",)})
    given: dict[str, Any] = {"name": "泵房巡查", "subjects": ((house.room, None),), **said}
    return Planned(when=When.model_validate(when), **given)


def a_plan(house: House, code: str = "PUMP", **said: Any) -> Plan:
    """A plan in force at the community of the house; its work stands up to the horizon."""
    with acting(house.actor):
        return make_plan(house.community, code, planned(house, **said), actor=house.actor)
