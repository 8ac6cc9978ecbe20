"""Service standards (服务标准): seven elements, versioned, frozen once under review."""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.engine.forms.rules import Item, items_from_json
from anju.engine.standards.asking import Asking, asking_from_json
from anju.engine.standards.document import Document
from anju.engine.standards.rules import Limit, limits_from_json
from anju.engine.standards.scope import Scope
from anju.engine.standards.states import IN_PREPARATION
from anju.foundation.lib import now
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey

STATES = (
    ("draft", _("draft")),
    ("review", _("in review")),
    ("trial", _("on trial")),
    ("published", _("published")),
    ("retired", _("retired")),
)
MOVE_NAMES = (
    ("submit", _("Submit for review")),
    ("send_back", _("Send back to be written again")),
    ("try", _("Try in some communities")),
    ("publish", _("Publish")),
    ("confirm", _("Reviewed, stays as it is")),
    ("retire", _("Retire")),
)
# The columns that hold the text, as the document names them.
TEXT = tuple(Document.model_fields)


class StandardQuery(models.QuerySet["Standard"]):
    """Reads of standards."""

    def seen_by(self, actor: Actor) -> "StandardQuery":
        """Standards are company-wide: all of them for who may see standards."""
        if actor.may("standard.see"):
            return self.filter(company_id=actor.company_id)
        return self.none()

    def in_force(self) -> "StandardQuery":
        """Published versions, in the order of their codes."""
        return self.filter(state="published").order_by("code")

    def in_force_at(self, moment: datetime) -> "StandardQuery":
        """Versions that were in force then, in the order of their codes."""
        then = self.filter(published_at__lte=moment)
        return then.exclude(retired_at__lte=moment).order_by("code")

    def in_preparation(self) -> "StandardQuery":
        """Drafts, and what is in review or on trial."""
        return self.filter(state__in=IN_PREPARATION)


class Standard(Owned):
    """One version of a promise. Each version is a row; a case is pinned to the row.

    Its text is a `Document`, a column for each part: whom it is for (`audience`), the service item,
    quality requirements, time limits, the provider, method and tools, evaluation; `items`, the
    questions it asks of the work; `kinds` and `scope`, which cases it rules; `verify`, whether a
    case closes only after a check by someone who did not do the work; `callback` and `asking`, who
    is called afterwards; `basis`, what it rests on.

    `edited` counts how often the draft was saved. `trial_places`: the paths where it is on trial.
    `review_on`: the day by which somebody looks whether it is still right.
    """

    code = models.SlugField(max_length=32)
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=80)
    kinds = models.JSONField(default=list)
    scope = models.JSONField(default=dict)
    audience = models.TextField(blank=True)
    item = models.TextField(blank=True)
    requirements = models.JSONField(default=list)
    limits = models.JSONField(default=list)
    items = models.JSONField(default=list)
    provider = models.TextField(blank=True)
    method = models.JSONField(default=dict)
    evaluation = models.JSONField(default=dict)
    verify = models.BooleanField(default=True)
    callback = models.BooleanField(default=True)
    asking = models.JSONField(default=dict)
    basis = models.JSONField(default=list)
    review_months = models.PositiveSmallIntegerField(default=12)
    edited = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=STATES, default="draft")
    trial_places = models.JSONField(default=list)
    published_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    review_on = models.DateField(null=True)

    objects = StandardQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "code", "version"], name="standard_version_once"
            ),
            models.UniqueConstraint(
                fields=["company", "code"],
                name="standard_one_in_force",
                condition=models.Q(state="published"),
            ),
            models.UniqueConstraint(
                fields=["company", "code"],
                name="standard_one_in_preparation",
                condition=models.Q(state__in=["draft", "review", "trial"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def document(self) -> Document:
        """Its text."""
        return Document.model_validate({name: getattr(self, name) for name in TEXT})

    @property
    def time_limits(self) -> tuple[Limit, ...]:
        """The limits as rules understand them."""
        return limits_from_json(self.limits)

    @property
    def questions(self) -> tuple[Item, ...]:
        """The items as rules understand them."""
        return items_from_json(self.items)

    @property
    def asks(self) -> Asking:
        """How reporters are asked afterwards, as rules understand it."""
        return asking_from_json(self.asking)

    @property
    def where(self) -> Scope:
        """Which cases of its kinds it rules, as rules understand it."""
        return Scope.of(self.scope)

    def sealed_fields(self) -> dict[str, Any]:
        """What an event's digest of this row covers: all of it."""
        text = {name: getattr(self, name) for name in TEXT}
        return text | {
            "version": self.version, "edited": self.edited, "state": self.state,
            "trial_places": self.trial_places, "published_at": self.published_at,
            "retired_at": self.retired_at,
            "review_on": self.review_on and self.review_on.isoformat(),
        }  # fmt: skip


class Step(Owned):
    """One step in the life of a version: which move, by whom, why.

    `own`: approved by the one who submitted it. `places`: where a trial began.
    """

    standard = OwnedForeignKey(Standard, related_name="steps")
    move = models.CharField(max_length=10, choices=MOVE_NAMES)
    at = models.DateTimeField(default=now)
    by = models.UUIDField()
    why = models.CharField(max_length=300)
    own = models.BooleanField(default=False)
    places = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["company", "standard", "at"], name="standard_step_at")]

    def __str__(self) -> str:
        return f"{self.get_move_display()}: {self.why}"

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {
            "standard": str(self.standard_id), "move": self.move, "at": self.at,
            "by": str(self.by), "why": self.why, "own": self.own, "places": self.places,
        }  # fmt: skip


MANUAL_STATES = (("waiting", _("being made")), ("made", _("made")), ("failed", _("failed")))


class ManualQuery(models.QuerySet["Manual"]):
    """Reads of manuals."""

    def seen_by(self, actor: Actor) -> "ManualQuery":
        """Every manual of the company for who may see standards."""
        if actor.may("standard.see"):
            return self.filter(company_id=actor.company_id)
        return self.none()


class Manual(Owned):
    """The standards in force as one PDF, made in the background and kept as a file.

    `digest`: of the versions in it, their language and the day `on` it is dated; `by`: who asked
    first. While it is made, `done` of `total` steps are; at `due_at` somebody (else) takes it up,
    for the `tries`-th time.
    """

    language = models.CharField(max_length=16)
    digest = models.CharField(max_length=64)
    on = models.DateField()
    by = models.UUIDField()
    asked_at = models.DateTimeField(default=now)
    state = models.CharField(max_length=8, choices=MANUAL_STATES, default="waiting")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    file_id: Any = models.UUIDField(null=True)
    made_at = models.DateTimeField(null=True)

    objects = ManualQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "digest"], name="manual_once"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="manual_due", condition=models.Q(due_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.language}"

    @property
    def chapters(self) -> int:
        """How many standards are in it."""
        return self.total - 1

    def sealed_fields(self) -> dict[str, Any]:
        """What an event's digest of this row covers; not how far it is."""
        return {
            "language": self.language, "digest": self.digest, "on": self.on.isoformat(),
            "by": str(self.by), "state": self.state, "total": self.total,
            "file": self.file_id and str(self.file_id), "made_at": self.made_at,
        }  # fmt: skip
