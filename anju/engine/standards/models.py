"""Service standards (服务标准): seven elements, versioned, frozen once published."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.engine.standards.asking import Asking, asking_from_json
from anju.engine.standards.rules import Item, Limit, items_from_json, limits_from_json
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned

STATES = (("draft", _("draft")), ("published", _("published")), ("retired", _("retired")))


class StandardQuery(models.QuerySet["Standard"]):
    """Reads of standards."""

    def seen_by(self, actor: Actor) -> "StandardQuery":
        """Standards are company-wide: all of them for who may see standards."""
        if actor.may("standard.see"):
            return self.filter(company_id=actor.company_id)
        return self.none()

    def in_force(self) -> "StandardQuery":
        """Published versions, the newest of each code first."""
        return self.filter(state="published").order_by("code", "-version")


class Standard(Owned):
    """One version of a promise. Each version is a row; a case is pinned to the row.

    Seven elements: audience, item, requirements, limits (time), provider, method, evaluation.
    `items`: the questions it asks of the work (`Item`).
    `kinds`: the kinds of case it serves; `verify`: a case closes only after a check by someone who
    did not do the work; `callback`: only after the reporter was called back, where the case is
    among those that `asking` draws (`Asking`).
    """

    code = models.SlugField(max_length=32)
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=80)
    kinds = models.JSONField(default=list)
    audience = models.TextField(blank=True)
    item = models.TextField(blank=True)
    requirements = models.JSONField(default=list)
    limits = models.JSONField(default=list)
    items = models.JSONField(default=list)
    provider = models.TextField(blank=True)
    method = models.TextField(blank=True)
    evaluation = models.TextField(blank=True)
    verify = models.BooleanField(default=True)
    callback = models.BooleanField(default=True)
    asking = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=STATES, default="draft")
    published_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    objects = StandardQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "code", "version"], name="standard_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

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

    def sealed_fields(self) -> dict[str, Any]:
        """What an event's digest of this row covers; versions from before there was `asking` keep
        theirs."""
        asking = {"asking": self.asking} if self.asking else {}
        return {
            "code": self.code, "version": self.version, "kinds": self.kinds, "limits": self.limits,
            "items": self.items, "requirements": self.requirements, "verify": self.verify,
            "callback": self.callback,
            "state": self.state, **asking,
        }  # fmt: skip
