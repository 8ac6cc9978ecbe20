"""What is promised where I live beside what was kept: sums, of my community alone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from anju.domains.community.testing import a_resident
from anju.domains.promises.queries import ClauseKept, Judged, Kept
from anju.domains.promises.rules import Clause, of_clause
from anju.domains.promises.testing import a_contract
from anju.engine.indicators.figures import BY_CODE, Reading
from anju.engine.loop.testing import House, a_case, a_house
from anju.faces.portal.views.promises import WORDS, _row
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
    assert "0 of 6 (0.0 %)" in page
    assert "promised: at least 95 %" in page
    assert "Not kept" in page
    for secret in ("无人知晓", "别处", house.resident.name, house.worker.name):
        assert secret not in page.split("<main")[1]


def test_a_hidden_figure_decides_no_verdict() -> None:
    """Four broken cases beside ten kept ones: they are neither shown nor told by the label."""
    shown = Judged(Reading(BY_CODE["repair_timely"], 10, 10), 95, "kept")
    hidden = Judged(Reading(BY_CODE["complaint_timely"], 0, 4), 95, "broken")
    clause = Clause("4", "报修与投诉", ("repair", "complaint"))

    def row(*figures: Judged) -> dict[str, Any]:
        verdict = of_clause([one.verdict for one in figures])
        return _row(ClauseKept(clause, (Kept("repair", None, figures),), verdict))

    assert row(shown, hidden)["words"] == WORDS["kept"]
    assert row(hidden)["words"] == WORDS["unmeasured"]
    assert (
        row(replace(hidden, reading=Reading(BY_CODE["complaint_timely"], 0, 5)), shown)["words"]
        == WORDS["broken"]
    )


def test_who_is_nobody_comes_in_first() -> None:
    assert Client().get(ADDRESS)["Location"] == "/me/in"
