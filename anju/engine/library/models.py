"""What a company took from the library and made its own."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anju.foundation.lib import now
from anju.foundation.places.models import Place
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey

SCRIPTS = (("zh-Hans", _("simplified")), ("zh-Hant", _("traditional")))


class AdoptedQuery(models.QuerySet["Adopted"]):
    """Reads of adopted facts."""

    def seen_by(self, actor: Actor) -> "AdoptedQuery":
        """All of the company for who may see standards."""
        if actor.may("standard.see"):
            return self.filter(company_id=actor.company_id)
        return self.none()


class InstalledQuery(models.QuerySet["Installed"]):
    """Reads of installed pieces."""

    def seen_by(self, actor: Actor) -> "InstalledQuery":
        """All of the company for who may see standards."""
        if actor.may("standard.see"):
            return self.filter(company_id=actor.company_id)
        return self.none()


class Installed(Owned):
    """A piece of the library that the company took over, at one level and in one script."""

    piece = models.CharField(max_length=32)
    level = models.CharField(max_length=12, blank=True)
    script = models.CharField(max_length=8, choices=SCRIPTS, default="zh-Hans")
    items = models.PositiveIntegerField()
    at = models.DateTimeField(default=now)
    by = models.UUIDField()

    objects = InstalledQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "piece"], name="library_piece_once")
        ]

    def __str__(self) -> str:
        return self.piece

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {
            "piece": self.piece, "level": self.level, "script": self.script, "items": self.items,
            "at": self.at, "by": str(self.by),
        }  # fmt: skip


class Adopted(Owned):
    """A fact of the library as the company holds it: for all communities (no place) or for one.

    `values` as in the library (`Value`), in the script it was installed in; `changed` from what
    was shipped, and then `why`. `confirmed`: whether somebody can look again where it is from.
    """

    place = OwnedForeignKey(Place, null=True)
    item = models.CharField(max_length=40)
    piece = models.CharField(max_length=32)
    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=160)
    values = models.JSONField(default=list)
    confirmed = models.BooleanField()
    changed = models.BooleanField(default=False)
    why = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=now)
    by = models.UUIDField()

    objects = AdoptedQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "item"],
                name="library_item_once",
                condition=Q(place__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["company", "place", "item"],
                name="library_item_once_a_place",
                condition=Q(place__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {
            "place": str(self.place_id or ""), "item": self.item, "piece": self.piece,
            "kind": self.kind, "title": self.title, "values": self.values,
            "confirmed": self.confirmed, "changed": self.changed, "why": self.why, "at": self.at,
            "by": str(self.by),
        }  # fmt: skip
