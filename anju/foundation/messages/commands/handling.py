"""What people do with messages: read them, send them again, drop them."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anju.foundation.events.commands import tell
from anju.foundation.lib import now
from anju.foundation.messages.models import Message
from anju.foundation.messages.registry import newest
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown

KEPT = timedelta(days=180)
FORGOTTEN_AT_ONCE = 5000
AGAIN = ("dead", "unknown", "dropped")


def retry(ids: Collection[UUID], *, actor: Actor) -> int:
    """Send messages again that were given up, dropped or perhaps sent; how many.

    They get all their tries and their time of use anew. Raises `Refused` without `outbox.edit`,
    `Unknown` when none of them can be edited by the actor, `NotYet` when none has stopped.
    """
    actor.require("outbox.edit")
    with acting(actor):
        chosen = _chosen(ids, actor)
        stopped = [m for m in chosen if m.state in AGAIN]
        if not stopped:
            raise NotYet(
                _("None of these has stopped: they are sent already or still being tried.")
            )
        moment = now()
        for message in stopped:
            message.state, message.next_at, message.error = "pending", moment, ""
            message.attempts, message.expires_at = 0, moment + newest(message.kind).ttl
        fields = ["state", "next_at", "error", "attempts", "expires_at"]
        Message.objects.bulk_update(stopped, fields)
        _told("message.retried", stopped, actor)
    return len(stopped)


def discard(ids: Collection[UUID], *, actor: Actor) -> int:
    """Stop messages that wait, or settle those that were given up: they are not sent; how many.

    One that is just being sent may still arrive. Raises as `retry` does.
    """
    actor.require("outbox.edit")
    with acting(actor):
        chosen = _chosen(ids, actor)
        open_ones = [m for m in chosen if m.state not in ("sent", "dropped")]
        if not open_ones:
            raise NotYet(_("None of these waits any more: they were sent or dropped before."))
        Message.objects.filter(
            company_id=actor.company_id, id__in=[m.id for m in open_ones]
        ).update(state="dropped", next_at=None, error="discarded")
        _told("message.discarded", open_ones, actor)
    return len(open_ones)


def mark_read(ids: Collection[UUID] | None = None, *, actor: Actor) -> int:
    """Mark messages of the actor's own bell as read, all of them without `ids`; how many.

    Others' messages and read ones are left alone.
    """
    with acting(actor):
        mine = Message.objects.mine(actor).unread()
        mine = mine if ids is None else mine.filter(id__in=ids)
        count = mine.update(read_at=now())
        if count:
            said = {"count": count, "messages": [str(id) for id in ids or ()]}
            tell("message.read", subject=("account", actor.id), actor=actor, said=said)
    return count


def forget_old(*, actor: Actor) -> int:
    """Delete settled messages older than 180 days, some thousand at most; how many.

    Their events stay: what was sent to whom and when is history, the outbox is not.
    """
    with acting(actor):
        old = Message.objects.filter(
            company_id=actor.company_id, next_at__isnull=True, created_at__lt=now() - KEPT
        )
        doomed = old.order_by("created_at").values("id")[:FORGOTTEN_AT_ONCE]
        count, _tables = Message.objects.filter(
            company_id=actor.company_id, id__in=list(doomed.values_list("id", flat=True))
        ).delete()
        if count:
            company = ("company", actor.company_id)
            tell("message.forgotten", subject=company, actor=actor, said={"count": count})
    return count


def _chosen(ids: Collection[UUID], actor: Actor) -> list[Message]:
    chosen = list(Message.objects.edited_by(actor).select_for_update().filter(id__in=ids))
    if not chosen:
        raise Unknown(_("There is no such message, or you may not see it."))
    return chosen


def _told(name: str, messages: Collection[Message], actor: Actor) -> None:
    tell(
        name,
        subject=("company", actor.company_id),
        actor=actor,
        said={"messages": [str(m.id) for m in messages]},
    )
