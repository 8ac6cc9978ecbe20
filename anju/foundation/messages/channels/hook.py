"""Webhooks: one event as signed JSON to one address."""

import json
from functools import cache

from django.conf import settings

from anju.foundation.events.models import Event, Position
from anju.foundation.lib import now
from anju.foundation.messages.channels.base import Parcel, Undeliverable
from anju.foundation.messages.channels.transport import Blocked, post
from anju.foundation.messages.models import Message, Webhook
from anju.foundation.messages.queries import secrets_of
from anju.foundation.messages.rules.outbox import DELIVERED, Outcome
from anju.foundation.messages.rules.signing import signature
from anju.foundation.messages.rules.targets import Network, networks_of
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.rows import only

GONE = 410
SIGNATURE = "Anju-Signature"


@cache
def allowed_networks(text: str) -> tuple[Network, ...]:
    """The private networks that webhooks may reach, from ANJU_WEBHOOK_NETWORKS."""
    return networks_of(text)


class Hook:
    """Sends each event over a connection of its own."""

    @staticmethod
    def parcel(message: Message, *, actor: Actor) -> Parcel:
        """The event as it stands in the memory, and the secrets to sign it with."""
        mine = Webhook.objects.filter(company_id=actor.company_id)
        webhook = only(mine.filter(id=message.webhook_id)) if message.webhook_id else None
        if webhook is None or (not webhook.on and message.event_id):
            raise Undeliverable("switched_off")
        body = json.dumps(_told(message, actor), ensure_ascii=False, separators=(",", ":"))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Anju",
            "Anju-Event": str(message.facts.get("name", "")),
            "Anju-Delivery": str(message.id),
        }
        return Parcel(
            str(webhook.id), webhook.url, body.encode(), headers, secrets=secrets_of(webhook)
        )

    def send(self, parcel: Parcel) -> Outcome:
        """POST it once. Receivers know events by their id, so a second copy does no harm."""
        signed = signature(parcel.body, parcel.secrets, at=now())
        try:
            status = post(
                parcel.to,
                parcel.body,
                {**parcel.headers, SIGNATURE: signed},
                allowed=allowed_networks(settings.WEBHOOK_NETWORKS),
            )
        except Blocked:
            return Outcome("permanent", "blocked")
        except TimeoutError:
            return Outcome("temporary", "timeout", unreachable=True)
        except OSError as error:  # TLS errors are among these
            tls = "ssl" in type(error).__module__
            return Outcome("temporary", "tls" if tls else "unreachable", unreachable=True)
        if 200 <= status < 300:
            return DELIVERED
        if 300 <= status < 400:
            return Outcome("permanent", f"redirect:{status}")
        return Outcome("permanent" if status == GONE else "temporary", f"http:{status}")

    def close(self) -> None:
        """Nothing is kept open."""


def _told(message: Message, actor: Actor) -> dict[str, object]:
    """What the receiver gets: ids, names and facts. `said` never holds a personal value."""
    if message.event_id is None:
        return {"id": str(message.id), "name": "webhook.test", "at": _text(message.created_at)}
    event = only(Event.objects.filter(company_id=actor.company_id, id=message.event_id))
    if event is None:
        raise Undeliverable("gone")
    position = Position.objects.filter(company_id=actor.company_id, event_id=event.id).first()
    return {
        "id": str(event.id),
        "position": position.n if position else None,
        "name": event.name,
        "at": _text(event.at),
        "noted_at": _text(event.noted_at),
        "subject": {"kind": event.subject_kind, "id": str(event.subject_id)},
        "said": event.said,
    }


def _text(at: object) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S.%fZ}"
