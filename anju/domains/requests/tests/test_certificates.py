"""Who may not be sent: off duty, or without the certificate the job needs in date."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import translation

from anju.domains.requests.certificates import CERTIFICATES, held, needed, unfit
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import House, a_case, a_house, everyone
from anju.foundation.access.testing import a_browser, a_token, an_account
from anju.foundation.events.models import EventValue
from anju.foundation.lib import now
from anju.foundation.people.commands import add_qualification
from anju.foundation.people.models import Person
from anju.foundation.people.testing import a_duty, a_post, a_worker
from anju.foundation.places.testing import a_community
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today
from anju.foundation.tenancy.errors import NotYet


@pytest.fixture
def house(actor: Actor) -> House:
    found = a_house(actor)
    with acting(actor):
        post = a_post(actor, place=found.community)
        a_duty(actor, post=post, person=found.worker)
    return found


def job(house: House, category: str = "") -> WorkOrder:
    work = a_case(house, category=category).work
    assert work is not None
    return work


def dispatch(id: UUID, said: dict[str, str], *, actor: Actor) -> WorkOrder:
    return move_work(id, "assign", actor=actor, said=said)


def certified(house: House, person: Person, kind: str, days: int) -> None:
    with acting(house.actor):
        until = today(house.actor.company_id) + timedelta(days=days)
        add_qualification(actor=house.actor, person=person, type=kind, expires_on=until)


def test_a_job_says_which_certificate_it_asks_for() -> None:
    asked = {"电梯困人": "lift", "燃气泄漏": "gas", "外墙渗水": "height", "楼道跳闸": "electric"}
    assert {text: getattr(needed("", text), "code", "") for text in asked} == asked
    assert needed("报修/门窗", "门锁坏了") is None


def test_the_last_valid_day_is_valid() -> None:
    day = now().date()
    assert held([("低压电工证", day)], on=day) == {"electric"}
    assert held([("低压电工证", day - timedelta(days=1))], on=day) == frozenset()
    assert held([("电梯T证", None), ("健康证", None)], on=day) == {"lift"}


@pytest.mark.parametrize("one", CERTIFICATES, ids=lambda one: one.code)
def test_nothing_speaks_against_who_has_it(one: object) -> None:
    assert unfit(one, has=frozenset({one.code}), off_duty=False) == ()  # type: ignore[arg-type,attr-defined]  # a certificate
    assert len(unfit(one, has=frozenset(), off_duty=True)) == 2  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize("days", [None, -1])
def test_without_the_certificate_in_date_only_with_a_reason_that_is_kept(
    house: House, days: int | None
) -> None:
    work = job(house, "报修/电路")
    if days is not None:
        certified(house, house.worker, "低压电工证", days)
    said = {"person": str(house.worker.id)}
    with pytest.raises(NotYet) as refusal:
        dispatch(work.id, said, actor=house.actor)
    assert refusal.value.code == "unfit"
    with acting(house.actor):
        assert WorkOrder.objects.get(id=work.id).state == "waiting"
    dispatch(work.id, {**said, "reason": "持证人在途，先断电守护"}, actor=house.actor)
    with acting(house.actor):
        kept = EventValue.objects.filter(event__name="work.assign").values_list("text", flat=True)
        assert list(kept) == ["持证人在途，先断电守护"]


def test_whoever_has_it_is_sent_without_a_word(house: House) -> None:
    certified(house, house.worker, "低压电工证", 0)
    work = job(house, "报修/电路")
    given = dispatch(work.id, {"person": str(house.worker.id)}, actor=house.actor)
    assert given.state == "assigned"


def test_who_takes_it_without_the_certificate_says_why(house: House) -> None:
    work = job(house, "报修/电路")
    with pytest.raises(NotYet) as refusal:
        move_work(work.id, "claim", actor=house.doer)
    assert (refusal.value.code, set(refusal.value.fields)) == ("unfit", {"reason"})
    with acting(house.actor):
        assert WorkOrder.objects.get(id=work.id).state == "waiting"
    reason = "先断电守护，持证人在途"
    assert move_work(work.id, "claim", actor=house.doer, said={"reason": reason}).person_id
    with acting(house.actor):
        kept = EventValue.objects.filter(event__name="work.claim").values_list("text", flat=True)
        assert list(kept) == [reason]
    certified(house, house.worker, "低压电工证", 0)
    other = job(house, "报修/电路")
    assert move_work(other.id, "claim", actor=house.doer).state == "accepted"


def test_who_takes_it_is_there_whatever_the_roster_says(house: House) -> None:
    with acting(house.actor):
        other = a_worker(house.actor, place=house.community, name="休息员")
    off_duty = everyone(house.actor, "休息员", other)
    assert move_work(job(house).id, "claim", actor=off_duty).person_id == other.id


def test_off_duty_is_said_where_the_roster_is_kept(house: House) -> None:
    with acting(house.actor):
        other = a_worker(house.actor, place=house.community, name="休息员")
    with pytest.raises(NotYet) as refusal:
        dispatch(job(house).id, {"person": str(other.id)}, actor=house.actor)
    assert refusal.value.code == "unfit"


def test_the_roster_of_another_community_says_nothing_here(actor: Actor) -> None:
    house = a_house(actor)
    with acting(actor):
        elsewhere = a_community(actor, code="XX")
        there = a_worker(actor, place=elsewhere, name="别处员")
        a_duty(actor, post=a_post(actor, place=elsewhere), person=there)
    given = dispatch(job(house).id, {"person": str(house.worker.id)}, actor=actor)
    assert given.state == "assigned"


def test_without_a_roster_nobody_is_off_duty(actor: Actor) -> None:
    house = a_house(actor)
    given = dispatch(job(house).id, {"person": str(house.worker.id)}, actor=actor)
    assert given.state == "assigned"


def test_the_board_advises_the_certified_and_says_where_there_is_none(house: House) -> None:
    client = a_browser(house.actor, "desk")
    work = job(house, "报修/电路")
    with translation.override("en"):
        page = client.get("/board").content.decode()
        assert "Nobody on duty who is free has the certificate: electrician" in page
        person = str(house.worker.id)
        step = f"/work-orders/{work.id}/steps/assign"
        answer = client.post(step, {"person": person, "version": work.version})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "no certificate in date for: electrician" in page
        assert f'value="{person}" selected' in page
        certified(house, house.worker, "低压电工证", 30)
        page = client.get("/board").content.decode()
        assert "certified: electrician" in page


def test_the_api_asks_as_the_page_does(house: House) -> None:
    work = job(house, "报修/电路")
    token = a_token(house.actor, an_account(house.actor, "desk"))
    client = Client(headers={"Authorization": f"Bearer {token}", "Accept-Language": "zh-hans"})

    def give(key: str, **said: str) -> Any:
        body = {"name": "assign", "said": {"person": str(house.worker.id), **said}}
        return client.post(
            f"/api/v1/work-orders/{work.id}/moves",
            body,
            content_type="application/json",
            headers={"Idempotency-Key": key},
        )

    refused = give("k1")
    assert refused.status_code == 422, refused.content
    assert "没有有效证书" in refused.content.decode() or "电工" in refused.content.decode()
    with acting(house.actor):
        assert WorkOrder.objects.get(id=work.id).state == "waiting"
    assert give("k2", reason="持证人在途，先断电守护").json()["state"] == "assigned"
