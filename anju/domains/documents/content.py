"""What a paper says, in sections of plain words: read on a page, on a telephone and in print."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from anju.domains.documents.models import Document
from anju.domains.documents.queries import PAPERS
from anju.engine.clocks.models import KINDS
from anju.engine.forms.models import Form
from anju.engine.procedures.models import Procedure
from anju.engine.standards.models import Standard
from anju.engine.standards.rules import Limit
from anju.foundation.kit.templatetags.kit import length
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.rows import only


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it."""

    title: str
    lines: tuple[str, ...]


def pointed_at(row: Document, *, actor: Actor) -> Any:
    """The version of the paper a revision points at: the pinned one, in a draft the newest; None
    where it points at none. One query."""
    kind, code = row.points_at
    if kind not in PAPERS:
        return None
    mine = PAPERS[kind].objects.filter(company_id=actor.company_id, code=code)
    if row.pinned:
        return only(mine.filter(id=row.pinned))
    return mine.exclude(state="retired").order_by("-version").first()


def content_of(row: Any, *, actor: Actor) -> list[Section]:
    """The sections of a document, a standard, a procedure or a form. A file says nothing here."""
    if isinstance(row, Document):
        if row.text:
            return [Section("", tuple(line for line in row.text.splitlines() if line.strip()))]
        paper = pointed_at(row, actor=actor)
        return content_of(paper, actor=actor) if paper else []
    said: dict[type, Callable[[Any], Iterator[Section]]] = {
        Standard: _standard, Procedure: _procedure, Form: _form,
    }  # fmt: skip
    return [section for section in said[type(row)](row) if section.lines]


def _standard(row: Standard) -> Iterator[Section]:
    document = row.document
    parts = (document.audience, document.item, document.provider, document.method.text)
    yield Section("", tuple(filter(None, parts)))
    yield Section(_("Quality requirements"), tuple(one.text for one in document.requirements))
    yield Section(_("Time limits"), _limits(document.limits))
    yield Section(_("Questions to the work"), tuple(one.text for one in document.items))
    yield Section(_("Basis"), tuple(one.ref for one in document.basis))


def _limits(limits: Iterable[Limit]) -> tuple[str, ...]:
    """A line for each clock and category: arrive · P1 5 min · P2 30 min."""
    clocks, by = dict(KINDS), dict[str, list[str]]()
    for one in limits:
        head = " · ".join(filter(None, [str(clocks[one.clock]), one.category]))
        urgency = f"P{one.urgency} " if one.urgency else ""
        by.setdefault(head, []).append(f"{urgency}{length(timedelta(minutes=one.minutes))}")
    return tuple(" · ".join([head, *said]) for head, said in by.items())


def _procedure(row: Procedure) -> Iterator[Section]:
    procedure = row.text
    yield Section("", tuple(filter(None, [procedure.purpose])))
    for number, step in enumerate(procedure.steps, 1):
        within = _("within %(n)s min") % {"n": step.minutes} if step.minutes else ""
        head = " · ".join(filter(None, [f"{number}. {step.name}", step.who, within]))
        yield Section(head, (step.full or step.brief,))


def _form(row: Form) -> Iterator[Section]:
    sheet = row.sheet
    lines = (
        " · ".join(filter(None, [one.text, one.kind_name, one.limits_said])) for one in sheet.items
    )
    yield Section("", tuple(lines))
