"""Pages of documents and of the register of laws."""

import re
from datetime import date
from io import BytesIO

import pytest
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from anju.domains.documents.commands.readers import sign_reading
from anju.domains.documents.content import content_of
from anju.domains.documents.examining import Question
from anju.domains.documents.models import Document, Law, Quiz
from anju.domains.documents.queries import open_doubts
from anju.domains.documents.reading import due_for
from anju.domains.documents.testing import a_document, a_law, a_reader
from anju.domains.promises.rules import Clause
from anju.domains.promises.testing import a_contract
from anju.engine.loop.testing import House, a_house
from anju.engine.standards.commands import draft_standard
from anju.engine.standards.document import Basis
from anju.engine.standards.document import Document as Text
from anju.engine.standards.models import Standard
from anju.faces.console.documents.paper import paper
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.files.testing import a_picture
from anju.foundation.places.testing import a_community
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def client(house: House) -> Client:
    return signed_in(house, "headquarters")


def signed_in(house: House, role: str) -> Client:
    found = Client(headers={"accept-language": "en"})
    found.cookies[DEVICE_COOKIE] = an_account(house.actor, role).device
    return found


def test_a_document_is_written_reviewed_and_replaced(house: House, client: Client) -> None:
    said = {"title": "入户维修", "code": "QI-07", "kind": "instruction", "review_months": "12"}
    wrong = client.post("/documents/new", {**said, "review_months": "99", "text": "敲门三下"})
    assert wrong.status_code == 422
    assert "敲门三下" in wrong.content.decode()
    made = client.post("/documents/new", {**said, "text": "敲门三下"})
    first = made["Location"]
    assert "Nobody works by this version yet" in client.get(first).content.decode()
    assert client.post(first, {"move": "submit"}).status_code == 422
    for move in ("submit", "enforce"):
        assert client.post(first, {"move": move, "why": "可行"}).status_code == 302
    assert "This is the version in force" in client.get(first).content.decode()
    file = SimpleUploadedFile("扫描件.jpg", a_picture())
    again = client.post(f"{first}/write", {**said, "text": "", "file": file})
    second = again["Location"]
    for move in ("submit", "enforce"):
        assert client.post(second, {"move": move, "why": "扫描件"}).status_code == 302
    old = client.get(first).content.decode()
    assert "This version is obsolete" in old
    assert f'href="{second}"' in old
    assert client.get(f"{second}/file").status_code == 200
    reader = signed_in(house, "cleaner")
    assert "This is the version in force" in reader.get(second).content.decode()
    assert reader.post(second, {"move": "withdraw", "why": "x"}).status_code == 403


def test_a_print_says_what_it_is_and_its_code_leads_to_whether_it_is_current(
    house: House, client: Client
) -> None:
    old = a_document(house.actor)
    new = a_document(house.actor, text="先电话预约。")
    answer = client.get(f"/documents/{old.id}/print")
    assert answer["Content-Type"] == "application/pdf"
    for row, stamped in ((old, True), (new, False)):
        with acting(house.actor):
            found = Document.objects.get(id=row.id)
            sections = content_of(found, actor=house.actor)
        page = paper(
            found, sections=sections, company="滨海物业", url="https://anju.example",
            on=date(2026, 11, 29), kind="png",
        )  # fmt: skip
        assert isinstance(page, bytes)  # one sheet
        picture = Image.open(BytesIO(page))
        (code,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
        assert code.text == f"https://anju.example/documents/{row.id}"
        colours = picture.convert("RGB").getcolors(2**24) or ()
        reds = sum(n for n, (r, g, b) in colours if r > 200 and max(g, b) < 200)
        assert (reds > 1000) is stamped


def test_the_procedures_of_the_manual_are_taken_over_in_one_act(
    house: House, client: Client
) -> None:
    assert client.post("/documents/procedures").status_code == 302
    page = client.get("/documents?kind=procedure&q=").content.decode()
    assert "报修处理流程" in page
    with acting(house.actor):
        repair = Document.objects.get(company_id=house.actor.company_id, code="repair")
    shown = client.get(f"/documents/{repair.id}").content.decode()
    assert "受理登记" in shown  # what the procedure says, without a copy


def test_a_changed_law_is_seen_on_every_page_that_rests_on_it(house: House, client: Client) -> None:
    actor = house.actor
    said = "《物业管理条例》第三十五条"
    row = draft_standard(
        Text(code="rests", name="依法", basis=(Basis(kind="law", ref=said),)), actor=actor
    )
    deal = a_contract(actor, house.community, clauses=(Clause("4.1", said, ()),))
    document, law = a_document(actor), a_law(actor)
    at = {"standards": row.id, "contracts": deal.id, "documents": document.id}
    page = f"/laws/{law.id}"
    form = {"title": law.title, "kind": "law", "state": "repealed", "edited": 1}
    assert client.post(page, form).status_code == 422  # it does not say what changed
    assert client.post(page, {**form, "why": "2027 年废止"}).status_code == 302
    for where, id in at.items():
        assert "2027 年废止" in client.get(f"/{where}/{id}").content.decode(), where
    assert "3 papers rest on it" in client.get("/laws").content.decode()
    with acting(actor):
        doubt = law.doubts.get(kind="contract")
    to = client.get(f"/laws/doubts/{doubt.id}/paper")
    assert to["Location"] == f"/contracts/{deal.id}"
    assert signed_in(house, "manager").post(f"/laws/doubts/{doubt.id}").status_code == 403
    seen = client.post(f"/laws/doubts/{doubt.id}", {"note": "新法第 3 条同旨"})
    assert seen["Location"] == page
    assert "2027 年废止" not in client.get(f"/contracts/{deal.id}").content.decode()
    assert "新法第 3 条同旨" in client.get(page).content.decode()


def test_the_register_is_filled_and_a_law_is_added(house: House, client: Client) -> None:
    assert "Fill the register from the library" in client.get("/laws").content.decode()
    assert client.post("/laws/fill").status_code == 302
    assert "民法典" in client.get("/laws?size=100&after=").content.decode()
    new = {"title": "本市电梯规定", "kind": "local", "state": "coming", "effective": "2027-01-01"}
    made = client.post("/laws/new", new)
    with acting(house.actor):
        law = Law.objects.get(company_id=house.actor.company_id, title="本市电梯规定")
    assert made["Location"] == f"/laws/{law.id}"
    assert law.effective == date(2027, 1, 1)


def test_a_list_is_written_and_who_has_not_read_is_shown(house: House, client: Client) -> None:
    row = a_document(house.actor)
    person, reader = a_reader(house.actor, house.community, name="赵敏")
    page = f"/readers/document/{row.code}"
    assert "Nobody has it to read yet" in client.get(page).content.decode()
    said = {"people": [f"person:{person.id}"], "remind_days": "3"}
    wrong = client.post(page, {**said, "remind_days": "0"})
    assert wrong.status_code == 422
    assert re.search(f'value="person:{person.id}"[^>]* checked', wrong.content.decode())
    assert client.post(page, said)["Location"] == page
    late = client.post(page, {"remind_days": "9", "edited": "0"})  # somebody wrote it meanwhile
    assert late.status_code == 422
    assert 'name="edited" value="1"' in late.content.decode()
    chief = signed_in(house, "manager")
    shown = chief.get(page).content.decode()
    assert "赵敏" in shown
    assert "not read" in shown
    assert "0 of 1" in shown
    assert chief.post(page, said).status_code == 403
    with acting(reader):
        mine = due_for(reader)[0]
    sign_reading(mine.id, actor=reader)
    assert "1 of 1" in chief.get(page).content.decode()
    assert "Readers 1/1" in client.get(f"/documents/{row.id}").content.decode()
    assert client.get("/readers/document/none").status_code == 404


def test_an_examination_is_drafted_from_the_promises_and_written(
    house: House, client: Client
) -> None:
    with acting(house.actor):
        standard = Standard.objects.get(company_id=house.actor.company_id, code="repair")
    page = f"/questions/standard/{standard.id}"
    assert "within which time must this be done" in client.get(page).content.decode()
    wrong = client.post(page, {"questions": "问？\n- 甲\n- 乙", "mark": "1", "edited": "0"})
    assert wrong.status_code == 422
    assert "exactly one of them marked *" in wrong.content.decode()
    said = {"questions": "问？\n* 甲\n- 乙\n# 第 1 条", "mark": "1", "edited": "0"}
    assert client.post(page, said)["Location"] == "/readers/standard/repair"
    with acting(house.actor):
        quiz = Quiz.objects.get(paper=standard.id)
    assert quiz.asks == [Question("问？", ("甲", "乙"), 0, "第 1 条")]
    procedure = client.post("/documents/procedures")
    assert procedure.status_code == 302
    with acting(house.actor):
        repair = Document.objects.get(company_id=house.actor.company_id, code="repair")
    assert "Who does this step" in client.get(f"/questions/document/{repair.id}").content.decode()
    assert client.get(f"/questions/cat/{repair.id}").status_code == 404


def test_a_law_shows_only_the_papers_its_reader_may_see(house: House, client: Client) -> None:
    actor, elsewhere = house.actor, a_community(house.actor, name="二期")
    said = "《物业管理条例》第三十五条"
    deal = a_contract(actor, elsewhere, number="HT-9", clauses=(Clause("4.1", said, ()),))
    draft, law = a_document(actor, title="未定稿", state="draft"), a_law(actor)
    clear = a_document(actor, code="QI-08", title="已生效")
    change = {"title": law.title, "kind": "law", "state": "repealed", "edited": 1, "why": "废止"}
    client.post(f"/laws/{law.id}", change)
    guard = an_account(actor, "guard", house.community.path)
    page = Client(headers={"accept-language": "en"})
    page.cookies[DEVICE_COOKIE] = guard.device
    seen = page.get(f"/laws/{law.id}").content.decode()
    assert clear.title in seen
    for hidden in (deal.number, draft.title, str(deal.id), str(draft.id)):
        assert hidden not in seen
        assert hidden in client.get(f"/laws/{law.id}").content.decode()
    with acting(guard.actor):
        assert {one.paper for one in open_doubts(actor=guard.actor)} == {clear.id}
    with acting(actor):
        doubts = list(law.doubts.exclude(paper=clear.id))
    for doubt in doubts:
        client.post(f"/laws/doubts/{doubt.id}", {"note": "看过"})
    after = page.get(f"/laws/{law.id}").content.decode()
    assert [id for id in (deal.id, draft.id) if str(id) in after] == []
