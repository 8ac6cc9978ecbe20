"""Two desks: a concierge serves her building and owns its cases, the front desk all the rest."""

from datetime import timedelta

import pytest
from django.test import Client

from anju.domains.requests.tasks import tell_staff
from anju.engine.clocks.commands import sweep
from anju.engine.loop.commands.owning import name_owners
from anju.engine.loop.models import Case
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.commands import create_account, grant_role
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.events.models import Event
from anju.foundation.lib import frozen, now
from anju.foundation.messages.models import Message
from anju.foundation.people.commands import add_post
from anju.foundation.people.models import Person
from anju.foundation.people.testing import a_duty, a_worker
from anju.foundation.places.models import Place
from anju.foundation.places.testing import a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import beat


@pytest.fixture
def house(actor: Actor) -> House:
    beat("ticker")
    return a_house(actor)


def on_desk(house: House, place: Place, kind: str, name: str) -> Person:
    """Somebody on duty for eight hours at a desk that stands at a place."""
    with acting(house.actor):
        post = add_post(actor=house.actor, place=place, code=name, name=f"{name}台", desk=kind)
        who = a_worker(house.actor, place=house.community, name=name)
        a_duty(house.actor, post=post, person=who)
        return who


def client_of(house: House, person: Person, role: str) -> Client:
    found = Client(headers={"accept-language": "en"})
    someone = an_account(house.actor, role, person_id=person.id)
    found.cookies[DEVICE_COOKIE] = someone.device
    return found


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def concierge(house: House) -> Person:
    with acting(house.actor):
        building = Place.objects.get(kind="building")
    return on_desk(house, building, "lobby", "王芳")


def test_her_desk_shows_what_she_owns_first_and_everything_on_demand(
    house: House, concierge: Person
) -> None:
    on_desk(house, house.community, "front", "前台甲")
    mine = a_case(house).case
    with acting(house.actor):
        garden = a_place(house.actor, number="8-1-101", community=house.community)
    other = a_case(house, title="喷泉漏水", place=garden).case
    name_owners(actor=house.actor)
    client = client_of(house, concierge, "concierge")
    first = page(client, "/desk")
    assert mine.title in first
    assert other.title not in first
    everything = page(client, "/desk?whose=all")
    assert mine.title in everything
    assert other.title in everything
    assert "前台甲" in everything
    queue = page(client, "/desk/queue?whose=mine")
    assert other.title not in queue


def test_hours_nobody_is_rostered_for_stand_on_the_desk(house: House, concierge: Person) -> None:
    shown = page(client_of(house, concierge, "concierge"), "/desk")
    assert "Desk hours nobody is rostered for" in shown
    assert "王芳台" in shown


def test_the_owner_stands_on_case_and_board_and_acts_there(house: House, concierge: Person) -> None:
    case = a_case(house).case
    client = client_of(house, concierge, "concierge")
    assert "Nobody owns it yet" in page(client, f"/cases/{case.id}")
    name_owners(actor=house.actor)
    shown = page(client, f"/cases/{case.id}")
    assert "王芳" in shown
    assert "Nobody owns it yet" not in shown
    for step in ("urge", "escalate"):
        assert f"/cases/{case.id}/steps/{step}" in shown
    assert "owned by 王芳" in page(client, "/board")
    answer = client.post(f"/cases/{case.id}/steps/escalate", {"reason": "没有备件"})
    assert answer.status_code == 302
    assert "Escalated to Team leader" in page(client, f"/cases/{case.id}")


def test_the_new_owner_is_told_once(house: House, concierge: Person) -> None:
    front = on_desk(house, house.community, "front", "前台甲")
    accounts = {}
    for person, role in ((concierge, "concierge"), (front, "desk")):
        account = create_account(
            actor=house.actor, login=person.id.hex[:20], name=person.name, person_id=person.id
        )
        grant_role(account.id, actor=house.actor, role=role, path=house.community.path)
        accounts[person.id] = account.id
    case = a_case(house, urgency=2).case
    name_owners(actor=house.actor)
    with frozen(now() + timedelta(minutes=6)):
        sweep()
        name_owners([case.id], actor=house.actor)
        name_owners(actor=house.actor)
        machine = Actor.machine(house.actor.company_id, "requests.staff")
        for _twice in range(2):
            with acting(machine):
                tell_staff(machine, list(Event.objects.filter(name="case.owned").order_by("id")))
    with acting(house.actor):
        told = Message.objects.filter(kind="case.owned", channel="inapp")
        assert list(told.values_list("account_id", flat=True)) == [accounts[front.id]]


def test_the_one_who_looks_takes_it_over(house: House, concierge: Person) -> None:
    case = a_case(house).case
    name_owners(actor=house.actor)
    other = on_desk(house, house.community, "front", "前台甲")
    client = client_of(house, other, "desk")
    assert client.post(f"/cases/{case.id}/steps/own").status_code == 302
    shown = page(client, f"/cases/{case.id}")
    assert "Took the case over" in shown
    assert f"/cases/{case.id}/steps/own" not in shown
    with acting(house.actor):
        assert Case.objects.get(id=case.id).state == "open"
    assert case.title in page(client, "/desk?whose=mine")
