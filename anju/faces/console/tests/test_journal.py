"""The journal speaks the language of its reader; no event of the product is without words."""

import ast
import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

import anju
from anju.engine.loop.rules import CASE_MOVES, WORK_MOVES
from anju.engine.loop.testing import a_case, a_house
from anju.faces.console.journal_subjects import SUBJECTS, TOPICS
from anju.faces.console.journal_words import TOLD, event_words
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.entries.models import Entry
from anju.foundation.tenancy.actor import Actor

NAME = re.compile(r"[a-z]+\.[a-z_]+")
TELLING = {"tell", "draft", "amend", "enter", "strike"}
# Names that are put together when they are told: from a move, a state, or a kind of entry.
MOVES = {f"case.{name}" for name in CASE_MOVES} | {f"work.{name}" for name in WORK_MOVES}
STATES = {
    "clock": ("warned", "broken", "escalated"),
    "import": ("staged", "confirmed", "undone", "dropped"),
    "message": ("sent", "unknown", "dead", "dropped"),
    "standard": (
        "drafted",
        "edited",
        "submitted",
        "sent_back",
        "tried",
        "published",
        "confirmed",
        "retired",
        "review_told",
    ),
    "document": (
        "drafted",
        "edited",
        "submitted",
        "sent_back",
        "enforced",
        "confirmed",
        "withdrawn",
        "review_told",
    ),
    "reading": ("asked", "reminded", "signed", "ended"),
    "law": ("written",),
    "form": ("drafted", "published", "retired"),
    "procedure": ("drafted", "published", "confirmed", "retired", "review_told"),
}


def told_in_the_code() -> set[str]:
    """The names written out where something is told."""
    found = set()
    for path in Path(anju.__file__).parent.rglob("*.py"):
        if "tests" in path.parts or path.name == "testing.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id in TELLING:
                given = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "name")]
                found |= {str(a.value) for a in given if isinstance(a, ast.Constant) and a.value}
    return {name for name in found if NAME.fullmatch(name)}


def put_together() -> set[str]:
    states = {f"{kind}.{state}" for kind, names in STATES.items() for state in names}
    entries = {
        f"{model.entry_kind}.{what}"
        for model in Entry.__subclasses__()
        for what in ("added", "changed", "struck")
    }
    return MOVES | states | entries


@pytest.fixture
def client(actor: Actor) -> Client:
    found = Client()
    found.cookies[DEVICE_COOKIE] = an_account(actor, "admin").device
    return found


def test_every_event_has_words() -> None:
    names = told_in_the_code()
    assert len(names) > 40  # the search finds them
    with translation.override("zh-hans"):
        assert [n for n in sorted(names | put_together()) if event_words(n) == n] == []
        assert [n for n in TOLD if re.search("[A-Za-z]", str(TOLD[n]))] == []
    assert {name.split(".")[0] for name in TOLD} == set(TOPICS)


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", ["受理事项", "类型 报修", "紧急程度 P3", "系统"]), ("en", ["Case received"])],
)
def test_a_reader_finds_words_and_the_name_beside(
    actor: Actor, client: Client, language: str, words: list[str]
) -> None:
    opened = a_case(a_house(actor))
    page = client.get("/journal", headers={"accept-language": language}).content.decode()
    assert [w for w in [*words, opened.case.number, "case.reported"] if w not in page] == []
    found = client.get("/journal?topic=case&name=case.reported").content.decode()
    assert opened.case.number in found
    assert opened.case.number not in client.get("/journal?topic=place").content.decode()


def test_what_events_are_about_has_words() -> None:
    assert {model.entry_kind for model in Entry.__subclasses__()} - set(SUBJECTS) <= {
        "occupancy",
        "vehicle",
        "assignment",
        "deputy",
        "duty",
        "qualification",
    }  # fmt: skip - chapters of a person's story
