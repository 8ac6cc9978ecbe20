"""Needs, services and contracts are written by whoever may, once, and nothing is written over."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from anju.domains.promises.commands.contracts import write_contract
from anju.domains.promises.commands.needs import write_need
from anju.domains.promises.commands.services import ship_services, write_service
from anju.domains.promises.models import Contract, Need, Service
from anju.domains.promises.rules import GROUPS, Clause, NoticeDate
from anju.domains.promises.testing import (
    CONTRACT,
    NEED,
    SERVICE,
    a_contract,
    a_need,
    a_service,
)
from anju.engine.loop.testing import House, a_house
from anju.foundation.access.testing import an_account
from anju.foundation.events.models import Event
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.places.testing import a_community
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def counted(actor: Actor) -> tuple[int, ...]:
    """Rows of the company, its events among them."""
    with acting(actor):
        mine = {"company_id": actor.company_id}
        return tuple(
            model.objects.filter(**mine).count() for model in (Need, Service, Contract, Event)
        )  # type: ignore[attr-defined]  # each has objects


def racing(write: Callable[[], Any]) -> list[Any]:
    """What four who write at the same moment get: the row or the refusal."""

    def one(_n: int) -> Any:
        try:
            return write()
        except (Conflict, NotYet) as refusal:
            return type(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(one, range(4)))


def test_a_need_is_noted_and_written_anew(actor: Actor) -> None:
    need = a_need(actor, text=" 报修后  很快有人来 ", weights={"owner": 5, "elderly": 4, "shop": 0})
    assert (need.text, need.weights) == ("报修后 很快有人来", {"owner": 5, "elderly": 4})
    again = write_need(
        replace(NEED, code="other", state="dropped"), need_id=need.id, edited=1, actor=actor
    )
    assert (again.code, again.state, again.edited) == ("quick-repair", "dropped", 2)
    seal_all()
    assert codes(verified(actor.company_id)) == set()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"text": " "}, "text"), ({"code": "Zwei Wörter"}, "code"), ({"source": "dream"}, "source"),
        ({"weights": {"owner": 6}}, "weights"), ({"weights": {"cat": 1}}, "weights"),
        ({"state": "gone"}, "state"), ({"text": "长" * 301}, "text"), ({"code": "taken"}, "code"),
    ],
)  # fmt: skip
def test_a_need_that_cannot_be_is_refused_and_leaves_no_trace(
    actor: Actor, more: dict[str, Any], field: str
) -> None:
    a_need(actor, code="taken")
    chief = an_account(actor, "manager").actor
    before = counted(actor)
    with pytest.raises(NotYet) as refused:
        a_need(actor, **more)
    assert set(refused.value.fields) == {field}
    with pytest.raises(Refused):
        a_need(chief)
    with pytest.raises(Unknown):
        write_need(NEED, need_id=uuid4(), edited=1, actor=actor)
    assert counted(actor) == before


def test_of_those_who_write_a_need_at_once_one_is_kept(actor: Actor) -> None:
    noted = racing(lambda: a_need(actor))
    assert sorted(isinstance(one, Need) for one in noted) == [False, False, False, True]
    need = next(one for one in noted if isinstance(one, Need))
    written = racing(lambda: write_need(NEED, need_id=need.id, edited=1, actor=actor))
    assert sorted(one is Conflict for one in written) == [False, True, True, True]


def test_the_first_catalogue_has_every_group_and_names_known_standards(house: House) -> None:
    written = ship_services(house.community, actor=house.actor)
    assert ship_services(house.community, actor=house.actor) == 0
    with acting(house.actor):
        rows = list(Service.objects.seen_by(house.actor))
    assert len(rows) == written == 18
    assert {row.group for row in rows} == set(dict(GROUPS))
    assert {code for row in rows for code in row.standards} == {"repair", "complaint"}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": ""}, "name"), ({"group": "magic"}, "group"),
        ({"customers": ("cat",)}, "customers"),
        ({"standards": ("none",)}, "standards"), ({"code": "taken"}, "code"),
    ],
)  # fmt: skip
def test_a_service_that_cannot_be_is_refused_and_leaves_no_trace(
    house: House, more: dict[str, Any], field: str
) -> None:
    a_service(house.actor, house.community, code="taken")
    elsewhere = an_account(house.actor, "headquarters", house.room.path).actor
    before = counted(house.actor)
    with pytest.raises(NotYet) as refused:
        a_service(house.actor, house.community, **more)
    assert set(refused.value.fields) == {field}
    with pytest.raises(NotYet):
        a_service(house.actor, house.room)
    with pytest.raises(Refused):
        a_service(elsewhere, house.community)
    with pytest.raises(Refused):
        ship_services(house.community, actor=elsewhere)
    assert counted(house.actor) == before


def test_of_those_who_write_a_service_at_once_one_is_kept(house: House) -> None:
    row = a_service(house.actor, house.community)
    written = racing(
        lambda: write_service(
            house.community, SERVICE, service_id=row.id, edited=1, actor=house.actor
        )
    )
    assert sorted(one is Conflict for one in written) == [False, True, True, True]
    with acting(house.actor):
        second = a_community(house.actor, name="二期")
    shipped = racing(lambda: ship_services(second, actor=house.actor))
    assert sorted(shipped) == [0, 0, 0, 18]


def test_a_contract_is_written_and_the_next_follows_on_the_day_after(house: House) -> None:
    actor, place = house.actor, house.community
    row = a_contract(actor, place, grade="grade-2004/一级")
    assert [c.number for c in row.says] == ["4.1", "4.2", "5"]
    early = replace(CONTRACT, ended_on=date(2026, 6, 30))
    assert write_contract(place, early, contract_id=row.id, edited=1, actor=actor).edited == 2
    follower = a_contract(actor, place, number="HT-2026-02", first=date(2026, 7, 1))
    with acting(actor):
        holding = Contract.objects.seen_by(actor).in_force(date(2026, 7, 1)).get()
    assert holding.id == follower.id
    seal_all()
    assert codes(verified(actor.company_id)) == set()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"client": ""}, "client"), ({"last": date(2025, 1, 1)}, "last"),
        ({"ended_on": date(2029, 1, 1)}, "ended_on"), ({"grade": "gold"}, "grade"),
        ({"clauses": (Clause("", "x"),)}, "clauses"),
        ({"clauses": (Clause("1", "x"), Clause("1", "y"))}, "clauses"),
        ({"clauses": (Clause("1", "x", ("none",)),)}, "clauses"),
        ({"notices": (NoticeDate(date(2028, 10, 2), "", 90),)}, "notices"),
        ({"first": date(2027, 12, 31)}, "first"), ({"number": "HT-TAKEN"}, "number"),
    ],
)  # fmt: skip
def test_a_contract_that_cannot_be_is_refused_and_leaves_no_trace(
    house: House, more: dict[str, Any], field: str
) -> None:
    actor, place = house.actor, house.community
    a_contract(actor, place, number="HT-TAKEN", first=date(2020, 1, 1), last=date(2025, 12, 31))
    if field == "first":
        more["first"] = date(2025, 12, 31)
    chief = an_account(actor, "manager", place.path).actor
    before = counted(actor)
    with pytest.raises(NotYet) as refused:
        a_contract(actor, place, **more)
    assert set(refused.value.fields) == {field}
    with pytest.raises(NotYet):
        a_contract(actor, house.room)
    with pytest.raises(Refused):
        a_contract(chief, place)
    assert counted(actor) == before


def test_of_those_who_write_contracts_at_once_one_holds_and_one_is_kept(house: House) -> None:
    actor, place = house.actor, house.community
    numbers = iter("1234")
    noted = racing(lambda: a_contract(actor, place, number=next(numbers)))
    assert sorted(isinstance(one, Contract) for one in noted) == [False, False, False, True]
    row = next(one for one in noted if isinstance(one, Contract))
    written = racing(
        lambda: write_contract(place, CONTRACT, contract_id=row.id, edited=1, actor=actor)
    )
    assert sorted(one is Conflict for one in written) == [False, True, True, True]
