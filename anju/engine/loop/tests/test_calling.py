"""Callbacks: who is drawn, calls in vain, the dissatisfied, and what silence closes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from anju.engine.clocks.models import Clock
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.opening import Opened
from anju.engine.loop.commands.silence import close_silent
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case, Record, WorkOrder
from anju.engine.loop.queries import call_owed, calls_owed
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.standards.asking import Asking, Share
from anju.engine.standards.commands import change_asking
from anju.engine.standards.models import Standard
from anju.foundation.events.models import Event
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet

TELL = {"text": "已更换接头，请留意", "substance": "result", "channel": "phone"}
WHY = {"cause": "旧接头只拧紧", "prevention": "同批接头全部更换"}
SAID: Mapping[str, Mapping[str, Any]] = {"finish": {"result": "更换三通"}}


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def asks(house: House, code: str, asking: Asking) -> None:
    """From now on the standard asks so."""
    with acting(house.actor):
        standard = Standard.objects.get(code=code, state="published")
        change_asking(standard.id, asking, actor=house.actor)


def answered(house: House, opened: Opened, *, told: bool = True) -> Case:
    """All its work done and passed, or the question answered."""
    if opened.work is None:
        move_case(opened.case.id, "answer", actor=house.doer, said={"text": "已答复"})
    else:
        _worked(house, opened.work)
    if told:
        move_case(opened.case.id, "tell", actor=house.doer, said=TELL)
    return the_case(opened)


def _worked(house: House, work: WorkOrder, why: Mapping[str, str] | None = None) -> None:
    move_work(work.id, "assign", actor=house.doer, said={"person": str(house.worker.id)})
    for name in ("accept", "start", "finish"):
        said = {**SAID.get(name, {}), **(why or {})}
        move_work(work.id, name, actor=house.doer, said=said)
    move_work(work.id, "pass", actor=house.judge)


def the_case(opened: Opened) -> Case:
    with acting(Actor.machine(opened.case.company_id, "test")):
        return Case.objects.select_related("standard").get(id=opened.case.id)


def rings(house: House, case: Case, n: int) -> None:
    for _n in range(n):
        move_case(case.id, "ring", actor=house.judge, said={"heard": "no_answer"})


def clocks(house: House, case: Case) -> list[str]:
    with acting(house.actor):
        found = Clock.objects.filter(case_id=case.id, kind="callback").order_by("id")
        return [clock.state for clock in found]


def test_the_database_draws_as_the_rule_does(house: House) -> None:
    shares = (
        Share(30, kind="enquiry"),
        Share(60, kind="enquiry", urgency=2),
        Share(100, urgency=1),
        Share(10, category="收费"),
    )
    asks(house, "complaint", Asking(shares=shares))
    for n in range(60):
        category, urgency = ("收费/物业费" if n % 5 == 0 else ""), n % 4 + 1
        opened = a_case(house, kind="enquiry", category=category, urgency=urgency)
        answered(house, opened, told=False)
    with acting(house.actor):
        cases = Case.objects.filter(kind="enquiry")
        by_rule = {case.id for case in cases if call_owed(case)}
        by_database = set(calls_owed(cases).values_list("id", flat=True))
        ticking = set(
            Clock.objects.filter(kind="callback", state="running").values_list("case_id", flat=True)
        )
    assert by_database == by_rule == ticking
    assert 5 < len(by_rule) < 45


def test_who_is_not_drawn_needs_no_call(house: House) -> None:
    asks(house, "repair", Asking(shares=(Share(0, kind="repair"),)))
    case = answered(house, a_case(house))
    assert clocks(house, case) == []
    assert move_case(case.id, "close", actor=house.judge).state == "closed"


def test_a_case_is_asked_as_the_version_says_it_was_opened_under(house: House) -> None:
    opened = a_case(house)
    asks(house, "repair", Asking(shares=(Share(0, kind="repair"),)))
    case = answered(house, opened)
    with pytest.raises(NotYet) as refusal:
        move_case(case.id, "close", actor=house.judge)
    assert list(refusal.value.fields) == ["callback"]


def test_not_reached_is_an_outcome_after_so_many_calls(house: House) -> None:
    asks(house, "repair", Asking(attempts=3))
    case = answered(house, a_case(house))
    rings(house, case, 2)
    with pytest.raises(NotYet) as refusal:
        move_case(case.id, "callback", actor=house.judge, said={"outcome": "not_reached"})
    assert refusal.value.code == "too_few_calls"
    rings(house, case, 1)
    found = move_case(case.id, "callback", actor=house.judge, said={"outcome": "not_reached"})
    assert (found.state, found.outcome) == ("answered", "not_reached")
    with acting(house.actor):
        kinds = Record.objects.filter(case_id=case.id).exclude(kind__in=["result", "check"])
        told = [
            e.said["heard"] for e in Event.objects.about("case", case.id).filter(name="case.ring")
        ]
        assert [r.kind for r in kinds.order_by("noted_at", "id")] == ["ring"] * 3 + ["callback"]
        assert not kinds.exclude(verdict="").exists()  # nobody said anything, so nobody is pleased
    assert told == ["no_answer"] * 3
    assert move_case(case.id, "close", actor=house.judge).state == "closed"


@pytest.mark.parametrize(
    ("who", "heard", "code"),
    [("doer", "busy", "own_work"), ("judge", "voicemail", "bad_value"), ("judge", "", "missing")],
)
def test_a_call_in_vain_is_refused_where_it_says_nothing(
    house: House, who: str, heard: str, code: str
) -> None:
    case = answered(house, a_case(house))
    with pytest.raises(NotYet) as refusal:
        move_case(case.id, "ring", actor=getattr(house, who), said={"heard": heard})
    assert refusal.value.code == code
    with acting(house.actor):
        assert not Record.objects.filter(case_id=case.id, kind="ring").exists()


def test_whoever_puts_it_right_says_why_it_had_failed(house: House) -> None:
    case = answered(house, a_case(house))
    said = {"outcome": "dissatisfied", "text": "又漏了"}
    move_case(case.id, "callback", actor=house.judge, said=said)
    with acting(house.actor):
        again = WorkOrder.objects.get(case_id=case.id, state="waiting")
    with pytest.raises(NotYet) as refusal:
        _worked(house, again)
    assert refusal.value.code == "unexplained"
    assert list(refusal.value.fields) == ["cause", "prevention"]
    move_work(again.id, "finish", actor=house.doer, said={**SAID["finish"], **WHY})
    move_work(again.id, "pass", actor=house.judge)
    with acting(house.actor):
        event = Event.objects.about("case", case.id).filter(name="work.finish").latest("noted_at")
        assert event.said["explained"] is True
        assert "旧接头只拧紧" not in str(event.said)  # words stand apart: they can be erased


def test_what_was_opened_again_is_always_called(house: House) -> None:
    asks(house, "complaint", Asking(shares=(Share(0),)))
    case = answered(house, a_case(house, kind="enquiry"))
    assert clocks(house, case) == []
    said = {"outcome": "dissatisfied", "text": "没说清"}
    move_case(case.id, "callback", actor=house.judge, said=said)
    move_case(case.id, "answer", actor=house.doer, said={"text": "当面说明", **WHY})
    with acting(house.actor):
        assert calls_owed(Case.objects.filter(id=case.id)).exists()
    assert clocks(house, case) == ["running"]


def test_silence_counts_only_after_its_days(house: House) -> None:
    asks(house, "complaint", Asking(silence_days=7))
    case = answered(house, a_case(house, kind="enquiry"))
    for days, code in ((6, "too_early"), (7, "")):
        with frozen(now() + timedelta(days=days, minutes=1)):
            if code:
                with pytest.raises(NotYet) as refusal:
                    move_case(case.id, "callback", actor=house.judge, said={"outcome": "no_answer"})
                assert refusal.value.code == code
            else:
                move_case(case.id, "callback", actor=house.judge, said={"outcome": "no_answer"})


def test_silence_closes_what_was_told_and_nothing_else(house: House) -> None:
    asking = Asking(shares=(Share(0, kind="enquiry"),), silence_days=7)
    asks(house, "complaint", asking)
    told, untold = (a_case(house, kind="enquiry") for _n in range(2))
    answered(house, told)
    answered(house, untold, told=False)
    to_be_called = answered(house, a_case(house, kind="suggestion"))
    tried = answered(house, a_case(house, kind="suggestion"))
    rings(house, tried, 1)
    assert close_silent(actor=house.actor) == 0
    with frozen(now() + timedelta(days=7, minutes=1)):
        assert close_silent(actor=house.actor) == 2
        assert close_silent(actor=house.actor) == 0
    with acting(house.actor):
        by_id = {c.id: (c.state, c.outcome) for c in Case.objects.all()}
    assert by_id[told.case.id] == ("closed", "no_answer")
    assert by_id[untold.case.id] == ("answered", "")
    assert by_id[tried.id] == ("closed", "no_answer")
    assert by_id[to_be_called.id] == ("answered", "")  # waiting is no way round a call
