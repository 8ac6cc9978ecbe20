"""Webhooks listen to everything but themselves."""

from collections.abc import Sequence

from django.db.models import QuerySet

from anju.foundation.events.models import Event
from anju.foundation.events.registry import listen
from anju.foundation.messages.commands.queueing import queue_deliveries
from anju.foundation.messages.models import Webhook
from anju.foundation.tenancy.actor import Actor

# The outbox does not tell others about itself: each delivery would cause the next.
OWN = frozenset({"message", "webhook", "channel"})


def hand_to_webhooks(actor: Actor, events: Sequence[Event]) -> None:
    """Queue each event for every webhook that wants it."""
    webhooks = list(_standing(actor))
    if webhooks:
        queue_deliveries(
            (
                (webhook, event)
                for event in events
                if event.name.partition(".")[0] not in OWN
                for webhook in webhooks
                if webhook.wants(event.name, event.noted_at)
            ),
            actor=actor,
        )


def _standing(actor: Actor) -> QuerySet[Webhook]:
    return Webhook.objects.filter(company_id=actor.company_id, since__isnull=False)


def anyone_to_tell(actor: Actor) -> bool:
    """Whether the company has a webhook at all; most have none, and no event is read for them."""
    return _standing(actor).exists()


listen("webhooks", hand_to_webhooks, heeds=anyone_to_tell)
