"""Procedures, in versions."""

from typing import ClassVar

from anju.engine.forms.papers import Paper, constraints_of
from anju.engine.forms.shapes import Fault
from anju.engine.procedures.rules import Procedure as Steps
from anju.engine.procedures.rules import procedure_faults, write_procedure


class Procedure(Paper):
    """One version of a procedure."""

    kind: ClassVar[str] = "procedure"

    class Meta:
        constraints = constraints_of("procedure")

    @property
    def text(self) -> Steps:
        """The procedure as rules understand it."""
        return Steps.model_validate(self.body)

    def as_yaml(self) -> str:
        """What is exported: read back, it is the same procedure."""
        return write_procedure(self.text)

    def faults(self) -> list[Fault]:
        """Why this version cannot be published; empty when it can."""
        return procedure_faults(self.text)
