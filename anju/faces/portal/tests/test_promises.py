"""What is promised where I live beside what was kept: sums, of my community alone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from anju.domains.community.testing import a_resident
from anju.domains.promises.rules import Clause
from anju.domains.promises.testing import a_contract
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.lib import frozen, now
from anju.foundation.places.testing import a_community, a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

ADDRESS = "/me/promises"


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def resident_of(house: House) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.cookies[DEVICE_COOKIE] = a_resident(house, house.resident).device
    return client


def promise(house: House) -> None:
    day = timezone.localdate(now())
    term = {"first": day - timedelta(days=50), "last": day + timedelta(days=200)}
    a_contract(house.actor, house.community, **term)
    with acting(house.actor):
        other = a_community(house.actor, name="二期")
        there = a_place(house.actor, community=other)
    a_contract(
        house.actor, other, number="HT-2", clauses=(Clause("9", "别处的承诺", ("repair",)),), **term
    )
    for _n in range(9):
        a_case(house, place=there, title="别处漏水")


def test_a_home_finds_its_contract_and_the_figures_of_its_community(house: House) -> None:
    client = resident_of(house)
    assert "in figures" not in client.get("/me").content.decode()
    assert "No contract is written down" in client.get(ADDRESS).content.decode()
    promise(house)
    for _n in range(4):
        a_case(house, title="无人知晓的漏水")
    assert f'href="{ADDRESS}"' in client.get("/me").content.decode()
    with frozen(now() + timedelta(days=20)):
        few = resident_of(house).get(ADDRESS).content.decode()
        assert "fewer than 5 times" in few
        assert " of 4" not in few
    for _n in range(2):
        a_case(house, title="无人知晓的漏水")
    with frozen(now() + timedelta(days=20)):
        page = resident_of(house).get(ADDRESS).content.decode()
    assert "0 of 6, that is 0.0 %" in page
    assert "promised: at least 95 %" in page
    assert "Not kept" in page
    for secret in ("无人知晓", "别处", house.resident.name, house.worker.name):
        assert secret not in page.split("<main")[1]


def test_who_is_nobody_comes_in_first() -> None:
    assert Client().get(ADDRESS)["Location"] == "/me/in"
