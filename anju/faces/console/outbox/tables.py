"""The lists of messages and of webhooks."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from anju.foundation.kit.filters import Filter, Rows, between, equals
from anju.foundation.kit.list import Column
from anju.foundation.kit.templatetags.kit import moment, prio, tag, when
from anju.foundation.messages.models import Gateway, Message, Webhook
from anju.foundation.messages.registry import Words, labels, words_of
from anju.foundation.messages.rules.outbox import (
    CHANNEL_NAMES,
    STATE_NAMES,
    error_words,
)
from anju.foundation.messages.rules.targets import target_of

TONES = {"sent": "ok", "dead": "bad", "unknown": "warn", "leased": "blue", "dropped": "edge"}


def text_of(message: Message) -> Words:
    """The message in the reader's language."""
    return words_of(message.kind, message.version, message.facts)


def own_columns() -> list[Column]:
    """One's own messages: what happened is a button that opens it and marks it as read."""
    return [
        Column(name="text", label=_("Message"), render=_own_text, look="title wide"),
        Column(name="prio", label=_("Priority"), render=lambda m: prio(m.priority), look="mark"),
        Column(name="at", label=_("When"), render=lambda m: when(m.created_at), sort="created_at"),
    ]


def _own_text(message: Message) -> Any:
    words = text_of(message)
    subject = words.subject if message.read_at else format_html("<b>{}</b>", words.subject)
    below = format_html_join("", '<br><span class="small">{}</span>', ((x,) for x in words.lines))
    pages = ((path, label) for label, path in words.links)
    links = format_html_join("", '<br><a class="small" href="{}">{}</a>', pages)
    why = format_html('<br><span class="small mute">{}</span>', words.why) if words.why else ""
    return format_html(
        '<button class="btn quiet" formaction="{}" data-open>{}</button>{}{}{}',
        reverse("messages:message", args=[message.id]), subject, below, links, why,
    )  # fmt: skip


def own_filters() -> list[Filter]:
    """Unread ones, and by kind."""
    return [
        Filter(
            name="read",
            label=_("Read"),
            apply=lambda rows, key: rows.filter(read_at__isnull=key == "no"),
            choices=[("no", _("unread")), ("yes", _("read"))],
        ),
        Filter(name="kind", label=_("Kind"), apply=equals("kind"), choices=kinds),
    ]


def kinds() -> list[tuple[str, Any]]:
    """Every kind of message there is."""
    return list(labels().items())


def outbox_columns() -> list[Column]:
    """What was sent to whom, how often it was tried and what went wrong."""
    return [
        Column(name="text", label=_("Message"), render=lambda m: text_of(m).subject, look="title"),
        Column(name="to", label=_("To"), render=recipient),
        Column(name="channel", label=_("Channel"), render=lambda m: m.get_channel_display()),
        Column(name="state", label=_("State"), render=state, look="mark"),
        Column(
            name="tries", label=_("Tries"), render=lambda m: m.attempts or "", numeric=True,
            look="desk",
        ),
        Column(
            name="error", label=_("Last failure"), render=lambda m: error_words(m.error),
            look="wide mute",
        ),
        Column(name="next", label=_("Next try"), render=lambda m: moment(m.next_at), look="desk"),
        Column(
            name="at", label=_("Asked for"), render=lambda m: when(m.created_at), sort="created_at",
            value=lambda m: timezone.localtime(m.created_at),
        ),
    ]  # fmt: skip


def recipient(message: Message) -> str:
    """The name of an account or of a group's channel, the host of a webhook."""
    if message.webhook is not None:
        return host_of(message.webhook)
    if message.gateway is not None:
        return message.gateway.name
    return message.account.name if message.account else ""


def host_of(webhook: Webhook) -> str:
    """The host alone: the rest of an address may hold a key."""
    target = target_of(webhook.url)
    return target.host if target else webhook.url


def state(message: Message) -> Any:
    """A word and a tone."""
    return tag(message.get_state_display(), TONES.get(message.state, ""))


def outbox_filters() -> list[Filter]:
    """By state, channel, kind and day."""
    return [
        Filter(name="state", label=_("State"), apply=_in_state, choices=STATES),
        Filter(name="channel", label=_("Channel"), apply=equals("channel"), choices=CHANNEL_NAMES),
        Filter(name="kind", label=_("Kind"), apply=equals("kind"), choices=kinds),
        Filter(
            name="asked", label=_("Asked for"), kind="dates", apply=between("created_at"), more=True
        ),
    ]


STATES = [("trouble", _("needs someone")), *STATE_NAMES]


def _in_state(rows: Rows, key: str) -> Rows:
    return rows.filter(state__in=["dead", "unknown"] if key == "trouble" else [key])


def webhook_columns() -> list[Column]:
    """Where to, of what, and whether it is on."""
    return [
        Column(name="url", label=_("Address"), render=host_of, sort="url", look="title"),
        Column(name="events", label=_("Events"), render=lambda w: ", ".join(w.events), look="wide"),
        Column(name="state", label=_("State"), render=_on, look="mark"),
        Column(name="made", label=_("Made"), render=lambda w: when(w.made_at), sort="made_at"),
    ]


def _on(row: Webhook | Gateway) -> Any:
    return tag(_("switched on"), "ok") if row.on else tag(_("switched off"), "edge")


def gateway_columns(last: Mapping[UUID, Message]) -> list[Column]:
    """The channels, what they carry, and what became of the last message through each."""
    return [
        Column(name="name", label=_("Name"), render=lambda g: g.name, sort="name", look="title"),
        Column(name="kind", label=_("Kind"), render=lambda g: g.get_kind_display()),
        Column(name="prio", label=_("Priorities"), render=_carried, look="mark"),
        Column(name="place", label=_("Only what concerns"), render=lambda g: g.place or ""),
        Column(name="state", label=_("State"), render=_on, look="mark"),
        Column(
            name="last", label=_("Last message"), render=lambda g: last_words(last.get(g.id)),
            look="wide",
        ),
    ]  # fmt: skip


def _carried(gateway: Gateway) -> Any:
    return format_html_join(" ", "{}", ((prio(n),) for n in gateway.urgencies))


def last_words(message: Message | None) -> Any:
    """State, time and reason of the last message through a channel."""
    if message is None:
        return ""
    reason = error_words(message.error) if message.error else ""
    at = when(message.sent_at or message.created_at)
    return format_html('{} {} <span class="small mute">{}</span>', state(message), at, reason)
