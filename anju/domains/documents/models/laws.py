"""The register of laws and norms (法规清单), and what must be looked at after one changed."""

from typing import Any

from django.db import models
from django.db.models import Q

from anju.domains.documents.rules import LAW_KINDS, LAW_STATES, keys_of
from anju.foundation.lib import now
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey


class LawQuery(models.QuerySet[Any]):
    """Reads of laws and of doubts."""

    def seen_by(self, actor: Actor) -> "LawQuery":
        """Company-wide, like the standards that rest on them."""
        if actor.may("standard.see"):
            return self.filter(company_id=actor.company_id)
        return self.none()


class Law(Owned):
    """A law or a norm. `certain`: somebody has looked at the source. `edited` counts how often it
    was written."""

    title = models.CharField(max_length=160)
    code = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=10, choices=LAW_KINDS, default="law")
    issuer = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=LAW_STATES, default="unknown")
    effective = models.DateField(null=True)
    source = models.CharField(max_length=300, blank=True)
    certain = models.BooleanField(default=False)
    edited = models.PositiveIntegerField(default=1)

    objects = LawQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "title"], name="documents_law_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}".strip()

    @property
    def keys(self) -> tuple[str, ...]:
        """By which words a text names it."""
        return keys_of(self.title, self.code)

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {
            "title": self.title, "code": self.code, "kind": self.kind, "issuer": self.issuer,
            "state": self.state, "effective": self.effective and self.effective.isoformat(),
            "source": self.source, "certain": self.certain, "edited": self.edited,
        }  # fmt: skip


class Doubt(Owned):
    """A paper that rests on a law which changed; until somebody has looked, or a new version of
    the paper is in its place.

    `kind` and `paper`: as `Resting` names it; `part`: the clause of a contract; `mark`: what its
    text was. `why`: what changed. `note`: what was found, by whom, when.
    """

    law = OwnedForeignKey(Law, related_name="doubts")
    kind = models.CharField(max_length=12)
    paper = models.UUIDField()
    part = models.CharField(max_length=20, blank=True)
    mark = models.CharField(max_length=64, blank=True)
    why = models.CharField(max_length=300)
    at = models.DateTimeField(default=now)
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.UUIDField(null=True)
    note = models.CharField(max_length=300, blank=True)

    name = ""  # of the paper, where a query found it

    objects = LawQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "law", "kind", "paper", "part"],
                name="documents_doubt_once",
                condition=Q(cleared_at__isnull=True),
            )
        ]
        indexes = [
            models.Index(
                fields=["company", "kind", "paper"],
                name="documents_doubt_open",
                condition=Q(cleared_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.why

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {
            "law": str(self.law_id), "kind": self.kind, "paper": str(self.paper),
            "part": self.part, "mark": self.mark, "why": self.why, "at": self.at,
            "cleared_at": self.cleared_at, "cleared_by": str(self.cleared_by or ""),
            "note": self.note,
        }  # fmt: skip
