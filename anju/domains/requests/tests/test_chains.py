"""Work that was given back shows who had it and why; what nobody has tells who owns the case."""

from datetime import timedelta

import pytest
from django.test import Client

from anju.domains.requests.chains import chains_of
from anju.domains.requests.tests.test_telling_staff import told
from anju.engine.clocks.commands import sweep
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.owning import name_owners
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import Someone, an_account
from anju.foundation.lib import frozen
from anju.foundation.messages.models import Message
from anju.foundation.people.commands import add_post
from anju.foundation.people.testing import a_duty, a_worker
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

LATE = timedelta(minutes=16)  # urgent work is dispatched within fifteen


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def owner(house: House) -> Someone:
    """Who is on duty at the front desk, with an account; the worker is on duty as well."""
    with acting(house.actor):
        post = add_post(
            actor=house.actor, place=house.community, code="QT", name="服务前台", desk="front"
        )
        who = a_worker(house.actor, place=house.community, name="王静")
        a_duty(house.actor, post=post, person=who)
        workshop = add_post(actor=house.actor, place=house.community, code="WX", name="工程班")
        a_duty(house.actor, post=workshop, person=house.worker)
    return an_account(house.actor, "desk", house.community.path, person_id=who.id)


def page(someone: Someone, path: str) -> str:
    client = Client(headers={"accept-language": "en"})
    client.cookies[DEVICE_COOKIE] = someone.device
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def given_back(house: House, case: Case, *reasons: str) -> WorkOrder:
    """Given to the worker and handed back, once for each reason."""
    with acting(house.actor):
        work = WorkOrder.objects.get(case=case)
    for reason in reasons:
        said = {"person": str(house.worker.id)}
        move_work(work.id, "assign", actor=house.judge, said=said)
        work = move_work(work.id, "hand_back", actor=house.doer, said={"reason": reason})
    return work


def test_who_had_it_and_why_it_came_back(house: House, owner: Someone) -> None:
    case = a_case(house).case
    work = given_back(house, case, "不会修电梯", "没有配件")
    with acting(house.actor):
        chain = chains_of([case.id], house.actor)[case.id]
    returns = [(one.who, one.reason) for one in chain.returns[str(work.id)]]
    assert returns == [(house.worker.name, "不会修电梯"), (house.worker.name, "没有配件")]
    for path in (f"/cases/{case.id}", "/board"):
        shown = page(owner, path)
        assert shown.count(f"{house.worker.name} gave it back") == 2
        assert "没有配件" in shown


def test_how_far_it_was_escalated_stands_on_case_and_board(house: House, owner: Someone) -> None:
    case = a_case(house).case
    assert "escalated to" not in page(owner, "/board")
    for _twice in range(2):
        move_case(case.id, "escalate", actor=house.judge, said={"reason": "没有人"})
    for path in (f"/cases/{case.id}", "/board"):
        assert "escalated to Project manager" in page(owner, path)


def test_what_nobody_has_beyond_its_limit_stands_on_top_and_tells_its_owner(
    house: House, owner: Someone
) -> None:
    late = a_case(house, urgency=2, title="水泵停了").case
    fresh = a_case(house, urgency=1, title="刚来的").case
    name_owners(actor=house.actor)
    told(house.actor, owner.id)
    with frozen(late.at + LATE):
        sweep()
        told(house.actor, owner.id)
        with acting(house.actor):
            mine = Message.objects.filter(account_id=owner.id, kind="clock.broken")
            whys = {(m.subject_id, m.facts["clock"]): m.facts["why"] for m in mine}
        assert whys[late.id, "dispatch"] == "yours"
        shown = page(owner, "/board")
    assert "work orders wait for somebody, longer than promised" in shown
    assert "owned by 王静" in shown
    assert fresh.title in shown


def test_what_was_given_in_time_is_not_among_them(house: House, owner: Someone) -> None:
    case = a_case(house, urgency=2).case
    with acting(house.actor):
        work = WorkOrder.objects.get(case=case)
    move_work(work.id, "assign", actor=house.judge, said={"person": str(house.worker.id)})
    with frozen(case.at + LATE):
        sweep()
        assert "longer than promised" not in page(owner, "/board")


def test_the_chains_of_a_board_cost_the_same_few_queries(house: House) -> None:
    from django.db import connection  # beside its one use
    from django.test.utils import CaptureQueriesContext  # as above

    cases = [a_case(house).case for _n in range(6)]
    for case in cases:
        given_back(house, case, "不会")
    counts = []
    for some in (cases[:1], cases):
        with acting(house.actor), CaptureQueriesContext(connection) as seen:
            chains_of([case.id for case in some], house.actor)
        counts.append(len(seen))
    assert counts[0] == counts[1]
