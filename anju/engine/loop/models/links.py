"""How cases point to one another, and to planned work that is done again."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anju.engine.loop.models.cases import Case, WorkOrder
from anju.foundation.tenancy.models import Owned, OwnedForeignKey

LINK_NAMES = (
    ("merged", _("the same matter, merged into")),
    ("related", _("has to do with")),
    ("split", _("split from")),
    ("problem", _("explained by the problem record")),
    ("rework", _("done again, free, within the warranty of")),
)


class CaseLink(Owned):
    """A case points to another (`kind` says how), or to the planned `work` that is done again under
    it. Never changed; `by` an account, `at` UTC."""

    append_only = True

    case = OwnedForeignKey(Case, related_name="links")
    other = OwnedForeignKey(Case, null=True, related_name="linked")
    work = OwnedForeignKey(WorkOrder, null=True, related_name="linked")
    kind = models.CharField(max_length=8, choices=LINK_NAMES)
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "case", "other", "kind"], name="case_link_once"
            ),
            models.UniqueConstraint(
                fields=["company", "case", "work"],
                name="case_link_work_once",
                condition=Q(work__isnull=False),
            ),
            models.CheckConstraint(condition=~Q(case=models.F("other")), name="case_link_of_two"),
            models.CheckConstraint(
                condition=Q(other__isnull=False, work__isnull=True)
                | Q(other__isnull=True, work__isnull=False, kind="rework"),
                name="case_link_to_one",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "other"], name="case_link_other"),
            models.Index(
                fields=["company", "work"], name="case_link_work", condition=Q(work__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.other_id or self.work_id}"

    def sealed_fields(self) -> dict[str, Any]:
        """The whole link."""
        return {
            "case": str(self.case_id), "kind": self.kind, "by": str(self.by), "at": self.at,
            **({"work": str(self.work_id)} if self.work_id else {"other": str(self.other_id)}),
        }  # fmt: skip
