"""What a label opens, for staff, residents and strangers; following by a secret link."""

import re
from io import BytesIO
from uuid import uuid4

import pytest
from django.test import Client

from anju.domains.community.commands.desk_lines import set_desk_line
from anju.domains.community.rules import BY_BOTH
from anju.domains.community.testing import a_resident
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case
from anju.engine.loop.testing import House, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.files.testing import a_picture
from anju.foundation.people.testing import a_person
from anju.foundation.places.commands import make_labels
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def code(house: House) -> str:
    with acting(house.actor):
        return make_labels([house.room], actor=house.actor)[0].code


def stranger() -> Client:
    """A browser of its own, at an address of its own."""
    client = Client(headers={"Accept-Language": "en"})
    tail = uuid4().int
    client.defaults["REMOTE_ADDR"] = f"10.{tail % 250}.{tail // 250 % 250}.{tail // 62500 % 250}"
    return client


def a_photo(name: str = "a.jpg", content: bytes | None = None) -> BytesIO:
    file = BytesIO(a_picture() if content is None else content)
    file.name = name
    return file


def cases(house: House) -> list[Case]:
    with acting(house.actor):
        return list(Case.objects.filter(company_id=house.actor.company_id).order_by("id"))


def test_staff_find_the_page_of_the_thing_everybody_else_a_form(house: House, code: str) -> None:
    with acting(house.actor):
        a_person(house.actor, name="欧阳娜娜", lives_at=house.room)
        set_desk_line(house.community, phone="057188880110", actor=house.actor)
    guard = stranger()
    guard.cookies[DEVICE_COOKIE] = an_account(house.actor, "guard", house.community.path).device
    assert guard.get(f"/q/{code}")["Location"] == f"/places/{house.room.id}"
    resident = stranger()
    resident.cookies[DEVICE_COOKIE] = a_resident(house, house.resident).device
    for client in (stranger(), resident):
        page = client.get(f"/q/{code.lower()}")
        text = page.content.decode()
        assert page.status_code == 200
        assert "3-2-1201" in text
        assert 'href="tel:057188880110"' in text
        assert "欧阳" not in text  # a label names no one (T17)
        assert house.resident.name not in text
    assert stranger().get("/q/NOSUCH00").status_code == 404


def test_a_stranger_reports_and_follows_and_nobody_else_finds_it(house: House, code: str) -> None:
    client = stranger()
    said = {"words": "楼道灯不亮", "photos": [a_photo()], "end": "1"}
    answer = client.post(f"/q/{code}", {**said, "idempotency_key": str(uuid4())})
    assert answer.status_code == 302
    address = answer["Location"]
    assert re.match(r"/follow/[0-9a-f]{40}\?sent=1$", address)
    (case,) = cases(house)
    page = client.get(address).content.decode()
    assert case.number in page
    assert "We have it." in page
    plain = address.partition("?")[0]
    assert client.get(plain[:-1] + "0").status_code in (404, 200)
    assert case.number not in client.get(f"/follow/{'0' * 40}").content.decode()
    other = client.post(plain, {"words": "还有积水", "end": "1"})
    assert other.status_code == 302
    assert "还有积水" in client.get(plain).content.decode()
    assert client.post(plain, {"stop": "1"}).status_code == 200
    gone = client.get(plain)
    assert gone.status_code == 404
    assert case.number not in gone.content.decode()
    assert "call the front desk" in gone.content.decode()


def test_the_same_form_sent_again_is_one_report(house: House, code: str) -> None:
    client, key = stranger(), str(uuid4())
    sent = [
        client.post(
            f"/q/{code}",
            {"words": "门禁坏", "photos": [a_photo()], "end": "1", "idempotency_key": key},
        )
        for _again in range(3)
    ]
    assert len({answer["Location"] for answer in sent}) == 1
    assert len(cases(house)) == 1


def test_a_form_cut_off_in_the_middle_is_not_taken_for_whole(house: House, code: str) -> None:
    client = stranger()
    cut = client.post(f"/q/{code}", {"words": "漏水", "photos": [a_photo()]})
    assert cut.status_code == 422
    assert "still on this device" in cut.content.decode()
    assert "漏水" in cut.content.decode()  # what did arrive is not lost either
    assert cases(house) == []
    damaged = a_photo(content=a_picture(size=(400, 300))[:700])
    answer = client.post(f"/q/{code}", {"words": "漏水", "photos": [damaged], "end": "1"})
    page = client.get(answer["Location"]).content.decode()
    assert "1 photo could not be kept" in page
    assert "Your report is safe" in page
    assert len(cases(house)) == 1


def test_a_stranger_is_limited_in_words_and_loses_nothing(house: House, code: str) -> None:
    client = stranger()
    said = {"words": "灯不亮", "name": "路人", "phone": "13900000000", "end": "1"}
    answers = [client.post(f"/q/{code}", said) for _n in range(BY_BOTH.most + 1)]
    assert [a.status_code for a in answers] == [302] * BY_BOTH.most + [429]
    text = answers[-1].content.decode()
    assert "Nothing is lost" in text
    assert "灯不亮" in text
    assert 'value="13900000000"' in text
    assert stranger().post(f"/q/{code}", said).status_code == 302  # another address goes on


def test_wrong_values_are_said_beside_their_field(house: House, code: str) -> None:
    client = stranger()
    empty = client.post(f"/q/{code}", {"words": " ", "end": "1"})
    assert empty.status_code == 422
    assert "Take a photo or say" in empty.content.decode()
    phone = client.post(f"/q/{code}", {"words": "漏水", "phone": "no", "end": "1"})
    assert "no telephone number" in phone.content.decode()
    assert "漏水" in phone.content.decode()
    assert cases(house) == []


def test_the_one_question_on_the_link(house: House, code: str) -> None:
    """Asked when it is settled, of whoever holds the link: once; not good opens it again."""
    client = stranger()
    link = client.post(f"/q/{code}", {"words": "灯不亮", "end": "1"})["Location"].partition("?")[0]
    assert "Is it good?" not in client.get(link).content.decode()
    early = client.post(link, {"good": "yes"})
    assert early.status_code == 422
    assert "when the work is done" in early.content.decode()
    (case,) = cases(house)
    with acting(house.actor):
        work = case.work.get()
    for name, by, said in (
        ("claim", house.doer, {}),
        ("start", house.doer, {}),
        ("finish", house.doer, {"result": "换了灯"}),
        ("pass", house.judge, {}),
    ):
        move_work(work.id, name, actor=by, said=said)
    assert "Is it good?" in client.get(link).content.decode()
    assert client.post(link, {"good": "no"})["Location"] == f"{link}#pulse"
    page = client.get(link).content.decode()
    assert "You said: not good." in page
    assert "It was not put right." in page
    twice = client.post(link, {"good": "yes"})
    assert twice.status_code == 422
    assert "rated this already" in twice.content.decode()
    silent = client.post(link, {"again": "1", "reason": " "})
    assert silent.status_code == 422
    assert "Say in a word" in silent.content.decode()
    again = client.post(link, {"again": "1", "preset": "It was not put right.", "reason": "还是黑"})
    assert again["Location"] == f"{link}#story"
    (case,) = cases(house)
    assert (case.state, case.reopened) == ("open", 1)
    late = client.post(link, {"again": "1", "reason": "楼下也黑"})  # from a page that stood open
    assert late.status_code == 422
    assert "楼下也黑" in late.content.decode()
    assert 'role="alert"' in late.content.decode()
    with acting(house.actor):
        (pulse,) = case.records.filter(kind="pulse")
        assert (pulse.verdict, pulse.judge) == ("fail", "resident")
