"""The writes of the outbox."""

from anju.foundation.messages.commands.addresses import (
    erase_addresses,
    set_address,
    try_address,
)
from anju.foundation.messages.commands.browsers import (
    Browser,
    subscribe,
    unsubscribe,
)
from anju.foundation.messages.commands.delivering import deliver, deliver_due
from anju.foundation.messages.commands.gateways import (
    Setting,
    add_gateway,
    change_gateway,
    try_gateway,
)
from anju.foundation.messages.commands.handling import (
    discard,
    forget_old,
    mark_read,
    retry,
)
from anju.foundation.messages.commands.queueing import (
    Note,
    queue_deliveries,
    queue_message,
    queue_messages,
)
from anju.foundation.messages.commands.texting import queue_text, queue_texts
from anju.foundation.messages.commands.webhooks import (
    add_webhook,
    change_webhook,
    rotate_secret,
    try_webhook,
)

__all__ = [
    "Browser",
    "Note",
    "Setting",
    "add_gateway",
    "add_webhook",
    "change_gateway",
    "change_webhook",
    "deliver",
    "deliver_due",
    "discard",
    "erase_addresses",
    "forget_old",
    "mark_read",
    "queue_deliveries",
    "queue_message",
    "queue_messages",
    "queue_text",
    "queue_texts",
    "retry",
    "rotate_secret",
    "set_address",
    "subscribe",
    "try_address",
    "try_gateway",
    "try_webhook",
    "unsubscribe",
]
