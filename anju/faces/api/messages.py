"""REST: what was to be told to whom, and what became of it."""

from datetime import datetime
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import Field

from anju.foundation.access.doors import Request, api_door
from anju.foundation.messages.models import Message
from anju.foundation.messages.rules.outbox import CHANNEL_NAMES, STATE_NAMES
from anju.foundation.tenancy.errors import known_word
from anju.foundation.tenancy.rows import cursor_page

router = Router(tags=["messages"])
MOST = 200


class MessageOut(Schema):
    """One message to one recipient on one channel: no text, no address. `to_account`, `to_channel`
    (a group) or `to_webhook` is its recipient; `error` a code, with a detail behind a colon."""

    id: UUID
    kind: str
    channel: str
    priority: int
    state: str
    attempts: int
    error: str
    to_account: UUID | None
    to_channel: UUID | None
    to_webhook: UUID | None
    subject_kind: str
    subject_id: UUID | None
    created_at: datetime
    next_at: datetime | None
    sent_at: datetime | None
    read_at: datetime | None


class MessagePage(Schema):
    """One page of messages, newest first; `next` is the cursor of the following page."""

    items: list[MessageOut]
    next: UUID | None = None


class MessageFilter(Schema):
    """Filters of the list. `subject`: the id of the case it is about."""

    state: str = ""
    channel: str = ""
    subject: UUID | None = None
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=MOST)


@router.get("/messages", response=MessagePage, operation_id="list_messages")
@api_door("outbox.see")
def get_messages(request: Request, asked: Query[MessageFilter]) -> MessagePage:
    """Messages the token's owner may see, newest first, each with its state."""
    for name, known in (("state", dict(STATE_NAMES)), ("channel", dict(CHANNEL_NAMES))):
        known_word(name, getattr(asked, name), known)
    found = Message.objects.seen_by(request.actor).order_by("-id")
    if asked.state:
        found = found.filter(state=asked.state)
    if asked.channel:
        found = found.filter(channel=asked.channel)
    if asked.subject:
        found = found.filter(subject_id=asked.subject)
    if asked.cursor:
        found = found.filter(id__lt=asked.cursor)
    rows, after = cursor_page(found, asked.limit)
    return MessagePage(items=[_out(message) for message in rows], next=after)


def _out(message: Message) -> MessageOut:
    same = {
        name: getattr(message, name)
        for name in MessageOut.model_fields
        if not name.startswith("to_")
    }
    return MessageOut(
        **same,
        to_account=message.account_id,
        to_channel=message.gateway_id,
        to_webhook=message.webhook_id,
    )
