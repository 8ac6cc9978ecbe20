"""The resident's pages: coming in, and who finds what (own, other home, other company, nobody)."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.test import Client

from anju.domains.community.commands.coming_in import invite
from anju.domains.community.commands.notices import publish
from anju.domains.community.testing import a_neighbour, a_resident
from anju.engine.loop.commands.evidence import Given, add_evidence
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.files.testing import a_picture
from anju.foundation.lib import frozen
from anju.foundation.people.commands import reveal
from anju.foundation.people.testing import a_phone
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import found_company


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def a_client(device: str = "") -> Client:
    client = Client(headers={"Accept-Language": "en"})
    tail = uuid4().int
    client.defaults["REMOTE_ADDR"] = f"10.{tail % 250}.{tail // 250 % 250}.{tail // 62500 % 250}"
    if device:
        client.cookies[DEVICE_COOKIE] = device
    return client


def resident_of(house: House) -> Client:
    return a_client(a_resident(house, house.resident).device)


def settled(house: House) -> Case:
    opened = a_case(house)
    assert opened.work is not None
    for name, said in (("claim", {}), ("start", {}), ("finish", {"result": "好了"})):
        move_work(opened.work.id, name, actor=house.doer, said=said)
    move_work(opened.work.id, "pass", actor=house.judge)
    return opened.case


def test_a_number_and_a_code_lead_in_and_a_wrong_code_is_said(house: House) -> None:
    client = a_client()
    assert client.get("/me")["Location"] == "/me/in"
    unknown = client.post("/me/in", {"phone": "abc"})
    assert unknown.status_code == 422
    assert "13800138000" in unknown.content.decode()
    assert client.post("/me/in", {"phone": house.resident.phone})["Location"] == "/me/in/code"
    page = client.get("/me/in/code").content.decode()
    assert house.resident.phone not in page
    assert "The code is" not in page  # only the demo shows it
    wrong = client.post("/me/in/code", {"code": "00000x"})
    assert wrong.status_code == 422
    assert "does not fit" in wrong.content.decode()
    again = client.post("/me/in", {"phone": house.resident.phone})
    assert again.status_code == 429
    assert house.resident.phone in again.content.decode()
    assert a_client().get("/me/in/code")["Location"] == "/me/in"  # nobody asked for one here


def test_an_invitation_from_the_persons_page_leads_in_once(house: House) -> None:
    desk = a_client(an_account(house.actor, "desk", house.community.path).device)
    page = desk.post(f"/people/{house.resident.id}/invite").content.decode()
    start = page.index("/me/in/")
    address = page[start : page.index("<", start)]
    client = a_client()
    shown = client.get(address)
    assert house.resident.name in shown.content.decode()
    assert client.post(address)["Location"] == "/me"
    assert "Hello" in client.get("/me").content.decode()
    used = a_client().post(address)
    assert used.status_code == 404
    assert "new invitation" in used.content.decode()
    token = invite(house.resident, actor=house.actor)
    with frozen(datetime.now(UTC) + timedelta(days=8)):
        assert a_client().get(f"/me/in/{token}").status_code == 404


def test_a_session_ends_at_once(house: House) -> None:
    client, other = resident_of(house), resident_of(house)
    page = client.get("/me/self").content.decode()
    start = page.index("/me/self/devices/")
    assert client.post(page[start : page.index('"', start)]).status_code == 302
    assert other.get("/me").status_code == 302
    assert client.post("/me/out")["Location"] == "/me/in"
    assert client.get("/me").status_code == 302


def test_the_matrix_of_a_matter(house: House, other_actor: Actor) -> None:
    """Resident x own, other home, other company, anonymous, over every address of a matter."""
    case = a_case(house).case
    photo = add_evidence(
        case.id, [Given("a.jpg", BytesIO(a_picture()))], actor=house.actor
    ).records[0]
    _room, neighbour = a_neighbour(house)
    foreign = a_house(other_actor)
    clients = {
        "own": resident_of(house),
        "other home": a_client(a_resident(house, neighbour).device),
        "other company": a_client(a_resident(foreign, foreign.resident).device),
        "nobody": a_client(an_account(house.actor).device),
        "anonymous": a_client(),
    }
    at = f"/me/matters/{case.id}"
    asked = (
        ("GET", at, {}),
        ("GET", f"{at}/photos/{photo.id}?size=400", {}),
        ("GET", f"{at}/reopen", {}),
        ("GET", f"{at}/complain", {}),
        ("POST", at, {"words": "水更大了", "end": "1"}),
        ("POST", f"{at}/urge", {}),
        ("POST", f"{at}/rate", {"good": "yes"}),
        ("POST", f"{at}/reopen", {"preset": "又坏了。"}),
        ("POST", f"{at}/complain", {"preset": "没人来。"}),
    )
    found = {
        who: [
            (client.get(url) if method == "GET" else client.post(url, said)).status_code
            for method, url, said in asked
        ]
        for who, client in clients.items()
    }
    assert all(status in (200, 302, 422) for status in found["own"]), found["own"]
    assert found["other home"] == found["other company"] == [404] * len(asked)
    assert found["nobody"] == [403] * len(asked)
    assert found["anonymous"] == [302] * len(asked)
    with acting(house.actor):
        assert Case.objects.get(id=case.id).version == case.version  # a note leaves it as it is


def test_nobody_elses_matter_stands_in_any_list(house: House) -> None:
    a_case(house, title="卫生间漏水")
    _room, neighbour = a_neighbour(house)
    client = a_client(a_resident(house, neighbour).device)
    for page in ("/me", "/me/matters", "/me/self", "/me/report"):
        assert "卫生间漏水" not in client.get(page).content.decode()
    assert "卫生间漏水" in resident_of(house).get("/me").content.decode()


def test_rating_twice_and_reopening_late_are_said_in_words(house: House) -> None:
    client = resident_of(house)
    case = settled(house)
    at = f"/me/matters/{case.id}"
    assert "Thank you" in client.post(f"{at}/rate", {"good": "yes"}).content.decode()
    twice = client.post(f"{at}/rate", {"good": "no"})
    assert twice.status_code == 422
    assert "rated this already" in twice.content.decode()
    with frozen(datetime.now(UTC) + timedelta(days=16)):
        late = client.post(f"{at}/reopen", {"reason": "又漏水了，三楼也有"})
    assert late.status_code == 422
    assert "Report it as a new matter" in late.content.decode()
    assert "三楼也有" in late.content.decode()
    assert client.post(f"{at}/reopen", {"preset": "又坏了。"}).status_code == 302


def test_who_looked_at_my_number_stands_on_my_page(house: House) -> None:
    someone = an_account(house.actor, "desk", house.community.path)
    reveal(house.resident, "回电约时间", actor=someone.actor)
    page = resident_of(house).get("/me/self").content.decode()
    assert someone.name in page
    assert "回电约时间" in page


def test_large_type_stays_through_every_page(house: House) -> None:
    client = resident_of(house)
    case = a_case(house).case
    client.post("/me/face", {"face": "elder", "next": "/me"})
    for page in ("/me", "/me/report", "/me/matters", f"/me/matters/{case.id}", "/me/self"):
        assert "portal/elder.css" in client.get(page).content.decode(), page
    client.post("/me/face", {"face": "plain", "next": "//evil.example/"})
    assert "portal/elder.css" not in client.get("/me").content.decode()


def test_what_was_sent_twice_is_one_matter(house: House) -> None:
    client, key = resident_of(house), str(uuid4())
    said = {"kind": "repair", "words": "漏水", "place": str(house.room.id), "end": "1"}
    sent = [client.post("/me/report", {**said, "idempotency_key": key}) for _n in range(2)]
    assert sent[0]["Location"] == sent[1]["Location"]
    with acting(house.actor):
        assert Case.objects.filter(reporter=house.resident).count() == 1
    cut = {name: value for name, value in said.items() if name != "end"}
    answer = client.post("/me/report", cut)
    assert answer.status_code == 422
    assert "漏水" in answer.content.decode()


def test_who_works_here_and_has_no_home_is_told_so(house: House) -> None:
    client = a_client(an_account(house.actor, "desk", house.community.path).device)
    page = client.get("/me")
    assert page.status_code == 403
    assert "for those who live here" in page.content.decode()


def test_an_announcement_is_read_by_opening_it(house: House) -> None:
    notice = publish(house.community, title="周三停水", text="周三 9 点到 11 点", actor=house.actor)
    client = resident_of(house)
    assert "1 unread" in client.get("/me").content.decode()
    assert "周三 9 点" in client.get(f"/me/notices/{notice.id}").content.decode()
    assert "all read" in client.get("/me").content.decode()
    desk = a_client(an_account(house.actor, "desk", house.community.path).device)
    assert "100.0%" in desk.get(f"/notices/{notice.id}").content.decode().replace(" ", "")
    assert desk.post(f"/notices/{notice.id}/withdraw").status_code == 302
    assert client.get(f"/me/notices/{notice.id}").status_code == 404


def test_what_was_typed_for_an_announcement_is_not_lost(house: House) -> None:
    desk = a_client(an_account(house.actor, "desk", house.community.path).device)
    said = {"place": "XX-99", "title": "停水", "text": "周三停水", "until": ""}
    wrong = desk.post("/notices/new", said)
    assert wrong.status_code == 422
    assert "周三停水" in wrong.content.decode()
    answer = desk.post("/notices/new", {**said, "place": str(house.community.id)})
    assert answer.status_code == 302
    assert "停水" in resident_of(house).get("/me/notices").content.decode()


def test_a_family_member_is_named_on_the_page_of_oneself(house: House) -> None:
    client = resident_of(house)
    wrong = client.post("/me/self/helpers", {"name": "王芳", "phone": "abc"})
    assert wrong.status_code == 422
    assert 'value="abc"' in wrong.content.decode()
    assert client.post("/me/self/helpers", {"name": "王芳", "phone": a_phone()}).status_code == 302
    page = client.get("/me/self").content.decode()
    assert "王芳 acts for you" in page
    start = page.index("/me/self/helpers/")
    assert client.post(page[start : page.index('"', start)]).status_code == 302
    assert "acts for you" not in client.get("/me/self").content.decode()


def test_the_demo_shows_its_code_on_its_own_machine_alone() -> None:
    demo = found_company(code=f"d{uuid4().hex[:12]}", name="演示物业", demo=True)
    house = a_house(Actor.machine(demo.id, "test"))
    for address, shown in (("127.0.0.1", True), ("10.1.2.3", False)):
        client = Client(headers={"Accept-Language": "en"}, REMOTE_ADDR=address)
        with frozen(datetime.now(UTC) + timedelta(minutes=0 if shown else 2)):
            client.post("/me/in", {"phone": house.resident.phone})
            page = client.get("/me/in/code").content.decode()
        found = re.search(r"The code is (\d{6})", page)
        assert bool(found) is shown
        if found:
            assert client.post("/me/in/code", {"code": found[1]})["Location"] == "/me"
            assert "Hello" in client.get("/me").content.decode()


def test_the_question_is_offered_only_while_its_answer_is_taken(house: House) -> None:
    case, client = settled(house), resident_of(house)
    page = f"/me/matters/{case.id}"
    assert "Is it good?" in client.get(page).content.decode()
    with frozen(datetime.now(UTC) + timedelta(days=31)):
        late = client.get(page)
        assert late.status_code == 200
        assert "Is it good?" not in late.content.decode()
        assert client.post(f"{page}/rate", {"good": "yes"}).status_code == 422


def test_please_call_me_is_kept_with_the_words(house: House) -> None:
    client = resident_of(house)
    said = {"kind": "repair", "words": "厨房漏水", "call_me": "1", "end": "1"}
    sent = client.post("/me/report", said)
    assert sent.status_code == 302
    assert "Please call me: 厨房漏水" in client.get(sent["Location"]).content.decode()
    with acting(house.actor):
        assert Case.objects.get().title == "Please call me: 厨房漏水"
