"""The minutes of a meeting, and what stands in them."""

from datetime import datetime
from typing import Any

from django.db import models

from anju.engine.loop.models import Case
from anju.foundation.lib import now
from anju.foundation.places.models import Place, under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey


class MinutesQuery(models.QuerySet["Minutes"]):
    """Reads of minutes."""

    def seen_by(self, actor: Actor) -> "MinutesQuery":
        """Those of communities where the actor hands out work."""
        return self.filter(
            under(actor.paths("work.dispatch"), "place__path"), company_id=actor.company_id
        )


class Minutes(Owned):
    """The minutes of one meeting (会议纪要): the source of its cases, never changed; `text` is
    empty once its words were erased.

    `digest`: the same text a second time is the same minutes. `by`: who put them in.
    """

    place = OwnedForeignKey(Place, related_name="+")
    title = models.CharField(max_length=120)
    held_on = models.DateField()
    text = models.TextField()
    digest = models.CharField(max_length=64)
    by = models.UUIDField()
    at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(default=now)

    objects = MinutesQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "place", "digest"], name="minutes_once"),
        ]
        indexes = [models.Index(fields=["company", "-held_on", "-id"], name="minutes_held")]

    def __str__(self) -> str:
        return self.title

    @property
    def erased(self) -> bool:
        """Its words and those of its items are gone for good."""
        return not self.text

    def sealed_fields(self) -> dict[str, Any]:
        """All but the words, which may name people; their digest stands for them."""
        return {
            "place": str(self.place_id), "held_on": self.held_on.isoformat(),
            "digest": self.digest, "by": str(self.by), "at": self.at,
        }  # fmt: skip


class MinutesItem(Owned):
    """One item of the minutes and the case it became, if it did. `n` counts from 1."""

    minutes = OwnedForeignKey(Minutes, related_name="items")
    n = models.PositiveSmallIntegerField()
    text = models.TextField()
    under = models.CharField(max_length=400, blank=True)
    case = OwnedForeignKey(Case, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "minutes", "n"], name="minutesitem_once"),
        ]
        indexes = [
            models.Index(
                fields=["company", "case"],
                name="minutesitem_case",
                condition=models.Q(case__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.n}. {self.text[:40]}"

    def sealed_fields(self) -> dict[str, Any]:
        """Which case it became."""
        return {
            "minutes": str(self.minutes_id), "n": self.n,
            "case": self.case_id and str(self.case_id),
        }  # fmt: skip
