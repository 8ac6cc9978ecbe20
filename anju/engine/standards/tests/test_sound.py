"""Publishing refuses what points at what there is not."""

import pytest

from anju.engine.standards.commands import draft_standard, move_standard
from anju.engine.standards.document import Document, Method
from anju.engine.standards.models import Standard
from anju.engine.standards.rules import Limit
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet


def submitted(method: Method, actor: Actor) -> Standard:
    text = Document(code="x", name="x", limits=(Limit("finish", 10),), method=method)
    draft = draft_standard(text, actor=actor)
    return move_standard(draft.id, "submit", actor=actor, why="done")


def test_a_draft_with_an_orphan_is_not_published(actor: Actor) -> None:
    draft = submitted(Method(procedure="nowhere"), actor)
    with pytest.raises(NotYet) as refused:
        move_standard(draft.id, "publish", actor=actor, why="agreed")
    assert "nowhere" in str(refused.value)
    with acting(actor):
        draft.refresh_from_db()
        assert draft.state == "review"
        assert [step.move for step in draft.steps.order_by("at", "id")] == ["submit"]


def test_one_without_is(actor: Actor) -> None:
    draft = submitted(Method(text="by hand"), actor)
    assert move_standard(draft.id, "publish", actor=actor, why="agreed").state == "published"
