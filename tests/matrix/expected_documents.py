"""Documents and laws: everybody who works here reads, headquarters writes."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from anju.domains.documents.commands.laws import write_law
from anju.domains.documents.commands.quizzes import write_quiz
from anju.domains.documents.commands.readers import distribute
from anju.domains.documents.models import Document, Reading
from anju.domains.documents.testing import LAW, QUESTIONS, a_document, a_law
from anju.foundation.files.commands import keep_file
from anju.foundation.files.testing import a_picture
from anju.foundation.people.testing import a_worker
from anju.foundation.tenancy.acting import acting
from tests.matrix.row import JOURNAL, READERS, Asked, Row
from tests.matrix.world import World

WRITERS = "headquarters admin"


def _document(world: World) -> Asked:
    return {"id": a_document(world.machine, code=uuid4().hex).id}, {}


def _draft(world: World) -> Asked:
    body = {"title": "x", "code": "x", "kind": "form", "edited": 99}
    return {"id": a_document(world.machine, code=uuid4().hex, state="draft").id}, body


def _new(_world: World) -> Asked:
    return {}, {"title": "x", "code": uuid4().hex, "kind": "form", "review_months": 12}


def _with_file(world: World) -> Asked:
    file = keep_file(a_picture(), actor=world.machine, name="x.jpg")
    row = a_document(world.machine, code=uuid4().hex)
    with acting(world.machine):
        Document.objects.filter(id=row.id).update(text="", file=file.id)
    return {"id": row.id}, {}


def _api_document(world: World) -> Asked:
    return {"document_id": a_document(world.machine, code=uuid4().hex).id}, {}


def _law(world: World) -> Asked:
    return {"id": a_law(world.machine, title=uuid4().hex).id}, {"title": "x", "edited": 99}


def _new_law(_world: World) -> Asked:
    return {}, {"title": uuid4().hex, "kind": "law", "state": "in_force"}


def _api_law(world: World) -> Asked:
    return {"law_id": a_law(world.machine, title=uuid4().hex).id}, {}


def _doubt(world: World) -> Asked:
    title = uuid4().hex
    a_document(world.machine, code=uuid4().hex, basis=title)
    law = a_law(world.machine, title=title)
    said = {"title": title, "state": "repealed", "why": "x"}
    write_law(replace(LAW, **said), law_id=law.id, edited=1, actor=world.machine)
    with acting(world.machine):
        return {"id": law.doubts.get().id}, {"note": "x"}


def _readers(world: World) -> Asked:
    row = a_document(world.machine, code=uuid4().hex)
    return {"kind": "document", "code": row.code}, {"remind_days": 7}


def _questions(world: World) -> Asked:
    row = a_document(world.machine, code=uuid4().hex)
    return {"kind": "document", "paper": row.id}, {"questions": "问？\n* 甲\n- 乙", "mark": 1}


def _reading(world: World) -> Asked:
    """Another person's, with a file and questions: a reading is its reader's alone."""
    row_id = _with_file(world)[0]["id"]
    write_quiz("document", row_id, QUESTIONS, mark=1, actor=world.machine)
    reader = a_worker(world.machine, place=world.home)
    with acting(world.machine):
        code = Document.objects.get(id=row_id).code
    distribute("document", code, [f"person:{reader.id}"], actor=world.machine)
    with acting(world.machine):
        return {"id": Reading.objects.get(person=reader).id}, {"q0": "1", "q1": "0", "edited": "1"}


DOCUMENTS = (
    Row("GET", "documents", READERS, "list"),
    Row("GET", "documents/new", WRITERS, "whole"),
    Row("POST", "documents/new", WRITERS, "whole", _new),
    Row("POST", "documents/procedures", WRITERS, "whole"),
    Row("GET", "documents/<uuid:id>", READERS, "company", _document),
    Row("POST", "documents/<uuid:id>", WRITERS, "whole", _document),
    Row("GET", "documents/<uuid:id>/write", WRITERS, "whole", _draft),
    Row("POST", "documents/<uuid:id>/write", WRITERS, "whole", _draft),
    Row("GET", "documents/<uuid:id>/file", READERS, "company", _with_file),
    Row("GET", "documents/<uuid:id>/print", READERS, "company", _document),
    Row("GET", "readers/<slug:kind>/<str:code>", JOURNAL, "company", _readers),
    Row("POST", "readers/<slug:kind>/<str:code>", WRITERS, "whole", _readers),
    Row("GET", "questions/<slug:kind>/<uuid:paper>", WRITERS, "whole", _questions),
    Row("POST", "questions/<slug:kind>/<uuid:paper>", WRITERS, "whole", _questions),
    Row("GET", "reading", READERS, "list"),
    Row("GET", "reading/<uuid:id>", "", "self", _reading),
    Row("POST", "reading/<uuid:id>", "", "self", _reading),
    Row("GET", "reading/<uuid:id>/file", "", "self", _reading),
    Row("GET", "reading/<uuid:id>/questions", "", "self", _reading),
    Row("POST", "reading/<uuid:id>/questions", "", "self", _reading),
    Row("GET", "laws", READERS, "list"),
    Row("GET", "laws/new", WRITERS, "whole"),
    Row("POST", "laws/new", WRITERS, "whole", _new_law),
    Row("POST", "laws/fill", WRITERS, "whole"),
    Row("GET", "laws/<uuid:id>", READERS, "company", _law),
    Row("POST", "laws/<uuid:id>", WRITERS, "whole", _law),
    Row("POST", "laws/doubts/<uuid:id>", WRITERS, "whole", _doubt),
    Row("GET", "laws/doubts/<uuid:id>/paper", READERS, "company", _doubt),
    Row("GET", "api/v1/documents", READERS, "list"),
    Row("GET", "api/v1/documents/<uuidstr:document_id>", READERS, "company", _api_document),
    Row("GET", "api/v1/laws", READERS, "list"),
    Row("GET", "api/v1/laws/<uuidstr:law_id>", READERS, "company", _api_law),
)
