"""Plans (计划) and what they made: each occurrence once."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anju.engine.loop.models import WorkOrder
from anju.engine.plans.document import Trigger, trigger_of
from anju.foundation.people.models import Post
from anju.foundation.places.models import Asset, Place, under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey

MISSED = "missed-"  # how what the findings of missed work are known by begins
STATE_NAMES = (
    ("active", pgettext_lazy("plan", "in force")),
    ("paused", _("paused")),
    ("ended", _("ended")),
)
CATCH_UP_NAMES = (
    ("none", _("nothing is made up")),
    ("last", _("the last of them is made up")),
    ("all", _("all of them are made up")),
)


class PlanQuery(models.QuerySet["Plan"]):
    """Reads of plans."""

    def seen_by(self, actor: Actor) -> "PlanQuery":
        """Plans of places where the actor may see plans."""
        return self.filter(
            under(actor.paths("plan.see"), "place__path"), company_id=actor.company_id
        )


class Plan(Owned):
    """Work that recurs at places or on equipment of a community.

    `when`: what lets it fall due, a `document.Trigger` as plain values, on the `calendar` (a code)
    of the company, whose zone it is told in. `early`, `late`: minutes before and after the planned
    time within which it is in time; `make_up`: minutes after that in which a missed one can still
    be made up. `catch_up`: what becomes of those whose time was over before they were made, after
    an outage. `labour`: minutes of work each time. `carries`: keys of what it carries out of the
    library (`library.often`). `made_until`: the wall time up to which
    occurrences stand (ISO, seconds); what is named before it is never made again. `look_at`: when
    it must be made further (UTC).
    """

    place = OwnedForeignKey(Place, related_name="+")
    code = models.SlugField(max_length=16)
    name = models.CharField(max_length=120)
    standard = models.CharField(max_length=32, blank=True)
    post = OwnedForeignKey(Post, null=True, related_name="+")
    when = models.JSONField()
    calendar = models.CharField(max_length=32, default="always")
    early = models.PositiveIntegerField(default=0)
    late = models.PositiveIntegerField(default=60)
    make_up = models.PositiveIntegerField(default=0)
    catch_up = models.CharField(max_length=4, choices=CATCH_UP_NAMES, default="none")
    labour = models.PositiveIntegerField(default=0)
    carries = models.JSONField(default=list)
    state = models.CharField(max_length=6, choices=STATE_NAMES, default="active")
    version = models.PositiveIntegerField(default=1)
    made_until = models.CharField(max_length=19)
    look_at = models.DateTimeField(null=True)

    objects = PlanQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "place", "code"], name="plan_code_once"),
        ]
        indexes = [
            models.Index(
                fields=["company", "look_at"], name="plan_look", condition=Q(look_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def missed_item(self) -> str:
        """What the findings of its missed work are known by, beside where they are."""
        return f"{MISSED}{self.code.lower()}"

    @property
    def trigger(self) -> Trigger:
        """What lets it fall due."""
        return trigger_of(self.when)

    def sealed_fields(self) -> dict[str, Any]:
        """What an event's digest of this row covers: what is planned, not how far it was made."""
        return {
            "place": str(self.place_id), "code": self.code, "name": self.name,
            "standard": self.standard, "post": self.post_id and str(self.post_id),
            "when": self.when, "calendar": self.calendar, "early": self.early, "late": self.late,
            "make_up": self.make_up, "catch_up": self.catch_up, "labour": self.labour,
            "state": self.state, "version": self.version,
            **({"carries": self.carries} if self.carries else {}),
        }  # fmt: skip


class PlanSubject(Owned):
    """A place or a piece of equipment at which a plan falls due, `since` a version of the plan and
    until another (None: still)."""

    plan = OwnedForeignKey(Plan, related_name="subjects")
    place = OwnedForeignKey(Place, related_name="+")
    asset = OwnedForeignKey(Asset, null=True, related_name="+")
    since = models.PositiveIntegerField(default=1)
    until = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "plan", "place", "asset"],
                name="plan_subject_once",
                condition=Q(until__isnull=True),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.place_id}"

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {
            "plan": str(self.plan_id), "place": str(self.place_id),
            "asset": self.asset_id and str(self.asset_id), "since": self.since,
            "until": self.until,
        }  # fmt: skip


class Occurrence(Owned):
    """One time a plan falls due at one subject. `named`: its identity (law 7): the wall time its
    rule names, the mark a counter passed, the event that asked for it, when somebody said so; `at`:
    what it is planned for; `opens_at` to `closes_at`: when it is in time (all UTC). `work`: the
    work order; None where it was passed over after an outage. `withdrawn`: the plan was changed
    before it began, and its work is void. `next_at`: when the ticker must look at it: to begin its
    clock as its window opens, then whether it lapsed."""

    plan = OwnedForeignKey(Plan, related_name="occurrences")
    place = OwnedForeignKey(Place, related_name="+")
    asset = OwnedForeignKey(Asset, null=True, related_name="+")
    named = models.CharField(max_length=40)
    at = models.DateTimeField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    work = OwnedForeignKey(WorkOrder, null=True, related_name="occurrence")
    withdrawn = models.BooleanField(default=False)
    next_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Law 7: each occurrence once, whoever is faster.
            models.UniqueConstraint(
                fields=["company", "plan", "named", "place", "asset"],
                name="occurrence_once",
                condition=Q(withdrawn=False),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["company", "plan", "at"], name="occurrence_at"),
            models.Index(fields=["company", "work"], name="occurrence_work"),
            models.Index(
                fields=["next_at", "company"],
                name="occurrence_next",
                condition=Q(next_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.named}"

    def sealed_fields(self) -> dict[str, Any]:
        """All of it but when the ticker looks again."""
        return {
            "plan": str(self.plan_id), "place": str(self.place_id),
            "asset": self.asset_id and str(self.asset_id), "named": self.named, "at": self.at,
            "opens_at": self.opens_at, "closes_at": self.closes_at,
            "work": self.work_id and str(self.work_id), "withdrawn": self.withdrawn,
        }  # fmt: skip
