"""Plans, and emergencies that run after one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from anju.engine.loop.models import Case
from anju.foundation.lib import now
from anju.foundation.places.models import under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey


@dataclass(frozen=True)
class Step:
    """One step of a plan: who, what, within how many minutes of the beginning (0: no limit)."""

    who: str
    what: str
    minutes: int = 0


class PlanQuery(models.QuerySet["Plan"]):
    """Reads of plans."""

    def seen_by(self, actor: Actor) -> "PlanQuery":
        """All of the company for who hands out work somewhere; none for others."""
        if actor.may("work.dispatch"):
            return self.filter(company_id=actor.company_id)
        return self.none()


class Plan(Owned):
    """What is done when one kind of emergency is reported, in the words of the company.

    `words`: how people say it, with blanks between. `steps`: [[who, what, minutes], ...].
    `outside`: [[telephone, whose], ...], called first. `roles`: whose telephones follow, in this
    order. `notice` is what those who are called out read. `rank` orders the cards.
    """

    code = models.CharField(max_length=12)
    rank = models.SmallIntegerField()
    icon = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    words = models.CharField(max_length=200, blank=True)
    category = models.CharField(max_length=120)
    notice = models.CharField(max_length=300)
    steps = models.JSONField(default=list)
    outside = models.JSONField(default=list)
    roles = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)

    objects = PlanQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="emergency_plan_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {
            "code": self.code, "rank": self.rank, "icon": self.icon, "name": self.name,
            "words": self.words, "category": self.category, "notice": self.notice,
            "steps": self.steps, "outside": self.outside, "roles": self.roles,
            "version": self.version,
        }  # fmt: skip

    @property
    def ordered(self) -> list[Step]:
        """The steps in order."""
        return [Step(*step) for step in self.steps]


class PlanPast(Owned):
    """A version of a plan that another one took the place of: what it said (`body`)."""

    plan = OwnedForeignKey(Plan, related_name="past")
    number = models.PositiveIntegerField()
    body = models.JSONField()
    until = models.DateTimeField(default=now)
    by = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "plan", "number"], name="emergency_planpast_once"
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"

    @property
    def ordered(self) -> list[Step]:
        """The steps in order."""
        return [Step(*step) for step in self.body["steps"]]

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {
            "plan": str(self.plan_id), "number": self.number, "body": self.body,
            "until": self.until, "by": str(self.by),
        }  # fmt: skip


class EmergencyQuery(models.QuerySet["Emergency"]):
    """Reads of emergencies."""

    def seen_by(self, actor: Actor) -> "EmergencyQuery":
        """Those at places where the actor hands out work."""
        here = under(actor.paths("work.dispatch"), "case__place__path")
        return self.filter(here, company_id=actor.company_id)


class Emergency(Owned):
    """One emergency: its case, the plan as it stood then (`plan_version`, `name`, steps, outside,
    roles), and what was done. Of those begun before 0002 (`plan_version` 0) only the steps were
    kept.

    `done`: step number -> when (UTC) and by whom; `reached`: person -> the same and what was heard
    (`reached`, `no_answer`; `coming`: they said so themselves). What it is and where it stands is
    the case's.
    """

    plan = OwnedForeignKey(Plan, related_name="+")
    case = OwnedForeignKey(Case, related_name="+")
    at = models.DateTimeField(default=now)
    by = models.UUIDField()
    name = models.CharField(max_length=60, blank=True)
    steps = models.JSONField(default=list)
    plan_version = models.PositiveIntegerField(default=0)
    outside = models.JSONField(default=list)
    roles = models.JSONField(default=list)
    told = models.PositiveSmallIntegerField(default=0)
    done = models.JSONField(default=dict)
    reached = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)

    objects = EmergencyQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "case"], name="emergency_once_a_case"),
        ]
        indexes = [models.Index(fields=["company", "-at"], name="emergency_at")]

    def __str__(self) -> str:
        return str(self.plan_id)

    def sealed_fields(self) -> dict[str, Any]:
        """All of it: it names persons by their ids alone."""
        begun: dict[str, Any] = {
            "plan_version": self.plan_version, "name": self.name, "outside": self.outside,
            "roles": self.roles,
        } if self.plan_version else {}  # fmt: skip
        return {
            "plan": str(self.plan_id), "case": str(self.case_id), "at": self.at,
            "by": str(self.by), "steps": self.steps, "told": self.told, "done": self.done,
            "reached": self.reached, "version": self.version, **begun,
        }  # fmt: skip

    @property
    def plan_name(self) -> str:
        """What the plan was called then; as it is called now where that was not kept."""
        return self.name or self.plan.name

    def complete(self) -> "Emergency":
        """With the plan's own telephones and roles where none were kept."""
        if not self.plan_version:
            self.outside, self.roles = self.plan.outside, self.plan.roles
        return self

    @property
    def ordered(self) -> list[Step]:
        """The steps in order."""
        return [Step(*step) for step in self.steps]

    def done_at(self, step: int) -> tuple[datetime, UUID] | None:
        """When a step was done and by whom; None while it was not."""
        row = self.done.get(str(step))
        return (datetime.fromisoformat(row["at"]), UUID(row["by"])) if row else None

    def coming(self) -> dict[str, tuple[datetime, UUID]]:
        """Who has said that they are on the way, the first first: person -> when, which account."""
        said = [
            (datetime.fromisoformat(row["at"]), UUID(row["by"]), person)
            for person, row in self.reached.items()
            if row["heard"] == "coming"
        ]
        return {person: (at, by) for at, by, person in sorted(said)}
