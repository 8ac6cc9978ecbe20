"""What an authority outside asked: the page of the case, the reply that is drafted from it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from anju.domains.requests.outside import drafted_reply
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def a_ticket(house: House) -> Case:
    case = a_case(house, kind="complaint", channel="government").case
    said = {"due": now() + timedelta(days=2), "number": "12345-2026-0088"}
    move_case(case.id, "deadline", actor=house.actor, said=said)
    return case


def at_the_desk(house: House) -> Client:
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.cookies[DEVICE_COOKIE] = an_account(house.actor, "desk", house.community.path).device
    return client


def the_page(client: Client, case: Case, step: str = "") -> str:
    return client.get(f"/cases/{case.id}{step and f'/steps/{step}'}").content.decode()


def test_the_draft_says_what_was_done_when_and_by_whom(house: House) -> None:
    case = a_ticket(house)
    with acting(house.actor):
        work = case.work.get()
    person = str(house.worker.id)
    steps = (
        ("assign", house.actor, {"person": person}),
        ("accept", house.doer, {}),
        ("arrive", house.doer, {}),
        ("finish", house.doer, {"result": "劝导后已停止施工"}),
        ("pass", house.judge, {}),
    )
    for name, by, said in steps:
        move_work(work.id, name, actor=by, said=said)
    tell = {"text": "已与楼上约定施工时间", "substance": "result", "channel": "phone"}
    move_case(case.id, "tell", actor=house.actor, said=tell)
    move_case(case.id, "note", actor=house.actor, said={"text": "内部备注不外传"})
    with acting(house.actor), translation.override("zh-hans"):
        text = drafted_reply(case, house.actor)
    first, *lines = text.splitlines()
    assert "12345-2026-0088" in first
    assert case.title in first
    order = [
        "已受理",
        f"派给 {house.worker.name}",
        "到场",
        "劝导后已停止施工",
        "核验通过",
        "已与楼上约定",
    ]
    found = [next((i for i, line in enumerate(lines) if word in line), -1) for word in order]
    assert found == list(range(6)), text
    assert "内部备注" not in text


def test_the_page_shows_the_deadline_and_a_person_sends_the_reply(house: House) -> None:
    case, client = a_ticket(house), at_the_desk(house)
    page = the_page(client, case)
    assert "12345-2026-0088" in page
    assert "外部来件" in page
    assert f"/cases/{case.id}/steps/reply" in page
    assert "12345-2026-0088" in the_page(client, case, "reply")  # drafted, to be edited
    sent = client.post(f"/cases/{case.id}/steps/reply", {"text": "我司已办结"})
    assert sent.status_code == 302
    page = the_page(client, case)
    assert "我司已办结" in page
    assert f"/cases/{case.id}/steps/reply" not in page


def test_an_extension_is_asked_for_and_entered_on_the_page(house: House) -> None:
    case, client = a_ticket(house), at_the_desk(house)
    day = f"{now() + timedelta(days=6):%Y-%m-%d}"
    said = {"until": f"{day}T18:00", "reason": "等厂家配件"}
    assert client.post(f"/cases/{case.id}/steps/extension", said).status_code == 302
    moved = {"due": f"{day}T18:00", "number": "12345-2026-0088", "reason": "同意延期"}
    assert client.post(f"/cases/{case.id}/steps/deadline", moved).status_code == 302
    page = the_page(client, case)
    assert "申请延期至" in page
    assert "期限改为" in page
    wrong = client.post(f"/cases/{case.id}/steps/deadline", {**moved, "due": "never"})
    assert wrong.status_code == 422
    assert "同意延期" in wrong.content.decode()  # nothing typed is lost


def test_where_nobody_asked_the_page_offers_no_reply(house: House) -> None:
    case, client = a_case(house).case, at_the_desk(house)
    page = the_page(client, case)
    assert "外部来件" not in page
    assert f"/cases/{case.id}/steps/reply" not in page
    assert f"/cases/{case.id}/steps/deadline" in page


def test_the_queue_of_the_desk_counts_down_to_the_outside_deadline(house: House) -> None:
    case = a_case(house, kind="enquiry", channel="government").case
    said = {"due": now() + timedelta(minutes=2), "number": "12345-1"}
    move_case(case.id, "deadline", actor=house.actor, said=said)
    page = at_the_desk(house).get("/desk").content.decode()
    assert "外部答复" in page


def test_a_case_that_owes_a_reply_does_not_wait_to_be_closed(house: House) -> None:
    case = a_ticket(house)
    with acting(house.actor):
        work = case.work.get()
    for name, by in (("claim", house.doer), ("start", house.doer), ("finish", house.doer)):
        said = {"result": "已停工"} if name == "finish" else {}
        move_work(work.id, name, actor=by, said=said)
    move_work(work.id, "pass", actor=house.judge)
    tell = {"text": "已停工", "substance": "result", "channel": "phone"}
    move_case(case.id, "tell", actor=house.actor, said=tell)
    move_case(case.id, "callback", actor=house.judge, said={"outcome": "satisfied"})
    client, owed = at_the_desk(house), "等待答复外部来件方"
    desk = client.get("/desk").content.decode()
    assert owed in desk
    assert owed in the_page(client, case)
    move_case(case.id, "reply", actor=house.actor, said={"text": "已停工"})
    after = client.get("/desk").content.decode()
    assert owed not in after
    assert "待关闭" in after
