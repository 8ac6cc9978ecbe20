"""What a form asks, answered on the phone; what is refused keeps what was typed."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anju.engine.forms.commands import draft_form, publish_paper
from anju.engine.forms.models import Form
from anju.engine.forms.rules import Form as Sheet
from anju.engine.forms.rules import Item
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Record
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.standards.commands import put_in_force
from anju.engine.standards.document import Document, Method
from anju.engine.standards.rules import Limit
from anju.engine.standards.scope import Scope
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.files.testing import a_picture
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

ITEMS = (
    Item(code="seal", text="封条完好", evidence=("photo",)),
    Item(code="temp", text="温度", kind="number", min=5, max=45),
    Item(code="lamp", text="指示灯", kind="choice", choices=("绿", "红")),
)


@pytest.fixture
def house(actor: Actor) -> House:
    made = a_house(actor)
    sheet = Sheet(code="pump", name="泵房检查表", items=ITEMS)
    publish_paper(Form, draft_form(sheet, actor=actor).id, actor=actor)
    document = Document(
        code="leaks", name="漏水", kinds=("repair",), limits=(Limit("finish", 60),),
        scope=Scope(categories=("泵房",)), method=Method(form="pump"),
    )  # fmt: skip
    put_in_force(document, actor=actor, why="开始")
    return made


@pytest.fixture
def client(house: House) -> Client:
    made = Client(headers={"Accept-Language": "en"})
    someone = an_account(house.actor, "technician", house.community.path, person_id=house.worker.id)
    made.cookies[DEVICE_COOKIE] = someone.device
    return made


def test_a_form_is_filled_in_on_the_phone(house: House, client: Client) -> None:
    opened = a_case(house, category="泵房")
    assert opened.work
    said = {"person": str(house.worker.id)}
    move_work(opened.work.id, "assign", actor=house.actor, said=said)
    page = f"/work/{opened.work.id}/items"

    def send(item: str, **more: Any) -> tuple[int, str]:
        answer = client.post(page, {"item": f"pump.{item}", **more})
        return answer.status_code, answer.content.decode()

    refused = send("seal", verdict="fail", note="左侧已断")  # its picture is missing
    assert refused[0] == 422
    assert "A picture is needed here" in refused[1]
    assert 'value="左侧已断"' in refused[1]  # nothing typed is lost
    words = SimpleUploadedFile("a.jpg", b"no picture", "image/jpeg")
    assert send("seal", verdict="fail", note="左侧已断", picture=words)[0] == 422
    wrong = send("temp", value="很热")
    assert wrong[0] == 422
    assert 'value="很热"' in wrong[1]
    assert send("lamp", value="蓝")[0] == 422
    with acting(house.actor):
        assert not Record.objects.filter(item__startswith="pump.").exists()
    taken = [
        SimpleUploadedFile(f"{shade}.jpg", a_picture(colour=shade), "image/jpeg")
        for shade in ("teal", "navy")
    ]
    assert send("seal", verdict="fail", note="左侧已断", picture=taken)[0] == 302
    assert send("temp", value="50")[0] == 302
    assert send("lamp", value="绿")[0] == 302
    shown = client.get(page).content.decode()
    assert "3 of 3 answered" in shown
    assert "<b>fail</b> 50" in shown
    assert "<b>fail</b>  左侧已断" in shown
    with acting(house.actor):
        mine = Record.objects.filter(work=opened.work.id)
        assert mine.exclude(file_id=None).count() == 2
        kept = {r.item: (r.verdict, r.value) for r in mine.exclude(kind="photo")}
    assert kept["pump.seal"] == ("fail", {"version": 1})  # the note can be erased
    assert kept["pump.temp"] == ("fail", {"number": "50", "version": 1})
    assert kept["pump.lamp"] == ("", {"text": "绿", "version": 1})
