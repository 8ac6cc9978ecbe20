"""Answers, in versions."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.foundation.lib import now
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned

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
