"""Controlled documents (受控文件): a row for each revision, frozen from its review on."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q

from anju.domains.documents.rules import IN_PREPARATION, KINDS, MOVE_NAMES, STATES
from anju.foundation.lib import now
from anju.foundation.people.models import Post
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey


class DocumentQuery(models.QuerySet["Document"]):
    """Reads of revisions."""

    def seen_by(self, actor: Actor) -> "DocumentQuery":
        """Documents are company-wide: what is or was in force for who works here, drafts too for
        whoever writes them."""
        if not actor.may("standard.see"):
            return self.none()
        seen = self.filter(company_id=actor.company_id)
        if actor.may("standard.edit", ""):
            return seen
        return seen.was_used().exclude(state="draft")

    def was_used(self) -> "DocumentQuery":
        """All but drafts that were given up."""
        return self.exclude(state="obsolete", in_force_at=None)

    def in_force(self) -> "DocumentQuery":
        """What is used today: one revision of a code at most."""
        return self.filter(state="in_force")

    def in_preparation(self) -> "DocumentQuery":
        """Drafts and what is in review: one of a code at most."""
        return self.filter(state__in=IN_PREPARATION)


class Document(Owned):
    """One revision of a controlled document.

    What it says is one of three: `text` of its own, a `file`, or a `paper` of the house by kind
    and code ("procedure:repair"), whose version is `pinned` at the review. `basis`: laws, norms and
    clauses, one a line. `review_on`: the day by which somebody looks whether it still holds;
    `told`: for which such day the owners were told. `edited` counts how often it was saved.
    """

    code = models.CharField(max_length=32)
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=KINDS)
    owner = OwnedForeignKey(Post, null=True, related_name="+")
    retention = models.CharField(max_length=60, blank=True)
    review_months = models.PositiveSmallIntegerField(default=12)
    basis = models.JSONField(default=list)
    text = models.TextField(blank=True)
    paper = models.CharField(max_length=48, blank=True)
    pinned = models.UUIDField(null=True)
    file = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=STATES, default="draft")
    edited = models.PositiveIntegerField(default=0)
    in_force_at = models.DateTimeField(null=True)
    obsolete_at = models.DateTimeField(null=True)
    review_on = models.DateField(null=True)
    told = models.DateField(null=True)

    objects = DocumentQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "code", "version"], name="document_version_once"
            ),
            models.UniqueConstraint(
                fields=["company", "code"],
                name="document_one_in_force",
                condition=Q(state="in_force"),
            ),
            models.UniqueConstraint(
                fields=["company", "code"],
                name="document_one_in_preparation",
                condition=Q(state__in=list(IN_PREPARATION)),
            ),
        ]
        indexes = [models.Index(fields=["company", "review_on"], name="document_review")]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"

    @property
    def points_at(self) -> tuple[str, str]:
        """The kind and the code of the paper of the house it points at."""
        kind, _, code = self.paper.partition(":")
        return kind, code

    def late(self, today: date) -> bool:
        """Whether its review is over time."""
        return self.state == "in_force" and self.review_on is not None and self.review_on < today

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {
            "code": self.code, "version": self.version, "title": self.title, "kind": self.kind,
            "owner": str(self.owner_id or ""), "retention": self.retention,
            "review_months": self.review_months, "basis": self.basis, "text": self.text,
            "paper": self.paper, "pinned": str(self.pinned or ""), "file": str(self.file or ""),
            "state": self.state, "edited": self.edited, "in_force_at": self.in_force_at,
            "obsolete_at": self.obsolete_at,
            "review_on": self.review_on and self.review_on.isoformat(),
            "told": self.told and self.told.isoformat(),
        }  # fmt: skip


class Step(Owned):
    """One step in the life of a revision: which, by whom, why. `own`: approved by the one who had
    submitted it."""

    document = OwnedForeignKey(Document, related_name="steps")
    move = models.CharField(max_length=10, choices=MOVE_NAMES)
    at = models.DateTimeField(default=now)
    by = models.UUIDField()
    why = models.CharField(max_length=300)
    own = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["company", "document", "at"], name="document_step_at")]

    def __str__(self) -> str:
        return f"{self.get_move_display()}: {self.why}"

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {
            "document": str(self.document_id), "move": self.move, "at": self.at,
            "by": str(self.by), "why": self.why, "own": self.own,
        }  # fmt: skip
