"""What was imported, and the ledger that keeps every key of a source from being imported twice."""

from typing import Any

from django.db import models

from anju.engine.standards.models import Standard
from anju.foundation.places.models import Place
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey


class HistoryBatchQuery(models.QuerySet["HistoryBatch"]):
    """Reads of imports."""

    def seen_by(self, actor: Actor) -> "HistoryBatchQuery":
        """All imports of the company for who may run one; none for others."""
        if actor.may("import.run"):
            return self.filter(company_id=actor.company_id)
        return self.none()


class HistoryBatch(Owned):
    """One import of a file: what was read, through which mapping, judged by which standard.

    Written once. `digest` is the file's SHA-256 (hex); `mapping` is kept whole, so that anyone can
    judge the same rows again. How the import ended is told by its event `history.finished`.
    """

    append_only = True

    source = models.CharField(max_length=60)
    file = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    mapping = models.JSONField()
    standard = OwnedForeignKey(Standard, related_name="+")
    calendar = models.CharField(max_length=32)
    zone = models.CharField(max_length=64)
    root = OwnedForeignKey(Place, related_name="+")
    by = models.UUIDField()
    at = models.DateTimeField()

    objects = HistoryBatchQuery.as_manager()

    class Meta:
        indexes = [models.Index(fields=["company", "-at"], name="historybatch_at")]

    def __str__(self) -> str:
        return f"{self.source} {self.file}"

    def sealed_fields(self) -> dict[str, Any]:
        """All of it: it is never changed."""
        return {
            "source": self.source, "file": self.file, "digest": self.digest,
            "mapping": self.mapping, "standard": str(self.standard_id), "calendar": self.calendar,
            "zone": self.zone, "root": str(self.root_id), "by": str(self.by), "at": self.at,
        }  # fmt: skip


class HistoryKey(Owned):
    """A row that became a case: `id` is the case's. Its key is taken for ever.

    `content` is the SHA-256 over all cells of the row; a row with the same key is already there
    when its content is the same, and rejected when it differs.
    """

    append_only = True

    batch = OwnedForeignKey(HistoryBatch, related_name="keys")
    source = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    content = models.BinaryField(max_length=32)
    row = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "source", "key"], name="historykey_once"),
        ]
