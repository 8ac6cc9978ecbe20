"""Append-only memory: events, their personal values, the inbox of the sealer, seals (D3, D11)."""

from typing import Any
from uuid import UUID

from django.db import models

from anju.foundation.lib import now
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey


class EventQuery(models.QuerySet["Event"]):
    """Reads of the journal."""

    def seen_by(self, actor: Actor) -> "EventQuery":
        """All events of the actor's company for who may read the journal; none for others."""
        if actor.may("journal.see", ""):
            return self.filter(company_id=actor.company_id)
        return self.none()

    def about(self, kind: str, id: UUID) -> "EventQuery":
        """What happened to one subject, oldest first."""
        return self.filter(subject_kind=kind, subject_id=id).order_by("noted_at", "id")


class Event(Owned):
    """Something that happened. Never changed, never deleted; holds no personal value.

    `at`: when it happened; `noted_at`: when we learnt of it (a phone may report hours later).
    `said`: facts in plain values; `wrote`: {"table:id": digest of the row as written};
    `values`: {name: commitment} of the personal values in `EventValue`; `leaf`: what is sealed.
    """

    name = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=24)
    subject_id = models.UUIDField()
    by = models.UUIDField()
    at = models.DateTimeField()
    noted_at = models.DateTimeField(default=now)
    said = models.JSONField(default=dict)
    wrote = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    leaf = models.BinaryField(max_length=32)

    position: int = 0  # its place in the company's order, where a query has filled it in

    objects = EventQuery.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["company", "subject_id", "id"], name="event_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject_kind}:{self.subject_id}"


class EventValue(Owned):
    """A personal value an event commits to; erased by deleting the row (never updated).

    `person_id`: whose value it is, where that is known, so that one person can be erased.
    """

    event = OwnedForeignKey(Event, related_name="texts")
    name = models.CharField(max_length=24)
    salt = models.BinaryField(max_length=16)
    text = models.TextField()
    person_id: Any = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["company", "event"], name="eventvalue_event"),
            models.Index(
                fields=["company", "person_id"],
                name="eventvalue_person",
                condition=models.Q(person_id__isnull=False),
            ),
        ]


class Internal(models.Model):
    """Base of internal rows with a bigint key (D12)."""

    id = models.BigAutoField(primary_key=True)
    company = models.ForeignKey(
        "tenancy.Company",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    class Meta:
        abstract = True


class Inbox(Internal):
    """One row per event until the sealer has taken it."""

    event_id: Any = models.UUIDField()

    class Meta:
        # The sealer takes the oldest rows of all companies; the key begins with the company.
        indexes = [models.Index(fields=["id"], name="inbox_order")]


class Position(Internal):
    """The place of an event in its company's order: 1, 2, 3 ... without gaps."""

    n = models.BigIntegerField()
    event = OwnedForeignKey(Event, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "n"], name="position_once"),
            models.UniqueConstraint(fields=["company", "event"], name="position_event_once"),
        ]


class Seal(Internal):
    """A Merkle root over the leaves at positions `first`..`last`, chained to the seal before."""

    n = models.BigIntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "n"], name="seal_once")]


class DeadLetterQuery(models.QuerySet["DeadLetter"]):
    """Reads of what listeners gave up on."""

    def seen_by(self, actor: Actor) -> "DeadLetterQuery":
        """All of the actor's company for who may read the journal; none for others."""
        if actor.may("journal.see", ""):
            return self.filter(company_id=actor.company_id)
        return self.none()

    def open(self) -> "DeadLetterQuery":
        """Neither handled nor dropped."""
        return self.filter(settled_at__isnull=True)


class Cursor(Internal):
    """How far a listener has read: the last position it has handled.

    While `tries` is not 0 the event at position n + 1 has failed that often and is tried again
    from `retry_at` on.
    """

    listener = models.CharField(max_length=40)
    n = models.BigIntegerField(default=0)
    tries = models.SmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "listener"], name="cursor_once"),
        ]


class DeadLetter(Internal):
    """An event a listener gave up on; the listener went on behind it.

    `error` names the kind and the place of the failure, never its text: that may quote a
    personal value. `settled_at`: handled at last, or dropped by a person.
    """

    listener = models.CharField(max_length=40)
    n = models.BigIntegerField()
    event = OwnedForeignKey(Event, related_name="+")
    error = models.CharField(max_length=200)
    tries = models.SmallIntegerField()
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    objects = DeadLetterQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "listener", "n"], name="deadletter_once"),
        ]
        indexes = [
            models.Index(
                fields=["company", "id"],
                name="deadletter_open",
                condition=models.Q(settled_at__isnull=True),
            ),
        ]
