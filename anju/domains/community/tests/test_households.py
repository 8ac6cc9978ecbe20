"""Who sees which matter: own home, another's home, another company, nobody."""

from datetime import date

import pytest

from anju.domains.community.commands.matters import (
    Said,
    Wish,
    complain,
    report_own,
    say_own,
    urge,
)
from anju.domains.community.commands.settled import rate, reopen
from anju.domains.community.households import household_of, matters
from anju.domains.community.testing import a_neighbour, a_resident
from anju.engine.loop.models import Case
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.people.commands import end_occupancy
from anju.foundation.people.models import Occupancy
from anju.foundation.people.testing import a_person
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def seen(resident: object) -> set[object]:
    household = resident.household  # type: ignore[attr-defined]  # a Resident
    with acting(household.actor):
        return set(matters(household).values_list("id", flat=True))


def test_a_household_sees_its_own_and_nobody_elses(house: House) -> None:
    mine = a_case(house).case
    of_nobody = a_case(house, reporter=None).case
    room, other = a_neighbour(house)
    theirs = a_case(house, place=room, reporter=other).case
    about_me = a_case(house, kind="complaint", reporter=other).case  # at my home, by a neighbour
    with acting(house.actor):
        wife = a_person(house.actor, name="李娜", lives_at=house.room)
    assert seen(a_resident(house, house.resident)) == {mine.id, of_nobody.id}
    assert seen(a_resident(house, wife)) == {mine.id, of_nobody.id}
    assert seen(a_resident(house, other)) == {theirs.id, about_me.id}


def test_who_moves_in_does_not_see_what_was_before(house: House) -> None:
    before = a_case(house).case
    with acting(house.actor):
        held = (
            Occupancy.objects.seen_by(house.actor)
            .select_related("place")
            .get(person=house.resident)
        )
        end_occupancy(held, on=date(2021, 1, 1), actor=house.actor)
        tenant = a_person(house.actor, name="周明", kind="tenant", lives_at=house.room)
    assert before.id not in seen(a_resident(house, tenant))


def test_every_act_on_anothers_matter_says_there_is_none(house: House, other_actor: Actor) -> None:
    case = a_case(house).case
    _room, neighbour = a_neighbour(house)
    foreign = a_house(other_actor)
    for stranger in (a_resident(house, neighbour), a_resident(foreign, foreign.resident)):
        household = stranger.household
        acts = (
            lambda h: say_own(case.id, Said("我来看看"), household=h),
            lambda h: urge(case.id, household=h),
            lambda h: rate(case.id, good=True, household=h),
            lambda h: reopen(case.id, reason="再来", household=h),
            lambda h: complain(case.id, reason="不行", household=h),
        )
        for act in acts:
            with pytest.raises(Unknown, match="not yours"):
                act(household)
    with acting(house.actor):
        assert Case.objects.get(id=case.id).version == case.version


def test_a_resident_reports_at_home_and_around_it_but_nowhere_else(house: House) -> None:
    resident = a_resident(house, house.resident)
    room, _other = a_neighbour(house)
    case, refused = report_own(Wish("repair", "厨房  漏水"), household=resident.household)
    assert (case.title, case.reporter_id, case.place_id) == (
        "厨房 漏水", house.resident.id, house.room.id,
    )  # fmt: skip
    assert refused == []
    around = Wish("repair", "路灯不亮", place=house.community.id)
    assert report_own(around, household=resident.household)[0].place_id == house.community.id
    with pytest.raises(NotYet) as wrong:
        report_own(Wish("repair", "隔壁", place=room.id), household=resident.household)
    assert "place" in wrong.value.fields
    with pytest.raises(NotYet, match="photo"):
        report_own(Wish("repair", " "), household=resident.household)
    with pytest.raises(NotYet):
        report_own(Wish("incident", "火"), household=resident.household)


def test_an_account_of_nobody_has_no_household(actor: Actor) -> None:
    with acting(actor):
        assert household_of(actor) is None
