"""Who reads a paper: the list it is given to, each reading, the examination and its attempts."""

from typing import Any

from django.db import models
from django.db.models import Q

from anju.domains.documents.examining import Question
from anju.foundation.lib import now
from anju.foundation.people.models import Person
from anju.foundation.places.models import under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey


class CompanyWide(models.QuerySet[Any]):
    """Rows that belong to no place."""

    def seen_by(self, actor: Actor) -> "CompanyWide":
        """All of the company for who may see standards."""
        if actor.may("standard.see"):
            return self.filter(company_id=actor.company_id)
        return self.none()


class Distribution(Owned):
    """To whom the version in force of a paper is given to read, whichever it is (分发).

    `kind` and `code`: of a document or a standard. `targets`: "role:guard", "post:<id>",
    "team:<id>", "person:<id>". `remind_days`: after so many days who has not read is reminded.
    """

    kind = models.CharField(max_length=10)
    code = models.CharField(max_length=32)
    targets = models.JSONField(default=list)
    remind_days = models.PositiveSmallIntegerField(default=7)
    edited = models.PositiveIntegerField(default=0)

    objects = CompanyWide.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "kind", "code"], name="distribution_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.code}"

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {
            "kind": self.kind, "code": self.code, "targets": self.targets,
            "remind_days": self.remind_days, "edited": self.edited,
        }  # fmt: skip


class ReadingQuery(models.QuerySet["Reading"]):
    """Reads of readings."""

    def seen_by(self, actor: Actor) -> "ReadingQuery":
        """One's own, and those of staff where the actor may see who did what."""
        own = Q(person_id=actor.person_id) if actor.person_id else Q(pk__in=[])
        there = under(actor.paths("journal.see"), "person__place__path")
        return self.filter(own | there, company_id=actor.company_id)

    def standing(self) -> "ReadingQuery":
        """Those that count: of who is on the list of a version in force."""
        return self.filter(ended_at=None)


class Reading(Owned):
    """One person has one version of a paper to read (阅读签收).

    `signed_at`: read; `passed_at`: examined. `ended_at`: neither is asked any more, because the
    person is off the list or another version is in force.
    """

    kind = models.CharField(max_length=10)
    code = models.CharField(max_length=32)
    paper = models.UUIDField()
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    person = OwnedForeignKey(Person, related_name="+")
    asked_at = models.DateTimeField(default=now)
    reminded_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    passed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = ReadingQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "paper", "person"], name="reading_once")
        ]
        indexes = [
            models.Index(
                fields=["company", "person"],
                name="reading_due",
                condition=Q(ended_at__isnull=True, passed_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {
            "kind": self.kind, "code": self.code, "paper": str(self.paper),
            "version": self.version, "title": self.title, "person": str(self.person_id),
            "asked_at": self.asked_at, "reminded_at": self.reminded_at,
            "signed_at": self.signed_at, "passed_at": self.passed_at, "ended_at": self.ended_at,
        }  # fmt: skip


class Quiz(Owned):
    """The questions on one version of a paper. `mark`: how many right answers pass it.
    `qualification`: the certificate of the house that whoever passes then holds, if any."""

    kind = models.CharField(max_length=10)
    paper = models.UUIDField()
    questions = models.JSONField(default=list)
    mark = models.PositiveSmallIntegerField()
    qualification = models.CharField(max_length=60, blank=True)
    edited = models.PositiveIntegerField(default=0)

    objects = CompanyWide.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "paper"], name="quiz_once")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.paper}"

    @property
    def asks(self) -> list[Question]:
        """Its questions as rules understand them."""
        return [Question.of(row) for row in self.questions]

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {
            "kind": self.kind, "paper": str(self.paper), "questions": self.questions,
            "mark": self.mark, "qualification": self.qualification, "edited": self.edited,
        }  # fmt: skip


class AttemptQuery(models.QuerySet["Attempt"]):
    """Reads of attempts."""

    def seen_by(self, actor: Actor) -> "AttemptQuery":
        """Of the readings the actor may see."""
        seen = Reading.objects.seen_by(actor)
        return self.filter(company_id=actor.company_id, reading__in=seen)


class Attempt(Owned):
    """One time somebody was examined: `right` of `of`. `answers`: which choices; they go with the
    person, so no seal covers them."""

    reading = OwnedForeignKey(Reading, related_name="attempts")
    at = models.DateTimeField(default=now)
    answers = models.JSONField(default=list)
    right = models.PositiveSmallIntegerField()
    of = models.PositiveSmallIntegerField()
    passed = models.BooleanField()

    objects = AttemptQuery.as_manager()

    class Meta:
        indexes = [models.Index(fields=["company", "reading", "at"], name="attempt_at")]

    def __str__(self) -> str:
        return f"{self.right}/{self.of}"

    def sealed_fields(self) -> dict[str, Any]:
        """All but the answers."""
        return {
            "reading": str(self.reading_id), "at": self.at, "right": self.right, "of": self.of,
            "passed": self.passed,
        }  # fmt: skip
