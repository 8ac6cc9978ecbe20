"""What a step does to promises that still run: none is lost, and none is made easier."""

from datetime import timedelta
from uuid import uuid4

import pytest

from anju.engine.clocks.commands import sweep
from anju.engine.clocks.models import Clock
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.opening import Opened
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.loop.tests.test_moves import TELL, clock, do, the_case, work_of
from anju.foundation.events.models import Event
from anju.foundation.lib import frozen
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import found_company

SOON, LATE = timedelta(minutes=1), timedelta(days=30)


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def opened(house: House) -> Opened:
    return a_case(house, urgency=2)


def states(house: House, opened: Opened, kind: str) -> list[str]:
    with acting(house.actor):
        found = Clock.objects.filter(case_id=opened.case.id, kind=kind).order_by("id")
        return list(found.values_list("state", flat=True))


@pytest.mark.parametrize(("passed", "first"), [(SOON, "void"), (LATE, "broken")])
def test_who_is_given_the_work_next_has_time_of_his_own(
    house: House, opened: Opened, passed: timedelta, first: str
) -> None:
    do(house, opened, "assign")
    with frozen(opened.case.at + passed):
        do(house, opened, "assign")
        assert states(house, opened, "accept") == [first, "running"]


@pytest.mark.parametrize(("passed", "accept"), [(SOON, "void"), (LATE, "broken")])
def test_void_work_waits_for_nobody(
    house: House, opened: Opened, passed: timedelta, accept: str
) -> None:
    do(house, opened, "assign")
    with frozen(opened.case.at + passed):
        do(house, opened, "void")
    assert states(house, opened, "accept") == [accept]


def test_reopening_gives_no_second_day_for_the_message(house: House, opened: Opened) -> None:
    do(house, opened, "assign", "accept", "start", "finish", "pass")
    assert the_case(opened).state == "answered"
    owed = clock(opened, "feedback")
    with frozen(opened.case.at + timedelta(hours=20)):
        move_case(opened.case.id, "reopen", actor=house.judge, said={"reason": "又漏了"})
        assert states(house, opened, "callback") == ["void"]
        assert states(house, opened, "feedback") == ["running"]
        assert clock(opened, "feedback").due_at == owed.due_at
        assert states(house, opened, "finish") == ["kept", "running"]


@pytest.mark.parametrize(("passed", "left"), [(SOON, "void"), (LATE, "broken")])
def test_a_closed_case_owes_nothing(house: House, passed: timedelta, left: str) -> None:
    """Nobody is told where nobody reported: the promise ends with the case, late or not."""
    found = a_case(house, urgency=2, reporter=None)
    do(house, found, "assign", "accept", "start", "finish", "pass")
    with frozen(found.case.at + passed):
        move_case(found.case.id, "close", actor=house.judge)
        assert states(house, found, "feedback") == [left]
        with acting(house.actor):
            clocks = Clock.objects.filter(case_id=found.case.id)
            assert [c.kind for c in clocks if c.live] == []
            assert not clocks.filter(next_at__isnull=False).exists()


def test_work_may_be_held_for_longer_than_its_clock(house: House, opened: Opened) -> None:
    do(house, opened, "assign", "accept", "start", "hold")
    with frozen(opened.case.at + LATE):
        do(house, opened, "resume", "hold")  # the cap of the pauses is long used up
        assert work_of(opened).case_id
        with acting(house.actor):
            assert WorkOrder.objects.get(id=work_of(opened).id).state == "held"
        assert clock(opened, "finish").state == "broken"
        assert len(clock(opened, "finish").pauses) == 1


def test_what_a_waiver_released_stays_released(house: House, opened: Opened) -> None:
    do(house, opened, "assign", "accept", "start", "finish")
    move_case(opened.case.id, "waive", actor=house.judge, said={"reason": "业主拒绝入户"})
    move_case(opened.case.id, "reopen", actor=house.judge, said={"reason": "又漏了"})
    with acting(house.actor):
        second = WorkOrder.objects.filter(case_id=opened.case.id).latest("id")
    again = Opened(opened.case, second, [], opened.told)
    do(house, again, "assign", "accept", "start", "finish", "pass")
    move_case(opened.case.id, "tell", actor=house.judge, said=TELL)
    move_case(opened.case.id, "callback", actor=house.judge, said={"outcome": "satisfied"})
    assert move_case(opened.case.id, "close", actor=house.judge).state == "closed"


def test_one_bad_clock_keeps_no_other_waiting(house: House, opened: Opened) -> None:
    """Of the same company and of those that come after it."""
    other = a_house(Actor.machine(found_company(code=f"z{uuid4().hex[:12]}", name="别家").id, "z"))
    theirs = a_case(other, urgency=2)
    with acting(house.actor):
        Clock.objects.filter(case_id=opened.case.id, kind="respond").update(calendar="gone")
    with frozen(opened.case.at + timedelta(hours=1)):
        sweep()
    assert clock(theirs, "respond").state == clock(opened, "dispatch").state == "broken"
    bad = clock(opened, "respond")
    assert bad.state == "running"
    assert bad.next_at == opened.case.at + timedelta(hours=2)
    with acting(house.actor):
        told = Event.objects.filter(subject_id=opened.case.id, name="clock.broken")
        assert "dispatch" in {event.said["clock"] for event in told}
