"""An empty company is told what comes first, with the way there; a working one is not."""

import pytest
from django.test import Client

from anju.engine.loop.testing import a_case, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def client(actor: Actor) -> Client:
    found = Client(headers={"accept-language": "en"})
    found.cookies[DEVICE_COOKIE] = an_account(actor, "admin").device
    return found


def test_the_first_steps_lead_on_until_the_first_case(actor: Actor, client: Client) -> None:
    empty = client.get("/").content.decode()
    assert empty.index("Import the rooms") < empty.index("Receive the first case")
    assert '<li class="current"><span>1</span>' in empty
    house = a_house(actor)
    begun = client.get("/").content.decode()
    assert '<li class="done">' in begun
    assert '<li class="current"><span>1</span>' not in begun
    a_case(house)
    assert "Import the rooms" not in client.get("/").content.decode()


def test_who_cannot_take_them_does_not_see_them(actor: Actor) -> None:
    guard = Client(headers={"accept-language": "en"})
    guard.cookies[DEVICE_COOKIE] = an_account(actor, "guard").device
    assert "Import the rooms" not in guard.get("/").content.decode()


@pytest.mark.parametrize("sheet", ["places", "residents"])
def test_the_upload_page_offers_its_template(client: Client, sheet: str) -> None:
    page = client.get(f"/imports/lists/{sheet}").content.decode()
    assert f"/imports/lists/{sheet}/template.xlsx" in page
