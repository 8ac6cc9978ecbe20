"""The shelf of plans: each can be begun as it stands, and names its ground."""

from datetime import timedelta

import pytest

from anju.domains.rounds.shipped import BY_CODE, SHELF, Shelved, subjects_for
from anju.engine.loop.testing import House, a_house
from anju.engine.plans.commands import HORIZON, Planned, make_plan
from anju.engine.plans.models import Occurrence
from anju.foundation.lib import now
from anju.foundation.places.testing import an_asset
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.mark.parametrize("one", SHELF, ids=lambda one: one.code)
def test_each_can_be_begun_as_it_stands(house: House, one: Shelved) -> None:
    early, late, make_up = one.window
    with acting(house.actor):
        where = subjects_for(one, house.community, house.actor) or [(house.room, None)]
        said = Planned(
            one.name, one.dated("2026-01-01"), where, calendar=one.calendar, early=early,
            late=late, make_up=make_up, labour=one.labour,
        )  # fmt: skip
        plan = make_plan(house.community, one.code, said, actor=house.actor)
        assert Occurrence.objects.filter(plan=plan).exists() or one.dated("2026-01-01").seasons
    assert one.basis


def test_lifts_are_looked_at_twice_a_day_and_hygiene_every_two_hours(house: House) -> None:
    """Requirement D7."""
    with acting(house.actor):
        lift = an_asset(house.actor, place=house.community)
        lift_plan = BY_CODE["LIFT"]
        found = subjects_for(lift_plan, house.community, house.actor)
        assert [asset for _place, asset in found] == [lift]
        said = Planned(lift_plan.name, lift_plan.dated("2026-01-01"), ((house.room, None),))
        plan = make_plan(house.community, "L", said, actor=house.actor)
        days = HORIZON // timedelta(days=1)
        n = Occurrence.objects.filter(plan=plan, at__lt=now() + HORIZON).count()
    assert 2 * days - 2 <= n <= 2 * days + 2
    assert BY_CODE["HYGIENE"].dated("2026-01-01").every == "2h"
