"""Documents are written, reviewed and put into force by who may, once, and stay as they were."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from anju.domains.documents.commands.documents import (
    DocumentText,
    draft_document,
    edit_document,
    move_document,
    take_procedures,
    tell_reviews,
)
from anju.domains.documents.models import Document, Step
from anju.domains.documents.tasks import tell_all_documents
from anju.domains.documents.testing import DOCUMENT, a_document
from anju.engine.forms.commands import publish_paper
from anju.engine.loop.testing import House, a_house
from anju.engine.procedures.models import Procedure
from anju.foundation.access.testing import an_account
from anju.foundation.events.models import Event
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.files.testing import a_picture
from anju.foundation.lib import frozen, now
from anju.foundation.messages.models import Message
from anju.foundation.people.commands import assign
from anju.foundation.people.testing import a_post
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def counted(actor: Actor) -> tuple[int, ...]:
    """Rows of the company, its events among them."""
    with acting(actor):
        mine = {"company_id": actor.company_id}
        return tuple(m.objects.filter(**mine).count() for m in (Document, Step, Event))


def racing(write: Callable[[], Any]) -> list[Any]:
    """What four who write at the same moment get: the row or the refusal."""

    def one(_n: int) -> Any:
        try:
            return write()
        except (Conflict, NotYet) as refusal:
            return type(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(one, range(4)))


def test_a_revision_goes_through_review_into_force_and_the_one_before_is_obsolete(
    actor: Actor,
) -> None:
    first = a_document(actor)
    second = a_document(actor, text="先电话预约。", state="review")
    assert (first.version, second.version) == (1, 2)
    with acting(actor):
        assert Document.objects.seen_by(actor).in_force().get(code="QI-07").id == first.id
    move_document(second.id, "enforce", actor=actor, why="客户意见")
    with acting(actor):
        rows = list(Document.objects.seen_by(actor).order_by("version"))
        said = list(rows[0].steps.order_by("at", "id").values_list("move", "why"))
    assert [row.state for row in rows] == ["obsolete", "in_force"]
    assert said[-1] == ("withdraw", "客户意见")
    assert rows[0].obsolete_at == rows[1].in_force_at
    assert [row.review_on is None for row in rows] == [True, False]
    seal_all()
    assert codes(verified(actor.company_id)) == set()


def test_who_approves_what_they_submitted_is_said(house: House) -> None:
    row = draft_document(DOCUMENT, actor=house.doer)
    move_document(row.id, "submit", actor=house.doer, why="写好了")
    move_document(row.id, "enforce", actor=house.judge, why="可行")
    with acting(house.actor):
        assert [one.own for one in row.steps.filter(move="enforce")] == [False]
    own = a_document(house.doer, code="QI-08")
    with acting(house.actor):
        assert [one.own for one in own.steps.filter(move="enforce")] == [True]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title": " "}, "title"), ({"code": ""}, "code"), ({"kind": "song"}, "kind"),
        ({"code": "QP/1"}, "code"),
        ({"title": "长" * 121}, "title"), ({"review_months": 0}, "review_months"),
        ({"paper": "procedure:none"}, "paper"), ({"paper": "dream:repair"}, "paper"),
        ({"owner": uuid4()}, "owner"), ({"basis": "长" * 201}, "basis"),
    ],
)  # fmt: skip
def test_a_document_that_cannot_be_is_refused_and_leaves_no_trace(
    actor: Actor, more: dict[str, Any], field: str
) -> None:
    chief = an_account(actor, "manager").actor
    before = counted(actor)
    with pytest.raises(NotYet) as refused:
        draft_document(replace(DOCUMENT, **more), actor=actor)
    assert set(refused.value.fields) == {field}
    with pytest.raises(Refused):
        draft_document(DOCUMENT, actor=chief)
    with pytest.raises(Refused):
        take_procedures(actor=chief)
    with pytest.raises(NotYet):
        draft_document(DOCUMENT, actor=actor, file=BytesIO(b"MZ program"), name="x.exe")
    with pytest.raises(Unknown):
        edit_document(uuid4(), DOCUMENT, edited=0, actor=actor)
    assert counted(actor) == before


def test_what_is_in_review_is_frozen_and_each_step_has_its_reason(actor: Actor) -> None:
    row, chief = a_document(actor, state="review"), an_account(actor, "manager").actor
    before = counted(actor)
    with pytest.raises(NotYet):
        edit_document(row.id, DOCUMENT, edited=0, actor=actor)
    for move, why in (("enforce", " "), ("submit", "x"), ("dance", "x"), ("confirm", "x")):
        with pytest.raises(NotYet):
            move_document(row.id, move, actor=actor, why=why)
    with pytest.raises(Conflict):
        draft_document(DOCUMENT, actor=actor)
    with pytest.raises(Refused):
        move_document(row.id, "enforce", actor=chief, why="x")
    with pytest.raises(Unknown):
        move_document(uuid4(), "submit", actor=actor, why="x")
    assert counted(actor) == before
    move_document(row.id, "send_back", actor=actor, why="缺图")
    edit_document(row.id, replace(DOCUMENT, text="新"), edited=0, actor=actor)
    with pytest.raises(Conflict):
        edit_document(row.id, DOCUMENT, edited=0, actor=actor)
    with pytest.raises(NotYet):
        edit_document(row.id, replace(DOCUMENT, code="X"), edited=1, actor=actor)


def test_a_document_says_one_thing(actor: Actor) -> None:
    empty = draft_document(replace(DOCUMENT, text=""), actor=actor)
    with pytest.raises(NotYet):
        move_document(empty.id, "submit", actor=actor, why="x")
    with_file = edit_document(
        empty.id, replace(DOCUMENT, text=""), edited=0, actor=actor,
        file=BytesIO(a_picture()), name="扫描件.jpg",
    )  # fmt: skip
    assert with_file.file is not None
    move_document(empty.id, "submit", actor=actor, why="扫描件齐")
    move_document(empty.id, "enforce", actor=actor, why="可行")
    again = draft_document(replace(DOCUMENT, text=""), actor=actor)
    assert again.file == with_file.file  # the file before, until there is another


def test_a_draft_gives_its_file_up_for_a_text_and_can_be_given_up(actor: Actor) -> None:
    draft = draft_document(
        replace(DOCUMENT, code="QI-80", text=""),
        actor=actor,
        file=BytesIO(a_picture()),
        name="a.jpg",
    )
    assert draft.file is not None
    again = edit_document(draft.id, replace(DOCUMENT, code="QI-80"), edited=0, actor=actor)
    assert (again.file, again.text) == (None, DOCUMENT.text)
    move_document(draft.id, "give_up", actor=actor, why="编号写错")
    with acting(actor):
        reader = an_account(actor, "guard").actor
        assert not Document.objects.seen_by(reader).filter(id=draft.id).exists()
    assert draft_document(replace(DOCUMENT, code="QI-80"), actor=actor).version == 2
    seal_all()
    assert codes(verified(actor.company_id)) == set()


def test_of_those_who_move_a_revision_at_once_one_does(actor: Actor) -> None:
    row = a_document(actor, state="review")
    moved = racing(lambda: move_document(row.id, "enforce", actor=actor, why="可行"))
    assert sorted(isinstance(one, Document) for one in moved) == [False, False, False, True]
    drafted = racing(lambda: draft_document(replace(DOCUMENT, code="NEW"), actor=actor))
    assert sorted(isinstance(one, Document) for one in drafted) == [False, False, False, True]


def test_the_procedures_of_the_manual_are_controlled_without_a_copy(actor: Actor) -> None:
    made = take_procedures(actor=actor)
    assert made >= 20
    assert take_procedures(actor=actor) == 0
    with acting(actor):
        rows = list(Document.objects.seen_by(actor).filter(kind="procedure"))
        repair = Procedure.objects.get(company_id=actor.company_id, code="repair")
    assert len(rows) == made
    assert all(row.paper == f"procedure:{row.code}" and not row.text for row in rows)
    draft = next(row for row in rows if row.code == "repair")
    assert (draft.state, bool(draft.basis)) == ("draft", True)
    with pytest.raises(NotYet) as refused:
        move_document(draft.id, "submit", actor=actor, why="x")
    assert set(refused.value.fields) == {"paper"}
    publish_paper(Procedure, repair.id, actor=actor)
    pinned = move_document(draft.id, "submit", actor=actor, why="已发布")
    assert pinned.pinned == repair.id


def test_a_procedure_in_force_is_in_force_as_a_document(house: House) -> None:
    take_procedures(actor=house.actor)
    with acting(house.actor):
        other = Procedure.objects.get(company_id=house.actor.company_id, code="callback")
    said = DocumentText(code="P-1", title="回访", kind="procedure", paper="procedure:callback")
    publish_paper(Procedure, other.id, actor=house.actor)
    row = draft_document(said, actor=house.actor)
    move_document(row.id, "submit", actor=house.actor, why="x")
    moved = move_document(row.id, "enforce", actor=house.actor, why="x")
    assert (moved.state, moved.pinned) == ("in_force", other.id)


def test_a_review_is_told_once_to_the_owner_and_to_headquarters(house: House) -> None:
    actor = house.actor
    post = a_post(actor, place=house.community)
    with acting(actor):
        assign(house.worker, post=post, since=None, actor=actor)
    worker = an_account(actor, "technician", person_id=house.worker.id)
    quality = an_account(actor, "headquarters")
    row = a_document(actor, owner=post.id, review_months=1)
    assert tell_reviews(actor=actor) == 0
    with frozen(now() + timedelta(days=40)):
        assert tell_all_documents() == 1
        assert tell_reviews(actor=actor) == 0
        with acting(actor):
            sent = Message.objects.filter(company_id=actor.company_id, kind="document.review")
            assert {one.account_id for one in sent} == {worker.id, quality.id}
        move_document(row.id, "confirm", actor=actor, why="仍然适用")
        assert tell_reviews(actor=actor) == 0
    with frozen(now() + timedelta(days=100)):
        assert tell_reviews(actor=actor) == 1  # the next day of review is told again
    seal_all()
    assert codes(verified(actor.company_id)) == set()


def test_a_review_told_while_the_next_version_comes_keeps_the_seals_true(house: House) -> None:
    actor = house.actor
    an_account(actor, "headquarters")
    a_document(actor, review_months=1)
    following = a_document(actor, text="先电话预约。", state="review")

    def enforce() -> None:
        try:
            move_document(following.id, "enforce", actor=actor, why="可行")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with acting(actor):
            with frozen(now() + timedelta(days=40)):
                assert tell_reviews(actor=actor) == 1
            moved = pool.submit(enforce)
            wait([moved], timeout=1)  # it has come to the row and waits there
        moved.result(timeout=30)
    seal_all()
    assert codes(verified(actor.company_id)) == set()
