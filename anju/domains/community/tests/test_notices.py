"""Announcements: who gets them, who has read them, until when they stand."""

from datetime import UTC, datetime, timedelta

import pytest

from anju.domains.community.commands.notices import mark_read, publish, withdraw
from anju.domains.community.queries import notices_for, receipts_of
from anju.domains.community.testing import Resident, a_neighbour, a_resident
from anju.engine.loop.testing import House, a_house
from anju.foundation.lib import frozen
from anju.foundation.people.testing import a_person
from anju.foundation.places.testing import a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def titles(resident: Resident) -> list[str]:
    household = resident.household
    with acting(household.actor):
        return [notice.title for notice in notices_for(household)]


def test_an_announcement_reaches_who_lives_below_and_nobody_else(house: House) -> None:
    room, other = a_neighbour(house, number="5-1-101")
    publish(house.community, title="全小区停水", text="明天", actor=house.actor)
    publish(room, title="五栋", text="只给五栋", actor=house.actor)
    mine, theirs = a_resident(house, house.resident), a_resident(house, other)
    assert titles(mine) == ["全小区停水"]
    assert titles(theirs) == ["五栋", "全小区停水"]


def test_it_stands_until_its_end_or_its_withdrawal(house: House) -> None:
    day = datetime.now(UTC) + timedelta(days=1)
    publish(house.community, title="明天停水", text="停水", until=day, actor=house.actor)
    gone = publish(house.community, title="误发", text="误发", actor=house.actor)
    withdraw(gone, actor=house.actor)
    withdraw(gone, actor=house.actor)
    resident = a_resident(house, house.resident)
    assert titles(resident) == ["明天停水"]
    with frozen(day + timedelta(minutes=1)):
        assert titles(resident) == []


def test_receipts_count_homes_and_the_first_time(house: House) -> None:
    _room, other = a_neighbour(house)
    notice = publish(house.community, title="停水", text="停水", actor=house.actor)
    with acting(house.actor):
        wife = a_person(house.actor, name="李娜", lives_at=house.room)
        a_place(house.actor, number="3-2-1301", community=house.community)  # nobody lives there
    for person in (house.resident, house.resident, wife):
        mark_read(notice, household=a_resident(house, person).household)
    with acting(house.actor):
        assert receipts_of([notice])[notice.id] == (1, 2)
    resident, stranger = a_resident(house, house.resident), a_resident(house, other)
    for one, read in ((resident, True), (stranger, False)):
        with acting(house.actor):
            (shown,) = notices_for(one.household)
            assert bool(shown.read) is read


def test_bad_words_and_places_are_refused(house: House) -> None:
    with pytest.raises(NotYet) as empty:
        publish(house.community, title=" ", text="", actor=house.actor)
    assert empty.value.fields.keys() == {"title", "text"}
    past = datetime.now(UTC) - timedelta(days=1)
    with pytest.raises(NotYet) as over:
        publish(house.community, title="停水", text="停水", until=past, actor=house.actor)
    assert "until" in over.value.fields
    guard = Actor.of(house.actor.company_id, "guard", ["place.see"], house.community.path)
    with pytest.raises(Refused):
        publish(house.community, title="停水", text="停水", actor=guard)
