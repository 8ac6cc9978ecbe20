"""What the pages of forms and of procedures do not have in common."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.engine.forms.commands import draft_form, import_form
from anju.engine.forms.models import Form
from anju.engine.forms.papers import Paper
from anju.engine.forms.rules import Form as Sheet
from anju.engine.forms.rules import form_faults, write_form
from anju.engine.library.papers import forms as shelf_of_forms
from anju.engine.library.papers import procedures as shelf_of_procedures
from anju.engine.procedures.commands import draft_procedure, import_procedure
from anju.engine.procedures.models import Procedure
from anju.engine.procedures.rules import Procedure as Steps
from anju.engine.procedures.rules import procedure_faults, write_procedure
from anju.faces.console.papers.rows import PaperRows
from anju.faces.console.papers.sheets import SheetRows
from anju.faces.console.papers.steps import StepRows
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Unknown
from anju.foundation.tenancy.rows import only

FORM_BEGUN = """anju: form/1
code: my-form
name:
items:
  - {code: first, text: , weight: 100, on_fail: case}
total: 100
"""
PROCEDURE_BEGUN = """anju: procedure/1
code: my-procedure
name:
steps:
  - code: first
    name:
    role: desk
    brief:
    next: [{to: last}]
  - code: last
    name:
    role: desk
    brief:
"""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`text`: what a version says, `rows`: its page of rows; `take`: its command from a text,
    `draft`: from what a page says; `shelf`: those of the library."""

    model: type[Paper]
    text: type[Any]
    rows: type[PaperRows]
    take: Callable[..., Paper]
    draft: Callable[..., Paper]
    write: Callable[[Any], str]
    faults: Callable[[Any], Any]
    shelf: Callable[[], Mapping[str, Any]]
    begun: str
    title: Any
    one: Any
    new: Any
    none: Any


FORMS = Kind(
    model=Form, text=Sheet, rows=SheetRows, take=import_form, draft=draft_form,
    write=write_form, faults=form_faults, shelf=shelf_of_forms, begun=FORM_BEGUN,
    title=gettext_lazy("Forms"), one=gettext_lazy("Form"), new=gettext_lazy("New form"),
    none=gettext_lazy("No forms yet"),
)  # fmt: skip
PROCEDURES = Kind(
    model=Procedure, text=Steps, rows=StepRows, take=import_procedure, draft=draft_procedure,
    write=write_procedure, faults=procedure_faults, shelf=shelf_of_procedures,
    begun=PROCEDURE_BEGUN, title=gettext_lazy("Procedures"), one=gettext_lazy("Procedure"),
    new=gettext_lazy("New procedure"), none=gettext_lazy("No procedures yet"),
)  # fmt: skip


def the_paper(kind: Kind, id: UUID, actor: Actor) -> Any:
    """One version. Refuses (`Unknown`) what is not there or not seen."""
    found = only(kind.model.objects.seen_by(actor).filter(id=id))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return found
