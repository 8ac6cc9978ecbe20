"""A form asks through the same items as a standard: law 1 and 3 hold, law 6 pins its version."""

from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from anju.engine.forms.commands import draft_form, publish_paper
from anju.engine.forms.models import Form
from anju.engine.forms.rules import Form as Sheet
from anju.engine.forms.rules import Item
from anju.engine.loop.asked import (
    answers_of,
    asked_of,
    pictures_of,
    procedure_of,
    qualifications_of,
    score_of,
    traces_of,
)
from anju.engine.loop.commands.exporting import export_case
from anju.engine.loop.commands.judging import answer_item
from anju.engine.loop.commands.opening import Opened, Report, report
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case, Record, WorkOrder
from anju.engine.loop.testing import House, a_house
from anju.engine.procedures.commands import draft_procedure
from anju.engine.procedures.models import Procedure as ProcedureRow
from anju.engine.procedures.rules import Procedure, Step, Way
from anju.engine.standards.commands import put_in_force
from anju.engine.standards.document import Document, Method
from anju.engine.standards.models import Standard
from anju.engine.standards.rules import Limit
from anju.engine.standards.scope import Scope
from anju.foundation.events.archive.check import read_archive
from anju.foundation.events.testing import seal_all
from anju.foundation.files.models import StoredFile
from anju.foundation.files.testing import a_picture
from anju.foundation.lib import frozen
from anju.foundation.people.commands import add_qualification, erase_person
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet

SHEET = Sheet(
    code="pump-room",
    name="泵房检查表",
    total=100,
    veto_cap=69,
    items=(
        Item(code="leak", text="无渗漏", weight=60, veto=True, required=True, on_fail="case"),
        Item(code="temp", text="温度", kind="number", min=5, max=45, weight=40, on_fail="note"),
        Item(code="photo", text="全景", kind="photo", required=True),
    ),
)


@pytest.fixture
def house(actor: Actor) -> House:
    made = a_house(actor)
    publish_paper(Form, draft_form(SHEET, actor=actor).id, actor=actor)
    document = Document(
        code="rounds",
        name="巡检",
        kinds=("alarm",),
        scope=Scope(categories=("巡检",)),
        limits=(Limit("finish", 60),),
        items=(Item(code="seal", text="封条完好"),),
        method=Method(form="pump-room"),
    )
    put_in_force(document, actor=actor, why="巡检开始")
    return made


def begun(house: House) -> Opened:
    opened = report(
        Report(kind="alarm", title="巡检", place=house.room, category="巡检/泵房"),
        actor=house.actor,
    )
    assert opened.work
    move_work(opened.work.id, "assign", actor=house.doer, said={"person": str(house.worker.id)})
    move_work(opened.work.id, "accept", actor=house.doer)
    move_work(opened.work.id, "start", actor=house.doer)
    return opened


def work_of(opened: Opened) -> UUID:
    assert opened.work
    return opened.work.id


def row_of(house: House, opened: Opened) -> WorkOrder:
    with acting(house.actor):
        works = WorkOrder.objects.select_related("case__standard", "standard")
        return works.get(id=work_of(opened))


def answer(house: House, opened: Opened, code: str, verdict: str = "", **value: object) -> Record:
    return answer_item(work_of(opened), code, actor=house.doer, verdict=verdict, value=value)


def test_work_is_not_done_before_its_form_is_answered(house: House) -> None:
    opened = begun(house)
    with pytest.raises(NotYet) as refusal:
        move_work(work_of(opened), "finish", actor=house.doer, said={"result": "好"})
    assert set(refusal.value.fields) == {"pump-room.leak", "pump-room.photo"}
    answer(house, opened, "pump-room.leak", "pass")
    with pytest.raises(NotYet) as lacking:
        answer(house, opened, "pump-room.photo")
    assert lacking.value.code == "no_picture"
    picture = BytesIO(a_picture())
    made = answer_item(
        work_of(opened), "pump-room.photo", actor=house.doer, value={}, files=[picture]
    )
    assert made.file_id
    move_work(work_of(opened), "finish", actor=house.doer, said={"result": "好"})
    with acting(house.actor):
        assert WorkOrder.objects.get(id=work_of(opened)).state in ("done", "passed")


def test_the_picture_of_a_finding_goes_with_the_home_it_was_taken_in(
    house: House, tmp_path: Path
) -> None:
    asked = Report(
        kind="alarm", title="巡检", place=house.room, category="巡检/泵房", reporter=house.resident
    )
    opened = report(asked, actor=house.actor)
    answer_item(
        work_of(opened), "pump-room.leak", actor=house.doer, verdict="fail", value={},
        files=[BytesIO(a_picture()), BytesIO(a_picture(colour="navy"))],
    )  # fmt: skip
    seal_all()
    path = tmp_path / "case.zip"
    with export_case(opened.case.id, actor=house.actor)[1] as content:
        path.write_bytes(content.read())
    checked = read_archive(path)
    assert (checked.problems, checked.files) == ([], 2)
    erase_person(house.resident.id, actor=house.actor)
    with acting(house.actor):
        for kept in Record.objects.filter(item="pump-room.leak"):
            assert kept.case_id != opened.case.id  # it stands with the finding
            assert StoredFile.objects.get(id=kept.file_id).erased_at
        assert StoredFile.objects.exclude(erased_at=None).count() == 2


def test_a_failing_item_opens_one_finding_however_often_it_fails(house: House) -> None:
    opened = begun(house)
    first = answer(house, opened, "pump-room.leak", "fail")
    second = answer(house, opened, "pump-room.leak", "fail")
    note = answer(house, opened, "pump-room.temp", number="50")
    with acting(house.actor):
        finding = Case.objects.get(kind="finding")
        assert (finding.item, finding.title) == ("pump-room.leak", "无渗漏")
        assert first.case_id == second.case_id == finding.id
        assert (note.verdict, note.case_id) == ("fail", opened.case.id)
        asked = asked_of(row_of(house, opened))
        group = next(one for one in asked.groups if one.sheet)
        score = score_of(group, answers_of(work_of(opened)))
    assert score
    assert (score.points, score.vetoed) == (0, ("无渗漏",))


def test_answers_that_do_not_fit_leave_no_trace(house: House) -> None:
    opened = begun(house)
    for code, verdict, value in (
        ("pump-room.leak", "", {}),
        ("pump-room.temp", "pass", {}),
        ("pump-room.none", "pass", {}),
        ("leak", "pass", {}),
    ):
        with pytest.raises(NotYet):
            answer(house, opened, code, verdict, **value)
    with acting(house.actor):
        assert not Record.objects.filter(work_id=work_of(opened)).exclude(item="").exists()
        assert not Case.objects.filter(kind="finding").exists()


def test_what_was_begun_keeps_the_version_of_its_form(house: House) -> None:
    opened = begun(house)
    longer = SHEET.model_copy(
        update={"items": (*SHEET.items, Item(code="new", text="新的", required=True))}
    )
    publish_paper(Form, draft_form(longer, actor=house.actor).id, actor=house.actor)
    later = begun(house)
    with acting(house.actor):
        before, after = (asked_of(row_of(house, one)) for one in (opened, later))
        leak = "pump-room.leak"
        assert (before.version_of(leak), after.version_of(leak)) == (1, 2)
        assert "pump-room.new" not in before.items
        assert set(after.items) == {*before.items, "pump-room.new"}
        assert "seal" in after.items
        assert procedure_of(row_of(house, opened)) is None
    assert answer(house, later, "pump-room.leak", "na").value["version"] == 2


def test_a_step_of_its_procedure_asks_its_form_too(house: House) -> None:
    """That of who does the work, once, in the version of then; it never holds the work up."""
    card = Sheet(
        code="card", name="设备卡", items=(Item(code="hours", text="运行小时", required=True),)
    )
    call = Sheet(code="call", name="回访单", items=(Item(code="happy", text="满意"),))
    for sheet in (card, call):
        publish_paper(Form, draft_form(sheet, actor=house.actor).id, actor=house.actor)
    steps = (
        Step(code="look", name="查看", role="technician", brief="看。", form="card",
             next=(Way(to="mend"),)),
        Step(code="mend", name="处理", role="technician", brief="修。", form="card",
             next=(Way(to="sign"),)),
        Step(code="sign", name="签字", role="technician", brief="签。", form="pump-room",
             next=(Way(to="ask"),)),
        Step(code="ask", name="回访", role="desk", brief="问。", form="call"),
    )  # fmt: skip
    flow = draft_procedure(Procedure(code="rounds", name="巡检", steps=steps), actor=house.actor)
    publish_paper(ProcedureRow, flow.id, actor=house.actor)
    with acting(house.actor):
        standard = Standard.objects.seen_by(house.actor).get(code="rounds", state="published")
        method = Method(form="pump-room", procedure="rounds")
        document = standard.document.model_copy(update={"method": method})
        put_in_force(document, actor=house.actor, why="有了流程")
    opened = begun(house)
    publish_paper(
        Form,
        draft_form(card.model_copy(update={"name": "新卡"}), actor=house.actor).id,
        actor=house.actor,
    )
    with acting(house.actor):
        asked = asked_of(row_of(house, opened))
    assert [(one.step, one.sheet and one.sheet.name) for one in asked.groups] == [
        ("", None), ("", "泵房检查表"), ("查看", "设备卡"),
    ]  # fmt: skip
    assert set(asked.needed) == {"pump-room.leak", "pump-room.photo"}
    kept = answer(house, opened, "card.hours", "pass")
    assert (kept.item, kept.value["version"]) == ("card.hours", 1)


def test_an_answer_has_as_many_pictures_as_it_takes(house: House) -> None:
    opened = begun(house)
    shades = ("teal", "navy", "red")
    taken = [BytesIO(a_picture(colour=shade)) for shade in shades]
    answer_item(work_of(opened), "pump-room.photo", actor=house.doer, value={}, files=taken)
    with acting(house.actor):
        rows = Record.objects.filter(work_id=work_of(opened), item="pump-room.photo")
        assert sorted(rows.values_list("kind", flat=True)) == ["answer", "photo", "photo"]
        assert len(set(rows.values_list("file_id", flat=True))) == 3
        assert pictures_of(work_of(opened)) == {"pump-room.photo": 3}
    for wrong in ([BytesIO(a_picture())] * 10, [BytesIO(a_picture()), BytesIO(b"words")]):
        with pytest.raises(NotYet):
            answer_item(work_of(opened), "pump-room.photo", actor=house.doer, value={}, files=wrong)
    with acting(house.actor):
        assert Record.objects.filter(work_id=work_of(opened)).exclude(item="").count() == 3


def test_the_moves_of_cases_are_traced_to_the_steps_of_their_procedure(house: House) -> None:
    steps = tuple(
        Step(code=code, name=code, role="desk", brief="做。", shown_by=move, next=following)
        for code, move, following in (
            ("receive", "case.reported", (Way(to="assign"),)),
            ("assign", "work.assign", (Way(to="accept"),)),
            ("accept", "work.accept", ()),
        )
    )
    flow = draft_procedure(Procedure(code="rounds", name="巡检", steps=steps), actor=house.actor)
    paper = publish_paper(ProcedureRow, flow.id, actor=house.actor)
    with acting(house.actor):
        standard = Standard.objects.seen_by(house.actor).get(code="rounds", state="published")
    document = standard.document.model_copy(update={"method": Method(procedure="rounds")})
    put_in_force(document, actor=house.actor, why="有了流程")
    opened = begun(house)
    with acting(house.actor):
        found = procedure_of(row_of(house, opened))
        assert found
        assert found.id == paper.id
        (trace,) = traces_of(paper, actor=house.actor)
    assert [name for name, _at in trace] == ["case.reported", "work.assign", "work.accept"]


def test_a_certificate_ends_at_midnight_of_the_place(actor: Actor) -> None:
    house = a_house(actor)
    with acting(actor):
        add_qualification(
            actor=actor, person=house.worker, type="电工作业", expires_on=date(2031, 3, 4)
        )
    half_past = datetime(2031, 3, 5, 0, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    with frozen(half_past - timedelta(hours=1)), acting(actor):
        assert qualifications_of(house.doer)
    with frozen(half_past), acting(actor):
        assert not qualifications_of(house.doer)
