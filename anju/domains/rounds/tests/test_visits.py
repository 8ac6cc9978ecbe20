"""Planned visits: the standard that comes with the plan, who was visited, and who was left out."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from anju.domains.rounds.commands import make_plan_kept
from anju.domains.rounds.shipped import BY_CODE, MET, NOT_MET, STANDARDS, VISIT, subjects_for
from anju.domains.rounds.visits import beside, homes, left_out, shares, that_were
from anju.engine.loop.commands.judging import answer_item
from anju.engine.loop.commands.work_moves import finish_planned
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.testing import House, a_house
from anju.engine.plans.commands import Planned, look_at_planned
from anju.engine.plans.document import When
from anju.engine.plans.models import Plan
from anju.engine.standards.models import Standard
from anju.foundation.access.testing import an_account
from anju.foundation.lib import frozen, now
from anju.foundation.people.commands import assign
from anju.foundation.people.models import Occupancy
from anju.foundation.people.testing import a_person, a_post, a_worker
from anju.foundation.places.models import Place
from anju.foundation.places.testing import a_community, a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today
from anju.foundation.tenancy.errors import NotYet


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def other(house: House) -> Place:
    """A second home beside that of the house."""
    with acting(house.actor):
        found = a_place(house.actor, number="8-801", community=house.community)
        a_person(house.actor, name="孙阿姨", lives_at=found)
        a_place(house.actor, number="8-802", community=house.community)  # nobody lives there
    return found


def a_concierge(house: House) -> Actor:
    with acting(house.actor):
        post = a_post(house.actor, place=house.community, name="大堂礼宾岗")
        person = a_worker(house.actor, place=house.community, name="礼宾周")
        assign(person, post=post, since=date(2024, 1, 1), actor=house.actor)
    path = house.community.path
    return an_account(house.actor, "concierge", path, person_id=person.id).actor


def a_plan_of_visits(house: House, *places: Place, actor: Actor | None = None) -> Plan:
    with frozen(now() - timedelta(hours=30)):
        first = (now() + timedelta(hours=1)).astimezone(ZoneInfo("Asia/Shanghai"))
        when = When(
            start=f"{first:%Y-%m-%d}", rule="FREQ=MONTHLY;INTERVAL=6", times=(f"{first:%H:%M}",)
        )
        where = tuple((place, None) for place in places)
        said = Planned("住户走访", when, where, standard=VISIT, late=10080)
        plan = make_plan_kept(house.community, "VISIT", said, actor=actor or house.actor)
    look_at_planned()
    return plan


def visit(house: House, place: Place, by: Actor, *, met: str = "本人") -> WorkOrder:
    with acting(house.actor):
        work = WorkOrder.objects.filter(place=place, standard__code=VISIT).earliest("opened_at")
    answer_item(work.id, MET, value={"text": met}, actor=by)
    finish_planned(work.id, actor=by, result="已访")
    return work


def test_who_plans_visits_brings_their_standard_once(house: House, other: Place) -> None:
    leader = an_account(house.actor, "leader", house.community.path).actor
    plan = a_plan_of_visits(house, house.room, other, actor=leader)
    with acting(house.actor):
        found = Standard.objects.get(code=VISIT)
        assert (found.state, found.version) == ("published", 1)
        assert next(item.code for item in found.questions) == MET
    said = Planned(
        "再访", When(start="2027-03-01", times=("09:00",)), ((other, None),), standard=VISIT
    )
    make_plan_kept(house.community, "AGAIN", said, actor=leader)
    with acting(house.actor):
        assert Standard.objects.filter(code=VISIT).count() == 1
        assert plan.standard == VISIT


def test_a_plan_that_is_refused_brings_nothing(house: House) -> None:
    said = Planned("走访", When(start="2027-03-01", times=("09:00",)), (), standard=VISIT)
    with pytest.raises(NotYet):
        make_plan_kept(house.community, "VISIT", said, actor=house.actor)
    with acting(house.actor):
        assert not Standard.objects.filter(code=VISIT).exists()


def test_where_shipped_visits_go(house: House, other: Place) -> None:
    actor = house.actor
    with acting(actor):
        everywhere = subjects_for(BY_CODE["VISIT"], house.community, actor)
        assert {place.id for place, _asset in everywhere} == {house.room.id, other.id}
        assert subjects_for(BY_CODE["VISITCARE"], house.community, actor) == []
        Occupancy.objects.filter(place=house.room).update(since=date(2020, 1, 1))
        Occupancy.objects.filter(place=other).update(since=today(actor.company_id))
        new = subjects_for(BY_CODE["VISITNEW"], house.community, actor)
        assert [place.id for place, _asset in new] == [other.id]


def test_who_was_visited_and_who_was_left_out(house: House, other: Place) -> None:
    concierge = a_concierge(house)
    a_plan_of_visits(house, house.room, other)
    day = today(house.actor.company_id)
    with acting(concierge):
        assert [one.n for one in shares(concierge, day)] == [2]
        assert shares(concierge, day)[0].visited == 0
    visit(house, house.room, concierge)
    visit(house, other, concierge, met=NOT_MET)  # nobody was there: not visited
    with acting(concierge):
        assert list(left_out(house.community, concierge, day)) == [other]
        found = that_were(homes(concierge), "visited", concierge.company_id, day)
        assert list(found) == [house.room]
        [one] = shares(concierge, day)
        assert (one.place, one.visited, one.percent) == (house.community, 1, 50)
        told = beside([house.room, other], concierge)
        assert told[house.room.id].last is not None
        assert told[house.room.id].by.startswith("名")
        assert told[other.id].last is None
        after = day.replace(year=day.year + 1)
        assert left_out(house.community, concierge, after).count() == 2  # a new year


def test_what_was_raised_becomes_a_case_of_the_home(house: House) -> None:
    concierge = a_concierge(house)
    a_plan_of_visits(house, house.room)
    with acting(house.actor):
        work = WorkOrder.objects.get(place=house.room, standard__code=VISIT)
    answer_item(
        work.id, "visit-raised", verdict="fail", value={"note": "阳台窗户漏风"}, actor=concierge
    )
    with acting(house.actor):
        case = Case.objects.get(kind="finding", place=house.room)
        assert case.item == "visit-raised"
        assert case.state == "open"


def test_nobody_sees_homes_of_another_community(house: House, other: Place) -> None:
    with acting(house.actor):
        elsewhere = a_community(house.actor, code="BH9", name="别处")
    stranger = an_account(house.actor, "concierge", elsewhere.path).actor
    with acting(stranger):
        assert not homes(stranger).exists()
        assert shares(stranger, today(stranger.company_id)) == []


def test_the_standard_that_ships_asks_whom_and_raises_what_is_not_well() -> None:
    items = {item.code: item for item in STANDARDS[VISIT].items}
    assert items[MET].required
    assert NOT_MET in items[MET].choices
    raising = {code for code, item in items.items() if item.on_fail == "case"}
    assert raising >= {"visit-raised", "visit-safety", "visit-wellbeing"}
