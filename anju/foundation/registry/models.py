"""Imports: the file on its way, and what each one wrote, so that it can be undone."""

from typing import Any

from django.db import models
from django.utils.translation import pgettext_lazy

from anju.foundation.lib import now
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey

STATE_NAMES = (
    ("staged", pgettext_lazy("import", "to be confirmed")),
    ("confirmed", pgettext_lazy("import", "imported")),
    ("undone", pgettext_lazy("import", "undone")),
    ("dropped", pgettext_lazy("import", "dropped")),
)


class BatchQuery(models.QuerySet["Batch"]):
    """Reads of imports."""

    def seen_by(self, actor: Actor) -> "BatchQuery":
        """One's own imports; all of them for who may import for the whole company."""
        mine = self.filter(company_id=actor.company_id)
        return mine if actor.may("import.run", "") else mine.filter(made_by=actor.id)


class Batch(Owned):
    """One uploaded file of one list. `sha256` (hex) is its key: the same file brings nothing new.

    `table` holds the file's header and rows only until the import is confirmed or dropped; it may
    hold personal values. `mapping` is column key -> index in the file. `counts` are rows by
    verdict, as confirmed.
    """

    sheet = models.CharField(max_length=48)
    file_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=STATE_NAMES, default="staged")
    mapping = models.JSONField(default=dict)
    table = models.JSONField(null=True)
    counts = models.JSONField(default=dict)
    made_by = models.UUIDField()
    made_at = models.DateTimeField(default=now)
    settled_at = models.DateTimeField(null=True)

    objects = BatchQuery.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["company", "sheet", "sha256"], name="batch_file"),
            models.Index(fields=["company", "made_at"], name="batch_made"),
        ]

    def sealed_fields(self) -> dict[str, Any]:
        """What an event about the import commits to."""
        return {
            "sheet": self.sheet,
            "sha256": self.sha256,
            "state": self.state,
            "made_by": self.made_by,
            "counts": self.counts,
        }


class Entered(Owned):
    """One entry that an import made (`before` None) or changed (`before`: what stood there).

    `version` is the entry's version after the import: another one means that somebody has worked
    on it since. `person_id` is whose values `before` may hold.
    """

    batch = OwnedForeignKey(Batch, related_name="entered")
    kind = models.CharField(max_length=24)
    subject_id = models.UUIDField()
    version = models.PositiveIntegerField()
    before = models.JSONField(null=True)
    person_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["company", "batch", "kind"], name="entered_batch"),
            models.Index(fields=["company", "person_id"], name="entered_person"),
        ]
