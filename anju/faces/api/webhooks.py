"""REST: who outside is told of which events, as under Settings, Webhooks."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema, Status
from pydantic import Field

from anju.foundation.access.doors import Request, api_door
from anju.foundation.messages.commands import add_webhook
from anju.foundation.messages.models import Webhook
from anju.foundation.messages.queries import secrets_of
from anju.foundation.tenancy.errors import Unknown
from anju.foundation.tenancy.rows import only

router = Router(tags=["webhooks"])


class WebhookIn(Schema):
    """A public https address, and the events it is told of: names (`case.reported`) or families
    (`case.*`)."""

    url: str = Field(max_length=500)
    events: list[str] = Field(min_length=1, max_length=100)


class WebhookOut(Schema):
    """A subscription. Events noted after `since` are sent; null is switched off."""

    id: UUID
    url: str
    events: list[str]
    since: datetime | None


class SecretOut(WebhookOut):
    """As `WebhookOut`, with what it signs with: two while the old secret is still good."""

    secrets: list[str]


@router.post("/webhooks", response={201: WebhookOut}, operation_id="add_webhook")
@api_door("webhook.edit")
def post_webhook(request: Request, given: WebhookIn) -> Status[Webhook]:
    """Tell an address outside of events from now on. The secret it signs with is not in the answer,
    which is kept for the idempotency key: read it from the subscription."""
    made = add_webhook(actor=request.actor, url=given.url, events=given.events)
    return Status(201, made)


@router.get("/webhooks/{uuid:webhook_id}", response=SecretOut, operation_id="get_webhook")
@api_door("webhook.edit", scope="write")
def get_webhook(request: Request, webhook_id: UUID) -> SecretOut:
    """One subscription with its secrets; the token needs the scope `write`."""
    request.actor.require("webhook.edit", "")
    found = only(Webhook.objects.seen_by(request.actor).filter(id=webhook_id))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    told = {"id": found.id, "url": found.url, "events": found.events, "since": found.since}
    return SecretOut(**told, secrets=list(secrets_of(found)))
