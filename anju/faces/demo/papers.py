"""What the demo company works by: the procedures and forms of the quality manual in force, the laws
they rest on, and a rule of conduct that one person has not signed yet."""

from anju.domains.documents.commands.documents import (
    DocumentText,
    draft_document,
    move_document,
    take_procedures,
)
from anju.domains.documents.commands.laws import fill_laws
from anju.domains.documents.commands.readers import distribute, sign_reading
from anju.domains.documents.models import Document, Reading
from anju.engine.forms.commands import publish_paper
from anju.engine.forms.models import Form
from anju.engine.library.commands import install_piece
from anju.engine.procedures.models import Procedure
from anju.foundation.people.models import Person
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

PIECES = ("manual-procedures", "score-sheets")
CONDUCT = DocumentText(
    code="QI-07",
    title="入户服务行为规范",
    kind="instruction",
    retention="失效后三年",
    basis="物业服务合同 第 3 条",
    text="""1. 提前 30 分钟电话联系，说明姓名、工号和预计到达时间。
2. 按门铃后退一步，出示工牌；住户同意后穿鞋套进门。
3. 工具和拆下的零件放在垫布上，作业前后各拍一张照片。
4. 收费项目先报价，住户签字后再动手。
5. 离开前清理现场、当面试用，请住户在手机上签字。""",
)
READ_BY = ("role:technician", "role:guard", "role:cleaner", "role:concierge")
UNSIGNED = "孙强"  # the guard has it to read still


def write_papers(actor: Actor) -> None:
    """Put them into force. Safe to repeat."""
    with acting(actor):
        if Document.objects.seen_by(actor).filter(code=CONDUCT.code).exists():
            return
        for piece in PIECES:
            install_piece(piece, actor=actor)
        for model in (Form, Procedure):
            drafts = model.objects.seen_by(actor).filter(state="draft").order_by("code")
            for id in drafts.values_list("id", flat=True):
                publish_paper(model, id, actor=actor)
        take_procedures(actor=actor)
        fill_laws(actor=actor)
        _conduct(actor)


def _conduct(actor: Actor) -> None:
    draft = draft_document(CONDUCT, actor=actor)
    move_document(draft.id, "submit", actor=actor, why="各班组意见已收齐")
    move_document(draft.id, "enforce", actor=actor, why="项目例会通过")
    distribute("document", CONDUCT.code, READ_BY, actor=actor)
    asked = Reading.objects.seen_by(actor).filter(paper=draft.id)
    people = Person.objects.seen_by(actor).in_bulk(asked.values_list("person_id", flat=True))
    for reading in asked.order_by("id"):
        person = people[reading.person_id]
        if person.name != UNSIGNED:
            by = Actor(person.id, person.name, actor.company_id, (), "person", person.id)
            sign_reading(reading.id, actor=by)
