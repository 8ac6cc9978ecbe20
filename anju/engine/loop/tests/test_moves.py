"""Moves of cases and work orders: each does it, refuses and leaves no trace, or loses the race."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from anju.engine.clocks.commands import sweep
from anju.engine.clocks.models import Clock
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.opening import Opened
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case, Record, WorkOrder
from anju.engine.loop.testing import House, a_case, a_house, everyone
from anju.foundation.events.models import Event
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown

AGAIN = {"result": "重做", "cause": "接头只拧紧", "prevention": "更换同批接头"}
TELL = {"text": "已更换接头，请留意", "substance": "result", "channel": "phone"}


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def opened(house: House) -> Opened:
    return a_case(house)


def work_of(opened: Opened) -> WorkOrder:
    assert opened.work is not None
    return opened.work


def do(house: House, opened: Opened, *names: str, by: Actor | None = None) -> WorkOrder:
    said: Mapping[str, dict[str, Any]] = {
        "assign": {"person": str(house.worker.id)},
        "finish": {"result": "更换三通"},
        "hold": {"reason": "等业主在家"},
        "hand_back": {"reason": "不会修"},
        "fail": {"reason": "仍有渗水"},
        "void": {"reason": "误报"},
    }
    for name in names:
        actor = by or (house.judge if name in ("pass", "fail") else house.doer)
        work = move_work(work_of(opened).id, name, actor=actor, said=said.get(name))
    return work


def clock(opened: Opened, kind: str) -> Clock:
    with acting(Actor.machine(opened.case.company_id, "test")):
        return Clock.objects.filter(case_id=opened.case.id, kind=kind).latest("id")


def the_case(opened: Opened) -> Case:
    with acting(Actor.machine(opened.case.company_id, "test")):
        return Case.objects.get(id=opened.case.id)


def test_a_repair_from_report_to_close(house: House, opened: Opened) -> None:
    case = opened.case
    do(house, opened, "assign", "accept", "arrive", "start", "finish")
    assert the_case(opened).state == "open"
    do(house, opened, "pass")
    assert the_case(opened).state == "answered"
    move_case(case.id, "tell", actor=house.doer, said=TELL)
    move_case(case.id, "callback", actor=house.judge, said={"outcome": "satisfied"})
    closed = move_case(case.id, "close", actor=house.judge)
    assert closed.state == "closed"
    assert closed.closed_at
    with acting(house.actor):
        states = {c.kind: c.state for c in Clock.objects.filter(case_id=case.id)}
        names = [e.name for e in Event.objects.about("case", case.id)]
    assert states == dict.fromkeys(
        ["respond", "dispatch", "accept", "arrive", "finish", "feedback", "verify", "callback"],
        "kept",
    )
    assert names == [
        "case.reported", "work.assign", "work.accept", "work.arrive", "work.start", "work.finish",
        "work.pass", "case.tell", "case.callback", "case.close",
    ]  # fmt: skip


def test_nobody_passes_their_own_work(house: House, opened: Opened) -> None:
    do(house, opened, "assign", "accept", "start", "finish")
    with pytest.raises(NotYet) as refusal:
        do(house, opened, "pass", by=house.doer)
    assert refusal.value.code == "own_work"
    assert the_case(opened).state == "open"
    assert clock(opened, "verify").state == "running"


def test_work_that_fails_its_check_was_not_finished(house: House, opened: Opened) -> None:
    do(house, opened, "assign", "accept", "start", "finish")
    assert clock(opened, "finish").state == "kept"
    work = do(house, opened, "fail")
    assert (work.state, work.failed) == ("doing", 1)
    again = clock(opened, "finish")
    assert (again.state, again.stopped_at, again.started_at) == ("running", None, opened.case.at)
    do(house, opened, "finish", "pass")
    assert clock(opened, "finish").state == "kept"
    with acting(house.actor):
        verdicts = Record.objects.filter(case_id=opened.case.id, kind="check")
        assert sorted(r.verdict for r in verdicts) == ["fail", "pass"]


@pytest.mark.parametrize(
    ("done", "missing"),
    [
        ([], ["told", "callback"]),
        (["tell"], ["callback"]),
        (["callback"], ["told"]),
    ],
)
def test_closing_names_what_is_missing(
    house: House, opened: Opened, done: list[str], missing: list[str]
) -> None:
    do(house, opened, "assign", "accept", "start", "finish", "pass")
    said = {"tell": TELL, "callback": {"outcome": "not_reached"}}
    for name in done:
        move_case(opened.case.id, name, actor=house.judge, said=said[name])
    with pytest.raises(NotYet) as refusal:
        move_case(opened.case.id, "close", actor=house.judge)
    assert list(refusal.value.fields) == missing
    assert the_case(opened).state == "answered"


def test_the_dissatisfied_reopen_their_own_case_with_new_work(house: House, opened: Opened) -> None:
    do(house, opened, "assign", "accept", "start", "finish", "pass")
    said = {"outcome": "dissatisfied", "reason": "又漏了"}
    case = move_case(opened.case.id, "callback", actor=house.judge, said=said)
    assert (case.state, case.reopened, case.told_at) == ("open", 1, None)
    with acting(house.actor):
        work = list(WorkOrder.objects.filter(case_id=case.id).order_by("id"))
        running = Clock.objects.filter(case_id=case.id, state="running")
        assert [w.state for w in work] == ["passed", "waiting"]
        assert {c.kind for c in running} == {"respond", "dispatch", "arrive", "finish", "feedback"}


def test_the_doer_does_not_call_back(house: House, opened: Opened) -> None:
    do(house, opened, "assign", "accept", "start", "finish", "pass")
    with pytest.raises(NotYet) as refusal:
        move_case(opened.case.id, "callback", actor=house.doer, said={"outcome": "satisfied"})
    assert refusal.value.code == "own_work"


def test_only_a_substantive_message_stops_feedback(house: House, opened: Opened) -> None:
    with pytest.raises(NotYet) as refusal:
        move_case(opened.case.id, "tell", actor=house.doer, said={**TELL, "substance": "receipt"})
    assert refusal.value.code == "not_substantive"
    move_case(opened.case.id, "respond", actor=house.doer)
    move_case(opened.case.id, "note", actor=house.doer, said={"text": "已联系"})
    assert clock(opened, "feedback").state == "running"
    plan = {"substance": "plan", "by": now().date() + timedelta(days=2)}
    for by in ("", "soon", "2020-01-01"):
        with pytest.raises(NotYet) as refusal:
            move_case(opened.case.id, "tell", actor=house.doer, said={**TELL, **plan, "by": by})
        assert refusal.value.code == "undated"
    assert clock(opened, "feedback").state == "running"
    move_case(opened.case.id, "tell", actor=house.doer, said={**TELL, **plan})
    assert clock(opened, "feedback").state == "kept"


def test_a_pause_holds_only_what_may_be_paused(house: House, opened: Opened) -> None:
    do(house, opened, "assign", "accept", "start")
    do(house, opened, "hold")
    finish, feedback = clock(opened, "finish"), clock(opened, "feedback")
    assert (finish.state, finish.due_at) == ("paused", None)
    assert feedback.state == "running"
    assert feedback.due_at is not None
    due = opened.clocks[3].due_at
    assert due is not None
    with frozen(now() + timedelta(hours=3)):
        do(house, opened, "resume")
        later = clock(opened, "finish")
    assert later.state == "running"
    assert later.due_at is not None
    assert timedelta(hours=2, minutes=59) < later.due_at - due < timedelta(hours=3, minutes=1)


def test_late_news_mends_what_looked_broken(house: House) -> None:
    opened = a_case(house, urgency=2)
    with frozen(opened.case.at + timedelta(minutes=40)):
        sweep()
        assert clock(opened, "respond").state == "broken"
        happened = opened.case.at + timedelta(minutes=4)
        move_case(opened.case.id, "respond", actor=house.doer, at=happened)
    mended = clock(opened, "respond")
    assert mended.state == "kept"
    assert mended.stopped_at == happened
    assert mended.broken_at


def test_a_stale_version_changes_nothing(house: House, opened: Opened) -> None:
    move_case(opened.case.id, "respond", actor=house.doer, version=1)
    with acting(house.actor):
        before = Event.objects.count()
    with pytest.raises(Conflict):
        move_case(opened.case.id, "void", actor=house.judge, version=1, said={"reason": "误报"})
    with acting(house.actor):
        assert Event.objects.count() == before
    assert the_case(opened).state == "open"


def test_missing_answers_are_named(house: House, opened: Opened) -> None:
    with pytest.raises(NotYet) as refusal:
        move_case(opened.case.id, "void", actor=house.judge, said={"reason": " "})
    assert list(refusal.value.fields) == ["reason"]


@pytest.mark.parametrize("name", ["respond", "reopen", "tell"])
def test_a_void_case_takes_no_step(house: House, opened: Opened, name: str) -> None:
    move_case(opened.case.id, "void", actor=house.judge, said={"reason": "误报"})
    with pytest.raises(NotYet) as refusal:
        move_case(opened.case.id, name, actor=house.judge, said={**TELL, "reason": "x"})
    assert refusal.value.code == "wrong_state"
    with acting(house.actor):
        assert {c.state for c in Clock.objects.filter(case_id=opened.case.id)} == {"void"}
        assert WorkOrder.objects.get(case_id=opened.case.id).state == "void"


def test_refusals_by_right_place_and_company(
    house: House, opened: Opened, other_actor: Actor
) -> None:
    reader = Actor.of(house.actor.company_id, "reader", ["case.see", "work.see"])
    stranger = Actor.of(house.actor.company_id, "stranger", ["case.see", "case.move"], "zz.")
    with pytest.raises(Refused):
        move_case(opened.case.id, "respond", actor=reader)
    for actor in (stranger, other_actor):
        with pytest.raises(Unknown):
            move_case(opened.case.id, "respond", actor=actor)
    assert the_case(opened).version == 1


def test_work_given_to_one_is_not_done_by_another(house: House, opened: Opened) -> None:
    do(house, opened, "assign")
    rights = ["work.see", "work.do"]
    base = Actor.of(house.actor.company_id, "other", rights)
    other = everyone(base, "other", house.resident)
    with pytest.raises(Refused):
        move_work(work_of(opened).id, "accept", actor=other)


def test_a_changed_urgency_rebinds_the_live_clocks(house: House, opened: Opened) -> None:
    said = {"urgency": 1, "reason": "楼下也渗水"}
    case = move_case(opened.case.id, "classify", actor=house.doer, said=said)
    finish = clock(opened, "finish")
    assert case.urgency == 1
    assert finish.minutes == 240
    assert finish.due_at == opened.case.at + timedelta(hours=4)


def test_a_waiver_stands_in_for_the_check_and_is_named(house: House, opened: Opened) -> None:
    do(house, opened, "assign", "accept", "start", "finish")
    case = move_case(opened.case.id, "waive", actor=house.judge, said={"reason": "业主拒绝入户"})
    assert case.waived
    assert the_case(opened).state == "answered"
    assert clock(opened, "callback").state == "running"


def test_a_failed_check_runs_on_the_promise_of_its_own_round(house: House, opened: Opened) -> None:
    do(house, opened, "assign", "accept", "start", "finish", "pass")
    move_case(opened.case.id, "callback", actor=house.judge, said={"outcome": "dissatisfied"})
    with acting(house.actor):
        second = WorkOrder.objects.filter(case_id=opened.case.id).latest("id")
    for name in ("assign", "accept", "start", "finish"):
        said = {"assign": {"person": str(house.worker.id)}, "finish": AGAIN}.get(name)
        move_work(second.id, name, actor=house.doer, said=said)
    move_work(second.id, "fail", actor=house.judge, said={"reason": "仍有渗水"})
    with acting(house.actor):
        rounds = Clock.objects.filter(case_id=opened.case.id, kind="finish").order_by("id")
        assert [c.state for c in rounds] == ["kept", "running"]


def test_who_did_a_part_of_the_work_neither_passes_it_nor_calls_back(
    house: House, opened: Opened
) -> None:
    do(house, opened, "assign", "accept", "start", "finish", "fail")
    finisher = everyone(house.actor, "finisher", house.worker)
    do(house, opened, "finish", by=finisher)
    with pytest.raises(NotYet) as refusal:
        do(house, opened, "pass", by=house.doer)
    assert refusal.value.code == "own_work"
    do(house, opened, "pass")
    with pytest.raises(NotYet) as refusal:
        move_case(opened.case.id, "callback", actor=house.doer, said={"outcome": "satisfied"})
    assert refusal.value.code == "own_work"
