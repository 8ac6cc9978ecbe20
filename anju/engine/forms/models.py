"""Forms, in versions."""

from typing import ClassVar

from anju.engine.forms.papers import Paper, constraints_of
from anju.engine.forms.rules import Form as Sheet
from anju.engine.forms.rules import form_faults, write_form
from anju.engine.forms.shapes import Fault


class Form(Paper):
    """One version of a form or checklist."""

    kind: ClassVar[str] = "form"

    class Meta:
        constraints = constraints_of("form")

    @property
    def sheet(self) -> Sheet:
        """The form as rules understand it."""
        return Sheet.model_validate(self.body)

    def as_yaml(self) -> str:
        """What is exported: read back, it is the same form."""
        return write_form(self.sheet)

    def faults(self) -> list[Fault]:
        """Why this version cannot be published; empty when it can."""
        return form_faults(self.sheet)
