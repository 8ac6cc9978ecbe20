"""What deserves a second look: each rule finds its own trick, and leaves plain work alone."""

import random
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from anju.domains.requests import second_looks
from anju.domains.requests.second_looks import cases_to_look_at
from anju.engine.clocks.models import Clock
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.lib import frozen, now
from anju.foundation.people.testing import a_person
from anju.foundation.places.testing import a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

DAY = timedelta(days=1)


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def found(house: House) -> dict[str, int]:
    with acting(house.actor):
        return {code: len(ids) for code, ids in cases_to_look_at(house.actor).items() if ids}


def accepted(house: House) -> tuple[UUID, Clock]:
    """A repair that somebody accepted, and its promise to finish."""
    opened = a_case(house)
    assert opened.work is not None
    move_work(opened.work.id, "assign", actor=house.doer, said={"person": str(house.worker.id)})
    move_work(opened.work.id, "accept", actor=house.doer)
    with acting(house.actor):
        return opened.work.id, Clock.objects.get(case_id=opened.case.id, kind="finish")


def held(house: House, work: UUID, hours: float) -> None:
    """On hold from now on for so many hours."""
    move_work(work, "hold", actor=house.doer, said={"reason": "等配件"})
    with frozen(now() + timedelta(hours=hours)):
        move_work(work, "resume", actor=house.doer)


def test_one_short_pause_in_good_time_is_plain_work(house: House) -> None:
    work, _clock = accepted(house)
    held(house, work, 2)
    assert found(house) == {}


def test_a_pause_of_more_than_a_day_is_long(house: House) -> None:
    work, clock = accepted(house)
    assert clock.pause_cap > DAY.total_seconds() / 60
    move_work(work, "hold", actor=house.doer, said={"reason": "等配件"})
    with frozen(now() + DAY - timedelta(minutes=1)):
        assert found(house) == {}
    with frozen(now() + DAY + timedelta(minutes=1)):
        assert found(house) == {"long_pause": 1}


def test_three_pauses_of_one_promise_are_many(house: House) -> None:
    work, _clock = accepted(house)
    for n in range(3):
        assert found(house) == {}
        with frozen(now() + timedelta(minutes=10 * n)):
            held(house, work, 0.1)
    assert found(house) == {"many_pauses": 1}


@pytest.mark.parametrize(("share", "late"), [(0.85, False), (0.95, True)])
def test_a_pause_in_the_last_tenth_is_late(house: House, share: float, late: bool) -> None:
    work, clock = accepted(house)
    with acting(house.actor):  # by the wall, so that the share is one of minutes
        Clock.objects.filter(id=clock.id).update(calendar="always")
    with frozen(clock.started_at + share * timedelta(minutes=clock.minutes)):
        move_work(work, "hold", actor=house.doer, said={"reason": "等配件"})
        assert ("late_pause" in found(house)) is late


def test_a_merge_is_far_across_buildings_and_reporters_only(house: House) -> None:
    with acting(house.actor):
        beside = a_place(house.actor, community=house.community, number="5-1-0302")
        neighbour = a_person(house.actor, lives_at=beside)
    first = a_case(house)
    said = {"into": first.case.number, "text": "同一件事", "channel": "phone"}
    same_person = a_case(house, place=beside)
    move_case(same_person.case.id, "merge", actor=house.actor, said=said)
    same_place = a_case(house, reporter=neighbour)
    move_case(same_place.case.id, "merge", actor=house.actor, said=said)
    assert found(house) == {}
    far = a_case(house, place=beside, reporter=neighbour)
    move_case(far.case.id, "merge", actor=house.actor, said=said)
    assert found(house) == {"far_merge": 1}


def test_each_opens_the_cases_behind_it_for_who_may_read_the_journal(house: House) -> None:
    work, _clock = accepted(house)
    other = a_case(house, title="门禁失灵")
    move_work(work, "hold", actor=house.doer, said={"reason": "等配件"})
    pages = {}
    with frozen(now() + DAY + timedelta(minutes=1)):
        for role in ("manager", "desk"):
            client = Client(headers={"accept-language": "en"})
            client.cookies[DEVICE_COOKIE] = an_account(house.actor, role).device
            pages[role] = client.get("/").content.decode()
            behind = client.get("/cases?look=long_pause&sort=-at").content.decode()
            assert (other.case.number in behind) is (role == "desk")  # a filter it does not know
    assert "?look=long_pause" in pages["manager"]
    assert "A promise stood still for more than 24 hours in all." in pages["manager"]
    assert "second look" not in pages["desk"]


def test_what_the_database_leaves_out_no_rule_asks_about(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clocks with pauses of every number, length and distance to the deadline: looking at each of
    them finds what looking at the few finds."""
    chance = random.Random(7)
    for _n in range(60):
        opened = a_case(house)
        at, pauses = opened.case.at, []
        for _time in range(chance.randrange(5)):
            begin = at + timedelta(minutes=chance.randrange(1, 3000))
            at = begin + timedelta(minutes=chance.choice([5, 300, 1500]))
            pauses.append([begin.isoformat(), at.isoformat(), "等配件"])
        with acting(house.actor):
            clocks = Clock.objects.filter(case_id=opened.case.id, kind="finish")
            clocks.update(pauses=pauses, calendar=chance.choice(["always", "office"]))
    few = found(house)
    assert {"long_pause", "many_pauses", "late_pause"} <= few.keys()
    monkeypatch.setattr(second_looks, "MAY_ASK", "pauses <> '[]' AND (%s, %s, %s, %s) IS NOT NULL")
    assert found(house) == few
