"""Shifts of posts, what staff ask for (leave, a swap, a stand-in), and the plans of teams."""

from datetime import date, time, timedelta
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anju.domains.staff.handover.models import Handover
from anju.domains.staff.rules import (
    KIND_NAMES,
    LEAVE_NAMES,
    OPEN,
    PLAN_STATE_NAMES,
    STATE_NAMES,
    Span,
    span,
)
from anju.foundation.entries.models import Entry
from anju.foundation.people.models import Duty, Person, Post, Team
from anju.foundation.people.models.residents import PostBound, StaffQuery
from anju.foundation.places.models import under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey

__all__ = ["DutyChange", "Handover", "Shift", "TeamPlan"]


class Shift(Entry):
    """A shift (班次) of a post: its times, over midnight where it ends no later than it begins, and
    how many persons it needs every day. A duty is on the shift whose times it has."""

    entry_kind = "shift"
    sealed = ("post_id", "code", "name", "begins", "ends", "needed", "closed_on")
    taken: ClassVar[Any] = _("This post already has a shift with that letter. Choose another one.")

    post = OwnedForeignKey(Post, related_name="shifts")
    code = models.CharField(max_length=2)
    name = models.CharField(max_length=30)
    begins = models.TimeField()
    ends = models.TimeField()
    needed = models.PositiveSmallIntegerField(default=1)
    closed_on = models.DateField(null=True, blank=True)

    objects = PostBound.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "post", "code"],
                name="shift_code_once",
                condition=Q(closed_on=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def subject(self) -> tuple[str, UUID]:
        """A chapter of the post's story."""
        return "post", self.post_id

    def sealed_fields(self) -> dict[str, Any]:
        """As of every entry, its times as texts."""
        times = {name: f"{getattr(self, name):%H:%M}" for name in ("begins", "ends")}
        return {**super().sealed_fields(), **times}

    def on(self, day: date, zone: ZoneInfo) -> Span:
        """Its instants on a day."""
        return span(day, self.begins, self.ends, zone)


class DutyChangeQuery(models.QuerySet["DutyChange"]):
    """Reads of what was asked for."""

    def seen_by(self, actor: Actor) -> "DutyChangeQuery":
        """Those of staff whose roster the actor makes, and those the actor has a part in."""
        mine = Q(person=actor.person_id) | Q(other=actor.person_id) if actor.person_id else Q()
        at = under(actor.paths("roster.edit"), "person__place__path")
        return self.filter(at | mine if mine else at, company_id=actor.company_id)

    def open(self) -> "DutyChangeQuery":
        """Those that wait for somebody."""
        return self.filter(state__in=OPEN)


class DutyChange(Owned):
    """What a staff member asks for, and what became of it.

    Leave: from `starts_at` until `ends_at`, of a `leave` kind. A swap gives `duty` to `other` and
    takes `other_duty`; a stand-in only gives. `stands_in`: who takes over the duties and the work
    of a leave. The reasons are values of its events, so they can be erased. `decided_by`: the
    account that approved or refused.
    """

    kind = models.CharField(max_length=8, choices=KIND_NAMES)
    state = models.CharField(max_length=9, choices=STATE_NAMES, default="asked")
    version = models.PositiveIntegerField(default=1)
    person = OwnedForeignKey(Person, related_name="+")
    leave = models.CharField(max_length=8, choices=LEAVE_NAMES, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    duty = OwnedForeignKey(Duty, null=True, related_name="+")
    other = OwnedForeignKey(Person, null=True, related_name="+")
    other_duty = OwnedForeignKey(Duty, null=True, related_name="+")
    stands_in = OwnedForeignKey(Person, null=True, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    objects = DutyChangeQuery.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["company", "starts_at"],
                name="dutychange_open",
                condition=Q(state__in=["asked", "agreed"]),
            ),
            models.Index(fields=["company", "person", "ends_at"], name="dutychange_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="dutychange_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_at:%m-%d}"

    @property
    def when(self) -> str:
        """From when until when; whole days without their midnights."""
        begin, end = timezone.localtime(self.starts_at), timezone.localtime(self.ends_at)
        last = end - timedelta(microseconds=1)
        first_words = f"{begin:%m-%d}" if begin.time() == time() else f"{begin:%m-%d %H:%M}"
        last_words = f"{last:%m-%d}" if end.time() == time() else f"{end:%m-%d %H:%M}"
        return first_words if first_words == last_words else f"{first_words} – {last_words}"

    @property
    def path(self) -> str:
        """Where whoever asks belongs; who makes the roster there decides."""
        return self.person.place.path if self.person.place else ""

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        ids = ("person_id", "duty_id", "other_id", "other_duty_id", "stands_in_id", "decided_by")
        plain = (
            "kind", "state", "version", "leave", "starts_at", "ends_at", "asked_at", "decided_at",
        )  # fmt: skip
        return {
            **{name: getattr(self, name) for name in plain},
            **{name: value and str(value) for name in ids for value in [getattr(self, name)]},
        }


class TeamPlanQuery(StaffQuery):
    """Reads of plans of teams."""

    at = "team__place__path"


class TeamPlan(Owned):
    """What a team means to do from a day until a day, sent by its leader and approved by somebody
    else. `figures`: for each post and week the hours rostered and the planned work at the moment it
    was sent (`queries.loads`), so that what changed since is seen. Why it was returned is a value
    of its event.
    """

    team = OwnedForeignKey(Team, related_name="+")
    first = models.DateField()
    last = models.DateField()
    state = models.CharField(max_length=8, choices=PLAN_STATE_NAMES, default="sent")
    version = models.PositiveIntegerField(default=1)
    figures = models.JSONField(default=list)
    sent_by = models.UUIDField()
    sent_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    objects = TeamPlanQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "team", "first", "last"],
                name="teamplan_one_stands",
                condition=Q(state__in=["sent", "approved"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first:%m-%d} – {self.last:%m-%d}"

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {
            "team": str(self.team_id), "first": self.first, "last": self.last,
            "state": self.state, "version": self.version, "figures": self.figures,
            "sent_by": str(self.sent_by), "sent_at": self.sent_at,
            "decided_by": self.decided_by and str(self.decided_by), "decided_at": self.decided_at,
        }  # fmt: skip
