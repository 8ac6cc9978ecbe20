"""What the tests of notices on devices do again and again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from anju.foundation.access.models import DeviceSession
from anju.foundation.messages.commands import Setting, add_gateway, deliver, subscribe
from anju.foundation.messages.models import Message, Subscription
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from tests.push.service import Service


def switch_on(actor: Actor, **more: Any) -> None:
    given: dict[str, Any] = {"urgencies": (1, 2, 3), "hours": (0, 0)}
    add_gateway("push", Setting(name="推送", **{**given, **more}), actor=actor)


def device_of(actor: Actor, account: UUID) -> UUID:
    with acting(actor):
        return DeviceSession.objects.filter(account_id=account).latest("created_at").id


def taken_on(service: Service, actor: Actor) -> Subscription:
    """A new browser of an account that takes its notices."""
    return subscribe(service.a_browser(), actor=actor, device=device_of(actor, actor.id))


def pushed(actor: Actor) -> list[Message]:
    with acting(actor):
        rows = Message.objects.filter(company_id=actor.company_id, channel="push")
        return list(rows.order_by("created_at", "id"))


def told_by(service: Service, actor: Actor) -> list[str]:
    while deliver("push", actor=actor):
        pass
    return [told["title"] for _path, told, _headers in service.got]
