"""The page of the change of shift: sign what comes, hand over what is open, read what was."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from anju.domains.staff.handover.models import Handover
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import Someone, an_account
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def people(house: House) -> tuple[Someone, Someone]:
    return an_account(house.actor, "desk"), an_account(house.actor, "desk")


def browser(someone: Someone) -> Client:
    found = Client(headers={"accept-language": "en"})
    found.cookies[DEVICE_COOKIE] = someone.device
    return found


def page(client: Client, path: str = "/handover") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_shift_changes_hands(house: House, people: tuple[Someone, Someone]) -> None:
    giver, taker = browser(people[0]), browser(people[1])
    first = a_case(house, urgency=1).case
    assert first.number in page(giver)
    said = {"drafted": [str(first.id)], "text": "钥匙在前台"}
    assert giver.post("/handover", said).status_code == 302
    assert "I take the shift over" not in page(giver)  # not one's own
    move_case(first.id, "void", actor=house.judge, said={"reason": "误报"})
    second = a_case(house, urgency=1).case
    shown = page(taker)
    assert f"{people[0].name} hands over to you" in shown
    assert "1 matter has come since" in shown
    assert "1 matter is settled or no longer due" in shown
    assert "钥匙在前台" in shown
    with acting(house.actor):
        given = Handover.objects.get(state="given")
    assert taker.post("/handover", {"take": str(given.id)}).status_code == 302
    read = page(taker, f"/handover/{given.id}")
    assert all(name in read for name in (people[0].name, people[1].name, second.number))
    assert "Gone between the two signatures" in read


def test_what_was_typed_stays_when_it_is_refused(
    house: House, people: tuple[Someone, Someone]
) -> None:
    giver, taker = browser(people[0]), browser(people[1])
    giver.post("/handover", {"text": "钥匙在前台"})
    with acting(house.actor):
        given = Handover.objects.get(state="given")
    taker.post("/handover", {"take": str(given.id)})
    refused = browser(an_account(house.actor, "desk")).post(
        "/handover", {"take": str(given.id), "text": "我来接"}
    )
    assert refused.status_code == 422
    assert "Somebody else has taken this shift over" in refused.content.decode()
    assert "我来接" in refused.content.decode()
    assert typed_in(refused, "beside") == ""  # and not in what one hands over


def test_an_objection_stays_in_its_own_form(house: House, people: tuple[Someone, Someone]) -> None:
    giver, taker = browser(people[0]), browser(people[1])
    giver.post("/handover", {"thing": ["钥匙"], "n": ["12"]})
    with acting(house.actor):
        given = Handover.objects.get(state="given")
    said = {"take": str(given.id), "do": "take", "found": ["11"], "text": "少一把"}
    refused = taker.post("/handover", said)
    assert refused.status_code == 422
    assert typed_in(refused, "objection") == "少一把"
    assert typed_in(refused, "beside") == ""
    assert 'value="11"' in refused.content.decode()
    unsigned = taker.post("/handover", {"thing": ["钥匙"], "n": ["3把"], "text": "东门"})
    assert (typed_in(unsigned, "objection"), typed_in(unsigned, "beside")) == ("", "东门")
    assert 'value="3把"' in unsigned.content.decode()


def typed_in(answer: HttpResponse, field: str) -> str:
    found = re.search(rf'id="{field}"[^>]*>([^<]*)</textarea>', answer.content.decode())
    assert found is not None
    return found[1]


def test_an_empty_shift_is_signed_all_the_same(
    house: House, people: tuple[Someone, Someone]
) -> None:
    giver = browser(people[0])
    assert "Nothing is left open" in page(giver)
    assert giver.post("/handover", {}).status_code == 302
    with acting(house.actor):
        assert Handover.objects.get().lines == []


def test_another_place_is_never_signed_for(house: House, people: tuple[Someone, Someone]) -> None:
    """A page that was open while the role was taken away, or moved to another place."""
    giver = browser(people[0])
    refused = giver.post("/handover", {"place": str(house.room.id), "text": "钥匙在前台"})
    assert refused.status_code == 422
    assert "You do not hand over the shift of that place now" in refused.content.decode()
    assert "钥匙在前台" in refused.content.decode()
    with acting(house.actor):
        assert not Handover.objects.exists()
