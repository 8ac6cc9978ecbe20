"""A document and a law for tests."""

from dataclasses import replace
from typing import Any

from anju.domains.documents.commands.documents import DocumentText, draft_document, move_document
from anju.domains.documents.commands.laws import LawText, write_law
from anju.domains.documents.examining import Question
from anju.domains.documents.models import Document, Law
from anju.foundation.access.testing import an_account
from anju.foundation.people.models import Person
from anju.foundation.people.testing import a_worker
from anju.foundation.places.models import Place
from anju.foundation.tenancy.actor import Actor

DOCUMENT = DocumentText(
    code="QI-07",
    title="入户维修作业指导书",
    kind="instruction",
    retention="3 年",
    basis="《物业管理条例》第三十五条",
    text="敲门三下，穿鞋套，先报价后施工，完工清场。",
)
LAW = LawText(title="物业管理条例", issuer="国务院", state="in_force", certain=True)


def a_document(actor: Actor, *, state: str = "in_force", **more: Any) -> Document:
    """A revision, taken as far as `state`."""
    row = draft_document(replace(DOCUMENT, **more), actor=actor)
    for move in {"draft": (), "review": ("submit",)}.get(state, ("submit", "enforce")):
        row = move_document(row.id, move, actor=actor, why="试用过，可行")
    return row


def a_law(actor: Actor, **more: Any) -> Law:
    """A law of the register."""
    return write_law(replace(LAW, **more), actor=actor)[0]


QUESTIONS = (
    Question("敲门几下？", ("一下", "三下", "十下"), 1, "第 1 条"),
    Question("先做什么？", ("报价", "施工"), 0, "第 2 条"),
)


def a_reader(actor: Actor, place: Place, name: str = "李强") -> tuple[Person, Actor]:
    """Somebody of the staff who can sign in."""
    person = a_worker(actor, place=place, name=name)
    return person, an_account(actor, "technician", place.path, person_id=person.id).actor
