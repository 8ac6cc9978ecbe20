"""A wrong label on the way: the right one that follows takes the step, at its own time."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Record, WorkOrder
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.offline.testing import Phone
from anju.foundation.access.commands import create_account, grant_role
from anju.foundation.access.queries import actor_then
from anju.foundation.lib import frozen, now
from anju.foundation.places.commands import make_labels
from anju.foundation.places.testing import a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def a_phone(house: House, **who: Any) -> Phone:
    account = create_account(actor=house.actor, login=uuid4().hex[:12], name="张师傅", **who)
    grant_role(account.id, actor=house.actor, role="technician", path=house.community.path)
    with acting(house.actor):
        return Phone(actor_then(account.id, now(), company=house.actor.company_id))


@pytest.fixture
def work(house: House) -> WorkOrder:
    """Accepted by the worker."""
    opened = a_case(house)
    assert opened.work is not None
    said = {"person": str(house.worker.id)}
    move_work(opened.work.id, "assign", actor=house.actor, said=said)
    return move_work(opened.work.id, "accept", actor=house.actor)


def hanging(house: House) -> tuple[str, str]:
    """The label of the work's place, and another's."""
    with acting(house.actor):
        other = a_place(house.actor, number="9-9-901", community=house.community)
    here, there = make_labels([house.room, other], actor=house.actor)
    return here.code, there.code


def became(phone: Phone, *commands: Any) -> list[tuple[str, str]]:
    found = phone.brings(*commands)
    return [(str(one["status"]), str(one.get("code", ""))) for one in found]


def test_the_right_label_takes_the_step_that_a_wrong_one_did_not(
    house: House, work: WorkOrder
) -> None:
    here, there = hanging(house)
    with frozen(now() + timedelta(minutes=10)):
        phone = a_phone(house, person_id=house.worker.id)
        arrived = now()
        tried = [
            phone.does("arrive", work.id, base=work.version, label=label)
            for label in ("NOSUCHXX", there, here)
        ]
        finish = phone.does("finish", work.id, base=work.version, result="已修好")
    with frozen(arrived + timedelta(minutes=50)):
        assert became(phone, *tried, finish) == [
            ("refused", "unknown_label"), ("refused", "wrong_label"), ("taken", ""), ("taken", ""),
        ]  # fmt: skip
    with acting(house.actor):
        assert WorkOrder.objects.get(id=work.id).state in ("done", "passed")
        scan = Record.objects.get(work_id=work.id, kind="scan")
    assert abs(scan.at - arrived) < timedelta(seconds=5)


def test_a_wrong_label_blocks_all_but_another_try_of_the_same_person(
    house: House, work: WorkOrder
) -> None:
    here, there = hanging(house)
    phone = a_phone(house, person_id=house.worker.id)
    wrong = phone.does("arrive", work.id, base=work.version, label=there)
    hold = phone.does("hold", work.id, base=work.version, reason="#nobody_home")
    assert became(phone, wrong, hold) == [("refused", "wrong_label"), ("blocked", "blocked")]
    other = a_phone(house)
    other.id, other.numbers = phone.id, phone.numbers
    another = other.does("arrive", work.id, base=work.version, label=here)
    assert became(other, another) == [("blocked", "blocked")]
    again = phone.does("arrive", work.id, base=work.version, label=here)
    assert became(phone, again) == [("taken", "")]
