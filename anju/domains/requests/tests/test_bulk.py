"""Acts on many work orders: each by its ordinary command, what is refused left as it was."""

from uuid import UUID, uuid4

import pytest
from django.test import Client

from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.events.models import Event
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def client(house: House) -> Client:
    return client_of(house, "manager")


def client_of(house: House, role: str) -> Client:
    found = Client(headers={"accept-language": "en"})
    found.cookies[DEVICE_COOKIE] = an_account(house.actor, role).device
    return found


def works(house: House, n: int) -> list[WorkOrder]:
    opened = [a_case(house, title=f"漏水{i}").work for i in range(n)]
    return [work for work in opened if work is not None]


def given(house: House, chosen: list[WorkOrder], **more: object) -> dict[str, object]:
    return {
        "given": "1",
        "pick": [str(work.id) for work in chosen],
        "seen": [f"{work.id} {work.version}" for work in chosen],
        "person": str(house.worker.id),
        **more,
    }


def states(house: House, chosen: list[WorkOrder]) -> list[tuple[str, UUID | None]]:
    with acting(house.actor):
        found = WorkOrder.objects.in_bulk([work.id for work in chosen])
    return [(found[work.id].state, found[work.id].person_id) for work in chosen]


def test_the_good_are_given_and_the_others_named_and_left(house: House, client: Client) -> None:
    chosen = works(house, 3)
    stale = move_work(
        chosen[1].id, "assign", actor=house.doer, said={"person": str(house.worker.id)}
    )
    move_work(chosen[2].id, "claim", actor=house.doer)
    move_work(chosen[2].id, "start", actor=house.doer)
    before = states(house, chosen)
    page = client.post("/work-orders/chosen/reassign", given(house, chosen)).content.decode()
    assert "1 done." in page
    assert "2 were left as they were:" in page
    assert states(house, chosen)[1:] == before[1:]
    assert states(house, chosen)[0] == ("assigned", house.worker.id)
    assert stale.version > chosen[1].version  # somebody was faster than the list that was shown
    with acting(house.actor):
        told = Event.objects.filter(name="work.assign", subject_id=chosen[0].case_id).count()
    assert told == 1


def test_without_a_person_nothing_is_given_and_the_choice_stays(
    house: House, client: Client
) -> None:
    chosen = works(house, 2)
    answer = client.post("/work-orders/chosen/reassign", given(house, chosen, person=""))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert all(f'name="pick" value="{work.id}"' in page for work in chosen)
    assert {state for state, _person in states(house, chosen)} == {"waiting"}


def test_closing_says_what_each_case_still_lacks(house: House, client: Client) -> None:
    open_one, ready = works(house, 2)
    for name, said in (("claim", None), ("start", None), ("finish", {"result": "换了垫圈"})):
        move_work(ready.id, name, actor=house.doer, said=said)
    move_work(ready.id, "pass", actor=house.judge)
    assert ready.case_id is not None
    told = {"text": "修好了", "substance": "result", "channel": "phone"}
    move_case(ready.case_id, "tell", actor=house.actor, said=told)
    move_case(ready.case_id, "callback", actor=house.judge, said={"outcome": "satisfied"})
    picked = {"pick": [str(open_one.id), str(ready.id)]}
    page = client.post("/work-orders/chosen/close", picked).content.decode()
    assert "1 done." in page
    assert "1 was left as it was:" in page
    assert "waits to be dispatched" in page
    with acting(house.actor):
        closed = {c.id for c in Case.objects.filter(state="closed")}
    assert closed == {ready.case_id}


def test_print_shows_each_on_its_sheet_and_only_what_one_may_see(
    house: House, client: Client
) -> None:
    chosen = works(house, 2)
    picked = {"pick": [*(str(work.id) for work in chosen), str(uuid4()), "x"]}
    page = client.post("/work-orders/chosen/sheets", picked).content.decode()
    assert page.count('class="sheet-a4"') == 2
    assert all(work.number in page for work in chosen)


def test_who_may_not_give_finds_no_such_button(house: House) -> None:
    chosen = works(house, 1)
    guard = client_of(house, "guard")
    assert "/work-orders/chosen/reassign" not in guard.get("/work-orders").content.decode()
    answer = guard.post("/work-orders/chosen/reassign", given(house, chosen))
    assert answer.status_code == 403
    assert states(house, chosen) == [("waiting", None)]
