"""Planned work beside hours rostered; a team's plan is sent by one and approved by another."""

from datetime import UTC, date, datetime, timedelta

import pytest

from anju.domains.staff.commands import decide_plan, lay, send_plan
from anju.domains.staff.models import TeamPlan
from anju.domains.staff.queries import loads, planned, scopes, standing_plan, why_returned
from anju.domains.staff.rules import BY_CODE, weeks_of
from anju.domains.staff.testing import Crew, a_crew
from anju.engine.loop.testing import House, a_house
from anju.engine.plans.testing import a_plan
from anju.foundation.access.testing import an_account
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.lib import frozen
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
MONDAY = date(2026, 3, 9)
SUNDAY = MONDAY + timedelta(days=6)


@pytest.fixture
def house(actor: Actor) -> House:
    with frozen(NOW):
        return a_house(actor)


@pytest.fixture
def crew(house: House) -> Crew:
    with frozen(NOW):
        made = a_crew(house.actor, place=house.community)
        lay(made.post, BY_CODE["4-3"], people=made.people, shifts=made.shifts, first=MONDAY,
            last=SUNDAY, actor=made.leader)  # fmt: skip
        a_plan(house, post=made.post, labour=90)
    return made


def test_weeks_begin_on_monday_and_leave_no_day_out() -> None:
    weeks = weeks_of(date(2026, 3, 1), date(2026, 3, 31))
    assert weeks[0] == (date(2026, 3, 1), date(2026, 3, 1))
    assert weeks[1] == (date(2026, 3, 2), date(2026, 3, 8))
    assert sum((last - first).days + 1 for first, last in weeks) == 31


def test_planned_hours_stand_beside_hours_rostered(house: House, crew: Crew) -> None:
    with frozen(NOW), acting(house.actor):
        scope = next(s for s in scopes(crew.leader) if s.team)
        [row] = loads(scope, MONDAY, SUNDAY, actor=crew.leader)
        assert [(w.rostered, w.planned, w.works, w.over) for w in row.weeks] == [
            (168.0, 10.5, 7, False)
        ]
        [empty] = loads(scope, MONDAY + timedelta(days=7), SUNDAY + timedelta(days=7),
                        actor=crew.leader)  # fmt: skip
        assert empty.weeks[0].over
        [one] = planned(scope, MONDAY, SUNDAY, actor=crew.leader)
        assert (one.times, one.hours) == (7, 10.5)


def test_a_plan_is_sent_returned_sent_again_and_approved(house: House, crew: Crew) -> None:
    with frozen(NOW):
        manager = an_account(house.actor, "manager", house.community.path).actor
        with pytest.raises(Refused):
            send_plan(crew.team, MONDAY, SUNDAY, actor=crew.actors[0])
        with pytest.raises(NotYet):
            send_plan(crew.team, SUNDAY, MONDAY, actor=crew.leader)
        first = send_plan(crew.team, MONDAY, SUNDAY, actor=crew.leader)
        with pytest.raises(Refused):
            decide_plan(first.id, approve=True, actor=crew.leader)
        with pytest.raises(NotYet):
            decide_plan(first.id, approve=False, actor=manager)
        decide_plan(first.id, approve=False, reason="夜班人手不够", actor=manager)
        with acting(house.actor):
            assert why_returned(first) == "夜班人手不够"
        again = send_plan(crew.team, MONDAY, SUNDAY, actor=crew.leader)
        with pytest.raises(Conflict):
            decide_plan(again.id, approve=True, version=9, actor=manager)
        decide_plan(again.id, approve=True, actor=manager)
        third = send_plan(crew.team, MONDAY, SUNDAY, actor=manager)
        with pytest.raises(NotYet):
            decide_plan(third.id, approve=True, actor=manager)
        with acting(house.actor):
            states = TeamPlan.objects.order_by("sent_at", "id").values_list("state", flat=True)
            assert sorted(states) == ["replaced", "returned", "sent"]
            scope = next(s for s in scopes(crew.leader) if s.team)
            assert standing_plan(scope, MONDAY, SUNDAY, actor=crew.leader) == third
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_the_zone_of_the_team_counts_its_days(house: House, crew: Crew) -> None:
    with frozen(NOW), acting(house.actor):
        scope = next(s for s in scopes(crew.leader) if s.team)
        [row] = loads(scope, SUNDAY, SUNDAY, actor=crew.leader)
        assert row.weeks[0].rostered == 24.0
