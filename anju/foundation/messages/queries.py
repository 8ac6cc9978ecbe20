"""Reads of the outbox and of who is to be told."""

import hmac
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from django.conf import settings
from django.db.models import Count, Q

from anju.foundation.access.models import Account, RoleGrant
from anju.foundation.lib import now
from anju.foundation.messages.models import Address, Gateway, Message, Subscription, Webhook
from anju.foundation.messages.rules.outbox import OUTSIDE
from anju.foundation.messages.rules.policy import PERSONAL, QUIET_FROM, QUIET_UNTIL, RESIDENTS
from anju.foundation.messages.rules.push import key_from, point_of, written
from anju.foundation.messages.rules.sms import mobile
from anju.foundation.people.models import Assignment, Person
from anju.foundation.people.queries import on_duty
from anju.foundation.tenancy.across import across
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today

# Who is told when nobody holds the role that should be: a silent escalation is none.
UPWARDS = ("manager", "headquarters", "admin")


def companies_due(channel: str) -> list[UUID]:
    """Companies with something to send on `channel`, the most urgent first; asked as the ticker,
    who sees companies, times, channels and priorities only. One look at a small index."""
    with across("ticker", "which company has something to send") as cursor:
        cursor.execute(
            "SELECT company_id FROM messages_message WHERE next_at <= %s AND channel = %s"
            " GROUP BY company_id ORDER BY min(priority), min(next_at)",
            [now(), channel],
        )
        return [row[0] for row in cursor.fetchall()]


def every_company() -> list[UUID]:
    """The companies of the installation, for duties the worker does for each."""
    with across("ticker", "a duty for each company") as cursor:
        cursor.execute("SELECT id FROM tenancy_company ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def unread_count(actor: Actor) -> int:
    """The number on the actor's bell. One look at an index of unread messages."""
    return Message.objects.mine(actor).unread().count()


def unread_counts(accounts: Collection[UUID], *, actor: Actor) -> dict[UUID, int]:
    """The numbers on the bells of several accounts. One query."""
    rows = (
        Message.objects.filter(
            company_id=actor.company_id, account_id__in=accounts, channel="inapp"
        )
        .unread()
        .values_list("account_id")
        .annotate(count=Count("id"))
    )
    counts = dict.fromkeys(accounts, 0)
    counts.update(rows)
    return counts


def waiting_count(actor: Actor) -> dict[str, int]:
    """How many messages of the company are unsettled or need someone, by state. One query."""
    rows = (
        Message.objects.seen_by(actor)
        .filter(Q(next_at__isnull=False) | Q(state__in=["dead", "unknown"]), channel__in=OUTSIDE)
        .values_list("state")
        .annotate(count=Count("id"))
    )
    return dict(rows)


def addresses_of(accounts: Collection[UUID], channel: str, *, actor: Actor) -> dict[UUID, Address]:
    """Account -> its address on a channel, where it has one. One query."""
    rows = Address.objects.filter(
        company_id=actor.company_id, account_id__in=accounts, channel=channel
    )
    return {address.account_id: address for address in rows}


def phones_of(accounts: Collection[UUID], *, actor: Actor) -> dict[UUID, Address]:
    """Account -> where it gets text messages: the number it gave, else the mobile number of its
    person (then an address that is in no table). Three queries."""
    found = addresses_of(accounts, "sms", actor=actor)
    others = Account.objects.filter(
        company_id=actor.company_id,
        id__in=set(accounts) - found.keys(),
        person_id__isnull=False,
    )
    persons = dict(others.values_list("person_id", "id"))
    known = Person.objects.filter(company_id=actor.company_id, id__in=persons)
    for person, phone in known.exclude(phone="").values_list("id", "phone"):
        if number := mobile(phone):
            account = persons[person]
            found[account] = Address(account_id=account, channel="sms", text=number)
    return found


def gateways_on(actor: Actor) -> list[Gateway]:
    """The company's channels that are switched on, with their places. One query."""
    mine = Gateway.objects.on().filter(company_id=actor.company_id)
    return list(mine.select_related("place").order_by("made_at", "id"))


def personal_gateway(kind: str, *, actor: Actor) -> Gateway | None:
    """The company's one channel of a kind that goes to accounts (`PERSONAL`), on or off; None where
    none is set up."""
    return Gateway.objects.filter(company_id=actor.company_id, kind=kind).first()


def quiet_hours(kind: str, *, actor: Actor) -> tuple[int, int]:
    """From which hour of the day until which a channel keeps quiet; the usual ones where it is not
    set up. One query."""
    found = personal_gateway(kind, actor=actor)
    return (found.quiet_from, found.quiet_until) if found else (QUIET_FROM, QUIET_UNTIL)


def texts_leave(*, actor: Actor) -> bool:
    """Whether text messages leave the house. One query."""
    gateway = personal_gateway("sms", actor=actor)
    return gateway is not None and gateway.on


def texts_reach_residents(*, actor: Actor) -> bool:
    """Whether the company has residents told by text message where no notice reaches them. One
    query."""
    gateway = personal_gateway("sms", actor=actor)
    return gateway is not None and gateway.on and bool(gateway.options.get(RESIDENTS))


def browsers_of(accounts: Collection[UUID], *, actor: Actor) -> dict[UUID, list[UUID]]:
    """Account -> its browsers that take notices. One query."""
    rows = Subscription.objects.live().filter(company_id=actor.company_id, account_id__in=accounts)
    found: dict[UUID, list[UUID]] = {}
    for account, browser in rows.values_list("account_id", "id"):
        found.setdefault(account, []).append(browser)
    return found


def push_key() -> EllipticCurvePrivateKey:
    """What this installation signs with when it pushes (VAPID). It follows from the installation's
    key, so it is there from the first start, in no table and in every backup."""
    return key_from(hmac.digest(settings.SECRET_KEY.encode(), b"web push", "sha256"))


@dataclass(frozen=True)
class Offer:
    """What a browser needs to take notices: our public key, and which of its addresses (SHA-256,
    hex) are known for this account and sign-in already."""

    key: str
    known: tuple[str, ...]


def push_offer(device: UUID, *, actor: Actor) -> Offer | None:
    """The offer to a signed-in browser; None where the company does not push. Two queries."""
    gateway = personal_gateway("push", actor=actor)
    if gateway is None or not gateway.on:
        return None
    mine = Subscription.objects.seen_by(actor).filter(device_id=device)
    known = tuple(bytes(digest).hex() for digest in mine.values_list("digest", flat=True))
    return Offer(written(point_of(push_key())), known)


def last_through(gateways: Collection[Gateway], *, actor: Actor) -> dict[UUID, Message]:
    """Channel -> the last message through it that was tried. One query."""
    groups = [gateway.id for gateway in gateways]
    rows = (
        Message.objects.filter(
            Q(gateway_id__in=groups) | Q(channel__in=PERSONAL), company_id=actor.company_id
        )
        .exclude(attempts=0, error="")
        .order_by("channel", "gateway_id", "-created_at", "-id")
        .distinct("channel", "gateway_id")
    )
    last = {(message.channel, message.gateway_id): message for message in rows}
    keys = {g.id: (g.kind, None if g.kind in PERSONAL else g.id) for g in gateways}
    return {id: last[key] for id, key in keys.items() if key in last}


def secrets_of(webhook: Webhook) -> tuple[str, ...]:
    """The secrets a webhook signs with, the newest first; two while the old one is still good.

    Derived from the installation's key, so they are in no table and no dump; losing that key
    means giving receivers new ones.
    """
    numbers = [webhook.secret_n]
    if webhook.old_until and webhook.old_until > now():
        numbers.append(webhook.secret_n - 1)
    key = settings.SECRET_KEY.encode()
    return tuple(
        "anju_hook_" + hmac.digest(key, f"webhook:{webhook.id}:{n}".encode(), "sha256").hex()
        for n in numbers
    )


@dataclass(frozen=True)
class Staff:
    """Who holds which role where, and whose account is whose: read once for a batch."""

    grants: tuple[tuple[UUID, str, str], ...]
    accounts: dict[UUID, UUID]

    def holding(self, role: str, path: str, *, upwards: bool = True) -> list[UUID]:
        """Accounts with `role` at `path`; with `upwards`, when nobody has it, those with the next
        role above."""
        for wanted in dict.fromkeys((role, *(UPWARDS if upwards else ()))):
            found = {a for a, held, at in self.grants if held == wanted and path.startswith(at)}
            if found:
                return sorted(found)
        return []

    def holds(self, account: UUID, role: str, path: str) -> bool:
        """Whether the account has exactly this role at `path`."""
        return any(
            a == account and held == role and path.startswith(at) for a, held, at in self.grants
        )

    def of_persons(self, persons: Iterable[UUID]) -> list[UUID]:
        """The accounts of these persons, where they have one."""
        return sorted({self.accounts[p] for p in persons if p in self.accounts})


def staff(roles: Collection[str], *, actor: Actor) -> Staff:
    """The holders of `roles` (and of those above) in the company, now. Two queries."""
    at = now()
    rows = RoleGrant.objects.filter(
        Q(until__isnull=True) | Q(until__gt=at),
        company_id=actor.company_id,
        role__in={*roles, *UPWARDS},
        since__lte=at,
        account__closed_at__isnull=True,
    )
    persons = Account.objects.filter(
        company_id=actor.company_id, closed_at__isnull=True, person_id__isnull=False
    )
    return Staff(
        grants=tuple(rows.values_list("account_id", "role", "path")),
        accounts=dict(persons.values_list("person_id", "id")),
    )


def holders_of_posts(posts: Collection[UUID], *, actor: Actor) -> dict[UUID, list[UUID]]:
    """Post -> persons who hold it today. One query, none without posts."""
    if not posts:
        return {}
    rows = Assignment.objects.on(today(actor.company_id)).filter(
        company_id=actor.company_id, post_id__in=posts
    )
    held: dict[UUID, list[UUID]] = {}
    for post, person in rows.values_list("post_id", "person_id"):
        held.setdefault(post, []).append(person)
    return held


def present_at_posts(posts: Collection[UUID], *, actor: Actor) -> dict[UUID, list[UUID]]:
    """Post -> who is on duty there now, else who holds it. Two queries, none without posts."""
    found = holders_of_posts(posts, actor=actor)
    present: dict[UUID, list[UUID]] = {}
    for duty in on_duty(actor=actor).filter(post__in=posts) if posts else ():
        present.setdefault(duty.post_id, []).append(duty.person_id)
    return found | present
