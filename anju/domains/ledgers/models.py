"""Ledgers (台账): a form that is filled line by line, and the lines."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from anju.domains.ledgers.rules import STATE_NAMES, Standing, standing_of
from anju.engine.forms.models import Form
from anju.foundation.lib import now
from anju.foundation.people.models import Post
from anju.foundation.places.models import Asset, Place, under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey

WRITER, SECOND = 1, 2  # whose certificate counts


class LedgerQuery(models.QuerySet["Ledger"]):
    """Reads of ledgers."""

    def seen_by(self, actor: Actor) -> "LedgerQuery":
        """Ledgers of places where the actor may see ledgers."""
        return self.filter(
            under(actor.paths("ledger.see"), "place__path"), company_id=actor.company_id
        )


class Ledger(Owned):
    """A ledger (台账, 登记簿) of a community: one line for each visitor, key, delivery of waste ...

    `form`: the code of the form each line is asked by, in its version in force. `ends_with`: the
    item whose answer ends a line (the visitor left, the key came back; empty: a line is whole as it
    is written), `within`: minutes it has for that (0: all the time). `signers`: how many persons
    sign a line, each with the `certificate` (a kind of qualification; empty: none is asked).
    `personal`: what is typed names people: only who keeps the ledger reads it, and it is erased
    `keep_days` after the line (0: never). `count`: how many lines it has.
    """

    place = OwnedForeignKey(Place, related_name="+")
    code = models.SlugField(max_length=16)
    name = models.CharField(max_length=80)
    form = models.CharField(max_length=32)
    post = OwnedForeignKey(Post, null=True, related_name="+")
    ends_with = models.CharField(max_length=32, blank=True)
    within = models.PositiveIntegerField(default=0)
    signers = models.PositiveSmallIntegerField(default=1)
    certificate = models.CharField(max_length=60, blank=True)
    personal = models.BooleanField(default=False)
    keep_days = models.PositiveIntegerField(default=0)
    count = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=6, choices=STATE_NAMES, default="active")
    version = models.PositiveIntegerField(default=1)

    objects = LedgerQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "place", "code"], name="ledger_code_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def sealed_fields(self) -> dict[str, Any]:
        """What an event's digest of this row covers: how it is kept, not how many lines it has."""
        return {
            "place": str(self.place_id), "code": self.code, "name": self.name, "form": self.form,
            "post": self.post_id and str(self.post_id), "ends_with": self.ends_with,
            "within": self.within, "signers": self.signers, "certificate": self.certificate,
            "personal": self.personal, "keep_days": self.keep_days, "state": self.state,
            "version": self.version,
        }  # fmt: skip


class LineQuery(models.QuerySet["Line"]):
    """Reads of lines."""

    def seen_by(self, actor: Actor) -> "LineQuery":
        """Lines of ledgers of places where the actor may see ledgers."""
        return self.filter(
            under(actor.paths("ledger.see"), "ledger__place__path"), company_id=actor.company_id
        )

    def waiting(self) -> "LineQuery":
        """Those that have not ended."""
        return self.filter(ended_at=None)

    def overdue(self, moment: datetime) -> "LineQuery":
        """Those that should have ended before an instant (UTC)."""
        return self.waiting().filter(due_at__lt=moment)


class Line(Owned):
    """One line of a ledger, numbered in it. Answers are added and never taken away.

    `at`: when it happened, `noted_at`: when it was written (UTC). `answers`: by the code of each
    item what is judged or counted, with the ids of its pictures and what was answered `before`;
    what was typed stands beside the events, where it can be erased. `failed`: one of them says that
    something is not right.
    `due_at`: when it has to have ended. `by`: who wrote it, `written_by`: who wrote it down for
    them (代录); `brought`: what the phone that wrote it without a signal calls it. `signed_by`: the
    second person;
    `certified`: who of them held the certificate when they signed (`WRITER`, `SECOND` or both).
    `erased_at`: what was typed is gone.
    """

    ledger = OwnedForeignKey(Ledger, related_name="lines")
    form = OwnedForeignKey(Form, related_name="+")
    n = models.PositiveIntegerField()
    place = OwnedForeignKey(Place, related_name="+")
    asset = OwnedForeignKey(Asset, null=True, related_name="+")
    answers = models.JSONField(default=dict)
    failed = models.BooleanField(default=False)
    at = models.DateTimeField()
    noted_at = models.DateTimeField(default=now)
    by = models.UUIDField()
    written_by = models.UUIDField(null=True)
    brought = models.UUIDField(null=True)
    signed_by = models.UUIDField(null=True)
    signed_at = models.DateTimeField(null=True)
    certified = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = LineQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "ledger", "n"], name="line_once"),
            models.UniqueConstraint(fields=["company", "brought"], name="line_brought_once"),
        ]
        indexes = [
            models.Index(fields=["company", "ledger", "-at"], name="line_at"),
            models.Index(
                fields=["company", "ledger", "due_at"], name="line_open", condition=Q(ended_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ledger.code}-{self.n}"

    @property
    def signed(self) -> bool:
        """Whether everybody who has to has signed."""
        return self.ledger.signers < 2 or self.signed_by is not None

    @property
    def short(self) -> int:
        """How many signatures lack the certificate that the ledger asks for."""
        there = WRITER | (SECOND if self.signed_by else 0)
        return (there & ~self.certified).bit_count() if self.ledger.certificate else 0

    @property
    def files(self) -> set[str]:
        """The ids of all its pictures, those of earlier answers too."""
        every = (two for one in self.answers.values() for two in (one, *one.get("before", ())))
        return {file for answer in every for file in answer.get("files", ())}

    def standing(self, moment: datetime) -> Standing:
        """Where it stands at an instant (UTC)."""
        return standing_of(
            failed=self.failed or self.short > 0,
            waits=self.ended_at is None,
            signed=self.signed,
            due=self.due_at,
            moment=moment,
        )

    def sealed_fields(self) -> dict[str, Any]:
        """All of it but who was told that it is overdue, and when what was typed went."""
        return {
            "ledger": str(self.ledger_id), "form": str(self.form_id), "n": self.n,
            "place": str(self.place_id), "asset": self.asset_id and str(self.asset_id),
            "answers": self.answers, "failed": self.failed, "at": self.at, "by": str(self.by),
            "signed_by": self.signed_by and str(self.signed_by), "signed_at": self.signed_at,
            "certified": self.certified, "due_at": self.due_at, "ended_at": self.ended_at,
            "version": self.version,
            **({"written_by": str(self.written_by)} if self.written_by else {}),
        }  # fmt: skip


class ReviewQuery(models.QuerySet["Review"]):
    """Reads of monthly reviews."""

    def seen_by(self, actor: Actor) -> "ReviewQuery":
        """Reviews of ledgers the actor may see."""
        return self.filter(
            under(actor.paths("ledger.see"), "ledger__place__path"), company_id=actor.company_id
        )


class Review(Owned):
    """A month of a ledger, looked through (月度审核): `month` is its first day, `figures` what it
    held then (lines, still open, failed, unsigned). The words stand beside its event."""

    append_only = True

    ledger = OwnedForeignKey(Ledger, related_name="reviews")
    month = models.DateField()
    figures = models.JSONField(default=dict)
    by = models.UUIDField()
    at = models.DateTimeField(default=now)

    objects = ReviewQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "ledger", "month"], name="review_once"),
        ]

    def __str__(self) -> str:
        return f"{self.ledger_id} {self.month:%Y-%m}"

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {
            "ledger": str(self.ledger_id), "month": self.month.isoformat(),
            "figures": self.figures, "by": str(self.by), "at": self.at,
        }  # fmt: skip
