"""Writing procedures; publishing and retiring them is that of every paper."""

from anju.engine.forms.commands import draft_paper
from anju.engine.forms.papers import refused
from anju.engine.forms.shapes import read_paper
from anju.engine.procedures.models import Procedure
from anju.engine.procedures.rules import Procedure as Steps
from anju.foundation.tenancy.actor import Actor
from anju.foundation.texts import BadText
from anju.foundation.texts.writing import plain


def draft_procedure(steps: Steps, *, actor: Actor, edits: int | None = None) -> Procedure:
    """Write the next version of a procedure as a draft, or change the draft (`draft_paper`). A
    draft may still lead nowhere; `publish_paper` refuses that."""
    return draft_paper(Procedure, plain(steps), actor=actor, edits=edits)


def import_procedure(text: str | bytes, *, actor: Actor, edits: int | None = None) -> Procedure:
    """The same from YAML. Refuses (`NotYet`), with the line, what is no procedure."""
    try:
        steps = read_paper(text, Steps, file="procedure.yaml").said
    except BadText as bad:
        raise refused(str(bad)) from None
    return draft_procedure(steps, actor=actor, edits=edits)
