"""Homes for tests: two neighbours, each signed in as residents are."""

from dataclasses import dataclass

from anju.domains.community.commands.coming_in import Holder, account_of, come_in
from anju.domains.community.households import Household, household_of
from anju.engine.loop.testing import House
from anju.foundation.access.queries import by_login
from anju.foundation.people.models import Person
from anju.foundation.people.testing import a_person
from anju.foundation.places.models import Place
from anju.foundation.places.testing import a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@dataclass(frozen=True)
class Resident:
    """Somebody who lives somewhere. `device`: the value of the cookie."""

    person: Person
    actor: Actor
    device: str

    @property
    def household(self) -> Household:
        """As a request of theirs finds it."""
        with acting(self.actor):
            found = household_of(self.actor)
        assert found is not None
        return found


def a_resident(house: House, person: Person) -> Resident:
    """Someone of the house, come in by their telephone."""
    holder = Holder(house.actor.company_id, person.id)
    device = come_in(holder, device="test")
    with acting(house.actor):
        login = account_of(person, actor=house.actor).login
    found = by_login(login)
    assert found is not None
    return Resident(person, found[0].actor, device)


def a_neighbour(
    house: House, *, number: str = "3-2-1101", name: str = "冯女士"
) -> tuple[Place, Person]:
    """Another home of the same community, and who lives there."""
    with acting(house.actor):
        room = a_place(house.actor, number=number, community=house.community)
        return room, a_person(house.actor, name=name, lives_at=room)
