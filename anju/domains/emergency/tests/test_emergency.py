"""An emergency is started once, everybody of the tree is called out, and what is done is noted."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connections

from anju.domains.emergency.commands.planning import (
    Content,
    change_plan,
    fill_numbers,
    ship_plans,
)
from anju.domains.emergency.commands.running import called, come, start, step_done
from anju.domains.emergency.models import Emergency, Plan, PlanPast, Step
from anju.domains.emergency.queries import (
    call_tree,
    called_out,
    likely,
    numbers_left,
    plans,
    told_of,
)
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.models import Case
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.models import Account
from anju.foundation.access.testing import an_account
from anju.foundation.events.models import Event
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.lib import frozen, now
from anju.foundation.messages.commands import add_gateway, deliver
from anju.foundation.messages.models import Message
from anju.foundation.messages.testing import a_provider, a_setting
from anju.foundation.people.models import Person
from anju.foundation.people.testing import a_duty, a_post, a_worker
from anju.foundation.places.testing import a_community
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown


@pytest.fixture
def house(actor: Actor) -> House:
    found = a_house(actor)
    ship_plans(actor=actor)
    return found


def plan(house: House, code: str) -> Plan:
    with acting(house.actor):
        return plans(house.actor).get(code=code)


def staff(house: House, role: str, name: str, *, duty: bool) -> Person:
    with acting(house.actor):
        who = a_worker(house.actor, place=house.community, name=name)
        an_account(house.actor, role, house.community.path, person_id=who.id)
        if duty:
            a_duty(house.actor, post=a_post(house.actor, place=house.community), person=who)
        return who


def test_shipped_once_each_with_steps_and_numbers(house: House) -> None:
    assert ship_plans(actor=house.actor) == 0
    with acting(house.actor):
        found = list(plans(house.actor))
    assert [p.code for p in found] == ["fire", "lift", "burst", "power", "gas", "hurt", "flood"]
    for one in found:
        assert 5 <= len(one.ordered) <= 8, one.code
        assert one.outside, one.code


def test_a_telephone_is_said_once_and_stands_in_its_plan(house: House) -> None:
    actor = house.actor
    with acting(actor):
        assert numbers_left(actor) == ["维保电话", "水务电话", "燃气抢修"]
    with pytest.raises(NotYet) as refused:
        fill_numbers({"水务电话": "021-962450", "维保电话": "call us"}, actor=actor)
    assert refused.value.code == "bad_value"
    assert fill_numbers({"维保电话": " 021-5555 8888 ", "火警": "1"}, actor=actor) == 1
    lift = plan(house, "lift")
    assert (lift.outside[0], lift.version) == (["021-5555 8888", "电梯维保单位"], 2)
    with acting(actor):
        assert numbers_left(actor) == ["水务电话", "燃气抢修"]
    with pytest.raises(Refused):
        fill_numbers({"水务电话": "962450"}, actor=an_account(actor, "desk").actor)
    seal_all()
    assert codes(verified(actor.company_id)) == set()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("5 栋 2 号电梯困人了", "lift"), ("厨房有很大煤气味", "gas"), ("地库进水了", "flood"),
        ("楼道冒烟", "fire"), ("老人晕倒在大堂", "hurt"), ("整栋停电", "power"),
        ("水管爆裂", "burst"), ("门锁坏了", ""),
    ],
)  # fmt: skip
def test_the_plan_that_fits_what_was_said(house: House, said: str, code: str) -> None:
    with acting(house.actor):
        found = likely(plans(house.actor), said)
    assert (found.code if found else "") == code


def test_started_it_is_a_case_of_life_safety_and_everybody_is_called_out(house: House) -> None:
    guard = staff(house, "guard", "孙强", duty=True)
    tech = staff(house, "technician", "张伟", duty=True)
    chief = staff(house, "manager", "李洋", duty=False)
    away = staff(house, "technician", "歇班", duty=False)
    lift = plan(house, "lift")
    made = start(lift, house.room, actor=house.doer, matter="一人被困")
    with acting(house.actor):
        tree = call_tree(house.room, lift.roles, house.actor)
        case = Case.objects.get(id=made.case_id)
        told = told_of(made, house.actor)
        kinds = list(
            Message.objects.filter(subject_id=made.id).values_list("kind", "priority").distinct()
        )
        names = [e.name for e in Event.objects.about("case", case.id)]
    assert [one.person.id for one in tree] == [tech.id, guard.id, away.id, chief.id]
    assert [one.on_duty for one in tree] == [True, True, False, False]
    assert (case.kind, case.urgency, case.title, case.category) == (
        "incident",
        1,
        "一人被困",
        "电梯",
    )
    assert len(told) == made.told == 4
    assert kinds == [("emergency.called_out", 1)]
    assert names == ["case.reported", "emergency.started"]


def test_who_holds_the_posts_is_called_when_nobody_is_on_duty(house: House) -> None:
    from anju.foundation.people.commands import assign  # beside its one use

    with acting(house.actor):
        holder = a_worker(house.actor, place=house.community, name="岗上人")
        assign(
            holder, post=a_post(house.actor, place=house.community), since=None, actor=house.actor
        )
        tree = call_tree(house.room, plan(house, "fire").roles, house.actor)
    assert [(one.person.id, one.on_duty) for one in tree] == [(holder.id, False)]


def test_it_raises_the_case_it_was_reported_in(house: House) -> None:
    case = a_case(house, title="电梯困人", urgency=3).case
    made = start(plan(house, "lift"), house.room, actor=house.doer, case_id=case.id)
    assert made.case_id == case.id
    with acting(house.actor):
        assert Case.objects.get(id=case.id).urgency == 1
        assert Case.objects.count() == 1


def test_pressed_many_times_it_is_one_emergency(house: House) -> None:
    staff(house, "technician", "张伟", duty=True)
    fire = plan(house, "fire")

    def press(_n: int) -> UUID:
        try:
            return start(fire, house.room, actor=house.doer).id
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        assert len(set(pool.map(press, range(10)))) == 1
    with acting(house.actor):
        assert (Emergency.objects.count(), Case.objects.count()) == (1, 1)
        assert Message.objects.filter(kind="emergency.called_out").count() == 1
    made = press(0)
    with acting(house.actor):
        case = Emergency.objects.get(id=made).case_id
    move_case(case, "void", actor=house.doer, said={"reason": "误报"})
    assert press(0) != made


def test_steps_and_calls_are_noted_once_with_who_and_when(house: House) -> None:
    tech = staff(house, "technician", "张伟", duty=True)
    made = start(plan(house, "lift"), house.room, actor=house.doer)
    step_done(made.id, 0, actor=house.doer)
    found = step_done(made.id, 0, actor=house.judge)
    mark = found.done_at(0)
    assert mark is not None
    assert mark[1] == house.doer.id
    assert found.done_at(1) is None
    called(made.id, tech.id, "no_answer", actor=house.doer)
    found = called(made.id, tech.id, "reached", actor=house.doer)
    assert found.reached[str(tech.id)]["heard"] == "reached"
    with acting(house.actor):
        names = [e.name for e in Event.objects.about("case", made.case_id)]
    assert names[1:] == [
        "emergency.started", "emergency.step", "emergency.called", "emergency.called",
    ]  # fmt: skip


def test_it_refuses_in_words_and_leaves_no_trace(house: House) -> None:
    fire = plan(house, "fire")
    guard = Actor.of(house.actor.company_id, "guard", {"case.see", "case.report"})
    with pytest.raises(Refused):
        start(fire, house.room, actor=guard)
    elsewhere = Actor.of(
        house.actor.company_id,
        "二期",
        {"work.dispatch"},
        a_community(house.actor, name="二期").path,
    )
    with pytest.raises(Refused):
        start(fire, house.room, actor=elsewhere)
    with pytest.raises(Unknown):
        start(fire, house.room, actor=house.doer, case_id=uuid4())
    over = a_case(house).case
    move_case(over.id, "void", actor=house.doer, said={"reason": "误报"})
    with pytest.raises(NotYet):
        start(fire, house.room, actor=house.doer, case_id=over.id)
    with acting(house.actor):
        assert not Emergency.objects.exists()
        assert Case.objects.count() == 1
    made = start(fire, house.room, actor=house.doer)
    for wrong in (-1, 99):
        with pytest.raises(Unknown):
            step_done(made.id, wrong, actor=house.doer)
    with pytest.raises(Unknown):
        step_done(made.id, 0, actor=elsewhere)
    with pytest.raises(Unknown):
        called(made.id, house.resident.id, "reached", actor=house.doer)
    with acting(house.actor):
        assert Emergency.objects.get().version == 1


def _content(of: Plan, **other: object) -> Content:
    said = {
        "name": of.name, "category": of.category, "notice": of.notice, "words": of.words,
        "steps": of.ordered, "outside": [tuple(one) for one in of.outside], "roles": of.roles,
    }  # fmt: skip
    return Content(**{**said, **other})  # type: ignore[arg-type]  # a test gives wrong ones too


def test_a_changed_plan_is_a_new_version_and_what_runs_keeps_its_own(house: House) -> None:
    staff(house, "technician", "工程师傅", duty=True)
    guard = staff(house, "guard", "保安", duty=True)
    lift = plan(house, "lift")
    runs = start(lift, house.room, actor=house.actor)
    steps = [Step("前台", "先报 119", 1), *lift.ordered]
    said = _content(
        lift,
        steps=steps,
        roles=["guard"],
        outside=[("119", "消防")],
        notice="快来",
        name="电梯困人新",
    )
    second = change_plan(lift.id, said, version=lift.version, actor=house.actor)
    assert (second.version, second.steps[0]) == (lift.version + 1, ["前台", "先报 119", 1])
    assert change_plan(lift.id, said, version=second.version, actor=house.actor).version == 2
    with pytest.raises(Conflict):
        change_plan(lift.id, said, version=lift.version, actor=house.actor)
    with acting(house.actor):
        kept = Emergency.objects.get(id=runs.id)
        assert (kept.plan_version, kept.steps, kept.roles) == (1, lift.steps, lift.roles)
        assert (kept.outside, kept.plan_name) == (lift.outside, lift.name)
        (past,) = PlanPast.objects.filter(plan=lift)
        assert (past.number, past.body["notice"], past.body["roles"]) == (
            1, lift.notice, lift.roles,
        )  # fmt: skip
        other = call_tree(house.room, second.roles, house.actor)
        assert other[0].person.id == guard.id
    called(runs.id, guard.id, "reached", actor=house.actor)
    again = start(lift, house.community, actor=house.actor)  # a stale copy of the plan in hand
    assert (again.plan_version, again.roles, again.plan_name) == (2, ["guard"], "电梯困人新")
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"steps": []}, "steps"),
        ({"steps": [Step("", "什么", 1)]}, "steps"),
        ({"steps": [Step("谁", "什么", 2000)]}, "steps"),
        ({"roles": []}, "roles"),
        ({"roles": ["resident"]}, "roles"),
        ({"outside": [("消防", "119")]}, "outside"),
        ({"outside": [("119", "")]}, "outside"),
        ({"notice": " "}, "notice"),
        ({"name": "长" * 61}, "name"),
    ],
)
def test_what_cannot_be_a_plan_is_refused(
    house: House, other: dict[str, object], field: str
) -> None:
    fire = plan(house, "fire")
    with pytest.raises(NotYet) as refused:
        change_plan(fire.id, _content(fire, **other), version=1, actor=house.actor)
    assert set(refused.value.fields) == {field}
    desk = an_account(house.actor, "desk", house.community.path).actor
    with pytest.raises(Refused):
        change_plan(fire.id, _content(fire), version=1, actor=desk)


def test_the_telephones_of_the_tree_ring_but_not_of_who_was_reached(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.conf.settings.WEBHOOK_NETWORKS", "127.0.0.0/8")
    guard = staff(house, "guard", "孙强", duty=True)
    tech = staff(house, "technician", "张伟", duty=True)
    with acting(house.actor):
        Person.objects.filter(id__in=[guard.id, tech.id]).update(phone="13800138000")
    with a_provider("voice", fate=lambda text: "down") as provider:
        add_gateway("voice", a_setting(provider), actor=house.actor)
        made = start(plan(house, "lift"), house.room, actor=house.doer)
        deliver("voice", actor=house.actor)
        called(made.id, guard.id, "reached", actor=house.doer)
        called(made.id, tech.id, "no_answer", actor=house.doer)
        provider.fate = lambda text: "taken"
        with frozen(now() + timedelta(minutes=1)):
            deliver("voice", actor=house.actor)
        assert len(provider.taken) == 1
        assert provider.taken[0].startswith("应急")
    with acting(house.actor):
        rows = Message.objects.filter(channel="voice").values_list(
            "account__person_id", "state", "error"
        )
        assert set(rows) == {(guard.id, "dropped", "answered"), (tech.id, "sent", "")}


def test_who_is_called_out_says_that_they_are_coming_and_no_telephone_rings_them(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.conf.settings.WEBHOOK_NETWORKS", "127.0.0.0/8")
    tech = staff(house, "technician", "张伟", duty=True)
    with acting(house.actor):
        Person.objects.filter(id=tech.id).update(phone="13800138000")
        account = Account.objects.get(person_id=tech.id)
    mine = replace(house.actor, id=account.id, person_id=tech.id, grants={})
    aside = an_account(house.actor, "technician", house.community.path).actor
    with a_provider("voice") as provider:
        add_gateway("voice", a_setting(provider), actor=house.actor)
        made = start(plan(house, "lift"), house.room, actor=house.doer)
        with pytest.raises(Unknown):
            come(made.id, actor=aside)
        come(made.id, actor=mine)
        found = come(made.id, actor=mine)
        called(made.id, tech.id, "no_answer", actor=house.doer)  # they were out of earshot
        deliver("voice", actor=house.actor)
        assert provider.taken == []
    ((person, (at, by)),) = found.coming().items()
    assert (person, by) == (str(tech.id), account.id)
    assert at >= made.at
    with acting(house.actor):
        names = [e.name for e in Event.objects.about("case", made.case_id)]
        assert [e.id for e in called_out(mine)] == [made.id]
        assert not called_out(aside).exists()
    assert names[1:] == ["emergency.started", "emergency.coming"]
    move_case(made.case_id, "void", actor=house.doer, said={"reason": "误报"})
    with pytest.raises(NotYet):
        come(made.id, actor=mine)
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()
