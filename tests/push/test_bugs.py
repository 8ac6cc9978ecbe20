"""Bugs sown into notices on devices, each found by its law."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from anju.foundation.access.testing import Someone, an_account
from anju.foundation.messages.channels import push as push_channel
from anju.foundation.messages.commands import (
    browsers,
    deliver,
    delivering,
    queue_message,
    subscribe,
)
from anju.foundation.messages.models import Subscription
from anju.foundation.messages.rules import push
from anju.foundation.messages.testing import a_note
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet
from tests.harness.seeding import Bug, sown
from tests.push.hands import device_of, switch_on, taken_on, told_by
from tests.push.service import Service

Wrong = Callable[..., Any]


def _no_port(right: Wrong) -> Wrong:
    return lambda endpoint, **given: right(endpoint.rsplit(":", 1)[0] + "/x", **given)


def _two_days(right: Wrong) -> Wrong:
    return lambda endpoint, *, at, **given: right(endpoint, at=at + 48 * 3600, **given)


def _one_salt(right: Wrong) -> Wrong:
    return lambda *args, **given: right(*args, **{**given, "salt": b"0" * 16})


def _own_key_for_theirs(right: Wrong) -> Wrong:
    return lambda text, *, p256dh, once, **given: right(
        text, p256dh=push.written(push.point_of(once)), once=once, **given
    )


def _gone_is_only_wrong(right: Wrong) -> Wrong:
    return lambda status, body: right(400 if status in (404, 410) else status, body)


def _never_dropped(right: Wrong) -> Wrong:
    return lambda id, *, actor: None


def _another_key(right: Wrong) -> Wrong:
    return lambda: ec.generate_private_key(ec.SECP256R1())


def _whole_text(right: Wrong) -> Wrong:
    def words(kind: str, version: int, facts: Any, **more: Any) -> Any:
        found = right(kind, version, facts, **more)
        return replace(found, subject=" ".join((found.subject, *found.lines)))

    return words


def _anybodys_browser(right: Wrong) -> Wrong:
    return lambda browser: None


BUGS = {
    "the audience lacks the port": Bug("signed", push, "authorization", _no_port),
    "signed for too long": Bug("signed", push, "authorization", _two_days),
    "signed with a key of the moment": Bug("signed", push_channel, "push_key", _another_key),
    "one salt for all": Bug("salt", push, "encrypted", _one_salt),
    "encrypted for ourselves": Bug("read", push, "encrypted", _own_key_for_theirs),
    "gone is taken for wrong": Bug("removed", push, "outcome", _gone_is_only_wrong),
    "the dead stay": Bug("removed", delivering, "drop_browser", _never_dropped),
    "the lines are sent too": Bug("names nobody", push_channel, "words_of", _whole_text),
    "any address is taken": Bug("inside", browsers, "_check", _anybodys_browser),
}


def broken(actor: Actor, service: Service, someone: Someone) -> set[str]:
    """The laws of the way that do not hold: signed, read, salt, names nobody, removed, inside."""
    found = set()
    first = taken_on(service, someone.actor)
    facts = {"number": "N-1", "kind": "repair", "place": "3-2-1201", "urgency": 3, "why": "desk"}
    for _n in range(2):
        note = a_note(
            someone, kind="case.reported", facts=facts, subject=("case", uuid4()), email=False
        )
        queue_message(note, actor=actor)
    told = told_by(service, actor)
    found |= {"signed" for fault in service.refused if not fault.startswith("unreadable")}
    found |= {"read" for fault in service.refused if fault.startswith("unreadable")}
    found |= {"salt"} if len({raw[:16] for raw in service.raw}) < len(service.raw) else set()
    found |= {"names nobody"} if any("1201" in title for title in told) else set()
    service.status = 410
    queue_message(a_note(someone, email=False), actor=actor)
    deliver("push", actor=actor)
    with acting(actor):
        if Subscription.objects.filter(id=first.id).exists():
            found.add("removed")
    inside = replace(service.a_browser(), endpoint="http://10.1.2.3/x")
    try:
        subscribe(inside, actor=someone.actor, device=device_of(someone.actor, someone.id))
    except NotYet:
        return found
    return found | {"inside"}


def test_the_way_as_it_is_breaks_no_law(actor: Actor, service: Service) -> None:
    switch_on(actor)
    assert broken(actor, service, an_account(actor, "desk")) == set()


@pytest.mark.parametrize("name", BUGS)
def test_every_sown_bug_is_found(actor: Actor, service: Service, name: str) -> None:
    switch_on(actor)
    bug = BUGS[name]
    with sown(bug):
        assert bug.law in broken(actor, service, an_account(actor, "desk"))
