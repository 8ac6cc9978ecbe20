"""Procedures, in versions."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models

from anju.engine.forms.papers import Paper, constraints_of
from anju.engine.forms.shapes import Fault
from anju.engine.procedures.rules import Procedure as Steps
from anju.engine.procedures.rules import procedure_faults, write_procedure
from anju.foundation.lib import months_after
from anju.foundation.tenancy.days import day_of


class Procedure(Paper):
    """One version of a procedure. `review_on`: the day by which somebody looks whether it is still
    right."""

    kind: ClassVar[str] = "procedure"

    review_on = models.DateField(null=True)

    class Meta:
        constraints = constraints_of("procedure")

    @property
    def text(self) -> Steps:
        """The procedure as rules understand it."""
        return Steps.model_validate(self.body)

    def as_yaml(self) -> str:
        """What is exported: read back, it is the same procedure."""
        return write_procedure(self.text)

    def reviewed(self, at: datetime) -> dict[str, Any]:
        """The next review, counted from this one."""
        return {"review_on": months_after(day_of(at, self.company_id), self.text.review_months)}

    def sealed_fields(self) -> dict[str, Any]:
        """What an event's digest of this row covers."""
        on = self.review_on and self.review_on.isoformat()
        return {**super().sealed_fields(), "review_on": on}

    def faults(self) -> list[Fault]:
        """Why this version cannot be published; empty when it can."""
        return procedure_faults(self.text)
