"""Planned work that touches residents: told before, as it begins and ends, moved, called off."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.domains.community.commands.notices import approve, ask_approval, withdraw
from anju.domains.community.commands.telling import stop_telling, tell_ahead, tell_of_plan
from anju.domains.community.models import Notice, Telling
from anju.domains.community.queries import notices_for, outages_at
from anju.domains.community.rules import ORDINARY, told_at
from anju.domains.community.tasks import anything_announced, follow_announced, tell_all_ahead
from anju.domains.community.testing import Resident, a_neighbour, a_resident
from anju.engine.loop.commands.work_moves import finish_planned, move_work
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import House, a_house
from anju.engine.plans.commands import change_plan, look_at_planned, move_plan
from anju.engine.plans.models import Occurrence, Plan
from anju.engine.plans.testing import a_plan, planned
from anju.engine.standards.commands import put_in_force
from anju.engine.standards.document import Document
from anju.engine.standards.scope import Scope
from anju.foundation.access.testing import an_account
from anju.foundation.events.models import Event
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.lib import frozen
from anju.foundation.messages.rules.policy import quiet_until
from anju.foundation.places.models import Served
from anju.foundation.places.testing import an_asset
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=SHANGHAI)  # a Monday
AT = NOW + timedelta(days=2, hours=1)  # the Wednesday at nine
WEEKLY = {"start": "2026-03-04", "rule": "FREQ=WEEKLY;BYDAY=WE", "times": ("09:00",)}
HOUR = timedelta(hours=1)


@pytest.fixture
def house(actor: Actor) -> Iterator[House]:
    with frozen(NOW):
        yield a_house(actor)


def told(house: House, plan: Plan, **said: object) -> Telling:
    words = {"title": "停水", "text": "清洗水箱，请提前储水", "ahead": 24, "kind": "outage", **said}
    return tell_of_plan(plan, actor=house.actor, **words)  # type: ignore[arg-type]  # as typed


def heard(house: House) -> None:
    """All events, as the listener hears them: again and again, it is the same."""
    with acting(house.actor):
        events = list(Event.objects.filter(name__regex="^(work|plan)\\.").order_by("id"))
        follow_announced(house.actor, events)


def shown(resident: Resident) -> list[tuple[str, str]]:
    household = resident.household
    with acting(household.actor):
        return [(one.title, one.phase) for one in notices_for(household)]


def first(house: House) -> WorkOrder:
    with acting(house.actor):
        made = Occurrence.objects.filter(withdrawn=False).select_related("work")
        work = made.earliest("at").work
    assert work
    return work


def test_told_before_as_it_begins_and_as_it_ends(house: House) -> None:
    _room, other = a_neighbour(house, number="5-1-101")
    plan = a_plan(house, when=WEEKLY, early=60, late=120)
    told(house, plan)
    mine, theirs = a_resident(house, house.resident), a_resident(house, other)
    with frozen(AT - 26 * HOUR):
        assert tell_ahead(actor=house.actor) == 0
    with frozen(AT - 25 * HOUR):  # 24 before its window opens
        assert [tell_ahead(actor=house.actor) for _again in range(2)] == [1, 0]
        assert shown(mine) == [("停水", "planned")]
        assert shown(theirs) == []  # it touches nobody there
        with acting(house.actor):
            notice = Notice.objects.get()
            assert (notice.starts_at, notice.ends_at) == (AT, AT + 2 * HOUR)
            assert outages_at(house.room, house.actor) == [notice]
    work = first(house)
    with frozen(AT):
        look_at_planned()
        move_work(work.id, "claim", actor=house.doer)
        move_work(work.id, "start", actor=house.doer)
        heard(house)
        assert shown(mine) == [("停水", "begun")]
    with frozen(AT + HOUR):
        finish_planned(work.id, actor=house.doer, result="水箱已洗净，恢复供水")
        heard(house)
        heard(house)
        assert shown(mine) == [("停水", "ended")]
        with acting(house.actor):
            assert outages_at(house.room, house.actor) == []  # over: the desk reads it out no more
    with frozen(AT + 26 * HOUR):
        assert shown(mine) == []
        seal_all()
        assert codes(verified(house.actor.company_id)) == set()
    with acting(house.actor):
        names = list(Event.objects.filter(name__startswith="notice").values_list("name", flat=True))
    assert names == ["notice.published", "notice.begun", "notice.ended"]


def test_moved_with_its_plan_called_off_and_missed(house: House) -> None:
    plan = a_plan(house, when=WEEKLY, early=60, late=120)
    told(house, plan, ahead=72)
    mine = a_resident(house, house.resident)
    tell_all_ahead()
    # Only its name is changed: it stays when it was, and nobody is told.
    said = planned(house, when=WEEKLY, early=60, late=120, name="水箱清洗")
    plan = change_plan(plan.id, said, actor=house.actor, version=1)
    tell_all_ahead()  # before the listener has heard of it
    later = {**WEEKLY, "rule": "FREQ=WEEKLY;BYDAY=TH"}
    said = planned(house, when=later, early=60, late=120)
    plan = change_plan(plan.id, said, actor=house.actor, version=2)
    heard(house)
    tell_all_ahead()
    assert shown(mine) == [("停水", "planned")]
    with acting(house.actor):
        notice = Notice.objects.get()
        assert notice.starts_at == AT + timedelta(days=1)
        moves = Event.objects.filter(name="notice.moved").order_by("id")
        assert [event.said["later"] for event in moves] == [False, True]
    move_work(first(house).id, "void", actor=house.actor, said={"reason": "材料未到"})
    heard(house)
    tell_all_ahead()
    assert shown(mine) == [("停水", "off")]  # that of the week after is another
    with frozen(AT + timedelta(days=6)):
        tell_all_ahead()
        assert shown(mine) == [("停水", "planned")]
    with frozen(AT + timedelta(days=8, hours=3)):
        look_at_planned()
        heard(house)
        assert shown(mine) == [("停水", "off")]  # nobody came
    with frozen(AT + timedelta(days=13)):
        tell_all_ahead()
        move_plan(plan.id, "end", actor=house.actor, why="改由自来水公司清洗")
        heard(house)
        assert [phase for _title, phase in shown(mine)] == ["off"]


def test_who_is_told_is_whom_the_equipment_serves(house: House) -> None:
    room, other = a_neighbour(house, number="5-1-101")
    with acting(house.actor):
        pump = an_asset(house.actor, place=house.room)
        Served.objects.create(company_id=house.actor.company_id, asset=pump, place=room)
    plan = a_plan(house, when=WEEKLY, subjects=((house.room, pump),))
    told(house, plan, ahead=72)
    tell_all_ahead()
    mine, theirs = a_resident(house, house.resident), a_resident(house, other)
    assert (shown(mine), shown(theirs)) == ([], [("停水", "planned")])
    with acting(house.actor):
        Served.objects.create(company_id=house.actor.company_id, asset=pump, place=house.room)
    assert [tell_ahead(actor=house.actor) for _again in range(2)] == [1, 0]  # one more is served
    assert (shown(mine), shown(theirs)) == ([("停水", "planned")],) * 2


def test_what_was_withdrawn_is_announced_anew_when_its_plan_is_told_of_anew(house: House) -> None:
    plan = a_plan(house, when=WEEKLY)
    telling = told(house, plan, ahead=72)
    mine = a_resident(house, house.resident)
    tell_all_ahead()
    with acting(house.actor):
        withdraw(Notice.objects.get(), actor=house.actor)
    with frozen(NOW + HOUR):
        assert tell_ahead(actor=house.actor) == 0  # withdrawn is withdrawn
    with frozen(NOW + 2 * HOUR):
        told(house, plan, title="停水两小时", ahead=72, version=telling.version)
        assert [tell_ahead(actor=house.actor) for _again in range(2)] == [1, 0]
        assert shown(mine) == [("停水两小时", "planned")]
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_news_that_come_late_put_right_that_it_does_not_take_place(house: House) -> None:
    plan = a_plan(house, when=WEEKLY, late=120)
    told(house, plan, ahead=72)
    mine, work = a_resident(house, house.resident), first(house)
    tell_all_ahead()
    with frozen(AT + 3 * HOUR):
        look_at_planned()
        tell_all_ahead()
        assert shown(mine) == [("停水", "off")]
    with frozen(AT + 4 * HOUR):  # a phone without a signal
        finish_planned(work.id, actor=house.doer, result="已洗净", at=AT + HOUR)
        with acting(house.actor):
            assert anything_announced(house.actor)
        heard(house)
        assert shown(mine) == [("停水", "ended")]


def test_where_its_standard_asks_it_does_not_begin_before_they_were_told(house: House) -> None:
    document = Document(code="pest", name="消杀", method={"told": 24}, scope=Scope())  # type: ignore[arg-type]  # read as from a file
    with acting(house.actor):
        put_in_force(document, actor=house.actor, why="新标准")
    plan = a_plan(house, when=WEEKLY, early=60, late=120, make_up=2880, standard="pest")
    with frozen(AT - 20 * HOUR):
        told(house, plan, title="消杀", text="药剂：氯氰菊酯", kind="")
        tell_all_ahead()
    work = first(house)
    with frozen(AT + HOUR):
        look_at_planned()
        with pytest.raises(NotYet) as refused:
            finish_planned(work.id, actor=house.doer, result="已喷洒")
        assert refused.value.code == "must_not_begin"
    with acting(house.actor):
        assert WorkOrder.objects.get(id=work.id).state == "waiting"  # refused without a trace
    with frozen(AT + 4 * HOUR):
        assert finish_planned(work.id, actor=house.doer, result="已喷洒").done_at
    week = timedelta(days=7)
    with frozen(AT + week - 26 * HOUR):
        tell_all_ahead()
    with frozen(AT + week - 25 * HOUR - timedelta(minutes=1)):
        assert tell_ahead(actor=house.actor) == 1
    with frozen(AT + week - HOUR):  # as its window opens
        look_at_planned()
        with acting(house.actor):
            work = WorkOrder.objects.filter(case=None, opened_at=AT + week - HOUR).get()
        assert finish_planned(work.id, actor=house.doer, result="已喷洒").done_at


def test_a_second_person_reads_it_first_where_the_company_asks_so(house: House) -> None:
    ask_approval("planned", actor=house.actor)
    told(house, a_plan(house, when=WEEKLY), kind="")
    mine = a_resident(house, house.resident)
    with frozen(AT - 48 * HOUR):
        assert tell_ahead(actor=house.actor) == 1  # a day earlier
        assert shown(mine) == []
        with acting(house.actor):
            notice = Notice.objects.get()
        with pytest.raises(NotYet):
            approve(notice.id, actor=house.actor)  # who wrote the words
        another = an_account(house.actor, "manager").actor
        approve(notice.id, actor=another)
        assert shown(mine) == [("停水", "planned")]


def test_what_is_refused_and_who_may(house: House) -> None:
    plan = a_plan(house, when=WEEKLY)
    for wrong in ({"title": " "}, {"text": ""}, {"ahead": 0}, {"ahead": 337}):
        with pytest.raises(NotYet):
            told(house, plan, **wrong)
    telling = told(house, plan)
    with pytest.raises(Conflict):
        told(house, plan)  # written over what somebody else wrote
    nobody = Actor.of(house.actor.company_id, "nobody", ())
    with pytest.raises(Refused):
        tell_of_plan(plan, title="停水", text="停水", ahead=24, actor=nobody)
    assert told(house, plan, ahead=72, version=telling.version).version == 2
    stop_telling(plan, actor=house.actor)
    stop_telling(plan, actor=house.actor)
    assert tell_ahead(actor=house.actor) == 0


@given(
    hours=st.tuples(st.integers(0, 23), st.integers(0, 23)),
    ahead=st.integers(1, 336),
    minute=st.integers(0, 7 * 1440),
)
def test_nobody_is_told_at_night_nor_later_than_promised(
    hours: tuple[int, int], ahead: int, minute: int
) -> None:
    at = NOW + timedelta(minutes=minute)
    when = told_at(at, timedelta(hours=ahead), hours=hours, zone=SHANGHAI)
    assert at - timedelta(hours=ahead + 24) <= when <= at - timedelta(hours=ahead)
    length = (hours[1] - hours[0]) % 24
    if length < 23:  # an hour of the day is left to tell in
        assert quiet_until(when, priority=ORDINARY, hours=hours, zone=SHANGHAI) is None
