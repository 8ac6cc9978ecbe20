"""A file somebody gave us: its content lies in the store, its row says what it is."""

from typing import Any

from django.db import models

from anju.foundation.files.rules import KINDS
from anju.foundation.tenancy.models import Owned


class StoredFile(Owned):
    """One file, kept once; the same content kept twice is two rows over one content.

    `kind`: media type by its bytes. `name`: as given, cleaned; it may be personal and is emptied
    by erasure. `taken`: the camera's claim of its local time, unproven. `made_at`: received.
    `dhash`: how the brightness of a picture runs (`picture.dhash`), by which two are alike; it
    follows from the content, so no seal covers it, and goes with it.
    """

    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    kind = models.CharField(max_length=80)
    name = models.CharField(max_length=120)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    taken = models.CharField(max_length=19, blank=True)
    dhash = models.CharField(max_length=16, blank=True)
    by = models.UUIDField()
    made_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["company", "sha256"], name="storedfile_content")]

    def __str__(self) -> str:
        return self.name or self.sha256[:12]

    @property
    def is_picture(self) -> bool:
        """Whether there are smaller ones of it to show."""
        return KINDS[self.kind].picture

    def sealed_fields(self) -> dict[str, Any]:
        """What an event's digest of this row covers; the name is personal and left out."""
        return {
            "sha256": self.sha256, "size": self.size, "kind": self.kind, "width": self.width,
            "height": self.height, "taken": self.taken, "by": str(self.by),
            "made_at": self.made_at, "erased_at": self.erased_at,
        }  # fmt: skip
