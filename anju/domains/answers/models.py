"""Answers, in versions, and what was told with them."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.engine.loop.models import Case
from anju.foundation.lib import now
from anju.foundation.places.models import under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey

STATES = (("current", _("current")), ("past", _("past")))
USES = (("answer", _("answer")), ("notice", _("announcement")))


class AnswerQuery(models.QuerySet["Answer"]):
    """Reads of answers."""

    def seen_by(self, actor: Actor) -> "AnswerQuery":
        """All answers of the company for its staff; none for others."""
        if actor.may("standard.see"):
            return self.filter(company_id=actor.company_id)
        return self.none()

    def current(self, use: str = "answer") -> "AnswerQuery":
        """What is told today to whoever asks; or, for `use` "notice", what announcements begin
        with."""
        return self.filter(state="current", use=use)


class Answer(Owned):
    """One version of an answer; `series` is the same for all versions of one question.

    `question` as residents ask it, `words`: other ways to ask, with blanks between; `text` is read
    out or sent as it stands. A version is never changed; the next one makes it "past".
    `use`: told to whoever asks, or the beginning of an announcement, with its title as `question`.
    What differs from house to house or from day to day stands in 【】 until somebody fills it in.
    """

    series: Any = models.UUIDField()
    version = models.PositiveIntegerField(default=1)
    question = models.CharField(max_length=200)
    words = models.CharField(max_length=200, blank=True)
    category = models.CharField(max_length=120, blank=True)
    text = models.TextField()
    use = models.CharField(max_length=8, choices=USES, default="answer")
    state = models.CharField(max_length=8, choices=STATES, default="current")
    at = models.DateTimeField(default=now)

    objects = AnswerQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "series", "version"], name="answer_version_once"
            ),
            models.UniqueConstraint(
                fields=["company", "series"],
                name="answer_one_current",
                condition=models.Q(state="current"),
            ),
        ]

    def __str__(self) -> str:
        return self.question

    def sealed_fields(self) -> dict[str, Any]:
        """What an event's digest of this row covers: all of it; answers keep the digests from
        before there was another use."""
        use = {} if self.use == "answer" else {"use": self.use}
        return {
            "series": str(self.series), "version": self.version, "question": self.question,
            "words": self.words, "category": self.category, "text": self.text,
            "state": self.state, "at": self.at, **use,
        }  # fmt: skip


VERDICTS = (
    ("right", _("right")),
    ("wrong", _("wrong")),
    ("outdated", _("out of date")),
)


class AnswerUseQuery(models.QuerySet["AnswerUse"]):
    """Reads of what was told."""

    def seen_by(self, actor: Actor) -> "AnswerUseQuery":
        """Those of cases at places where the actor judges work."""
        return self.filter(
            under(actor.paths("record.judge"), "case__place__path"), company_id=actor.company_id
        )


class AnswerUse(Owned):
    """A version told to whoever asked (`case`), and whether that was right. Told again in the same
    case it is the same row; each telling has its event.

    `drawn`: by the number of the case, for somebody else to check. `verdict` "" was not checked.
    `follow`: the case that was opened because it was not right.
    """

    answer = OwnedForeignKey(Answer, related_name="used")
    case = OwnedForeignKey(Case, related_name="+")
    by = models.UUIDField()
    at = models.DateTimeField(default=now)
    drawn = models.BooleanField()
    verdict = models.CharField(max_length=8, choices=VERDICTS, blank=True)
    note = models.CharField(max_length=400, blank=True)
    checked_by = models.UUIDField(null=True)
    checked_at = models.DateTimeField(null=True)
    follow = OwnedForeignKey(Case, null=True, related_name="+")

    objects = AnswerUseQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "case", "answer"], name="answeruse_once"),
        ]
        indexes = [
            models.Index(fields=["company", "answer", "-at"], name="answeruse_answer"),
            models.Index(
                fields=["company", "-at"], name="answeruse_drawn", condition=models.Q(drawn=True)
            ),
        ]

    def __str__(self) -> str:
        return str(self.answer_id)

    def sealed_fields(self) -> dict[str, Any]:
        """All but the note, which may name people."""
        return {
            "answer": str(self.answer_id), "case": str(self.case_id), "by": str(self.by),
            "at": self.at, "drawn": self.drawn, "verdict": self.verdict,
            "checked_by": self.checked_by and str(self.checked_by), "checked_at": self.checked_at,
            "follow": self.follow_id and str(self.follow_id),
        }  # fmt: skip
