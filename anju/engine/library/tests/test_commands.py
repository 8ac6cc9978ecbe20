"""Taking over: does it, refuses and leaves no trace."""

import pytest

from anju.engine.forms.commands import draft_form
from anju.engine.forms.models import Form
from anju.engine.library.commands import adopt_item, install_piece
from anju.engine.library.models import Adopted, Installed
from anju.engine.library.papers import forms, procedures
from anju.engine.library.reading import library
from anju.engine.procedures.models import Procedure
from anju.engine.standards.models import Standard
from anju.foundation.events.models import Event
from anju.foundation.places.testing import a_community
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown


def counts(actor: Actor) -> tuple[int, int, int, int]:
    with acting(actor):
        return (
            Installed.objects.count(), Adopted.objects.count(), Standard.objects.count(),
            Event.objects.filter(name__startswith="library.").count(),
        )  # fmt: skip


@pytest.mark.parametrize("script", ["zh-Hans", "zh-Hant"])
def test_a_piece_becomes_rows_and_a_draft(actor: Actor, script: str) -> None:
    done = install_piece("grade-2004", actor=actor, level="一级", script=script)
    assert done.adopted == 40
    assert done.standard is not None
    with acting(actor):
        rows = {row.item: row for row in Adopted.objects.seen_by(actor)}
        draft = Standard.objects.get(code="grade-2004")
    assert rows["BASIC.URGENT"].values[0]["value"] == 30
    assert rows["BASIC.URGENT"].confirmed
    assert not rows["CLEAN.MOP"].confirmed
    assert {v["level"] for r in rows.values() for v in r.values} <= {"一级", "一級"}
    assert ("報修" in rows["BASIC.NORMAL"].title) == (script == "zh-Hant")
    assert draft.state == "draft"
    assert [(k.clock, k.minutes, k.urgency) for k in draft.time_limits] == [("arrive", 30, 2)]
    (urgent,) = [r for r in draft.document.requirements if r.rests_on == ("BASIC.URGENT",)]
    assert (urgent.metric, urgent.op, urgent.value) == ("clock.arrive", "<=", 30)
    doubted = [
        r.text for r in draft.document.requirements if "建议值" in r.text or "建議值" in r.text
    ]
    assert len(doubted) == sum(
        not i.value_feeds(v)
        for i in library().pieces["grade-2004"].items
        for v in i.values
        if v.level == "一级"
    )
    assert counts(actor) == (1, 40, 1, 1)


@pytest.mark.parametrize("code", sorted(library().pieces))
def test_every_piece_can_be_taken_over(actor: Actor, code: str) -> None:
    piece = library().pieces[code]
    done = install_piece(code, actor=actor, level=piece.levels[0] if piece.levels else "")
    assert 0 < done.adopted <= len(piece.items)
    assert counts(actor)[:2] == (1, done.adopted)


def test_refusals_leave_no_trace(actor: Actor) -> None:
    with pytest.raises(Unknown):
        install_piece("nothing", actor=actor)
    with pytest.raises(NotYet):
        install_piece("grade-2004", actor=actor)
    with pytest.raises(NotYet):
        install_piece("lift-t5002", actor=actor, level="一级")
    with pytest.raises(NotYet):
        install_piece("lift-t5002", actor=actor, script="fr")
    guard = Actor.of(actor.company_id, "guard", ["standard.see"])
    with pytest.raises(Refused):
        install_piece("lift-t5002", actor=guard)
    assert counts(actor) == (0, 0, 0, 0)


def test_a_piece_is_taken_over_once(actor: Actor) -> None:
    install_piece("lift-t5002", actor=actor)
    before = counts(actor)
    with pytest.raises(Conflict):
        install_piece("lift-t5002", actor=actor)
    assert counts(actor) == before


def test_a_community_adopts_a_fact_and_says_why_it_is_another(actor: Actor) -> None:
    place = a_community(actor)
    shipped = library().items["BASIC.URGENT"].values[0]
    mine = [shipped.model_copy(update={"value": 20})]
    with pytest.raises(NotYet):
        adopt_item("BASIC.URGENT", actor=actor, place_id=place.id, level="一级", values=mine)
    assert counts(actor)[1] == 0
    row = adopt_item(
        "BASIC.URGENT", actor=actor, place_id=place.id, level="一级", values=mine, why="驻场电工"
    )
    assert (row.changed, row.why, row.values[0]["value"]) == (True, "驻场电工", 20)
    with pytest.raises(Conflict):
        adopt_item("BASIC.URGENT", actor=actor, place_id=place.id, level="一级")
    plain = adopt_item("BASIC.HOTLINE", actor=actor, place_id=place.id, level="一级")
    assert not plain.changed
    with pytest.raises(Unknown):
        adopt_item("NO.SUCH", actor=actor, place_id=place.id)


def test_another_company_sees_nothing_of_it(actor: Actor, other_actor: Actor) -> None:
    install_piece("lift-t5002", actor=actor)
    with acting(other_actor):
        assert not Adopted.objects.exists()
        assert not Installed.objects.seen_by(other_actor).exists()


@pytest.mark.parametrize("script", ["zh-Hans", "zh-Hant"])
def test_papers_of_a_piece_become_drafts_once(actor: Actor, script: str) -> None:
    draft_form(forms()["sheet-fire"], actor=actor)  # the company's own
    sheets = install_piece("score-sheets", actor=actor, script=script)
    manual = install_piece("manual-procedures", actor=actor, script=script)
    with acting(actor):
        drafts = {f.code: f for f in Form.objects.all()}
        flows = {p.code: p for p in Procedure.objects.all()}
    assert set(drafts) == set(forms())
    assert set(flows) == set(procedures())
    assert sheets.papers + manual.papers == len(drafts) + len(flows) - 1
    assert {one.state for one in (*drafts.values(), *flows.values())} == {"draft"}
    assert ("報修" in flows["repair"].name) == (script == "zh-Hant")
