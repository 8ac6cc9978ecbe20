"""Pages of needs, the service catalogue and contracts."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from anju.domains.promises.models import Contract, Need, Service
from anju.domains.promises.rules import NoticeDate
from anju.domains.promises.testing import a_contract, a_need
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.standards.commands import draft_standard
from anju.engine.standards.document import Document
from anju.foundation.access.testing import a_browser
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def client(house: House) -> Client:
    return a_client(house, "admin")


def a_client(house: House, role: str) -> Client:
    return a_browser(house.actor, role)


def test_what_complaints_speak_of_is_taken_up_as_a_need(house: House, client: Client) -> None:
    for _n in range(3):
        a_case(house, kind="complaint", category="保洁")
    page = client.get("/needs").content.decode()
    assert "n = 3, 100.0 % of all" in page
    assert "2 standards without a need" in page
    address = "/needs/new?source=complaints&amp;category=%E4%BF%9D%E6%B4%81&amp;heard=3"
    assert address in page
    form = client.get(address.replace("&amp;", "&")).content.decode()
    assert 'value="保洁"' in form
    said = {"source": "complaints", "category": "保洁", "heard": 3, "weight-owner": 4}
    wrong = client.post("/needs/new", {**said, "text": "楼道每天干净", "code": "Nicht gut"})
    assert wrong.status_code == 422
    assert 'value="楼道每天干净"' in wrong.content.decode()
    saved = client.post("/needs/new", {**said, "text": "楼道每天干净", "code": "clean"})
    assert saved["Location"] == "/needs"
    with acting(house.actor):
        need = Need.objects.seen_by(house.actor).get()
    assert (need.code, need.heard, need.weights) == ("clean", 3, {"owner": 4})
    page = client.get("/needs").content.decode()
    assert "1 need without a standard in force" in page
    assert "Take up as a need" not in page


def test_a_need_written_over_is_said_and_what_was_typed_stays(house: House, client: Client) -> None:
    need = a_need(house.actor)
    said = {"text": "更快", "source": "survey", "state": "open", "weight-shop": 2, "edited": 1}
    assert client.post(f"/needs/{need.id}", said).status_code == 302
    late = client.post(f"/needs/{need.id}", {**said, "text": "再快些"})
    assert late.status_code == 422
    body = late.content.decode()
    assert "Somebody changed this meanwhile" in body
    assert 'value="再快些"' in body
    assert 'name="edited" value="2"' in body
    assert (
        client.post(f"/needs/{need.id}", {**said, "text": "再快些", "edited": 2}).status_code == 302
    )
    reader = a_client(house, "technician")
    assert 'name="text"' not in reader.get(f"/needs/{need.id}").content.decode()
    assert reader.post(f"/needs/{need.id}", said).status_code == 403


def test_a_catalogue_begins_with_the_first_set_and_shows_its_gaps(
    house: House, client: Client
) -> None:
    here = client.get("/catalogue")["Location"]
    assert "Begin with the first set" in client.get(here).content.decode()
    client.post(f"{here}/ship")
    page = client.get(here).content.decode()
    assert "18 items offered · 15 of them without a standard in force" in page
    with acting(house.actor):
        gate = Service.objects.get(company_id=house.actor.company_id, code="gate")
    said = {"name": "门岗", "group": "order", "state": "offered", "edited": 1}
    wrong = client.post(f"/catalogue/{gate.id}", {**said, "standards": "none"})
    assert "There is no standard none" in wrong.content.decode()
    right = client.post(f"/catalogue/{gate.id}", {**said, "standards": "repair，complaint"})
    assert right["Location"] == here
    assert "14 of them without a standard in force" in client.get(here).content.decode()


def test_a_contract_is_written_line_by_line_and_shows_what_was_kept(
    house: House, client: Client
) -> None:
    day = timezone.localdate(now())
    said = {
        "place": str(house.community.id), "number": "HT-1", "client": "业委会",
        "provider": "安居物业", "first": f"{day - timedelta(days=9)}",
        "last": f"{day + timedelta(days=99)}", "grade": "grade-2004/一级",
        "clause-0-number": "4.1", "clause-0-text": "报修按时完成", "clause-0-standards": "repair",
        "clause-2-number": "5", "clause-2-text": "友好协商",
        "notice-0-on": "2027-10-02", "notice-0-text": "续约", "notice-0-days": "neunzig",
    }  # fmt: skip
    wrong = client.post("/contracts/new", said)
    assert wrong.status_code == 422
    assert 'value="neunzig"' in wrong.content.decode()  # nothing typed is lost
    assert "友好协商" in wrong.content.decode()
    said |= {"notice-0-on": "", "notice-0-days": "30"}
    undated = client.post("/contracts/new", said)
    assert 'id="id_notice-0-on_error"' in undated.content.decode()
    said |= {"notice-0-on": f"{day}"}
    same = client.post("/contracts/new", {**said, "clause-2-number": "4.1"})
    assert "Two clauses have the same number" in same.content.decode()
    more = client.post("/contracts/new", {**said, "do": "clause:add:0"}).content.decode()
    assert 'name="clause-2-number" value="5"' in more
    saved = client.post("/contracts/new", said)
    with acting(house.actor):
        contract = Contract.objects.seen_by(house.actor).get()
    assert saved["Location"] == f"/contracts/{contract.id}"
    assert [c.standards for c in contract.says] == [("repair",), ()]
    assert contract.dates == [NoticeDate(day, "续约", 30)]
    page = client.get(f"/contracts/{contract.id}").content.decode()
    assert "Not measurable yet" in page
    assert "Nothing promised" in page
    assert "managers are told 30 days before" in page
    assert "HT-1" in client.get("/contracts").content.decode()
    form = client.get(f"/contracts/{contract.id}/write").content.decode()
    assert 'name="clause-1-text" value="友好协商"' in form
    with acting(house.actor):
        draft = draft_standard(Document(code="order", name="秩序标准"), actor=house.actor)
    text = {
        **{name: value for name, value in said.items() if not name.startswith(("cl", "not"))},
        "client": "业委会", "clause-0-number": "6", "clause-0-text": "夜间巡逻",
        "clause-0-standards": "order", "edited": contract.edited,
    }  # fmt: skip
    assert client.post(f"/contracts/{contract.id}/write", text).status_code == 302
    page = client.get(f"/contracts/{contract.id}").content.decode()
    assert f'href="/standards/{draft.id}"' in page  # by its name, not by its code
    assert "Not in force, so nothing of it is counted" in page


def test_who_sees_no_figures_is_told_so(house: House) -> None:
    contract = a_contract(house.actor, house.community)
    reader = a_client(house, "technician")
    page = reader.get(f"/contracts/{contract.id}").content.decode()
    assert "Your role sees no figures here" in page
    assert reader.get(f"/contracts/{contract.id}/write").status_code == 403


def test_a_tile_opens_just_the_cases_it_counted(house: House, client: Client) -> None:
    """A case before the term, and one of another standard, are neither counted nor listed."""
    day = timezone.localdate(now())
    contract = a_contract(house.actor, house.community, first=day - timedelta(days=9))
    late = now() - timedelta(days=2)
    counted = a_case(house, title="水龙头坏了", at=late).case
    a_case(house, title="上一份合同的", at=now() - timedelta(days=20))
    a_case(house, title="投诉一件", kind="complaint", at=late)
    page = client.get(f"/contracts/{contract.id}").content.decode()
    tiles = re.findall(r'href="(/indicators/repair_\w+\?[^"]*)"', page)
    assert tiles
    for tile in tiles:
        found = client.get(unescape(tile)).content.decode()
        assert "Contract HT-2026-01" in found
        assert counted.number in found
        assert "上一份合同的" not in found
        assert "投诉一件" not in found
    whole = client.get("/indicators/repair_timely?days=90&standard=repair").content.decode()
    assert "上一份合同的" in whole
    assert client.get("/indicators/repair_timely?contract=nonsense").status_code == 404
