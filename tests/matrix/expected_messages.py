"""Who may do what with messages, the outbox and webhooks."""

from __future__ import annotations

from tests.matrix.row import EVERYONE, KEEPERS, Asked, Row
from tests.matrix.world import World

OUTBOX_READERS = "desk manager headquarters admin"


def _message(world: World) -> Asked:
    return {"id": world.mail}, {}


def _picked(world: World) -> Asked:
    return {}, {"pick": str(world.mail)}


def _webhook(world: World) -> Asked:
    return {"id": world.webhook}, {}


def _subscription(_world: World) -> Asked:
    return {}, {"url": "https://example.com/hook", "events": ["case.*"]}


def _subscribed(world: World) -> Asked:
    return {"webhook_id": world.webhook}, {}


def _gateway(world: World) -> Asked:
    return {"id": world.gateway}, {}


def _wecom(_world: World) -> Asked:
    return {"kind": "wecom"}, {}


MESSAGES = (
    Row("GET", "messages", EVERYONE, "list"),
    Row("POST", "messages/read", EVERYONE, "self"),
    Row("GET", "messages/address", EVERYONE, "self"),
    Row("POST", "messages/address", EVERYONE, "self"),
    # One's own browser; what it says of itself here is no browser, so nothing is written.
    Row("POST", "messages/push", EVERYONE, "self"),
    Row("GET", "messages/worker.js", EVERYONE, "open"),
    # Each opens for the one it was sent to, whatever their role.
    Row("GET", "messages/<uuid:id>", "", "thing", _message),
    Row("POST", "messages/<uuid:id>", "", "thing", _message),
    Row("GET", "outbox", OUTBOX_READERS, "list"),
    Row("POST", "outbox/retry", KEEPERS, "thing", _picked),
    Row("POST", "outbox/discard", KEEPERS, "thing", _picked),
    Row("GET", "api/v1/messages", OUTBOX_READERS, "list"),
    Row("POST", "api/v1/webhooks", "admin", "whole", _subscription),
    Row("GET", "api/v1/webhooks/<uuidstr:webhook_id>", "admin", "whole", _subscribed),
    # A channel carries what stands in its community; who may set it up holds the whole company.
    Row("GET", "channels", "admin", "whole"),
    Row("GET", "channels/new/<str:kind>", "admin", "whole", _wecom),
    Row("POST", "channels/new/<str:kind>", "admin", "whole", _wecom),
    Row("GET", "channels/<uuid:id>", "admin", "whole", _gateway),
    Row("POST", "channels/<uuid:id>", "admin", "whole", _gateway),
    Row("POST", "channels/<uuid:id>/test", "admin", "whole", _gateway),
    # Webhooks send everything: who holds a role in one community only may not touch them.
    Row("GET", "webhooks", "admin", "whole"),
    Row("GET", "webhooks/new", "admin", "whole"),
    Row("POST", "webhooks/new", "admin", "whole"),
    Row("GET", "webhooks/<uuid:id>", "admin", "whole", _webhook),
    Row("POST", "webhooks/<uuid:id>", "admin", "whole", _webhook),
    Row("POST", "webhooks/<uuid:id>/secret", "admin", "whole", _webhook),
)
