"""Promises with a time (时限). Lateness is known here and nowhere else (law 5)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anju.foundation.tenancy.models import Owned

KINDS = (
    ("respond", _("respond")),
    ("dispatch", _("dispatch")),
    ("accept", _("accept")),
    ("arrive", _("arrive")),
    ("finish", _("finish")),
    ("feedback", _("feedback")),
    ("verify", _("verify")),
    ("callback", _("callback")),
    ("reply", _("reply outside")),
)
STATES = (
    ("running", _("running")),
    ("paused", _("paused")),
    ("kept", _("kept")),
    ("broken", _("broken")),
    ("not_judgeable", _("not judgeable")),
    ("not_recorded", _("not recorded")),
    ("void", _("void")),
)


class Clock(Owned):
    """One promise about one case, as its standard made it when the clock started; or about one
    planned work order, which belongs to no case (`case_id` None), as its plan made it.

    `minutes` on `calendar` from `started_at`; `pauses` is [[from, until or null, reason], ...] in
    UTC ISO form and counts for at most `pause_cap` wall minutes. `due_at` is a cache of a pure
    function of these (`anju verify` recomputes it) and null while paused. `stopped_at` is when the
    promised thing happened, or when a promise that was late already was owed no longer. `broken_at`
    is when the ticker saw the deadline pass unanswered; late news may mend the verdict, never this
    mark. `next_at` is when the ticker must look again: warning, deadline, rung of the `ladder`
    ([[minutes after, role], ...]) or end of the pause cap. `days` are the whole days from start to
    stop where history knows dates only, else null.
    """

    case_id: Any = models.UUIDField(null=True)
    work_id: Any = models.UUIDField(null=True)
    kind = models.CharField(max_length=8, choices=KINDS)
    state = models.CharField(max_length=13, choices=STATES, default="running")
    minutes = models.PositiveIntegerField()
    calendar = models.CharField(max_length=32, default="always")
    pause_cap = models.PositiveIntegerField(default=0)
    ladder = models.JSONField(default=list)
    pauses = models.JSONField(default=list)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    broken_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    rung = models.SmallIntegerField(default=0)
    days = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["company", "case_id"], name="clock_case"),
            models.Index(
                fields=["company", "work_id"], name="clock_work", condition=Q(case_id=None)
            ),
            # The ticker asks only for what is due; settled clocks are not in the index at all.
            models.Index(
                fields=["next_at", "company"], name="clock_next", condition=Q(next_at__isnull=False)
            ),
            models.Index(
                fields=["company", "due_at"],
                name="clock_due",
                condition=Q(state__in=["running", "broken"], stopped_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="clock_of_something",
                condition=Q(case_id__isnull=False) | Q(work_id__isnull=False),
            ),
            models.CheckConstraint(
                name="clock_due_unless_paused",
                condition=Q(state="paused", due_at__isnull=True)
                | ~Q(state="paused") & Q(due_at__isnull=False)
                | Q(state__in=["not_recorded", "not_judgeable", "void"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def subject(self) -> tuple[str, UUID]:
        """What its events are about: the case, or the planned work order."""
        return ("case", self.case_id) if self.case_id else ("work", self.work_id)

    @property
    def live(self) -> bool:
        """Whether the promised thing is still owed."""
        return self.stopped_at is None and self.state in ("running", "paused", "broken")

    def late_at(self, moment: datetime) -> bool:
        """Whether the promise is broken, or would be if `moment` is now and nothing came."""
        return self.state == "broken" or (
            self.state == "running" and self.due_at is not None and self.due_at < moment
        )

    def sealed_fields(self) -> dict[str, Any]:
        """What an event's digest of this row covers: what the promise is and how it went.

        The ticker's own bookkeeping (`next_at`, `rung`, `broken_at`) is left out, and so are the
        reasons of pauses: they may name a person, and an erasure must leave the digest as it is.
        """
        of = {"case": str(self.case_id)} if self.case_id else {"work": str(self.work_id)}
        return {
            **of, "kind": self.kind, "minutes": self.minutes,
            "calendar": self.calendar, "pause_cap": self.pause_cap,
            "pauses": [pause[:2] for pause in self.pauses],
            "started_at": self.started_at, "stopped_at": self.stopped_at,
        }  # fmt: skip
