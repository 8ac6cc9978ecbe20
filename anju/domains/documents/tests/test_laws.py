"""The register of laws: written once, filled from the library, and what a change puts in doubt."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from anju.domains.documents.commands.documents import draft_document, move_document
from anju.domains.documents.commands.laws import clear_doubt, fill_laws, library_laws, write_law
from anju.domains.documents.models import Doubt, Law
from anju.domains.documents.queries import doubts_by_law, open_doubts
from anju.domains.documents.testing import DOCUMENT, LAW, a_document, a_law
from anju.engine.forms.commands import draft_form, publish_paper
from anju.engine.forms.models import Form
from anju.engine.forms.rules import Form as Sheet
from anju.engine.forms.rules import Item
from anju.engine.forms.shapes import Basis as Ground
from anju.engine.library.reading import library
from anju.engine.loop.testing import House, a_house
from anju.engine.procedures.commands import draft_procedure
from anju.engine.procedures.rules import Procedure, Step
from anju.engine.standards.commands import draft_standard
from anju.engine.standards.document import Basis, Document, Requirement
from anju.foundation.access.testing import an_account
from anju.foundation.events.models import Event
from anju.foundation.events.testing import codes, seal_all, verified
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
        return tuple(m.objects.filter(**mine).count() for m in (Law, Doubt, Event))  # type: ignore[attr-defined]  # each has objects


def racing(write: Callable[[], Any]) -> list[Any]:
    """What four who write at the same moment get: what was written or the refusal."""

    def one(_n: int) -> Any:
        try:
            return write()
        except (Conflict, NotYet) as refusal:
            return type(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(one, range(4)))


def four_papers(actor: Actor) -> None:
    """A standard, a form, a procedure and a document that rest on 物业管理条例."""
    said = "《物业管理条例》第三十五条"
    draft_standard(
        Document(code="rests", name="依法服务", basis=(Basis(kind="law", ref=said),)), actor=actor
    )
    draft_form(
        Sheet(
            code="rests", name="依法表", basis=(Ground(kind="law", ref=said),),
            items=(Item(code="on", text="灯亮"),),
        ),
        actor=actor,
    )  # fmt: skip
    step = Step(code="do", name="做", role="desk", brief="做。")
    draft_procedure(
        Procedure(
            code="rests", name="依法流程", basis=(Ground(kind="law", ref=said),), steps=(step,)
        ),
        actor=actor,
    )
    a_document(actor)


def changed(law: Law, actor: Actor, **more: Any) -> tuple[Law, int]:
    said = {"state": "amended", "why": "2026 年修订", **more}
    return write_law(replace(LAW, **said), law_id=law.id, edited=law.edited, actor=actor)


def test_a_changed_law_puts_every_paper_that_rests_on_it_in_doubt(actor: Actor) -> None:
    four_papers(actor)
    law = a_law(actor)
    with acting(actor):
        assert open_doubts(actor=actor) == []
    law, n = changed(law, actor)
    assert n == 4
    with acting(actor):
        found = open_doubts(actor=actor)
        assert {one.kind for one in found} == {"standard", "form", "procedure", "document"}
        assert {one.why for one in found} == {"2026 年修订"}
        assert doubts_by_law(actor=actor) == {law.id: 4}
    assert changed(law, actor, state="repealed", why="2027 年废止")[1] == 4  # the same four
    with acting(actor):
        assert {one.why for one in open_doubts(actor=actor)} == {"2027 年废止"}
        assert Doubt.objects.filter(company_id=actor.company_id).count() == 4
    seal_all()
    assert codes(verified(actor.company_id)) == set()


def test_a_change_of_its_source_only_leaves_the_papers_alone(actor: Actor) -> None:
    four_papers(actor)
    law = a_law(actor)
    assert changed(law, actor, state="in_force", source="https://npc.gov.cn", why="")[1] == 0


def test_a_new_title_reaches_the_papers_by_the_old_one_too(actor: Actor) -> None:
    four_papers(actor)
    law = a_law(actor)
    assert changed(law, actor, title="物业服务管理法")[1] == 4


def test_a_standard_rests_on_the_law_its_fact_of_the_library_was_seen_in(house: House) -> None:
    actor = house.actor
    law = a_law(actor, title="特种设备安全法")
    seen = next(i for i in library().items.values() if "law:特种设备安全法#38" in i.source)
    fact = Requirement(text="电梯使用登记", rests_on=(seen.id,))
    draft_standard(Document(code="lift", name="电梯", requirements=(fact,)), actor=actor)
    _law, n = write_law(
        replace(LAW, title="特种设备安全法", state="amended", why="修订"),
        law_id=law.id, edited=law.edited, actor=actor,
    )  # fmt: skip
    assert n == 1


def test_a_doubt_ends_with_a_look_or_with_the_next_version(actor: Actor) -> None:
    four_papers(actor)
    law, _n = changed(a_law(actor), actor)
    with acting(actor):
        by = {one.kind: one for one in open_doubts(actor=actor)}
    seen = clear_doubt(by["standard"].id, note="第三十五条未变", actor=actor)
    assert seen.cleared_by == actor.id
    with pytest.raises(Conflict):
        clear_doubt(by["standard"].id, note="再看", actor=actor)
    form = by["form"].paper
    publish_paper(Form, form, actor=actor)
    sheet = Sheet(code="rests", name="新表", items=(Item(code="on", text="灯亮"),))
    publish_paper(Form, draft_form(sheet, actor=actor).id, actor=actor)
    again = draft_document(replace(DOCUMENT, text="新版"), actor=actor)
    with acting(actor):
        left = open_doubts(actor=actor)
        assert {one.kind for one in left} == {"procedure", "document"}
        assert open_doubts(actor=actor, kind="document", paper=again.id) == []
    for move in ("submit", "enforce"):
        move_document(again.id, move, actor=actor, why="按新条例改写")
    with acting(actor):
        assert {one.kind for one in open_doubts(actor=actor)} == {"procedure"}
    assert law.state == "amended"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title": " "}, "title"), ({"title": "长" * 161}, "title"), ({"kind": "song"}, "kind"),
        ({"state": "gone"}, "state"), ({"title": "taken"}, "title"), ({"why": ""}, "why"),
    ],
)  # fmt: skip
def test_a_law_that_cannot_be_is_refused_and_leaves_no_trace(
    actor: Actor, more: dict[str, Any], field: str
) -> None:
    a_law(actor, title="taken")
    law = a_law(actor)
    chief = an_account(actor, "manager").actor
    before = counted(actor)
    with pytest.raises(NotYet) as refused:
        changed(law, actor, **more)
    assert set(refused.value.fields) == {field}
    for do in (lambda: write_law(LAW, actor=chief), lambda: fill_laws(actor=chief),
               lambda: clear_doubt(uuid4(), note="x", actor=chief)):  # fmt: skip
        with pytest.raises(Refused):
            do()
    with pytest.raises(Conflict):
        write_law(LAW, law_id=law.id, edited=9, actor=actor)
    with pytest.raises(Unknown):
        write_law(LAW, law_id=uuid4(), edited=1, actor=actor)
    with pytest.raises(Unknown):
        clear_doubt(uuid4(), note="x", actor=actor)
    with pytest.raises(NotYet):
        clear_doubt(uuid4(), note=" ", actor=actor)
    assert counted(actor) == before


def test_of_those_who_write_or_look_at_once_one_does(actor: Actor) -> None:
    written = racing(lambda: a_law(actor))
    assert sorted(isinstance(one, Law) for one in written) == [False, False, False, True]
    law = next(one for one in written if isinstance(one, Law))
    four_papers(actor)
    again = racing(lambda: changed(law, actor))
    assert sorted(isinstance(one, tuple) for one in again) == [False, False, False, True]
    with acting(actor):
        doubt = open_doubts(actor=actor)[0]
    seen = racing(lambda: clear_doubt(doubt.id, note="未变", actor=actor))
    assert sorted(isinstance(one, Doubt) for one in seen) == [False, False, False, True]


def test_the_register_is_filled_from_the_library_in_one_act(actor: Actor) -> None:
    a_law(actor)
    written = fill_laws(actor=actor)
    assert fill_laws(actor=actor) == 0
    with acting(actor):
        rows = {row.title: row for row in Law.objects.seen_by(actor)}
    assert len(rows) == written + 1 == len({law.title for law in library_laws()})
    tall = rows["高层民用建筑消防安全管理规定（应急管理部令第5号）"]
    assert (tall.effective, tall.state, tall.issuer) == (date(2021, 8, 1), "in_force", "应急管理部")
    assert tall.certain
    assert not rows["GB 5749-2022"].certain
    assert "GB 17051" not in rows
    assert rows["北京市物业管理条例"].kind == "local"
    seal_all()
    assert codes(verified(actor.company_id)) == set()


def test_to_look_a_law_up_is_no_change_of_it(house: House) -> None:
    """That it is in force, and since when, puts nothing in doubt; that it is amended does."""
    law = a_law(house.actor, state="unknown")
    a_document(house.actor)
    text = replace(LAW, state="in_force", effective=date(2018, 3, 19))
    known, doubts = write_law(text, law_id=law.id, edited=law.edited, actor=house.actor)
    assert (known.state, doubts) == ("in_force", 0)
    later = replace(text, state="amended", why="2026 年修订")
    assert write_law(later, law_id=law.id, edited=known.edited, actor=house.actor)[1] == 1
