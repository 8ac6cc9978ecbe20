"""Plans: what they make, each once; the future follows a change, the past stays."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import House, a_house
from anju.engine.plans.commands import HORIZON, change_plan, expand, make_plan, move_plan
from anju.engine.plans.document import When
from anju.engine.plans.models import Occurrence, Plan
from anju.engine.plans.rules import occurrences
from anju.engine.plans.testing import a_plan, planned
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.events.models import Event
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.lib import frozen
from anju.foundation.people.testing import a_post
from anju.foundation.places.testing import a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=ZONE)


@pytest.fixture
def house(actor: Actor) -> Iterator[House]:
    with frozen(NOW):
        yield a_house(actor)


def standing(plan: Plan, actor: Actor) -> list[tuple[str, Any]]:
    """(the time that names it, its place) of all that stand, and each has one live work order."""
    with acting(actor):
        rows = Occurrence.objects.filter(plan=plan, withdrawn=False).order_by("named", "place_id")
        found = [(one.named, one.place_id) for one in rows]
        works = WorkOrder.objects.filter(occurrence__in=rows)
        assert works.exclude(state="void").count() == rows.filter(work__isnull=False).count()
        return found


def expected(plan: Plan, since: datetime, until: datetime, actor: Actor) -> list[str]:
    """The times that name what falls due between two instants."""
    with acting(actor):
        calendar = calendars_of(actor.company_id)(plan.calendar)
    zone = ZoneInfo(calendar.zone)
    span = (at.astimezone(zone).replace(tzinfo=None) for at in (since, until))
    found = occurrences(When.model_validate(plan.when).timetable(calendar.zone), calendar, *span)
    return [one.nominal.isoformat() for one in found]


def test_a_plan_makes_its_work_up_to_the_horizon_and_one_event_speaks_of_it(house: House) -> None:
    with acting(house.actor):
        post = a_post(house.actor, place=house.community)
    plan = a_plan(house, post=post, early=30, late=90)
    named = [name for name, _place in standing(plan, house.actor)]
    assert named == expected(plan, NOW, NOW + HORIZON, house.actor)
    assert (len(named), named[0]) == (35, "2026-03-03T09:00:00")
    with acting(house.actor):
        first = Occurrence.objects.filter(plan=plan).order_by("named").first()
        assert first is not None
        work = first.work
        assert work is not None
        at = datetime(2026, 3, 3, 9, tzinfo=ZONE)
        assert (first.at, first.opens_at) == (at, at - timedelta(minutes=30))
        assert first.closes_at == at + timedelta(minutes=90)
        assert (work.state, work.post_id, work.person_id) == ("waiting", post.id, None)
        assert (work.number, work.opened_at) == ("PUMP-260303T0900", first.opens_at)
        told = Event.objects.get(name="plan.expanded")
        assert told.said["made"] == 35
        assert len(told.wrote) == 70
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_whatever_a_plan_is_called_its_work_is_called_so(house: House) -> None:
    """The rows of a plan are filled in as text."""
    name = 'a\tb\\n\\N {0} {{ %s "x" \r\n 巡查 <1>'
    plan = a_plan(house, name=name, subjects=((house.room, None), (house.community, None)))
    with acting(house.actor):
        works = WorkOrder.objects.filter(occurrence__plan=plan)
        assert set(works.values_list("title", flat=True)) == {name}
        assert works.count() == 70
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_it_is_made_further_and_nothing_twice(house: House) -> None:
    plan = a_plan(house)
    with frozen(NOW + timedelta(days=3)):
        assert expand(actor=house.actor).made == 3
        assert expand(actor=house.actor).made == 0
    with frozen(NOW + timedelta(days=10)):
        assert expand(actor=house.actor).made == 7
    named = [name for name, _place in standing(plan, house.actor)]
    assert named == expected(plan, NOW, NOW + HORIZON + timedelta(days=10), house.actor)


def test_three_at_once_make_each_once(house: House) -> None:
    plans = [a_plan(house, f"P{n}", when={"start": "2026-01-01", "every": "2h",
             "between": ("08:00", "20:00")}) for n in range(4)]  # fmt: skip
    gate, made = Barrier(3), []

    def run() -> None:
        with frozen(NOW + timedelta(days=5)):
            gate.wait()
            made.append(expand(actor=house.actor).made)
        connections.close_all()

    threads = [Thread(target=run) for _n in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with frozen(NOW + timedelta(days=5)):
        made.append(expand(actor=house.actor).made)
    assert sum(made) == 4 * 5 * 7
    for plan in plans:
        named = [name for name, _place in standing(plan, house.actor)]
        assert named == expected(plan, NOW, NOW + HORIZON + timedelta(days=5), house.actor)


@pytest.mark.parametrize(("policy", "made"), [("none", 0), ("last", 1), ("all", 9)])
def test_after_an_outage(house: House, policy: str, made: int) -> None:
    plan = a_plan(house, catch_up=policy)
    with frozen(NOW + HORIZON + timedelta(days=9)):
        done = expand(actor=house.actor)
    assert (done.made, done.passed_over) == (35 + made, 9 - made)
    assert len(standing(plan, house.actor)) == 35 + 35 + 9  # what is passed over is known too
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_a_change_moves_the_future_and_leaves_the_past(house: House) -> None:
    plan = a_plan(house, early=60)
    with frozen(NOW + timedelta(days=2)), acting(house.actor):
        taken = WorkOrder.objects.get(number="PUMP-260310T0900")
        move_work(taken.id, "claim", actor=house.doer)
        said = planned(house, early=60, when={"start": "2026-01-01", "times": ("09:00", "15:00")})
        changed = change_plan(plan.id, said, actor=house.actor, version=plan.version)
    named = [name for name, _place in standing(changed, house.actor)]
    before = ["2026-03-03T09:00:00", "2026-03-04T09:00:00"]
    after = expected(changed, NOW + timedelta(days=2), NOW + timedelta(days=37), house.actor)
    assert named == before + after
    with acting(house.actor):
        taken.refresh_from_db()
        assert taken.state == "accepted"
        assert WorkOrder.objects.filter(number="PUMP-260310T0900", state="void").count() == 0
        assert WorkOrder.objects.filter(number="PUMP-260311T0900", state="void").count() == 1
    with frozen(NOW + timedelta(days=2)), pytest.raises(Conflict):
        change_plan(plan.id, said, actor=house.actor, version=plan.version)
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_other_places_come_and_go(house: House) -> None:
    plan = a_plan(house)
    with acting(house.actor):
        second = a_place(house.actor, community=house.community, number="3-2-1202")
    both = replace(planned(house), subjects=((house.room, None), (second, None)))
    plan = change_plan(plan.id, both, actor=house.actor, version=plan.version)
    assert len(standing(plan, house.actor)) == 70
    other = replace(both, subjects=((second, None),))
    plan = change_plan(plan.id, other, actor=house.actor, version=plan.version)
    assert {place for _name, place in standing(plan, house.actor)} == {second.id}


def test_a_pause_makes_nothing_and_an_end_is_the_end(house: House) -> None:
    plan = a_plan(house)
    with translation.override("en"), pytest.raises(NotYet, match="Say why"):
        move_plan(plan.id, "pause", actor=house.actor)
    plan = move_plan(plan.id, "pause", actor=house.actor, why="水泵更换")
    assert standing(plan, house.actor) == []
    with frozen(NOW + timedelta(days=4)):
        assert expand(actor=house.actor).plans == 0
        plan = move_plan(plan.id, "resume", actor=house.actor)
        named = [name for name, _place in standing(plan, house.actor)]
        assert (len(named), named[0]) == (35, "2026-03-07T09:00:00")
        plan = move_plan(plan.id, "end", actor=house.actor, why="设备拆除")
        with pytest.raises(NotYet):
            move_plan(plan.id, "resume", actor=house.actor)
    assert standing(plan, house.actor) == []
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": " "}, "name"),
        ({"subjects": ()}, "subjects"),
        ({"late": 0}, "late"),
        ({"late": 20_000}, "late"),
        ({"catch_up": "some"}, "catch_up"),
        ({"when": {"start": "2026-01-01", "rule": "FREQ=SOMETIMES"}}, "rule"),
        ({"when": {"start": "2026-01-01", "rule": "FREQ=YEARLY;COUNT=1"}}, "rule"),
        ({"when": {"start": "2026-01-01", "rule": "FREQ=MINUTELY"}}, "rule"),
    ],
)
def test_what_cannot_be_planned_is_refused_beside_its_field(
    house: House, said: dict[str, Any], field: str
) -> None:
    with pytest.raises(NotYet) as refused:
        a_plan(house, **said)
    assert list(refused.value.fields) == [field]
    with acting(house.actor):
        assert not Plan.objects.exists()


def test_who_may_not_plan_is_refused(house: House) -> None:
    with pytest.raises(Refused):
        make_plan(house.community, "X", planned(house), actor=Actor(
            id=house.actor.id, name="guard", company_id=house.actor.company_id,
        ))  # fmt: skip
    a_plan(house, "X")
    with pytest.raises(Conflict):
        a_plan(house, "X")


NUMBERS = count()
DAYS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(1, 20)),
        st.tuples(st.just("change"), st.sampled_from(["08:00", "09:00", "21:30"])),
        st.tuples(st.sampled_from(["pause", "resume"]), st.none()),
    ),
    max_size=8,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=DAYS, rule=st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TH"]))
def test_law_7_an_occurrence_is_counted_from_its_anchor_and_exists_once(
    house: House, history: list[tuple[str, Any]], rule: str
) -> None:
    """Whatever happened to a plan: what is ahead is what it says now, each once, none left out."""
    day, when = NOW, {"start": "2026-01-01", "rule": rule, "times": ("09:00",)}
    with frozen(day):
        plan = a_plan(house, f"L{next(NUMBERS)}", when=when, early=30)
    since = day
    for step, how in history:
        with frozen(day):
            if step == "wait":
                day += timedelta(days=how)
            elif step == "change" and plan.state == "active":
                when = {**when, "times": (how,)}
                said = planned(house, when=when, early=30)
                plan = change_plan(plan.id, said, actor=house.actor, version=plan.version)
                since = day
            elif (step, plan.state) in {("pause", "active"), ("resume", "paused")}:
                plan = move_plan(plan.id, step, actor=house.actor, why="试")
                since = day
    with frozen(day):
        expand(actor=house.actor)
        named = [name for name, _place in standing(plan, house.actor)]
        ahead = [name for name in named if name > (day + timedelta(days=1)).isoformat()]
        want = expected(plan, since, day + HORIZON, house.actor) if plan.state == "active" else []
        assert ahead == [name for name in want if name > (day + timedelta(days=1)).isoformat()]
        assert len(named) == len(set(named))


def test_of_two_plans_with_one_code_at_once_one_is_refused_in_words(house: House) -> None:
    gate, said = Barrier(2), []

    def run() -> None:
        with frozen(NOW):
            gate.wait()
            try:
                said.append(a_plan(house, "TWICE").code)
            except Conflict:
                said.append("refused")
        connections.close_all()

    threads = [Thread(target=run) for _n in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(said) == ["TWICE", "refused"]
