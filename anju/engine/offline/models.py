"""What devices bring: the device, its streams, and each command with what became of it."""

from typing import Any

from django.db import models
from django.db.models import Q

from anju.engine.offline import rules
from anju.foundation.access.models import RoleGrant
from anju.foundation.lib import now
from anju.foundation.places.models import under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey

STATES = ("taken", "aside", "refused", "blocked", "waiting")


class DeviceQuery(models.QuerySet["Device"]):
    """Reads of devices."""

    def seen_by(self, actor: Actor) -> "DeviceQuery":
        """Those of whoever works where the actor hands out work."""
        mine = self.filter(company_id=actor.company_id)
        held = actor.paths("work.dispatch")
        if "" in held:
            return mine
        roles = RoleGrant.objects.filter(under(held), company_id=actor.company_id)
        return mine.filter(account_id__in=roles.values("account_id"))


class Device(Owned):
    """A browser or phone that works offline; `device` is the id it gave itself.

    `emptied_at`: when it last brought all it had. `left`: how many commands it still held when it
    was last heard (`heard_at`). `skew`: seconds its clock was behind ours then. `account`: whose
    sign-in it used
    last. `tokens`: of each account that brought something from it, the token. `lost_at`: reported
    lost; it brings nothing any more.
    """

    device = models.UUIDField()
    account_id = models.UUIDField()
    heard_at = models.DateTimeField()
    emptied_at = models.DateTimeField(null=True)
    left = models.PositiveIntegerField(default=0)
    skew = models.BigIntegerField(default=0)
    tokens: Any = models.JSONField(default=dict)
    lost_at = models.DateTimeField(null=True)

    objects = DeviceQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "device"], name="offline_device_once")
        ]

    def __str__(self) -> str:
        return str(self.device)


class Stream(Owned):
    """What one device brings about one subject, in its order; the columns are `rules.Stream`."""

    device = OwnedForeignKey(Device, related_name="streams")
    subject = models.UUIDField()
    last = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    refused = models.UUIDField(null=True)
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "device", "subject"], name="offline_stream_once"
            )
        ]
        indexes = [models.Index(fields=["company", "subject"], name="offline_stream_subject")]

    def __str__(self) -> str:
        return f"{self.device_id} {self.subject}"

    @property
    def known(self) -> rules.Stream:
        """As the rules take it."""
        return rules.Stream(self.last, self.version, self.refused, self.at)


class DeliveryQuery(models.QuerySet["Delivery"]):
    """Reads of deliveries."""

    def seen_by(self, actor: Actor) -> "DeliveryQuery":
        """The actor's own."""
        return self.filter(company_id=actor.company_id, who=actor.id)

    def waiting(self) -> "DeliveryQuery":
        """Those whose files are still to come, and what waits behind them."""
        return self.filter(state="waiting")


class Delivery(Owned):
    """One command of a device, once, for good: the same id gets the same receipt.

    `asked`: digest of the command. `at`: when it happened, corrected. `said` and `base` are kept
    while it waits and emptied then; `lacks`: the hashes of files that are to come.
    """

    command = models.UUIDField()
    stream = OwnedForeignKey(Stream, related_name="deliveries")
    seq = models.PositiveIntegerField()
    who = models.UUIDField()
    name = models.CharField(max_length=12)
    asked = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    received_at = models.DateTimeField(default=now)
    state = models.CharField(max_length=8, choices=[(s, s) for s in STATES])
    base = models.PositiveIntegerField(null=True)
    said: Any = models.JSONField(default=dict)
    lacks: Any = models.JSONField(default=list)
    receipt: Any = models.JSONField(default=dict)

    objects = DeliveryQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "command"], name="offline_command_once"),
            models.UniqueConstraint(fields=["company", "stream", "seq"], name="offline_seq_once"),
        ]
        indexes = [
            models.Index(
                fields=["company", "stream", "seq"],
                name="offline_waiting",
                condition=Q(state="waiting"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.name} {self.state}"
