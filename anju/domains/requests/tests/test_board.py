"""The board: who has what in hand, whom the rule advises, and giving work away."""

import pytest
from django.test import Client

from anju.domains.requests.views import board as board_view
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.people.testing import a_duty, a_post, a_worker
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet


@pytest.fixture
def house(actor: Actor) -> House:
    found = a_house(actor)
    with acting(actor):
        post = a_post(actor, place=found.community)
        a_duty(actor, post=post, person=found.worker)
    return found


@pytest.fixture
def client(house: House) -> Client:
    found = Client(headers={"accept-language": "en"})
    found.cookies[DEVICE_COOKIE] = an_account(house.actor, "desk").device
    return found


def the_work(house: House, work: WorkOrder | None) -> WorkOrder:
    assert work is not None
    with acting(house.actor):
        return WorkOrder.objects.get(id=work.id)


def give(
    client: Client, work: WorkOrder, person: object, version: int = 1, reason: str = ""
) -> object:
    asked = {"work": str(work.id), "version": str(version), "person": str(person)}
    return client.post("/board", {**asked, "reason": reason}).status_code


def test_what_waits_is_advised_to_whoever_is_on_duty_and_given_in_one_press(
    house: House, client: Client
) -> None:
    work = the_work(house, a_case(house).work)
    page = client.get("/board").content.decode()
    assert f"Give to {house.worker.name_for(house.doer)}" in page
    assert "nothing in hand" in page
    assert give(client, work, house.worker.id) == 302
    given = the_work(house, work)
    assert (given.state, given.person_id) == ("assigned", house.worker.id)
    page = client.get("/board").content.decode()
    assert "Nothing waits" in page
    assert "waits for" in page


def test_someone_was_faster(house: House, client: Client) -> None:
    work = the_work(house, a_case(house).work)
    said = {"person": str(house.worker.id)}
    move_work(work.id, "assign", actor=house.actor, said=said)
    answer = client.post(
        "/board", {"work": str(work.id), "version": "1", "person": str(house.worker.id)}
    )
    assert answer.status_code == 422
    assert "Someone else changed this in the meantime" in answer.content.decode()


def test_nonsense_is_no_work(house: House, client: Client) -> None:
    work = the_work(house, a_case(house).work)
    assert client.post("/board", {"work": "x", "version": "y"}).status_code == 404
    assert give(client, work, "nobody") == 404
    assert the_work(house, work).state == "waiting"


def test_whoever_has_work_and_is_off_duty_is_shown_apart(house: House, client: Client) -> None:
    with acting(house.actor):
        other = a_worker(house.actor, place=house.community, name="赵敏")
    work = the_work(house, a_case(house).work)
    assert give(client, work, other.id) == 422
    assert give(client, work, other.id, reason="没有别人") == 302
    for address in ("/board", "/board?by=post"):
        assert "not on duty" in client.get(address).content.decode()


def test_more_than_the_board_shows_is_said(
    house: House, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_view, "MOST", 1)
    a_case(house)
    a_case(house)
    assert "due first. The rest is in the list" in client.get("/board").content.decode()


def test_who_does_the_work_takes_what_waits(house: House) -> None:
    work = the_work(house, a_case(house).work)
    with pytest.raises(NotYet, match="Only someone who does the work"):
        move_work(work.id, "claim", actor=house.actor)
    taken = move_work(work.id, "claim", actor=house.doer)
    assert (taken.state, taken.person_id) == ("accepted", house.worker.id)
