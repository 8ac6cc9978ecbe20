"""Signed webhooks out: what is sent and how it is proved (T4)."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from anju.foundation.access.testing import an_account
from anju.foundation.events.commands import advance, tell
from anju.foundation.events.models import Event
from anju.foundation.events.registry import listeners
from anju.foundation.events.testing import seal_all
from anju.foundation.lib import frozen, now
from anju.foundation.messages.commands import (
    add_webhook,
    change_webhook,
    deliver,
    rotate_secret,
    try_webhook,
)
from anju.foundation.messages.models import Message, Webhook
from anju.foundation.messages.queries import secrets_of
from anju.foundation.messages.rules.signing import WINDOW, signature, verified
from anju.foundation.messages.testing import HookSink, the_message
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused, Unknown


def told(actor: Actor, name: str = "case.reported") -> Event:
    with acting(actor):
        return tell(
            name,
            subject=("case", uuid4()),
            actor=actor,
            said={"number": "DH1-261120-0042"},
            values={"title": "王女士家漏水"},
        )


def read_on(actor: Actor) -> None:
    seal_all()
    advance(listeners()["webhooks"], actor.company_id)


def hook_messages(actor: Actor) -> list[Message]:
    with acting(actor):
        rows = Message.objects.filter(company_id=actor.company_id, channel="webhook")
        return list(rows.order_by("id"))


# What is sent


def test_an_event_arrives_signed_and_without_personal_values(
    actor: Actor, receiver: HookSink
) -> None:
    webhook = add_webhook(actor=actor, url=receiver.url, events=["case.*"])
    event = told(actor)
    told(actor, "place.added")
    read_on(actor)
    assert deliver("webhook", actor=actor) == 1
    ((headers, body),) = receiver.got
    said = json.loads(body)
    assert (said["id"], said["name"]) == (str(event.id), "case.reported")
    assert said["said"] == {"number": "DH1-261120-0042"}
    assert said["subject"] == {"kind": "case", "id": str(event.subject_id)}
    assert said["position"] > 0
    assert "王女士" not in body.decode()
    with acting(actor):
        secrets = secrets_of(webhook)
    assert verified(headers["Anju-Signature"], body, secrets, at=now())
    assert headers["Anju-Event"] == "case.reported"
    (message,) = hook_messages(actor)
    assert message.state == "sent"
    read_on(actor)
    assert deliver("webhook", actor=actor) == 0


def test_the_same_batch_read_twice_is_sent_once(actor: Actor, receiver: HookSink) -> None:
    add_webhook(actor=actor, url=receiver.url, events=["case.reported"])
    event = told(actor)
    seal_all()
    listener = listeners()["webhooks"]
    for _time in range(2):  # as after a crash before the cursor was saved
        with acting(actor):
            listener.handler(actor, [event])
    assert len(hook_messages(actor)) == 1


def test_a_new_webhook_is_told_of_what_comes_and_not_of_the_past(
    actor: Actor, receiver: HookSink
) -> None:
    told(actor)
    webhook = add_webhook(actor=actor, url=receiver.url, events=["case.*"])
    later = told(actor)
    change_webhook(webhook.id, actor=actor, url=receiver.url, events=["case.*"], on=False)
    told(actor)
    change_webhook(webhook.id, actor=actor, url=receiver.url, events=["case.*"], on=True)
    seal_all()
    # Everything since it was last switched on: the one before belongs to an earlier life.
    read_on(actor)
    assert hook_messages(actor) == []
    newest = told(actor)
    read_on(actor)
    assert [m.event_id for m in hook_messages(actor)] == [newest.id]
    assert later.id != newest.id


@pytest.mark.parametrize(
    ("status", "state", "error"),
    [
        (200, "sent", ""),
        (500, "pending", "http:500"),
        (429, "pending", "http:429"),
        (404, "pending", "http:404"),
        (410, "dead", "http:410"),
        (302, "dead", "redirect:302"),
    ],
)
def test_what_becomes_of_each_answer(
    actor: Actor, receiver: HookSink, status: int, state: str, error: str
) -> None:
    webhook = add_webhook(actor=actor, url=receiver.url, events=["case.*"])
    message = try_webhook(webhook.id, actor=actor)
    receiver.status, receiver.location = status, receiver.url
    deliver("webhook", actor=actor)
    found = the_message(actor, message)
    assert (found.state, found.error) == (state, error)
    assert len(receiver.got) == 1


def test_a_switched_off_webhook_gets_nothing_that_waits(actor: Actor, receiver: HookSink) -> None:
    webhook = add_webhook(actor=actor, url=receiver.url, events=["case.*"])
    told(actor)
    read_on(actor)
    change_webhook(webhook.id, actor=actor, url=receiver.url, events=["case.*"], on=False)
    deliver("webhook", actor=actor)
    (message,) = hook_messages(actor)
    assert (message.state, message.error) == ("dead", "switched_off")
    assert receiver.got == []


def test_only_a_keeper_of_the_whole_company_may_make_webhooks(
    actor: Actor, other_actor: Actor, receiver: HookSink
) -> None:
    with pytest.raises(Refused):
        add_webhook(actor=an_account(actor, "manager").actor, url=receiver.url, events=["case.*"])
    webhook = add_webhook(actor=actor, url=receiver.url, events=["case.*"])
    with pytest.raises(Unknown):
        rotate_secret(webhook.id, actor=other_actor)
    with acting(actor):
        assert Webhook.objects.get().secret_n == 1


def test_a_wrong_address_is_refused_with_its_field(actor: Actor) -> None:
    for url in (
        "ftp://example.com/",
        "https://10.0.0.1/",
        "http://2130706433/",
        "https://localhost/",
    ):
        with pytest.raises(NotYet) as refusal:
            add_webhook(actor=actor, url=url, events=["case.*"])
        assert set(refusal.value.fields) == {"url"}
    with pytest.raises(NotYet) as refusal:
        add_webhook(actor=actor, url="https://example.com/", events=[])
    assert set(refusal.value.fields) == {"events"}


# How it is proved


def test_a_signature_is_good_for_five_minutes_and_for_its_body_alone() -> None:
    at, body = now(), b'{"id":1}'
    header = signature(body, ["new"], at=at)
    assert verified(header, body, ["new"], at=at)
    assert verified(header, body, ["other", "new"], at=at + WINDOW - timedelta(seconds=2))
    assert not verified(header, body, ["new"], at=at + WINDOW + timedelta(seconds=2))
    assert not verified(header, body, ["new"], at=at - WINDOW - timedelta(seconds=2))
    assert not verified(header, body + b" ", ["new"], at=at)
    assert not verified(header, body, ["other"], at=at)
    late = header.replace(f"t={int(at.timestamp())}", f"t={int(at.timestamp()) + 1}")
    assert not verified(late, body, ["new"], at=at)


@pytest.mark.parametrize("header", ["", "t=,v1=", "v1=abc", "t=1e9,v1=x", "t=99999999999999,v1=x"])
def test_a_broken_signature_is_none(header: str) -> None:
    assert not verified(header, b"", ["s"], at=now())


def test_two_secrets_are_good_for_a_day_after_rotation(actor: Actor, receiver: HookSink) -> None:
    webhook = add_webhook(actor=actor, url=receiver.url, events=["case.*"])
    (old,) = secrets_of(webhook)
    webhook = rotate_secret(webhook.id, actor=actor)
    new, still = secrets_of(webhook)
    assert still == old
    assert new != old
    try_webhook(webhook.id, actor=actor)
    deliver("webhook", actor=actor)
    ((headers, body),) = receiver.got
    assert verified(headers["Anju-Signature"], body, [old], at=now())
    assert verified(headers["Anju-Signature"], body, [new], at=now())
    with frozen(now() + timedelta(days=1, seconds=1)):
        assert secrets_of(webhook) == (new,)


def test_secrets_are_in_no_table(actor: Actor, receiver: HookSink) -> None:
    webhook = add_webhook(actor=actor, url=receiver.url, events=["case.*"])
    with acting(actor):
        row = Webhook.objects.filter(id=webhook.id).values().get()
    assert secrets_of(webhook)[0].removeprefix("anju_hook_") not in str(row)
