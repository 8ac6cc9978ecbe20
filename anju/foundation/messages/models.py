"""The outbox: messages, the addresses of their recipients, and webhooks (消息)."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q

from anju.foundation.access.models import Account, DeviceSession, RoleGrant
from anju.foundation.lib import now
from anju.foundation.messages.rules.outbox import CHANNEL_NAMES, STATE_NAMES
from anju.foundation.messages.rules.policy import BOTS, GATEWAYS, QUIET_FROM, QUIET_UNTIL
from anju.foundation.places.models import Place, under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey

UNSETTLED = ("pending", "leased")
GATEWAY_NAMES = tuple((key, name) for key, name in CHANNEL_NAMES if key in GATEWAYS)


class WebhookQuery(models.QuerySet["Webhook"]):
    """Reads of webhooks."""

    def seen_by(self, actor: Actor) -> Self:
        """All of the company for who may edit webhooks in all of it: they send everything."""
        if actor.may("webhook.edit", ""):
            return self.filter(company_id=actor.company_id)
        return self.none()


class Webhook(Owned):
    """An address outside that is told of events: names, ids and facts, no personal values.

    `events` are names ("case.reported") or families ("case.*"). `since`: only events noted from
    then on are sent; None is switched off. `secret_n` counts secrets; the one before it stays
    good until `old_until`. The secrets themselves are in no table (see `secrets_of`).
    """

    url = models.CharField(max_length=500)
    events = models.JSONField(default=list)
    secret_n = models.PositiveIntegerField(default=1)
    old_until = models.DateTimeField(null=True)
    since = models.DateTimeField(null=True, default=now)
    made_at = models.DateTimeField(default=now)

    objects = WebhookQuery.as_manager()

    def __str__(self) -> str:
        return self.url

    @property
    def on(self) -> bool:
        """Whether it is told of events."""
        return self.since is not None

    def wants(self, name: str, noted_at: datetime) -> bool:
        """Whether an event of this name, noted then, is for this webhook."""
        if self.since is None or noted_at < self.since:
            return False
        if name.endswith(".imported"):  # years of the past at once: only by name
            return name in self.events
        family = name.partition(".")[0] + ".*"
        return name in self.events or family in self.events


class GatewayQuery(models.QuerySet["Gateway"]):
    """Reads of channels."""

    def seen_by(self, actor: Actor) -> Self:
        """All of the company for who may edit webhooks in all of it: both carry facts outside."""
        if actor.may("webhook.edit", ""):
            return self.filter(company_id=actor.company_id)
        return self.none()

    def on(self) -> Self:
        """Those switched on."""
        return self.filter(since__isnull=False)


class Gateway(Owned):
    """A channel to the outside that a company has set up (通道): the robot of a group, or SMS.

    `place`: it hears only of what stands there; None hears of all. `urgencies`: which priorities
    it carries. Between `quiet_from` and `quiet_until` (hours of the company's day, the same twice
    is never) only the urgent are sent. `options`: what is no secret. `sealed`: its address and
    keys, which nobody reads without the installation's key (`channels.sealing`). `since`: None is
    switched off.
    """

    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=GATEWAY_NAMES)
    place = OwnedForeignKey(Place, null=True, related_name="+")
    urgencies = models.JSONField(default=list)
    quiet_from = models.PositiveSmallIntegerField(default=QUIET_FROM)
    quiet_until = models.PositiveSmallIntegerField(default=QUIET_UNTIL)
    language = models.CharField(max_length=8, default="zh-hans")
    options = models.JSONField(default=dict)
    sealed = models.BinaryField(default=bytes)
    since = models.DateTimeField(null=True, default=now)
    made_at = models.DateTimeField(default=now)

    objects = GatewayQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="gateway_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def on(self) -> bool:
        """Whether anything is sent through it."""
        return self.since is not None

    def carries(self, priority: int, path: str) -> bool:
        """Whether a message of this priority, about something at `path`, goes through it."""
        here = self.place.path if self.place else ""
        return self.on and priority in self.urgencies and path.startswith(here)


class AddressQuery(models.QuerySet["Address"]):
    """Reads of addresses."""

    def seen_by(self, actor: Actor) -> Self:
        """One's own, and those of accounts the actor may see."""
        return self.filter(account__in=Account.objects.seen_by(actor), company_id=actor.company_id)


class Address(Owned):
    """Where an account is reached on one channel. Personal: erased with the person.

    `language` is the one messages to it are written in.
    """

    account = OwnedForeignKey(Account, related_name="addresses")
    channel = models.CharField(max_length=8, choices=CHANNEL_NAMES)
    text = models.CharField(max_length=254)
    language = models.CharField(max_length=8, default="zh-hans")

    objects = AddressQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "account", "channel"], name="address_once"),
        ]


class SubscriptionQuery(models.QuerySet["Subscription"]):
    """Reads of browsers that take notices."""

    def seen_by(self, actor: Actor) -> Self:
        """One's own."""
        return self.filter(company_id=actor.company_id, account_id=actor.id)

    def live(self) -> Self:
        """Those whose sign-in has not ended."""
        return self.filter(device__revoked_at=None, device__expires_at__gt=now())


class Subscription(Owned):
    """A browser that takes notices while its pages are closed (推送). Erased with the person.

    `sealed`: its address at the push service and its keys, which nobody reads without the
    installation's key; `digest`: SHA-256 of that address, so a browser is there once. `device`:
    the sign-in it was asked under; when that ends, nothing more is sent. `language` is the one
    notices to it are written in.
    """

    account = OwnedForeignKey(Account, related_name="+")
    device = OwnedForeignKey(DeviceSession, related_name="+")
    digest = models.BinaryField(max_length=32)
    sealed = models.BinaryField()
    language = models.CharField(max_length=8, default="zh-hans")
    made_at = models.DateTimeField(default=now)

    objects = SubscriptionQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "digest"], name="subscription_once"),
        ]
        indexes = [models.Index(fields=["company", "account"], name="subscription_account")]


class MessageQuery(models.QuerySet["Message"]):
    """Reads of messages."""

    def seen_by(self, actor: Actor) -> Self:
        """The actor's own, and those of the outbox the actor may see."""
        return self.held("outbox.see", actor, Q(account_id=actor.id))

    def edited_by(self, actor: Actor) -> Self:
        """Those the actor may send again or drop."""
        return self.held("outbox.edit", actor, Q(pk__in=[]))

    def held(self, permission: str, actor: Actor, also: Q) -> Self:
        """All for who holds `permission` in the whole company; else those to accounts with a role
        inside the places held, and those to a group of these places."""
        paths = actor.paths(permission)
        if "" in paths:
            return self.filter(company_id=actor.company_id)
        inside = RoleGrant.objects.filter(under(paths), company_id=actor.company_id)
        own = Q(account_id__in=inside.values("account_id")) if paths else Q(pk__in=[])
        groups = Gateway.objects.filter(under(paths, "place__path"), company_id=actor.company_id)
        own |= Q(gateway_id__in=groups.values("id"))
        return self.filter(own | also, company_id=actor.company_id)

    def mine(self, actor: Actor) -> Self:
        """What the actor's bell shows."""
        return self.filter(company_id=actor.company_id, account_id=actor.id, channel="inapp")

    def unread(self) -> Self:
        """Not yet read."""
        return self.filter(read_at__isnull=True)


class Message(Owned):
    """One message to one recipient on one channel.

    It holds no text and no address: `facts` (plain values, none personal) and the `version` of
    the words of its `kind` make the text whenever it is needed, in the reader's language, and the
    address is looked up when it is sent. `key` makes it unique: asked for twice, it is there once.
    `next_at`: when somebody must look again — the next try, or the end of the lease; null when
    settled. A lease is known by its end. `attempts` counts tries begun.
    `subject_kind`, `subject_id`: what it is about. `event_id`: the event a webhook is told of.
    `subscription_id`: the browser of the account; its row may be gone.
    """

    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    channel = models.CharField(max_length=8, choices=CHANNEL_NAMES)
    priority = models.PositiveSmallIntegerField(default=3)
    account = OwnedForeignKey(Account, null=True, related_name="+")
    webhook = OwnedForeignKey(Webhook, null=True, related_name="+")
    gateway = OwnedForeignKey(Gateway, null=True, related_name="+")
    subject_kind = models.CharField(max_length=24, blank=True)
    subject_id: Any = models.UUIDField(null=True)
    event_id: Any = models.UUIDField(null=True)
    subscription_id: Any = models.UUIDField(null=True)
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=STATE_NAMES, default="pending")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    error = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=now)
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    objects = MessageQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="message_once"),
            models.CheckConstraint(
                name="message_looked_at_until_settled",
                condition=Q(state__in=UNSETTLED, next_at__isnull=False)
                | ~Q(state__in=UNSETTLED) & Q(next_at__isnull=True),
            ),
            models.CheckConstraint(
                name="message_has_one_recipient",
                condition=Q(channel="webhook", webhook__isnull=False, account=None, gateway=None)
                | Q(channel__in=BOTS, gateway__isnull=False, account=None, webhook=None)
                | ~Q(channel__in=["webhook", *BOTS])
                & Q(account__isnull=False, webhook=None, gateway=None),
            ),
            models.CheckConstraint(
                name="message_to_a_browser_names_it",
                condition=Q(channel="push", subscription_id__isnull=False)
                | ~Q(channel="push") & Q(subscription_id=None),
            ),
        ]
        indexes = [
            # The worker asks only for what is due; settled messages are not in the index at all.
            models.Index(
                fields=["next_at", "company"],
                name="message_next",
                condition=Q(next_at__isnull=False),
            ),
            models.Index(
                fields=["company", "account", "channel", "-created_at", "-id"],
                name="message_account",
            ),
            models.Index(
                fields=["company", "account"],
                name="message_unread",
                condition=Q(channel="inapp", read_at__isnull=True),
            ),
            models.Index(fields=["company", "-created_at", "-id"], name="message_made"),
            models.Index(
                fields=["company", "gateway", "-created_at"],
                name="message_gateway",
                condition=Q(gateway__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel} {self.state}"
