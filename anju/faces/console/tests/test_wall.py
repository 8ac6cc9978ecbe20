"""The wall screen: figures of now, and nothing that names a person, a room or a telephone."""

from datetime import timedelta

import pytest
from django.test import Client

from anju.domains.emergency.commands.planning import ship_plans
from anju.domains.emergency.commands.running import start
from anju.domains.emergency.queries import plans
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.lib import frozen, now
from anju.foundation.people.testing import a_duty, a_post
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import beat


@pytest.fixture
def house(actor: Actor) -> House:
    beat("ticker")
    return a_house(actor)


@pytest.fixture
def client(house: House) -> Client:
    found = Client(headers={"accept-language": "en"})
    found.cookies[DEVICE_COOKIE] = an_account(house.actor, "desk").device
    return found


def test_it_names_nobody_and_no_room(house: House, client: Client) -> None:
    opened = a_case(house, urgency=2)
    with acting(house.actor):
        a_duty(house.actor, post=a_post(house.actor, place=house.community), person=house.worker)
    assert opened.work is not None
    said = {"person": str(house.worker.id)}
    move_work(opened.work.id, "assign", actor=house.doer, said=said)
    ship_plans(actor=house.actor)
    with acting(house.actor):
        fire = plans(house.actor).get(code="fire")
    start(fire, house.room, actor=house.actor, matter="王女士家着火")
    pages = [client.get(f"/wall?page={n}").content.decode() for n in (1, 2, 3)]
    assert "being worked on" in pages[0]
    assert "1 emergency is running" in pages[0]
    assert f"0 of {len(fire.ordered)} steps done" in pages[2]
    assert fire.name in pages[2]
    phone = house.resident.phone
    for secret in (
        opened.case.title, "楼下也渗水", house.resident.name, house.worker.name, "王女士",
        house.room.full_code, opened.case.number, phone[-4:] if phone else "1201",
    ):  # fmt: skip
        for page in pages:
            assert secret not in page, secret


def test_the_pages_turn_by_themselves_unless_one_is_to_stay(client: Client) -> None:
    asks = {
        "": "?page=2", "?page=2": "?page=3", "?page=3": "?page=1", "?page=9": "?page=2",
        "?page=2&stay=yes": "?page=2&amp;stay=yes",
    }  # fmt: skip
    for page, following in asks.items():
        assert f'hx-get="/wall{following}"' in client.get(f"/wall{page}").content.decode()


def test_promises_of_today_stand_building_by_building(house: House, client: Client) -> None:
    opened = a_case(house)
    assert opened.work is not None
    said = {"assign": {"person": str(house.worker.id)}, "finish": {"result": "换件"}}
    for name in ("assign", "accept", "start", "finish"):
        move_work(opened.work.id, name, actor=house.doer, said=said.get(name))
    page = client.get("/wall?page=2").content.decode()
    assert "100.0<small>" in page
    assert "1/1" in page  # of the one building


def test_it_counts_what_is_late_and_what_is_about_to_be(house: House, client: Client) -> None:
    opened = a_case(house, urgency=2)
    first = min(clock.due_at for clock in opened.clocks if clock.due_at)
    with frozen(first - timedelta(minutes=1)):
        page = client.get("/wall").content.decode()
        assert '<li class="risk"><b>1</b>' in page
        assert "<li><b>0</b>overdue" in page
    with frozen(first + timedelta(seconds=1)):
        beat("ticker")
        page = client.get("/wall").content.decode()
        assert '<li class="over"><b>1</b>' in page


def test_a_ticker_that_stands_still_is_said(client: Client) -> None:
    assert "Deadlines are being watched" in client.get("/wall").content.decode()
    with frozen(now() + timedelta(minutes=3)):
        page = client.get("/wall").content.decode()
    assert "wall stopped" in page
    assert "deadlines are not being watched" in page


def test_the_most_urgent_stand_first_and_what_has_no_room_is_counted(
    house: House, client: Client
) -> None:
    for _n in range(9):
        a_case(house, urgency=2)
    with frozen(now() + timedelta(minutes=1)):
        a_case(house, urgency=1)
        page = client.get("/wall?page=3").content.decode()
    rows = page.split("<tr>")[1:]
    assert len(rows) == 8
    assert "P1" in rows[0]
    assert "and 2 more" in page
