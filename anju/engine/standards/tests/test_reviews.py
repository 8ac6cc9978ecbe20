"""Who writes standards is told once before a review is due, of standards and of procedures."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connections
from django.utils import translation

from anju.engine.forms.commands import confirm_paper, draft_form, publish_paper
from anju.engine.forms.models import Form
from anju.engine.forms.rules import Form as Sheet
from anju.engine.forms.rules import Item
from anju.engine.procedures.commands import draft_procedure
from anju.engine.procedures.models import Procedure
from anju.engine.procedures.rules import Procedure as Steps
from anju.engine.procedures.rules import Step
from anju.engine.standards.commands import REVIEW_NOTICE, move_standard, put_in_force, tell_reviews
from anju.engine.standards.document import Document
from anju.engine.standards.models import Standard
from anju.engine.standards.rules import Limit
from anju.engine.standards.scope import Scope
from anju.engine.standards.tasks import tell_all_reviews
from anju.foundation.access.testing import an_account
from anju.foundation.events.models import Event
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.lib import frozen, months_after, now
from anju.foundation.messages.models import Message
from anju.foundation.messages.registry import words_of
from anju.foundation.places.testing import a_community
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today
from anju.foundation.tenancy.errors import NotYet

STEP = Step(code="a", name="做", role="desk", brief="做")


def a_standard(actor: Actor, code: str = "leaks", months: int = 6) -> Standard:
    document = Document(
        code=code, name=code, kinds=("repair",), limits=(Limit("finish", 60),),
        scope=Scope(categories=(code,)), review_months=months,
    )  # fmt: skip
    return put_in_force(document, actor=actor, why="开始")


def a_procedure(actor: Actor, months: int = 6) -> Procedure:
    text = Steps(code="p", name="流程", steps=(STEP,), review_months=months)
    return publish_paper(Procedure, draft_procedure(text, actor=actor).id, actor=actor)


def told(actor: Actor) -> list[list[str]]:
    with acting(actor):
        rows = Message.objects.filter(kind="review.due", channel="inapp").order_by("created_at")
        return [message.facts["names"] for message in rows]


def test_the_next_review_is_counted_from_the_last(actor: Actor) -> None:
    made = a_procedure(actor)
    assert made.review_on == months_after(today(actor.company_id), 6)
    with frozen(now() + timedelta(days=100)):
        again = confirm_paper(Procedure, made.id, actor=actor)
        assert again.review_on == months_after(today(actor.company_id), 6)
    with acting(actor):
        names = Event.objects.about("procedure", made.id).values_list("name", flat=True)
        assert list(names) == ["procedure.drafted", "procedure.published", "procedure.confirmed"]
    seal_all()
    assert codes(verified(actor.company_id)) == set()
    with pytest.raises(IntegrityError), acting(actor):  # the text stays frozen beside it
        Procedure.objects.filter(id=made.id).update(body={})


def test_only_what_is_in_force_and_has_a_review_is_confirmed(actor: Actor) -> None:
    draft = draft_procedure(Steps(code="q", name="流程", steps=(STEP,)), actor=actor)
    with pytest.raises(NotYet):
        confirm_paper(Procedure, draft.id, actor=actor)
    sheet = Sheet(code="lamp", name="灯具检查", items=(Item(code="on", text="灯亮"),))
    form = publish_paper(Form, draft_form(sheet, actor=actor).id, actor=actor)
    with pytest.raises(NotYet):
        confirm_paper(Form, form.id, actor=actor)


def test_writers_are_told_once_before_it_is_due(actor: Actor) -> None:
    standard, procedure = a_standard(actor), a_procedure(actor)
    a_standard(actor, "later", months=24)
    due = procedure.review_on
    assert due
    near = now() + (due - today(actor.company_id) - REVIEW_NOTICE)
    with frozen(near):
        assert tell_reviews(actor=actor) == 0  # nobody is there to be told
    chief = an_account(actor, "headquarters")
    with acting(actor):
        place = a_community(actor, name="二期")
    for role, path in (("manager", place.path), ("admin", place.path), ("guard", "")):
        an_account(actor, role, path)
    with frozen(near - timedelta(days=1)):
        assert tell_reviews(actor=actor) == 0

    def tell(_n: int) -> int:
        try:
            with frozen(near):
                return tell_reviews(actor=actor)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(tell, range(8))) == 2
    (names,) = told(actor)
    assert sorted(names) == ["leaks", "流程"]
    with acting(actor):
        message = Message.objects.get(kind="review.due", channel="inapp")
        assert message.account_id == chief.id
    with translation.override("en"):
        words = words_of("review.due", 1, message.facts)
    assert words.subject == f"To be reviewed by {due}: 2"
    with frozen(near):
        move_standard(standard.id, "confirm", actor=actor, why="仍然合适")
    with frozen(near + timedelta(days=200)):
        assert tell_all_reviews() >= 1  # other companies of this database may be told too
        assert tell_reviews(actor=actor) == 0
    assert told(actor) == [names, ["leaks"]]  # reviewed, so it comes again; the other was told


def test_what_is_retired_is_reviewed_no_more(actor: Actor) -> None:
    standard, _procedure = a_standard(actor), a_procedure(actor, months=60)
    an_account(actor, "headquarters")
    move_standard(standard.id, "retire", actor=actor, why="不再需要")
    with frozen(now() + timedelta(days=400)):
        assert tell_reviews(actor=actor) == 0
