"""What is due first: of many late cases those that wait longest, each once."""

from datetime import timedelta

from anju.domains.requests.queries import cases_due_by
from anju.engine.clocks.models import Clock
from anju.engine.loop.testing import a_case, a_house
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def test_of_many_late_cases_those_that_wait_longest_are_found(actor: Actor) -> None:
    house, moment = a_house(actor), now()
    opened = [a_case(house, at=moment - timedelta(days=days)).case.id for days in (2, 9, 4, 7, 3)]
    with acting(actor):
        cases, clocks = cases_due_by(moment, actor, most=3)
    assert [clock.case_id for clock in clocks] == [opened[1], opened[3], opened[2]]
    assert set(cases) == {clock.case_id for clock in clocks}
    assert all(case.works for case in cases.values())
    with acting(actor):
        first = Clock.objects.filter(case_id=opened[1]).order_by("due_at", "id").first()
    assert clocks[0] == first


def test_what_is_not_due_by_then_is_not_found(actor: Actor) -> None:
    house = a_house(actor)
    a_case(house)
    with acting(actor):
        assert cases_due_by(now() - timedelta(minutes=1), actor, most=3) == ({}, [])
