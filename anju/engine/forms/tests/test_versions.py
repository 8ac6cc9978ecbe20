"""Versions of forms: drafts, publishing, retiring; frozen by the database."""

import pytest
from django.db import IntegrityError

from anju.engine.forms.commands import draft_form, import_form, publish_paper, retire_paper
from anju.engine.forms.models import Form
from anju.engine.forms.rules import Form as Sheet
from anju.engine.forms.rules import Item
from anju.foundation.events.models import Event
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown

SHEET = Sheet(code="lamp", name="灯具检查", items=(Item(code="on", text="灯亮", on_fail="case"),))
OTHER = Sheet(code="lamp", name="灯具检查表", items=(Item(code="on", text="灯全亮"),))


def test_from_draft_to_published_to_the_next(actor: Actor) -> None:
    first = publish_paper(Form, draft_form(SHEET, actor=actor).id, actor=actor)
    moment = now()
    second = draft_form(OTHER, actor=actor)
    assert (second.version, second.state) == (2, "draft")
    publish_paper(Form, second.id, actor=actor)
    with acting(actor):
        states = dict(Form.objects.order_by("version").values_list("version", "state"))
        assert states == {1: "retired", 2: "published"}
        mine = Form.objects.seen_by(actor)
        assert mine.in_force().get().id == second.id
        assert mine.in_force_at(moment).get().id == first.id
        assert mine.in_force_at(now()).get().id == second.id
        names = list(Event.objects.filter(subject_kind="form").values_list("name", flat=True))
    assert sorted(names) == sorted(
        ["form.drafted", "form.published", "form.drafted", "form.retired", "form.published"]
    )


def test_a_draft_is_changed_not_doubled_and_never_over_somebody_elses_change(actor: Actor) -> None:
    draft = draft_form(SHEET, actor=actor)
    changed = draft_form(OTHER, actor=actor, edits=draft.edits)
    assert (changed.id, changed.version, changed.name) == (draft.id, 1, "灯具检查表")
    with pytest.raises(Conflict):
        draft_form(SHEET, actor=actor, edits=draft.edits)
    with pytest.raises(Conflict):
        draft_form(SHEET, actor=actor)  # as if there were no draft
    with acting(actor):
        assert Form.objects.get().sheet == OTHER


def test_what_was_published_is_frozen_by_the_database(actor: Actor) -> None:
    form = publish_paper(Form, draft_form(SHEET, actor=actor).id, actor=actor)
    with pytest.raises(IntegrityError), acting(actor):
        Form.objects.filter(id=form.id).update(name="改")
    with pytest.raises(NotYet):
        publish_paper(Form, form.id, actor=actor)


def test_a_retired_form_is_used_no_more_by_what_begins_later(actor: Actor) -> None:
    form = publish_paper(Form, draft_form(SHEET, actor=actor).id, actor=actor)
    moment = now()
    retire_paper(Form, form.id, actor=actor)
    with acting(actor):
        mine = Form.objects.seen_by(actor)
        assert mine.in_force_at(moment).count() == 1
        assert mine.in_force_at(now()).count() == 0
    with pytest.raises(NotYet):
        retire_paper(Form, form.id, actor=actor)


def test_a_faulty_text_leaves_no_trace(actor: Actor) -> None:
    with pytest.raises(NotYet) as refusal:
        import_form("anju: form/1\ncode: a\nname: b\nitems: []\n", actor=actor)
    assert "text" in refusal.value.fields
    with acting(actor):
        assert Form.objects.count() == 0
        assert not Event.objects.filter(subject_kind="form").exists()


def test_who_may_not_write_standards_may_not_write_forms(actor: Actor, other_actor: Actor) -> None:
    reader = Actor.of(actor.company_id, "reader", ["standard.see"])
    with pytest.raises(Refused):
        draft_form(SHEET, actor=reader)
    draft = draft_form(SHEET, actor=actor)
    with pytest.raises(Refused):
        publish_paper(Form, draft.id, actor=reader)
    with pytest.raises(Unknown):
        publish_paper(Form, draft.id, actor=other_actor)
    with acting(actor):
        assert Form.objects.get().state == "draft"
