"""Ledgers on their pages and over the API; who may open them stands in the matrix."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from openpyxl import load_workbook

from anju.domains.ledgers.commands import Said, add_to_line, write_line
from anju.domains.ledgers.models import Ledger, Line
from anju.domains.ledgers.testing import a_ledger, a_visitor
from anju.engine.loop.testing import House, a_house
from anju.foundation.access.testing import a_browser, a_token, an_account
from anju.foundation.files.testing import a_picture
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

CAME = {"answers.name": "钱途", "answers.reason": "探访"}


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def client_of(house: House, role: str) -> Client:
    return a_browser(house.actor, role, house.community.path)


@pytest.fixture
def gate(house: House) -> Client:
    """A guard at the gate."""
    return client_of(house, "guard")


@pytest.fixture
def visitors(house: House) -> Ledger:
    return a_ledger(house.actor, house.community)


def test_a_manager_begins_one_of_the_shelf(house: House) -> None:
    manager = client_of(house, "manager")
    shelf = manager.get("/ledgers/new").content.decode()
    assert "访客登记" in shelf
    shown = manager.get("/ledgers/new?from=KEYS").content.decode()
    assert 'value="KEYS"' in shown
    said: dict[str, Any] = {
        "code": "KEYS", "name": "钥匙借用", "ends_with": "back",
        "within": "720", "signers": "1", "personal": "on", "keep_days": "365",
    }  # fmt: skip
    wrong = manager.post("/ledgers/new?from=KEYS", {**said, "ends_with": "nowhere", "name": ""})
    assert wrong.status_code == 422
    assert 'value="720"' in wrong.content.decode()
    saved = manager.post("/ledgers/new?from=KEYS", said)
    assert saved.status_code == 302
    page = manager.get(saved["Location"]).content.decode()
    assert "No lines yet" in page
    edited = manager.post(
        f"{saved['Location']}/edit", {**said, "name": "钥匙登记簿", "version": "1"}
    )
    assert edited.status_code == 302
    assert "钥匙登记簿" in manager.get("/ledgers").content.decode()


def test_a_guard_writes_in_sight_of_what_is_wrong(gate: Client, visitors: Ledger) -> None:
    url = f"/ledgers/{visitors.id}/write"
    assert "被访房号" in gate.get(url).content.decode()
    wrong = gate.post(url, {**CAME, "place": "9-9-999"})
    assert wrong.status_code == 422
    assert "钱途" in wrong.content.decode()
    lacking = gate.post(url, CAME)
    assert lacking.status_code == 422
    assert "Please fill this in" in lacking.content.decode()
    written = gate.post(url, {**CAME, "answers.room": "3-2-1201"})
    assert written["Location"] == f"/ledgers/{visitors.id}#l-1"
    more = gate.post(url, {**CAME, "answers.name": "孙某", "answers.room": "1-1-101", "do": "more"})
    assert more["Location"] == f"{url}#l-2"
    page = gate.get(f"/ledgers/{visitors.id}?state=open").content.decode()
    assert "钱途" in page
    assert "still open" in page
    found = gate.get(f"/ledgers/{visitors.id}?q=孙某").content.decode()
    assert "孙某" in found
    assert "钱途" not in found


def test_a_line_is_ended_mended_and_told(gate: Client, house: House, visitors: Ledger) -> None:
    line = a_visitor(visitors, house.doer)
    url = f"/ledgers/lines/{line.id}"
    assert "How it ended" in gate.get(url).content.decode()
    assert gate.post(url, {"answers.left": "pass", "version": "1"}).status_code == 302
    stale = gate.post(url, {"answers.phone": "138", "version": "1"})
    assert stale.status_code == 422
    assert "meanwhile" in stale.content.decode()
    again = {"answers.name": "钱图", "version": "2", "reason": ""}
    assert gate.post(f"{url}?again=1", again).status_code == 422
    assert gate.post(f"{url}?again=1", {**again, "reason": "写错了"}).status_code == 302
    page = gate.get(url).content.decode()
    assert "钱图" in page
    assert "complete" in page


def test_pictures_are_for_who_may_see_them(gate: Client, house: House) -> None:
    ledger = a_ledger(house.actor, house.community, "GOODS")
    url = f"/ledgers/{ledger.id}/write"
    given = {
        "answers.owner": "pass", "answers.list": "电视，1\n椅子，4",
        "picture.guard": SimpleUploadedFile("a.jpg", a_picture(), "image/jpeg"),
    }  # fmt: skip
    assert gate.post(url, given).status_code == 302
    with acting(house.actor):
        line = Line.objects.get()
    (file,) = line.answers["guard"]["files"]
    shown = gate.get(f"/ledgers/lines/{line.id}/files/{file}?size=400")
    assert shown["Content-Type"] == "image/webp"
    assert "电视，1；椅子，4" in gate.get(f"/ledgers/lines/{line.id}").content.decode()
    reader = client_of(house, "reviewer")
    assert reader.get(f"/ledgers/lines/{line.id}/files/{file}").status_code == 404
    assert "电视" not in reader.get(f"/ledgers/lines/{line.id}").content.decode()
    other = line.id
    assert gate.get(f"/ledgers/lines/{line.id}/files/{other}").status_code == 404


def test_it_goes_into_a_workbook_with_all_its_items(gate: Client, house: House) -> None:
    ledger = a_ledger(house.actor, house.community, "WASTE")
    given = {
        "class": Said(value={"text": "厨余垃圾"}), "amount": Said(value={"number": "12"}),
        "carrier": Said(value={"text": "绿环"}), "destination": Said(value={"text": "处置厂"}),
        "pure": Said("pass"),
    }  # fmt: skip
    write_line(ledger.id, given, actor=house.doer)
    answer = gate.get(f"/ledgers/{ledger.id}?format=xlsx")
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    head, row = load_workbook(BytesIO(content)).active.iter_rows(values_only=True)
    told = dict(zip(head, row, strict=True))
    assert (told["类别"], told["数量"], told["去向"]) == ("厨余垃圾", "12 桶", "处置厂")


def test_a_month_is_looked_through(house: House, visitors: Ledger) -> None:
    with frozen(now() - timedelta(days=40)):
        line = a_visitor(visitors, house.doer)
        add_to_line(line.id, {"left": Said("pass")}, actor=house.doer)
    manager = client_of(house, "manager")
    url = f"/ledgers/{visitors.id}/months"
    month = line.at.astimezone().date().replace(day=1).isoformat()
    assert month[:7] in manager.get(url).content.decode()
    assert manager.post(url, {"month": "soon"}).status_code == 404
    assert manager.post(url, {"month": month, "words": "无异常"}).status_code == 302
    assert "无异常" in manager.get(url).content.decode()
    assert manager.post(url, {"month": month}).status_code == 422


def test_who_signs_and_ends(house: House) -> None:
    ledger = a_ledger(house.actor, house.community, "FIREROOM")
    given = {
        "two": Said("pass"), "host": Said("pass", files=[a_picture()]), "auto": Said("pass"),
        "sign": Said(files=[a_picture()]),
    }  # fmt: skip
    line = write_line(ledger.id, given, actor=house.doer)
    manager = client_of(house, "manager")
    assert "I sign this line" in manager.get(f"/ledgers/lines/{line.id}").content.decode()
    assert manager.post(f"/ledgers/lines/{line.id}/sign", {"version": "1"}).status_code == 302
    assert manager.post(f"/ledgers/lines/{line.id}/sign", {"version": "2"}).status_code == 422
    page = manager.get(f"/ledgers/lines/{line.id}").content.decode()
    assert "lacks the certificate" in page
    assert manager.post(f"/ledgers/{ledger.id}/end").status_code == 302
    assert manager.get(f"/ledgers/{ledger.id}/write").status_code == 200
    assert manager.post(f"/ledgers/{ledger.id}/end").status_code == 422


def test_over_the_api(house: House, visitors: Ledger) -> None:
    someone = an_account(house.actor, "guard", house.community.path)
    client = Client(headers={"Authorization": f"Bearer {a_token(house.actor, someone)}"})
    assert client.get("/api/v1/ledgers").json()["items"][0]["code"] == "VISITOR"
    url = f"/api/v1/ledgers/{visitors.id}/lines"
    said = (("name", "钱途"), ("room", "3-2-1201"), ("reason", "探访"))
    sent = {"answers": {name: {"text": text} for name, text in said}, "place": str(house.room.id)}

    def post(body: dict[str, Any], key: str) -> Any:
        return client.post(
            url, json.dumps(body), content_type="application/json",
            headers={"Idempotency-Key": key},
        )  # fmt: skip

    made = post(sent, "k-1")
    assert (made.status_code, made.json()["standing"]) == (201, "open")
    assert post(sent, "k-1").json()["id"] == made.json()["id"]
    wrong = post({"answers": {"name": {"text": "x"}}}, "k-2")
    told = {one["name"] for one in wrong.json()["fields"]}
    assert (wrong.status_code, told) == (422, {"answers.room", "answers.reason"})
    a_visitor(visitors, house.doer)
    page = client.get(f"{url}?limit=1&open=true").json()
    assert page["items"][0]["answers"]["name"] == "钱途"
    older = client.get(f"{url}?limit=1&cursor={page['next']}").json()
    assert (older["items"][0]["n"], older["next"]) == (1, None)
