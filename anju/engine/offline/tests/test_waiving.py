"""Files that will not come: whoever took them says so by name, and nothing waits for ever."""

import hashlib
from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation

from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Record, WorkOrder
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.offline.models import Delivery, Device
from anju.engine.offline.rules import BIGGEST
from anju.engine.offline.testing import Phone
from anju.foundation.access.commands import create_account, grant_role
from anju.foundation.access.queries import actor_then
from anju.foundation.events.models import Event
from anju.foundation.files.testing import a_file, a_picture
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

LOST = "a" * 64


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def a_hand(house: House, **who: Any) -> Actor:
    account = create_account(actor=house.actor, login=uuid4().hex[:12], name="张师傅", **who)
    grant_role(account.id, actor=house.actor, role="technician", path=house.community.path)
    with acting(house.actor):
        return actor_then(account.id, now(), company=house.actor.company_id)


@pytest.fixture
def phone(house: House) -> Phone:
    return Phone(a_hand(house, person_id=house.worker.id))


@pytest.fixture
def work(house: House) -> WorkOrder:
    opened = a_case(house)
    assert opened.work is not None
    said = {"person": str(house.worker.id)}
    return move_work(opened.work.id, "assign", actor=house.actor, said=said)


def statuses(receipts: list[dict[str, Any]]) -> list[str]:
    return [str(one["status"]) for one in receipts]


def finished(phone: Phone, work: WorkOrder) -> list[Any]:
    """Two photos and the end; the first photo never comes."""
    content = a_picture()
    a_file(phone.actor, content)
    here = hashlib.sha256(content).hexdigest()
    did: list[tuple[str, dict[str, Any]]] = [
        ("accept", {}), ("arrive", {}), ("photo", {"file": LOST, "stage": "before"}),
        ("photo", {"file": here, "stage": "after"}), ("finish", {"result": "已修好"}),
    ]  # fmt: skip
    return [phone.does(name, work.id, **said) for name, said in did]


def test_a_phone_gives_up_its_own_file_and_the_finish_goes_on(
    house: House, phone: Phone, work: WorkOrder
) -> None:
    commands = finished(phone, work)
    waiting = ["taken", "taken", "waiting", "taken", "waiting"]
    assert statuses(phone.brings(*commands)) == waiting
    of = str(commands[2].id)
    waive = phone.does("waive", work.id, of=of, reason="The file was refused.")
    assert statuses(phone.brings(*commands, waive))[-1] == "taken"
    assert statuses(phone.brings(*commands, waive)) == [
        "taken", "taken", "aside", "taken", "taken", "taken",
    ]  # fmt: skip
    with acting(house.actor):
        assert WorkOrder.objects.get(id=work.id).state in ("done", "passed")
        told = Event.objects.get(name="device.waived")
        assert (told.by, told.said["files"]) == (phone.actor.id, 1)
        assert Record.objects.get(work_id=work.id, kind="aside").value["why"] == "lost"
    again = phone.does("waive", work.id, of=of, reason="Again.")
    assert statuses(phone.brings(again)) == ["taken"]


def test_a_file_is_given_up_with_a_reason(phone: Phone, work: WorkOrder) -> None:
    commands = finished(phone, work)
    phone.brings(*commands)
    waive = phone.does("waive", work.id, of=str(commands[2].id), reason=" ")
    (said,) = phone.brings(waive)
    assert (said["status"], said["code"]) == ("refused", "missing")


def test_nobody_gives_up_the_file_of_another(house: House, phone: Phone, work: WorkOrder) -> None:
    commands = finished(phone, work)
    phone.brings(*commands)
    shared = Phone(a_hand(house), id=phone.id, numbers=phone.numbers)
    waive = shared.does("waive", work.id, of=str(commands[2].id), reason="No.")
    assert statuses(shared.brings(waive)) == ["taken"]
    with acting(house.actor):
        assert Delivery.objects.get(command=commands[2].id).state == "waiting"


def test_how_much_a_device_holds_is_a_number_that_can_be_kept(
    house: House, phone: Phone, work: WorkOrder
) -> None:
    phone.numbers[work.id] = 7  # what was done before has not come: it stays on the device, too
    assert statuses(phone.brings(phone.does("note", work.id, text="x"), left=BIGGEST)) == ["wait"]
    with acting(house.actor):
        assert Device.objects.get(device=phone.id).left == BIGGEST
