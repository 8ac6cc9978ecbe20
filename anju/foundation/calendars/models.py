"""The calendars of a company: when its promises run."""

from typing import Any

from django.db import models

from anju.foundation.calendars import rules
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned


class CalendarQuery(models.QuerySet["Calendar"]):
    """Reads of calendars."""

    def seen_by(self, actor: Actor) -> "CalendarQuery":
        """All calendars of the company for who may see them anywhere; none for others."""
        if actor.may("calendar.see"):
            return self.filter(company_id=actor.company_id)
        return self.none()


class Calendar(Owned):
    """Opening hours in a time zone, with the dates that differ. One row is one version.

    `weeks`: [{"since": null, "week": seven lists of [start, end] in minutes}, ...], each after the
    first with the date it holds from. `days`: {date: {"kind", "name", "segments"?}}. `national`: it
    follows the public holidays of China. Every edit raises `version` and touches only days that
    have not begun, so an elapsed minute never changes its meaning and a deadline stays a pure
    function of events and calendar.
    """

    code = models.SlugField(max_length=32)
    name = models.CharField(max_length=60)
    zone = models.CharField(max_length=64)
    weeks = models.JSONField()
    days = models.JSONField(default=dict)
    national = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    objects = CalendarQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="calendar_code_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def working(self) -> rules.WorkCalendar:
        """The value that counts. Raises ValueError when the row is wrong."""
        return rules.working_calendar(self.zone, self.weeks, self.days)

    def sealed_fields(self) -> dict[str, Any]:
        """What an event's digest of this row covers: all of it."""
        return {
            "code": self.code, "name": self.name, "zone": self.zone, "weeks": self.weeks,
            "days": self.days, "national": self.national, "version": self.version,
        }  # fmt: skip
