"""Notices on devices: read by a browser that shares no code with us."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import connections

from anju.domains.community.testing import a_resident
from anju.engine.loop.testing import a_case, a_house
from anju.foundation.access.commands import revoke_device
from anju.foundation.access.models import DeviceSession
from anju.foundation.access.testing import an_account
from anju.foundation.lib import frozen
from anju.foundation.messages.commands import (
    Browser,
    Setting,
    add_gateway,
    deliver,
    erase_addresses,
    queue_message,
    subscribe,
    try_gateway,
    unsubscribe,
)
from anju.foundation.messages.models import Subscription
from anju.foundation.messages.rules import push
from anju.foundation.messages.rules.outbox import STORM
from anju.foundation.messages.testing import a_note
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown
from tests.push.hands import device_of, pushed, switch_on, taken_on, told_by
from tests.push.service import Reader, Service, unb64

SHANGHAI = ZoneInfo("Asia/Shanghai")


# The RFC's own example, both ways

RFC = {
    "text": b"When I grow up, I want to be a watermelon",
    "ours": "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
    "theirs": "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94",
    "p256dh": (
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    ),
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    "salt": "DGv6ra1nlYgDCS1FRnbzlw",
    "body": (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS"
        "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qu"
        "lcy4a-fN"
    ),
}


def a_key(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(unb64(text), "big"), ec.SECP256R1())


def test_the_worked_example_of_rfc_8291() -> None:
    made = push.encrypted(
        bytes(RFC["text"]),  # type: ignore[arg-type]  # a table of texts and bytes
        p256dh=str(RFC["p256dh"]),
        auth=str(RFC["auth"]),
        once=a_key(str(RFC["ours"])),
        salt=unb64(str(RFC["salt"])),
    )
    assert push.written(made) == RFC["body"]
    reader = Reader(a_key(str(RFC["theirs"])), unb64(str(RFC["auth"])))
    assert reader.read(unb64(str(RFC["body"]))) == RFC["text"]


# What is sent


def test_each_browser_of_an_account_gets_one_message_and_reads_it(
    actor: Actor, service: Service
) -> None:
    switch_on(actor)
    someone = an_account(actor, "technician")
    first, second = taken_on(service, someone.actor), taken_on(service, someone.actor)
    note = a_note(someone, path="", priority=2, email=False)
    queue_message(note, actor=actor)
    queue_message(note, actor=actor)  # asked for twice
    assert {m.subscription_id for m in pushed(actor)} == {first.id, second.id}
    assert told_by(service, actor) == ["您能收到安居的邮件"] * 2
    assert {m.state for m in pushed(actor)} == {"sent"}
    assert service.refused == []
    (_path, told, headers), _other = service.got
    assert set(told) == {"title", "url", "tag"}
    assert headers["urgency"] == "high"
    assert 0 < int(headers["ttl"]) <= 3600
    assert len(set(service.raw)) == 2
    assert len({raw[:16] for raw in service.raw}) == 2  # never the same salt


def test_a_notice_names_nobody_and_opens_its_page(actor: Actor, service: Service) -> None:
    switch_on(actor)
    house = a_house(actor)
    someone = an_account(actor, "desk", house.community.path)
    taken_on(service, someone.actor)
    case = a_case(house).case
    facts = {
        "number": case.number,
        "kind": "repair",
        "place": "3-2-1201",
        "urgency": 3,
        "why": "desk",
    }
    note = a_note(
        someone, kind="case.reported", subject=("case", case.id), facts=facts, path="", email=False
    )
    queue_message(note, actor=actor)
    assert told_by(service, actor) == [f"新事项 {case.number}"]
    ((_path, told, _headers),) = service.got
    assert told["url"] == f"/cases/{case.id}"
    whole = json.dumps(told, ensure_ascii=False)
    assert "3-2-1201" not in whole
    assert house.resident.name not in whole


@pytest.mark.parametrize(("priority", "told"), [(1, 1), (2, 1), (3, 0), (4, 0)])
def test_the_company_says_which_priorities_ring(
    actor: Actor, service: Service, priority: int, told: int
) -> None:
    switch_on(actor, urgencies=(1, 2))
    someone = an_account(actor, "desk")
    taken_on(service, someone.actor)
    queue_message(a_note(someone, priority=priority, email=False), actor=actor)
    assert len(pushed(actor)) == told


def test_at_night_only_the_urgent_ring(actor: Actor, service: Service) -> None:
    switch_on(actor, hours=(22, 7))
    someone = an_account(actor, "desk")
    night = datetime(2026, 11, 20, 23, 30, tzinfo=SHANGHAI).astimezone(UTC)
    with frozen(night - timedelta(hours=2)):
        queue_message(a_note(someone, email=False), actor=actor)
    with frozen(night):
        service.clock = night.timestamp
        with acting(actor):
            DeviceSession.objects.update(expires_at=night + timedelta(days=30))
        taken_on(service, someone.actor)
        for n in (2, 3):
            note = a_note(someone, kind="digest", facts={"count": n}, priority=n, email=False)
            queue_message(note, actor=actor)
        assert len(told_by(service, actor)) == 1
    states = {(m.priority, m.state, m.error) for m in pushed(actor)}
    assert states == {(2, "sent", ""), (3, "pending", "quiet")}


def test_a_storm_is_one_digest_for_each_browser(actor: Actor, service: Service) -> None:
    switch_on(actor)
    someone = an_account(actor, "desk")
    taken_on(service, someone.actor)
    taken_on(service, someone.actor)
    for _n in range(STORM + 3):
        queue_message(a_note(someone, email=False), actor=actor)
    kinds = [m.kind for m in pushed(actor)]
    assert (kinds.count("email.test"), kinds.count("digest")) == (2 * STORM, 2)


# What becomes of it


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_removed(actor: Actor, service: Service, status: int) -> None:
    switch_on(actor)
    someone = an_account(actor, "desk")
    taken_on(service, someone.actor)
    queue_message(a_note(someone, email=False), actor=actor)
    queue_message(a_note(someone, email=False), actor=actor)
    service.status = status
    deliver("push", actor=actor, limit=1)
    with acting(actor):
        assert not Subscription.objects.filter(company_id=actor.company_id).exists()
    service.status = 201
    assert told_by(service, actor) == []
    assert {(m.state, m.error) for m in pushed(actor)} == {
        ("dead", "unsubscribed"),
        ("dead", "no_browser"),
    }
    queue_message(a_note(someone, email=False), actor=actor)
    assert len(pushed(actor)) == 2  # nobody asks for more


@pytest.mark.parametrize(
    ("status", "state"), [(429, "pending"), (503, "pending"), (400, "dead"), (413, "dead")]
)
def test_a_service_that_refuses_or_has_no_time(
    actor: Actor, service: Service, status: int, state: str
) -> None:
    switch_on(actor)
    someone = an_account(actor, "desk")
    taken_on(service, someone.actor)
    queue_message(a_note(someone, email=False), actor=actor)
    service.status = status
    deliver("push", actor=actor)
    (message,) = pushed(actor)
    assert (message.state, message.attempts) == (state, 1)
    with acting(actor):
        assert Subscription.objects.filter(company_id=actor.company_id).count() == 1


def test_who_signs_out_is_told_no_more(actor: Actor, service: Service) -> None:
    switch_on(actor)
    someone = an_account(actor, "desk")
    taken_on(service, someone.actor)
    queue_message(a_note(someone, email=False), actor=actor)
    revoke_device(device_of(someone.actor, someone.id), actor=someone.actor)
    assert told_by(service, actor) == []
    queue_message(a_note(someone, email=False), actor=actor)
    assert [(m.state, m.error) for m in pushed(actor)] == [("dead", "no_browser")]


def test_a_browser_belongs_to_whoever_asked_last(actor: Actor, service: Service) -> None:
    switch_on(actor)
    first, second = an_account(actor, "desk"), an_account(actor, "desk")
    browser = service.a_browser()
    for who in (first, second):
        subscribe(browser, actor=who.actor, device=device_of(who.actor, who.id))
    queue_message(a_note(first, email=False), actor=actor)
    assert pushed(actor) == []
    assert not unsubscribe(browser, actor=first.actor)  # not theirs any more
    assert unsubscribe(browser, actor=second.actor)


def test_a_browser_switched_on_many_times_at_once_is_there_once(
    actor: Actor, service: Service
) -> None:
    someone = an_account(actor, "desk")
    switch_on(actor)
    browser, device = service.a_browser(), device_of(actor, someone.id)
    together = Barrier(4)

    def switch(_n: int) -> None:
        try:
            together.wait(timeout=20)
            subscribe(browser, actor=someone.actor, device=device)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(switch, range(12)))
    with acting(actor):
        assert Subscription.objects.filter(company_id=actor.company_id).count() == 1


def test_what_is_no_browser_is_refused(
    actor: Actor, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    someone = an_account(actor, "desk")
    device, good = device_of(someone.actor, someone.id), service.a_browser()
    with pytest.raises(NotYet):  # the company does not push
        subscribe(good, actor=someone.actor, device=device)
    switch_on(actor)
    with pytest.raises(Unknown):
        subscribe(good, actor=someone.actor, device=uuid4())
    for wrong in (
        Browser("ftp://example.com/x", good.p256dh, good.auth),
        Browser("http://10.0.0.8/x", good.p256dh, good.auth),
        Browser(good.endpoint, good.p256dh[:-4], good.auth),
        Browser(good.endpoint, "B" + "A" * 86, good.auth),
        Browser(good.endpoint, good.p256dh, "AAAA"),
        Browser(good.endpoint, good.p256dh, "住户"),
    ):
        with pytest.raises(NotYet):
            subscribe(wrong, actor=someone.actor, device=device)
    subscribe(good, actor=someone.actor, device=device)
    monkeypatch.setattr(settings, "PUSH_NETWORKS", "")
    queue_message(a_note(someone, email=False), actor=actor)
    deliver("push", actor=actor)
    assert [(m.state, m.error) for m in pushed(actor)] == [("dead", "blocked")]
    assert service.got == []


def test_its_address_is_sealed_and_erased_with_the_person(actor: Actor, service: Service) -> None:
    switch_on(actor)
    house = a_house(actor)
    resident = a_resident(house, house.resident)
    browser = service.a_browser()
    subscribe(browser, actor=resident.actor, device=device_of(resident.actor, resident.actor.id))
    with acting(actor):
        row = Subscription.objects.filter(company_id=actor.company_id).values().get()
    assert browser.endpoint.encode() not in bytes(row["sealed"])
    assert browser.auth.encode() not in bytes(row["sealed"])
    assert erase_addresses(house.resident.id, actor=actor) == 1


def test_a_test_through_the_channel_goes_to_ones_own_browsers(
    actor: Actor, service: Service
) -> None:
    admin = an_account(actor, "admin")
    gateway = add_gateway("push", Setting(name="推送"), actor=actor)
    with pytest.raises(NotYet):
        try_gateway(gateway.id, actor=admin.actor)
    taken_on(service, admin.actor)
    try_gateway(gateway.id, actor=admin.actor)
    (title,) = told_by(service, actor)
    assert "推送" in title
    with pytest.raises(NotYet):
        add_gateway("push", Setting(name="又一个"), actor=actor)
