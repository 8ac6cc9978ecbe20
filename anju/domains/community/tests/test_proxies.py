"""A family member who acts for somebody who lives here: named by them, ended by either."""

from datetime import date

import pytest

from anju.domains.community.commands.coming_in import (
    Holder,
    ask_code,
    code_of,
    come_in,
    prove_phone,
)
from anju.domains.community.commands.matters import Wish, report_own, urge
from anju.domains.community.commands.proxies import end_helper, name_helper
from anju.domains.community.households import household_of, matters
from anju.domains.community.testing import Resident, a_neighbour, a_resident
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.queries import by_device
from anju.foundation.people.commands import end_occupancy
from anju.foundation.people.models import Occupancy, Person
from anju.foundation.people.testing import a_phone
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused, Unknown


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def daughter(house: House, mother: Resident) -> Resident:
    """The helper, come in by her own telephone."""
    phone = a_phone()
    row = name_helper(name="王芳", phone=phone, household=mother.household)
    asked = ask_code(phone, address="10.9.0.1")
    (holder,) = prove_phone(asked, code=code_of(asked.id), address="10.9.0.1")
    device = come_in(holder, device="far away")
    who = by_device(device)
    assert who is not None
    with acting(house.actor):
        person = Person.objects.get(id=row.helper_id)
    return Resident(person, who.actor, device)


def seen(resident: Resident) -> set[object]:
    household = resident.household
    with acting(household.actor):
        return set(matters(household).values_list("id", flat=True))


def test_a_helper_sees_and_reports_in_the_name_of_whom_they_help(house: House) -> None:
    mother = a_resident(house, house.resident)
    case = a_case(house).case
    room, other = a_neighbour(house)
    theirs = a_case(house, place=room, reporter=other).case
    helper = daughter(house, mother)
    assert seen(helper) == {case.id}
    assert theirs.id not in seen(helper)
    made, _refused = report_own(Wish("repair", "妈妈家灯坏了"), household=helper.household)
    assert (made.reporter_id, made.place_id) == (house.resident.id, house.room.id)
    urge(made.id, household=helper.household)
    assert made.id in seen(mother)


@pytest.mark.parametrize("who", ["mother", "helper"])
def test_either_ends_it_and_then_nothing_is_seen(house: House, who: str) -> None:
    mother = a_resident(house, house.resident)
    a_case(house)
    helper = daughter(house, mother)
    row = name_helper(name="王芳", phone=helper.person.phone, household=mother.household)
    _room, other = a_neighbour(house)
    with pytest.raises(Unknown):
        end_helper(row.id, household=a_resident(house, other).household)
    end_helper(row.id, household={"mother": mother, "helper": helper}[who].household)
    assert seen(helper) == set()
    with pytest.raises(NotYet):
        asked = ask_code(a_phone(), address="10.9.0.2")
        prove_phone(asked, code=code_of(asked.id), address="10.9.0.2")


def test_it_ends_with_the_home(house: House) -> None:
    mother = a_resident(house, house.resident)
    helper = daughter(house, mother)
    with acting(house.actor):
        held = (
            Occupancy.objects.seen_by(house.actor)
            .select_related("place")
            .get(person=house.resident)
        )
        end_occupancy(held, on=date(2021, 1, 1), actor=house.actor)
        found = household_of(helper.actor)
    assert found is not None
    assert found.homes == ()
    with pytest.raises(Refused):
        come_in(Holder(house.actor.company_id, helper.person.id), device="again")


def test_what_is_wrong_is_said_beside_its_field(house: House) -> None:
    mother = a_resident(house, house.resident)
    for said, field in (
        ({"name": " ", "phone": a_phone()}, "name"),
        ({"name": "王芳", "phone": "abc"}, "phone"),
        ({"name": "王芳", "phone": house.resident.phone}, "phone"),
    ):
        with pytest.raises(NotYet) as wrong:
            name_helper(**said, household=mother.household)
        assert field in wrong.value.fields
    for _n in range(3):
        name_helper(name="王芳", phone=a_phone(), household=mother.household)
    with pytest.raises(NotYet, match="Three people"):
        name_helper(name="王芳", phone=a_phone(), household=mother.household)
