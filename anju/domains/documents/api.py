"""Documents and laws over the API: what is in force, and what is to be looked at."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from anju.domains.documents.content import content_of
from anju.domains.documents.models import Document, Law
from anju.domains.documents.queries import open_doubts
from anju.domains.documents.rules import LAW_STATES, STATES
from anju.foundation.access.doors import Request, api_door
from anju.foundation.tenancy.errors import Unknown, known_word
from anju.foundation.tenancy.rows import cursor_page, only

router = Router(tags=["documents"])
MOST = 200


class DocumentOut(Schema):
    """A revision without its text. `paper`: the paper of the house it points at."""

    id: UUID
    code: str
    version: int
    title: str
    kind: str
    state: str
    retention: str
    paper: str
    in_force_at: datetime | None
    obsolete_at: datetime | None
    review_on: date | None


class SectionOut(Schema):
    """A heading and its lines."""

    title: str
    lines: list[str]


class DocumentWhole(DocumentOut):
    """A revision with what it says; one that is a file says nothing here."""

    basis: list[str]
    sections: list[SectionOut]


class DocumentPage(Schema):
    """Revisions, the newest first; `next` is the cursor of the page after, null on the last."""

    items: list[DocumentOut]
    next: UUID | None


class LawOut(Schema):
    """A law or a norm. `certain`: somebody has looked it up."""

    id: UUID
    title: str
    code: str
    kind: str
    issuer: str
    state: str
    effective: date | None
    source: str
    certain: bool


class DoubtOut(Schema):
    """A paper to be looked at. `part`: the clause of a contract."""

    kind: str
    paper: UUID
    part: str
    name: str
    why: str
    at: datetime


class LawWhole(LawOut):
    """A law with the papers that are to be looked at because it changed."""

    doubts: list[DoubtOut]


class LawPage(Schema):
    """Laws, the newest first; `next` is the cursor of the page after, null on the last."""

    items: list[LawOut]
    next: UUID | None


class ListFilter(Schema):
    """Filters of the lists."""

    state: str = ""
    code: str = ""
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=MOST)


@router.get("/documents", response=DocumentPage, operation_id="list_documents")
@api_door("standard.see")
def get_documents(request: Request, asked: Query[ListFilter]) -> DocumentPage:
    """The revisions of all documents, or of one `code`, or in one `state`."""
    known_word("state", asked.state, dict(STATES))
    found = Document.objects.seen_by(request.actor).defer("text").order_by("-id")
    rows, after = _page(found, asked)
    return DocumentPage(items=[DocumentOut.from_orm(row) for row in rows], next=after)


@router.get("/documents/{uuid:document_id}", response=DocumentWhole, operation_id="read_document")
@api_door("standard.see")
def get_document(request: Request, document_id: UUID) -> DocumentWhole:
    """One revision with what it says."""
    found = only(Document.objects.seen_by(request.actor).filter(id=document_id))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    sections = [
        SectionOut(title=one.title, lines=list(one.lines))
        for one in content_of(found, actor=request.actor)
    ]
    head = DocumentOut.from_orm(found).dict()
    return DocumentWhole(**head, basis=found.basis, sections=sections)


@router.get("/laws", response=LawPage, operation_id="list_laws")
@api_door("standard.see")
def get_laws(request: Request, asked: Query[ListFilter]) -> LawPage:
    """The register of laws and norms."""
    known_word("state", asked.state, dict(LAW_STATES))
    rows, after = _page(Law.objects.seen_by(request.actor).order_by("-id"), asked)
    return LawPage(items=[LawOut.from_orm(row) for row in rows], next=after)


@router.get("/laws/{uuid:law_id}", response=LawWhole, operation_id="read_law")
@api_door("standard.see")
def get_law(request: Request, law_id: UUID) -> LawWhole:
    """One law, and the papers that are to be looked at because it changed."""
    found = only(Law.objects.seen_by(request.actor).filter(id=law_id))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    doubts = [
        DoubtOut.from_orm(one) for one in open_doubts(actor=request.actor) if one.law_id == law_id
    ]
    return LawWhole(**LawOut.from_orm(found).dict(), doubts=doubts)


def _page(rows: QuerySet[Any], asked: ListFilter) -> tuple[list[Any], UUID | None]:
    for name in ("code", "state"):
        if value := getattr(asked, name):
            rows = rows.filter(**{name: value})
    if asked.cursor:
        rows = rows.filter(id__lt=asked.cursor)
    return cursor_page(rows, asked.limit)
