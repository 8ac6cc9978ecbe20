"""The order of a day on foot: what is urgent, what is late, what is due first; on hold last."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from anju.domains.rounds.queries import points_of
from anju.domains.rounds.testing import a_round, opened
from anju.engine.clocks.models import Clock
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.plans.testing import a_round as a_task
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def phone(house: House) -> Client:
    made = Client(headers={"Accept-Language": "en"})
    someone = an_account(house.actor, "technician", house.community.path, person_id=house.worker.id)
    made.cookies[DEVICE_COOKIE] = someone.device
    return made


def a_repair(house: House, urgency: int) -> WorkOrder:
    """Given to the worker and accepted."""
    work = a_case(house, urgency=urgency, title=f"P{urgency}").work
    assert work is not None
    move_work(work.id, "assign", actor=house.actor, said={"person": str(house.worker.id)})
    return move_work(work.id, "accept", actor=house.actor)


def due(house: House, work: WorkOrder, minutes: int) -> None:
    """Its promises are due so many minutes from now."""
    at = now() + timedelta(minutes=minutes)
    with acting(house.actor):
        of = {"case_id": work.case_id} if work.case_id else {"work_id": work.id}
        Clock.objects.filter(stopped_at=None, **of).update(due_at=at)


def in_turn(phone: Client) -> list[str]:
    page = phone.get("/work").content.decode()
    return re.findall(r'data-card="([0-9a-f-]{36})"', page)


def test_what_is_urgent_and_late_stands_above_planned_work(house: House, phone: Client) -> None:
    planned, late = a_task(house, "LAMPS"), a_task(house, "PUMPS")
    normal, urgent = a_repair(house, 3), a_repair(house, 2)
    held = a_repair(house, 2)
    move_work(held.id, "hold", actor=house.actor, said={"reason": "#nobody_home"})
    for work, minutes in ((planned, 60), (late, -5), (normal, 90), (urgent, -20)):
        due(house, work, minutes)
    wanted = [urgent, late, planned, normal, held]
    assert in_turn(phone) == [str(work.id) for work in wanted]
    due(house, normal, -1)
    due(house, urgent, 30)  # urgent and in time
    wanted = [urgent, late, normal, planned, held]
    assert in_turn(phone) == [str(work.id) for work in wanted]


@pytest.fixture
def walk(house: House) -> Iterator[WorkOrder]:
    _route, made = a_round(house, {}, {}, {}, early=10)
    opened(made)
    with frozen(made.opened_at + timedelta(minutes=11)):
        yield made


def test_a_round_says_how_far_it_is(house: House, walk: WorkOrder, phone: Client) -> None:
    with acting(house.actor):
        first, second, third = points_of(walk)
    page = f"/work/{walk.id}/points"
    assert "0 of 3 points" in phone.get("/work").content.decode()
    phone.post(f"{page}/{first.point_id}", {"verdict": "pass"})
    phone.post(f"{page}/{second.point_id}", {"verdict": "na", "note": "门锁着"})
    said = phone.get("/work").content.decode()
    assert "1 of 3 points" in said
    assert f'data-points="{second.point_id} {third.point_id}" data-ends' in said
