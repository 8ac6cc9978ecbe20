"""A round whose standard asks more than its points: held, answered and finished on the phone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from anju.domains.rounds.queries import points_of
from anju.domains.rounds.testing import a_round, opened
from anju.engine.forms.rules import Item
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import House, a_house
from anju.engine.standards.commands import put_in_force
from anju.engine.standards.document import Document
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    made = a_house(actor)
    item = Item(code="lamp", text="路灯完好", required=True)
    with frozen(now() - timedelta(days=1)):  # before the window of a round that is open just now
        put_in_force(Document(code="walk", name="夜巡", items=(item,)), actor=actor, why="开始")
    return made


@pytest.fixture
def work(house: House) -> Iterator[WorkOrder]:
    _route, made = a_round(house, {}, {}, standard="walk", early=10)
    opened(made)
    with frozen(made.opened_at + timedelta(minutes=11)):
        yield made


@pytest.fixture
def phone(house: House, work: WorkOrder) -> Client:
    made = Client(headers={"Accept-Language": "en"})
    someone = an_account(house.actor, "technician", house.community.path, person_id=house.worker.id)
    made.cookies[DEVICE_COOKIE] = someone.device
    return made


def state(house: House, work: WorkOrder) -> str:
    with acting(house.actor):
        return WorkOrder.objects.get(id=work.id).state


def test_what_its_standard_asks_beyond_the_points_is_done_on_the_same_page(
    house: House, work: WorkOrder, phone: Client
) -> None:
    page, items, done = f"/work/{work.id}", f"/work/{work.id}/items", f"/work/{work.id}/done"
    with acting(house.actor):
        rows = points_of(work)
    assert f'action="{done}"' not in phone.get(page).content.decode()
    for row in rows:
        answer = phone.post(f"{page}/points/{row.id}", {"verdict": "pass"})
        assert answer["Location"] == f"{page}?passed={row.point_id}"
    shown = phone.get(page).content.decode()
    assert f'href="{items}"' in shown
    assert f'action="{done}"' in shown
    assert "2号点" in shown
    refused = phone.post(done)
    assert refused.status_code == 422
    assert phone.post(items, {"item": "lamp", "verdict": "pass"}).status_code == 302
    assert phone.post(done)["Location"] == f"/work?done={work.id}"
    assert state(house, work) in ("done", "passed")
    assert f'action="{done}"' not in phone.get(page).content.decode()


def test_a_point_that_cannot_be_reached_stands_as_such_with_its_reason_on_both_pages(
    house: House, work: WorkOrder, phone: Client
) -> None:
    page = f"/work/{work.id}"
    with acting(house.actor):
        first, second = points_of(work)
    said = {"verdict": "na", "note": "门锁着"}
    assert phone.post(f"{page}/points/{first.id}", said).status_code == 302
    phone.post(f"{page}/points/{second.id}", {"verdict": "pass"})
    shown = phone.get(page).content.decode()
    assert "1 of 2 points" in shown
    assert "1 not reached" in shown
    assert "Could not be reached: 门锁着" in shown
    assert "Could not be reached: 门锁着" in phone.get(f"{page}/points/{first.id}").content.decode()
    console = Client(headers={"Accept-Language": "en"})
    leader = an_account(house.actor, "manager", house.community.path)
    console.cookies[DEVICE_COOKIE] = leader.device
    told = console.get(f"/rounds/{work.id}").content.decode()
    assert "1 not reached" in told
    assert "Could not be reached: 门锁着" in told
    assert state(house, work) == "doing"


def test_a_round_is_held_with_a_reason_and_goes_on_with_its_next_point(
    house: House, work: WorkOrder, phone: Client
) -> None:
    page, hold = f"/work/{work.id}", f"/work/{work.id}/steps/hold"
    assert f'action="{hold}"' in phone.get(page).content.decode()
    refused = phone.post(hold, {"reason": ""})
    assert refused.status_code == 422
    assert "Choose one of the reasons" in refused.content.decode()
    assert phone.post(hold, {"reason": "#not_let_in"})["Location"] == page
    assert state(house, work) == "held"
    shown = phone.get(page).content.decode()
    assert f'action="{hold}"' not in shown
    with acting(house.actor):
        first = points_of(work)[0]
    phone.post(f"{page}/points/{first.id}", {"verdict": "pass"})
    assert state(house, work) == "doing"
