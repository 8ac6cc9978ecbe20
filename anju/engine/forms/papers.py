"""Papers: what a company writes down in versions (forms, procedures), frozen once published."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anju.engine.forms.shapes import Fault
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet
from anju.foundation.tenancy.models import Owned

STATES = (("draft", _("draft")), ("published", _("published")), ("retired", _("retired")))


class PaperQuery(models.QuerySet[Any]):
    """Reads of papers of one kind."""

    def seen_by(self, actor: Actor) -> Self:
        """Papers are company-wide: all of them for who may see standards."""
        if actor.may("standard.see"):
            return self.filter(company_id=actor.company_id)
        return self.none()

    def in_force(self) -> Self:
        """What is used today: the published version of each code."""
        return self.filter(state="published")

    def in_force_at(self, moment: datetime) -> Self:
        """What was used at an instant (UTC): a matter is judged by what it was begun under."""
        return self.filter(Q(retired_at=None) | Q(retired_at__gt=moment), published_at__lte=moment)


class Paper(Owned):
    """One version of a paper; each version is a row. `body`: what it says, as it is exported.

    `edits` counts the changes of a draft, so that nobody overwrites what they have not seen. At
    most one draft and one published version of a code exist.
    """

    kind: ClassVar[str] = ""  # its name in events and addresses

    code = models.SlugField(max_length=32)
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=80)
    body = models.JSONField(default=dict)
    edits = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=STATES, default="draft")
    published_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    objects = PaperQuery.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    def as_yaml(self) -> str:
        """What is exported: read back, it is the same paper."""
        raise NotImplementedError  # abstract: Form and Procedure say it

    def faults(self) -> list[Fault]:
        """Why this version cannot be published; empty when it can."""
        raise NotImplementedError  # abstract: Form and Procedure say it

    def reviewed(self, at: datetime) -> dict[str, Any]:
        """The columns that say when it is looked at again, reviewed at `at`; {} where it is not."""
        return {}

    def sealed_fields(self) -> dict[str, Any]:
        """What an event's digest of this row covers: all of it but the count of edits."""
        return {
            "code": self.code, "version": self.version, "name": self.name, "body": self.body,
            "state": self.state, "published_at": self.published_at,
            "retired_at": self.retired_at,
        }  # fmt: skip


def constraints_of(name: str) -> list[Any]:
    """The constraints of a kind of paper."""
    return [
        models.UniqueConstraint(fields=["company", "code", "version"], name=f"{name}_version_once"),
        models.UniqueConstraint(
            fields=["company", "code"], name=f"{name}_one_draft", condition=Q(state="draft")
        ),
        models.UniqueConstraint(
            fields=["company", "code"], name=f"{name}_one_in_force", condition=Q(state="published")
        ),
    ]


def refusal(faults: Iterable[Fault]) -> NotYet:
    """The refusal of a paper with these faults."""
    return refused("\n".join(fault.words for fault in faults))


def refused(said: str) -> NotYet:
    """The refusal of a text, as the field it was written in says it."""
    words = _("This text cannot be taken as it is; nothing was changed. %(faults)s")
    return NotYet(words % {"faults": said}, code="faulty", fields={"text": said})
