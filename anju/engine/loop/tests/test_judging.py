"""Law 1: a failing verdict opens or re-opens exactly one finding. Law 3: required items."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from anju.engine.forms.rules import Item
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.judging import Answer, answer_item, judge
from anju.engine.loop.commands.opening import Report, report
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case, Record
from anju.engine.loop.testing import House, a_house
from anju.engine.standards.commands import put_in_force
from anju.engine.standards.document import Document
from anju.engine.standards.rules import Limit
from anju.engine.standards.scope import Scope
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet

LAMP = Item(code="lamp", text="楼道灯亮", on_fail="case")


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def fail(house: House, item: Item = LAMP) -> Case | None:
    return judge(Answer(item, "fail", house.room), actor=house.doer)[1]


def test_the_same_failure_twice_is_one_finding(house: House) -> None:
    first, second = fail(house), fail(house)
    assert first
    assert second
    assert first.id == second.id
    assert first.kind == "finding"
    with acting(house.actor):
        assert Record.objects.filter(case_id=first.id, verdict="fail").count() == 2


def test_a_finding_that_was_answered_is_opened_again(house: House) -> None:
    case = fail(house)
    assert case
    with acting(house.actor):
        work = case.work.get()
    said = {"assign": {"person": str(house.worker.id)}, "finish": {"result": "换灯"}}
    for name in ("assign", "accept", "start", "finish"):
        move_work(work.id, name, actor=house.doer, said=said.get(name))
    move_work(work.id, "pass", actor=house.judge)
    again = fail(house)
    assert again
    assert again.id == case.id
    assert (again.state, again.reopened) == ("open", 1)


def test_after_it_is_void_a_failure_opens_a_new_one(house: House) -> None:
    case = fail(house)
    assert case
    move_case(case.id, "void", actor=house.judge, said={"reason": "误判"})
    again = fail(house)
    assert again
    assert again.id != case.id


@pytest.mark.parametrize("on_fail", ["note", "nothing"])
def test_an_item_that_does_not_ask_for_it_opens_nothing(house: House, on_fail: str) -> None:
    assert fail(house, Item(code="x", text="x", on_fail=on_fail)) is None  # type: ignore[arg-type]  # both are of the type
    with acting(house.actor):
        assert Case.objects.count() == 0


def test_many_failures_at_once_open_one_finding(house: House) -> None:
    def one(_n: int) -> object:
        try:
            case = fail(house)
            return case and case.id
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        found = set(pool.map(one, range(12)))
    assert len(found) == 1
    assert None not in found
    with acting(house.actor):
        assert Record.objects.filter(item="lamp").count() == 12


def test_work_is_not_done_while_a_required_item_is_unanswered(house: House) -> None:
    strict = Document(
        code="strict",
        name="严格",
        kinds=("alarm",),
        scope=Scope(categories=("消防",)),
        limits=(Limit("finish", 60),),
        items=(Item(code="seal", text="封条完好", required=True),),
    )
    put_in_force(strict, actor=house.actor, why="更严")
    alarm = Report(kind="alarm", title="报警", place=house.room, category="消防/烟感")
    opened = report(alarm, actor=house.actor)
    assert opened.work
    move_work(opened.work.id, "assign", actor=house.doer, said={"person": str(house.worker.id)})
    move_work(opened.work.id, "accept", actor=house.doer)
    move_work(opened.work.id, "start", actor=house.doer)
    with pytest.raises(NotYet) as refusal:
        move_work(opened.work.id, "finish", actor=house.doer, said={"result": "好"})
    assert list(refusal.value.fields) == ["seal"]
    answer_item(opened.work.id, "seal", actor=house.doer, verdict="pass", value={})
    done = move_work(opened.work.id, "finish", actor=house.doer, said={"result": "好"})
    assert done.state == "done"
