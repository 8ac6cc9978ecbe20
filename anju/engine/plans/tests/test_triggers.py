"""Plans that fall due otherwise than by the calendar: each once, and the next when it is owed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from anju.engine.forms.rules import Item
from anju.engine.loop.commands.judging import Answer, answer_item, judge
from anju.engine.loop.commands.opening import Report, report
from anju.engine.loop.commands.readings import note_reading
from anju.engine.loop.commands.work_moves import finish_planned, move_work
from anju.engine.loop.models import Record, WorkOrder
from anju.engine.loop.readings import readings_of
from anju.engine.loop.testing import House, a_house
from anju.engine.plans.commands import (
    begin_plan,
    change_plan,
    expand,
    hear_cases,
    look_at_planned,
    make_next,
    move_plan,
)
from anju.engine.plans.models import Occurrence, Plan
from anju.engine.plans.testing import a_plan, planned
from anju.engine.plans.triggers import named_after
from anju.engine.standards.commands import put_in_force
from anju.engine.standards.document import Document
from anju.foundation.events.models import Event
from anju.foundation.events.testing import codes, heard_by_all, seal_all, verified
from anju.foundation.lib import frozen, now
from anju.foundation.places.models import Asset
from anju.foundation.places.testing import an_asset
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=ZONE)
DAY = timedelta(days=1)
AFTER = {"by": "after", "days": 15, "start": "2026-03-05T09:00"}
METER = {"by": "meter", "every": 500, "base": 12_000, "unit": "h"}
CLOSED = {"by": "event", "event": "case.close", "kind": "repair"}
WARNED = {"by": "event", "event": "case.reported", "kind": "alarm", "category": "天气预警"}
HAND = {"by": "hand"}


@pytest.fixture
def house(actor: Actor) -> Iterator[House]:
    with frozen(NOW):
        yield a_house(actor)


def at(day: str, time: str = "12:00") -> datetime:
    return datetime.fromisoformat(f"2026-{day}T{time}").replace(tzinfo=ZONE)


def standing(plan: Plan) -> list[str]:
    """What names all that stand, in the order in which they are planned."""
    with acting(Actor.machine(plan.company_id, "test")):
        rows = Occurrence.objects.filter(plan=plan, withdrawn=False).order_by("at", "id")
        return [one.named for one in rows]


def works(plan: Plan) -> list[WorkOrder]:
    with acting(Actor.machine(plan.company_id, "test")):
        return list(WorkOrder.objects.filter(occurrence__plan=plan).order_by("opened_at", "id"))


def test_what_would_lie_behind_us_before_a_day_off_is_planned_after_it(house: House) -> None:
    when = {"by": "after", "days": 1, "start": "2026-03-06T09:00", "day_off": "before"}
    plan = a_plan(house, when=when, calendar="office", late=60)
    with frozen(at("03-06", "16:30")):  # a Friday; the day after is a Saturday
        finish_planned(works(plan)[0].id, actor=house.doer, result="好", at=at("03-06", "09:30"))
        expand(actor=house.actor, until=at("05-01"))
    with acting(house.actor):
        later = Occurrence.objects.filter(plan=plan).latest("at")
    assert (later.named, later.at) == ("2026-03-07T09:00:00", at("03-09", "09:00"))


def test_the_next_is_counted_from_when_the_last_was_done(house: House) -> None:
    plan = a_plan(house, when=AFTER, late=600)
    assert standing(plan) == ["2026-03-05T09:00:00"]
    with frozen(at("03-05", "16:30")):
        expand(actor=house.actor, until=at("05-01"))
        assert len(standing(plan)) == 1  # while it is owed, nothing comes after it
        finish_planned(works(plan)[0].id, actor=house.doer, result="好", at=at("03-05", "10:00"))
        heard_by_all(house.actor.company_id)
        heard_by_all(house.actor.company_id)
    assert standing(plan)[1:] == ["2026-03-20T09:00:00"]
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_what_was_missed_or_is_not_needed_lets_the_next_come(house: House) -> None:
    plan = a_plan(house, when=AFTER, late=60, make_up=60)
    with frozen(at("03-05", "12:00")):
        look_at_planned()  # its window opens late, and has lapsed at eleven
        look_at_planned()
        heard_by_all(house.actor.company_id)
        assert standing(plan)[1:] == ["2026-03-20T09:00:00"]
        move_work(works(plan)[1].id, "void", actor=house.actor, said={"reason": "停用"})
        heard_by_all(house.actor.company_id)
    assert standing(plan)[2:] == ["2026-04-04T09:00:00"]


def test_after_a_long_pause_the_next_is_not_behind_us(house: House) -> None:
    plan = a_plan(house, when=AFTER)
    plan = move_plan(plan.id, "pause", actor=house.actor, why="停用")
    with frozen(at("06-01")):
        move_plan(plan.id, "resume", actor=house.actor)
    assert standing(plan) == ["2026-06-02T09:00:00"]


@given(
    days=st.integers(1, 400),
    done=st.lists(st.integers(-10, 600), min_size=1, max_size=12),
    hour=st.integers(0, 23),
)
def test_each_is_named_once_and_after_the_one_before(days: int, done: list[int], hour: int) -> None:
    """However early or late each is done, by hours after it was planned."""
    start = datetime(2026, 1, 1, hour)
    named = named_after(days, start, None, last="", moment=start - DAY)
    seen = [named]
    for hours in done:
        ended = named + timedelta(hours=hours)
        named = named_after(days, start, ended, last=named.isoformat(), moment=max(ended, start))
        assert named.time() == start.time()
        assert (named.date() - ended.date()).days in {days, 1, 0} or named.date() > ended.date()
        seen.append(named)
    assert seen == sorted(set(seen))


@pytest.fixture
def lift(house: House) -> Asset:
    with acting(house.actor):
        return an_asset(house.actor, place=house.community)


def by_meter(house: House, lift: Asset, **said: Any) -> Plan:
    return a_plan(house, subjects=((lift.place, lift),), **{"when": METER, **said})


def read(house: House, lift: Asset, number: int, **more: Any) -> None:
    note_reading(lift.id, "hours", number, actor=house.actor, **more)
    heard_by_all(house.actor.company_id)


def test_the_reading_that_passes_the_mark_makes_the_work_once(house: House, lift: Asset) -> None:
    plan = by_meter(house, lift)
    read(house, lift, 12_499)
    assert standing(plan) == []
    read(house, lift, 12_500)
    read(house, lift, 12_500)
    read(house, lift, 12_640)
    assert standing(plan) == ["12500"]
    with frozen(NOW + DAY):
        expand(actor=house.actor)
        read(house, lift, 13_720)  # two marks at once are one piece of work
    assert standing(plan) == ["12500", "13500"]
    assert works(plan)[0].number == "PUMP-260302T1200"
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_a_counter_counts_up_unless_it_was_set_back(house: House, lift: Asset) -> None:
    plan = by_meter(house, lift, when={**METER, "base": 0})
    read(house, lift, 700)
    with translation.override("en"), pytest.raises(NotYet, match="It showed 700 before"):
        read(house, lift, 20)
    with frozen(NOW + DAY):
        read(house, lift, 20, set_back="换了新表")
        read(house, lift, 480)
    assert standing(plan) == ["500"]
    with frozen(NOW + 2 * DAY):
        read(house, lift, 510)
    assert standing(plan) == ["500", "500/1"]


def test_a_reading_known_before_the_plan_counts_at_once(house: House, lift: Asset) -> None:
    read(house, lift, 12_700)
    assert standing(by_meter(house, lift)) == ["12500"]


def test_an_answer_in_work_at_the_equipment_is_a_reading(house: House, lift: Asset) -> None:
    item = Item(code="hours", text="运行小时", kind="number", unit="h")
    put_in_force(Document(code="round", name="巡查", items=(item,)), actor=house.actor, why="试")
    plan = by_meter(house, lift)
    daily = a_plan(house, "DAILY", subjects=((lift.place, lift),), standard="round")
    with frozen(at("03-03", "09:10")):
        look_at_planned()
        answer_item(works(daily)[0].id, "hours", actor=house.doer, value={"number": "12503.5"})
        heard_by_all(house.actor.company_id)
    assert standing(plan) == ["12500"]


def test_what_is_expected_follows_from_the_pace(house: House, lift: Asset) -> None:
    read(house, lift, 12_000)
    with frozen(NOW + 10 * DAY):
        read(house, lift, 12_100)
    with acting(house.actor):
        shown = readings_of([lift.id], "hours")[lift.id]
    assert shown.expected(shown.last + 50) == NOW + 15 * DAY
    assert shown.last == 12_100


def a_case(house: House, **said: Any) -> Any:
    given = {"kind": "repair", "title": "漏水", "place": house.room, "channel": "desk", **said}
    return report(Report(**given), actor=house.actor).case


def test_a_case_inside_its_places_asks_for_work_once(house: House) -> None:
    with acting(house.actor):
        community = ((house.community, None),)
    plan = a_plan(house, "WARN", subjects=community, when=WARNED)
    a_case(house, kind="alarm", category="设备报警")
    case = a_case(house, kind="alarm", category="天气预警", title="暴雨红色预警")
    heard_by_all(house.actor.company_id)
    (work,) = works(plan)
    assert (work.place_id, work.title) == (case.place_id, "泵房巡查")
    with acting(house.actor):
        told = list(Event.objects.filter(name="case.reported"))
    assert hear_cases(told, actor=house.actor) == 0
    assert len(works(plan)) == 1


def test_works_of_one_minute_have_numbers_of_their_own(house: House) -> None:
    with acting(house.actor):
        plan = a_plan(house, "WARN", subjects=((house.community, None),), when=WARNED)
    for n in range(2):
        a_case(house, kind="alarm", category="天气预警", title=f"暴雨{n}")
    heard_by_all(house.actor.company_id)
    with frozen(NOW + timedelta(seconds=30)):
        a_case(house, kind="alarm", category="天气预警", title="暴雨2")
        heard_by_all(house.actor.company_id)
    base = "WARN-260302T1200"
    assert sorted(one.number for one in works(plan)) == [base, f"{base}-2", f"{base}-3"]


def test_cases_elsewhere_or_before_the_plan_ask_for_nothing(house: House, lift: Asset) -> None:
    a_case(house, kind="alarm", category="天气预警")
    with frozen(NOW + timedelta(minutes=1)):
        plan = a_plan(house, "WARN", subjects=((lift.place, lift),), when=WARNED)
        a_case(house, kind="alarm", category="天气预警")
        heard_by_all(house.actor.company_id)
    assert works(plan) == []


def test_missed_work_of_a_plan_that_waits_for_findings_feeds_nothing(house: House) -> None:
    when = {"by": "event", "event": "case.reported", "kind": "finding"}
    plan = a_plan(house, "FIND", when=when)
    a_plan(house, "MISS", when={"start": "2026-03-02", "times": ("13:00",)})
    with frozen(NOW + timedelta(hours=4)):
        look_at_planned()
        look_at_planned()
        heard_by_all(house.actor.company_id)
    assert works(plan) == []


def test_what_the_work_of_a_plan_finds_asks_for_no_more_of_it(house: House) -> None:
    when = {"by": "event", "event": "case.reported", "kind": "finding"}
    plan = a_plan(house, "FIND", when=when)
    for item in ("first", "second"):
        found = Item(code=item, text=item, on_fail="case")
        _record, case = judge(Answer(found, "fail", house.room), actor=house.actor)
        if item == "first":
            heard_by_all(house.actor.company_id)
            (work,) = works(plan)
            continue
        assert case is not None
        with acting(house.actor):  # the second was found by the work that the first asked for
            Record.objects.create(
                company_id=house.actor.company_id, case=case, work=work, kind="check", item=item,
                verdict="fail", by=house.doer.id, at=now(),
            )  # fmt: skip
        heard_by_all(house.actor.company_id)
    assert works(plan) == [work]


def test_by_hand_with_who_and_why_and_not_twice(house: House) -> None:
    plan = a_plan(house, "TYPHOON", when=HAND)
    assert works(plan) == []
    with translation.override("en"):
        with pytest.raises(NotYet, match="Say why"):
            begin_plan(plan.id, actor=house.actor, why=" ")
        assert begin_plan(plan.id, actor=house.actor, why="台风红色预警") == 1
        with pytest.raises(NotYet, match="not done yet"):
            begin_plan(plan.id, actor=house.actor, why="再来一次")
    look_at_planned()
    finish_planned(works(plan)[0].id, actor=house.doer, result="好")
    with frozen(NOW + DAY):
        assert begin_plan(plan.id, actor=house.actor, why="又来台风") == 1
    with acting(house.actor):
        begun = Event.objects.filter(name="plan.begun").order_by("id")
        assert [event.by for event in begun] == [house.actor.id] * 2
        assert set(begun[0].values) == {"why"}
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_who_may_not_hand_out_work_begins_nothing(house: House) -> None:
    plan = a_plan(house, "TYPHOON", when=HAND)
    reader = replace(house.doer, grants={"plan.see": ("",)})
    with pytest.raises(Refused):
        begin_plan(plan.id, actor=reader, why="试")
    daily = a_plan(house, "DAILY")
    with translation.override("en"), pytest.raises(NotYet, match="begins by hand"):
        begin_plan(daily.id, actor=house.actor, why="试")


def test_of_two_who_begin_it_at_once_one_is_refused(house: House) -> None:
    plan = a_plan(house, "TYPHOON", when=HAND)
    gate, said = Barrier(2), []

    def run() -> None:
        with frozen(NOW):
            gate.wait()
            try:
                said.append(begin_plan(plan.id, actor=house.actor, why="台风"))
            except NotYet:
                said.append(0)
        connections.close_all()

    threads = [Thread(target=run) for _n in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(said) == [0, 1]
    assert len(works(plan)) == 1


def test_of_many_who_make_the_next_at_once_it_is_made_once(house: House) -> None:
    plan = a_plan(house, when=AFTER, late=600)
    with frozen(at("03-05", "10:00")):
        look_at_planned()
        finish_planned(works(plan)[0].id, actor=house.doer, result="好")
    gate = Barrier(3)

    def run() -> None:
        with frozen(at("03-05", "10:01")):
            gate.wait()
            make_next(actor=house.actor, plans=[plan.id])
            expand(actor=house.actor, until=at("04-01"))
        connections.close_all()

    threads = [Thread(target=run) for _n in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(standing(plan)) == 2


def test_a_plan_may_change_what_lets_it_fall_due(house: House) -> None:
    plan = a_plan(house)
    said = planned(house, when=AFTER)
    plan = change_plan(plan.id, said, actor=house.actor, version=plan.version)
    assert standing(plan) == ["2026-03-05T09:00:00"]
    plan = change_plan(plan.id, planned(house, when=HAND), actor=house.actor, version=plan.version)
    assert standing(plan) == []
    assert plan.look_at is None
    back = change_plan(plan.id, planned(house), actor=house.actor, version=plan.version)
    assert len(standing(back)) == 35


@pytest.mark.parametrize(
    ("when", "field"),
    [(METER, "subjects"), ({**AFTER, "start": "next week"}, "rule")],
)
def test_what_cannot_be_waited_for_is_refused(
    house: House, when: dict[str, Any], field: str
) -> None:
    with pytest.raises(NotYet) as refused:
        a_plan(house, when=when)
    assert list(refused.value.fields) == [field]


def test_holidays_move_what_is_counted_from_the_last(house: House) -> None:
    when = {**AFTER, "start": "2026-05-01T09:00", "day_off": "after"}
    plan = a_plan(house, when=when, calendar="office")
    assert standing(plan) == ["2026-05-01T09:00:00"]
    assert works(plan)[0].opened_at.astimezone(ZONE).date() == date(2026, 5, 6)
