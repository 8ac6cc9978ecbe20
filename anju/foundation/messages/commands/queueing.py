"""Queueing: rows in the caller's transaction, each key at most once (I4, I5)."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q

from anju.foundation.events.commands import tell
from anju.foundation.events.models import Event
from anju.foundation.lib import now, uuid7
from anju.foundation.messages.channels.email import mail_server
from anju.foundation.messages.models import Gateway, Message, Webhook
from anju.foundation.messages.queries import (
    addresses_of,
    browsers_of,
    gateways_on,
    phones_of,
)
from anju.foundation.messages.registry import newest
from anju.foundation.messages.rules.outbox import NEVER_FOLDED, STORM
from anju.foundation.messages.rules.policy import BOTS, CALLS
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@dataclass(frozen=True, kw_only=True)
class Note:
    """What one account is to be told; it becomes one message per channel.

    `key` says what makes it unique for this account. `facts` are plain values without personal
    ones. `at`: when what it is about happened; too long ago for its kind, and nothing is queued.
    `email`: also by email, where the account has an address and a mail server is set up.
    `path`: where what it is about stands; then it also goes through the channels of the company
    that carry its priority there: once to each group, and to the account's telephone. Without it
    the note concerns the account alone: beside Anju only its browsers are told.
    `call`: somebody must answer, so the account's telephone rings too where a channel for calls
    carries this priority.
    `gathers_until`: notes of one key become one message until then, their lists in
    `facts["matters"]` joined; in Anju it grows, outside it is sent when that time has come.
    """

    key: str
    kind: str
    account: UUID
    subject: tuple[str, UUID]
    facts: Mapping[str, Any] = field(default_factory=dict)
    priority: int = 3
    at: datetime | None = None
    email: bool = False
    path: str | None = None
    call: bool = False
    gathers_until: datetime | None = None


def queue_message(note: Note, *, actor: Actor) -> int:
    """Queue one note as `queue_messages` does; the number of messages that are new."""
    return queue_messages([note], actor=actor)


def queue_messages(notes: Iterable[Note], *, actor: Actor) -> int:
    """Queue notes to accounts, inside the caller's `acting` or one of its own.

    A message whose key is there already is left as it is. Beyond the storm limit of an hour the
    rest for an account becomes one digest that counts (life safety is never folded). Told in one
    event. Returns the number of new messages. What may be told to whom is the caller's rule.
    """
    with acting(actor):
        rows = _fold(_rows(list(notes), actor), actor)
        return insert(rows, actor=actor)


def queue_deliveries(pairs: Iterable[tuple[Webhook, Event]], *, actor: Actor) -> int:
    """Queue events for webhooks, each event once per webhook; the number of new messages."""
    notice, moment = newest("webhook"), now()
    rows = [
        Message(
            company_id=actor.company_id,
            key=f"webhook:{webhook.id}:{event.id}",
            kind=notice.kind,
            version=notice.version,
            channel="webhook",
            priority=4,
            webhook_id=webhook.id,
            subject_kind=event.subject_kind,
            subject_id=event.subject_id,
            event_id=event.id,
            facts={"name": event.name},
            next_at=moment,
            expires_at=event.noted_at + notice.ttl,
            created_at=moment,
        )
        for webhook, event in pairs
    ]
    with acting(actor):
        return insert([row for row in rows if row.expires_at > moment], actor=actor)


def _rows(notes: Sequence[Note], actor: Actor) -> list[Message]:
    """The messages of the notes, those that come too late left out."""
    ways = _Ways(notes, actor)
    rows: dict[str, Message] = {}
    moment = now()
    for note in notes:
        notice = newest(note.kind)
        expires_at = (note.at or moment) + notice.ttl
        if expires_at <= moment:
            continue
        for channel, to in ways.of(note):
            there = channel == "inapp"
            gateway = to if channel in BOTS else None
            key = f"{note.key}:{to or note.account}:{channel}"
            if note.gathers_until and key in rows:
                _join(rows[key], note)
                continue
            rows.setdefault(key, Message(
                company_id=actor.company_id,
                key=key,
                kind=note.kind,
                version=notice.version,
                channel=channel,
                priority=note.priority,
                account_id=None if gateway else note.account,
                gateway_id=gateway,
                subscription_id=to if channel == "push" else None,
                subject_kind=note.subject[0],
                subject_id=note.subject[1],
                facts=dict(note.facts),
                state="sent" if there else "pending",
                next_at=None if there else note.gathers_until or moment,
                sent_at=moment if there else None,
                expires_at=expires_at,
                created_at=moment,
            ))  # fmt: skip
    return list(rows.values())


def _join(row: Message, note: Note) -> None:
    """One more note for a message that gathers; the database does the same with what is there."""
    held = row.facts["matters"]
    row.facts["matters"] = [*held, *(one for one in note.facts["matters"] if one not in held)]


class _Ways:
    """Through which channels each note of a batch goes; read once for all of them."""

    def __init__(self, notes: Sequence[Note], actor: Actor) -> None:
        mailed = {note.account for note in notes if note.email} if mail_server() else set()
        self.mailed = addresses_of(mailed, "email", actor=actor) if mailed else {}
        self.gateways = gateways_on(actor) if notes else []
        reached = {n.account for n in notes if self._carried(n, "sms") or self._carried(n, "voice")}
        self.phones = phones_of(reached, actor=actor) if reached else {}
        pushed = {note.account for note in notes if self._carried(note, "push")}
        self.pushed = browsers_of(pushed, actor=actor) if pushed else {}

    def of(self, note: Note) -> Iterator[tuple[str, UUID | None]]:
        """Channel, and the group or browser it goes to; None is the account."""
        yield "inapp", None
        if note.email and note.account in self.mailed:
            yield "email", None
        for gateway in self._carried(note):
            if gateway.kind in BOTS:
                yield gateway.kind, gateway.id
            elif gateway.kind == "push":
                yield from (("push", browser) for browser in self.pushed.get(note.account, ()))
            elif note.account in self.phones:
                yield gateway.kind, None

    def _carried(self, note: Note, kind: str = "") -> list[Gateway]:
        found = [g for g in self.gateways if g.carries(note.priority, note.path or "")]
        if note.path is None:  # nobody else's: no group reads it, and texts cost
            found = [g for g in found if g.kind == "push"]
        if not note.call:
            found = [g for g in found if g.kind not in CALLS]
        return [g for g in found if kind in ("", g.kind)]


def _fold(rows: list[Message], actor: Actor) -> list[Message]:
    """Put what exceeds the storm limit of the hour into one digest per account (group, browser)
    and channel."""
    moment = now()
    hour = moment.replace(minute=0, second=0, microsecond=0)
    accounts, gateways = {row.account_id for row in rows}, {row.gateway_id for row in rows}
    to_them = Q(account_id__in=accounts - {None})
    if gateways - {None}:
        to_them |= Q(gateway_id__in=gateways - {None})
    counts: Counter[tuple[Any, str]] = Counter(
        {
            (browser or account or gateway, channel): count
            for browser, account, gateway, channel, count in Message.objects.filter(
                to_them, company_id=actor.company_id, created_at__gte=hour
            )
            .values_list("subscription_id", "account_id", "gateway_id", "channel")
            .annotate(count=Count("id"))
        }
    )
    kept: list[Message] = []
    digests: dict[tuple[Any, str], Message] = {}
    for row in rows:
        place = (_to(row), row.channel)
        if row.priority in NEVER_FOLDED or counts[place] < STORM:
            counts[place] += 1
            kept.append(row)
        elif place in digests:
            digests[place].facts["count"] += 1
        else:
            digests[place] = _digest(row, hour)
    return [*kept, *digests.values()]


def _to(row: Message) -> UUID:
    """What a limit of its own is counted for."""
    return row.subscription_id or row.account_id or row.gateway_id  # type: ignore[return-value]  # one of them is there


def _digest(row: Message, hour: datetime) -> Message:
    """A digest that stands for `row`: in Anju at once, outside when the hour is over."""
    notice, later = newest("digest"), hour + timedelta(hours=1)
    return Message(
        company_id=row.company_id,
        key=f"digest:{_to(row)}:{row.channel}:{hour:%Y%m%d%H}",
        kind=notice.kind,
        version=notice.version,
        channel=row.channel,
        priority=row.priority,
        account_id=row.account_id,
        gateway_id=row.gateway_id,
        subscription_id=row.subscription_id,
        facts={"count": 1},
        state=row.state,
        next_at=row.next_at and later,
        sent_at=row.sent_at,
        expires_at=later + notice.ttl,
        created_at=row.created_at,
    )


COLUMNS = (
    ("id", "uuid"), ("key", "text"), ("kind", "text"), ("version", "smallint"),
    ("channel", "text"), ("priority", "smallint"), ("account_id", "uuid"), ("webhook_id", "uuid"),
    ("gateway_id", "uuid"), ("subscription_id", "uuid"),
    ("subject_kind", "text"), ("subject_id", "uuid"), ("event_id", "uuid"), ("facts", "jsonb"),
    ("state", "text"), ("next_at", "timestamptz"), ("expires_at", "timestamptz"),
    ("created_at", "timestamptz"), ("sent_at", "timestamptz"),
)  # fmt: skip
# One statement for a batch; only a digest may be there already and still change: it counts on, or
# gathers what it did not hold.
INSERT = f"""
    INSERT INTO messages_message AS m
           (company_id, attempts, error, {", ".join(name for name, _ in COLUMNS)})
    SELECT %s, 0, '', t.* FROM unnest({", ".join(f"%s::{kind}[]" for _, kind in COLUMNS)}) AS t
    ON CONFLICT (company_id, key) DO UPDATE
       SET facts = CASE WHEN m.kind = 'digest'
           THEN jsonb_build_object(
             'count', (m.facts->>'count')::int + (excluded.facts->>'count')::int)
           ELSE jsonb_set(m.facts, '{{matters}}', (SELECT jsonb_agg(DISTINCT one) FROM
             jsonb_array_elements((m.facts->'matters') || (excluded.facts->'matters')) AS one)) END,
           read_at = NULL
     WHERE m.kind = 'digest' OR NOT (m.facts->'matters') @> (excluded.facts->'matters')
    RETURNING m.kind
"""  # noqa: S608 - column names and types of the table above


def insert(rows: Sequence[Message], *, actor: Actor) -> int:
    """Write messages in one statement, each key at most once, and tell of them in one event; how
    many are new or counted on. Inside the caller's `acting`."""
    if not rows:
        return 0
    for row in rows:
        row.id = row.id or uuid7()
    columns = [
        [json.dumps(row.facts) if name == "facts" else getattr(row, name) for row in rows]
        for name, _kind in COLUMNS
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [actor.company_id, *columns])
        kinds = Counter(kind for (kind,) in cursor.fetchall())
    if kinds:
        tell(
            "message.queued",
            subject=("company", actor.company_id),
            actor=actor,
            said={"kinds": dict(kinds)},
        )
    return kinds.total()
