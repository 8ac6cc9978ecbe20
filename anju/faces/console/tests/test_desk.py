"""The service desk: whoever calls is found, what is said is written down, somebody is sent."""

import re
from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anju.domains.answers.commands import publish_answer
from anju.domains.community.commands.notices import publish, withdraw
from anju.domains.requests import learning
from anju.domains.requests.learning import refresh
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.opening import Report, report
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.files.testing import a_picture
from anju.foundation.lib import frozen, now
from anju.foundation.people.testing import a_duty, a_post
from anju.foundation.places.testing import a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.commands import beat


@pytest.fixture
def house(actor: Actor) -> House:
    beat("ticker")
    found = a_house(actor)
    with acting(actor):
        a_duty(actor, post=a_post(actor, place=found.community), person=found.worker)
    return found


@pytest.fixture
def client(house: House) -> Client:
    found = Client(headers={"accept-language": "en"})
    found.cookies[DEVICE_COOKIE] = an_account(house.actor, "desk").device
    return found


def page(client: Client, query: str = "") -> str:
    answer = client.get(f"/desk{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def said(house: House, **more: str) -> dict[str, str]:
    return {
        "place": str(house.room.id), "title": "厨房漏水", "kind": "repair", "urgency": "2",
        "channel": "phone", "reporter": str(house.resident.id), **more,
    }  # fmt: skip


def the_only_case(house: House) -> Case:
    with acting(house.actor):
        return Case.objects.get(company_id=house.actor.company_id)


def test_a_ringing_telephone_opens_its_household(house: House, client: Client) -> None:
    shown = page(client, f"?caller={house.resident.phone}")
    assert f"{house.room} {house.resident.name}" in shown
    assert house.resident.masked_phone in shown
    for own in (f'value="{house.resident.phone}"', f"caller={house.resident.phone}"):
        shown = shown.replace(own, "")  # what the telephone system itself has said
    assert house.resident.phone not in shown
    assert "Who reports?" in shown


@pytest.mark.parametrize("caller", ["not a number", "13900000000", ""])
def test_an_unknown_caller_is_no_error(house: House, client: Client, caller: str) -> None:
    shown = page(client, f"?caller={caller}")
    assert "Save" not in shown
    assert ("Nothing is known" in shown) == bool(caller)


@pytest.mark.parametrize("clue", ["room", "name", "tail"])
def test_any_clue_finds_the_household(house: House, client: Client, clue: str) -> None:
    words = {
        "room": house.room.full_code, "name": house.resident.name,
        "tail": house.resident.phone[-4:],
    }[clue]  # fmt: skip
    shown = page(client, f"?q={words}")
    assert str(house.room) in shown


def test_a_call_is_written_down_and_somebody_is_sent(house: House, client: Client) -> None:
    shown = page(client, f"?place={house.room.id}")
    assert f'value="{house.worker.id}"' in shown
    assert "Save and send" in shown
    answer = client.post("/desk", said(house, give=str(house.worker.id)))
    case = the_only_case(house)
    assert (answer.status_code, answer["Location"]) == (302, f"/desk?done={case.id}")
    with acting(house.actor):
        work = WorkOrder.objects.get(case_id=case.id)
    assert (case.channel, case.reporter_id, case.urgency) == ("phone", house.resident.id, 2)
    assert (work.state, work.person_id) == ("assigned", house.worker.id)
    shown = page(client, f"?done={case.id}")
    assert f"{case.number} is written down" in shown
    assert "Tell the caller what is promised" in shown


def test_a_wrong_form_keeps_the_household_and_what_was_typed(house: House, client: Client) -> None:
    answer = client.post("/desk", said(house, title="", text="水从柜子下面出来"))
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "水从柜子下面出来" in shown
    assert str(house.room) in shown
    with acting(house.actor):
        assert not Case.objects.filter(company_id=house.actor.company_id).exists()


def test_nobody_is_sent_whom_one_does_not_know_and_nothing_is_saved(
    house: House, client: Client
) -> None:
    assert client.post("/desk", said(house, give="nobody")).status_code == 404
    with acting(house.actor):
        assert not Case.objects.filter(company_id=house.actor.company_id).exists()


def test_where_is_my_repair_is_answered_at_once(house: House, client: Client) -> None:
    opened = a_case(house)
    shown = page(client, f"?place={house.room.id}")
    assert opened.case.number in shown
    assert "waits to be dispatched" in shown


def test_neighbours_who_report_the_same_are_beside(house: House, client: Client) -> None:
    with acting(house.actor):
        other = a_place(house.actor, number="3-2-1101", community=house.community)
    a_case(house)
    shown = page(client, f"?place={other.id}")
    assert "Neighbours report" in shown
    assert "Neighbours report" not in page(client, f"?place={house.room.id}")


def told(house: House, title: str, category: str = "") -> Case:
    said = Report(kind="repair", title=title, category=category, place=house.room)
    return report(said, actor=house.actor).case


def suggested(client: Client, title: str, place: str) -> str:
    answer = client.get("/desk/suggest", {"title": title, "place": place})
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_is_likely_reported_already_stands_under_the_matter(
    house: House, client: Client
) -> None:
    with acting(house.actor):
        other = a_place(house.actor, number="3-2-1101", community=house.community)
    lift = told(house, "三号楼电梯停了，门打不开")
    told(house, "物业费发票没收到")
    shown = suggested(client, "电梯停在一楼，门打不开", str(other.id))
    likely, beside = shown.split('id="near"')
    assert f"/cases/{lift.id}" in likely
    assert "Likely reported already" in likely
    assert "发票" not in likely
    assert "发票" in beside
    assert f"/cases/{lift.id}" not in beside


@pytest.mark.parametrize("place", ["", "no such place", str(UUID(int=1))])
def test_without_a_place_nothing_is_suggested(house: House, client: Client, place: str) -> None:
    told(house, "电梯停了")
    assert "/cases/" not in suggested(client, "电梯停了", place)
    assert "/cases/" not in suggested(client, "", str(house.room.id))


def test_a_category_is_suggested_with_its_reason_once_it_is_learnt(
    house: House, client: Client
) -> None:
    for title, category in (("厨房水管漏水", "给排水"), ("电梯停了按键没反应", "电梯")):
        for _n in range(16):
            told(house, title, category)
    room, company = str(house.room.id), house.actor.company_id
    with patch.object(learning, "begin"):
        assert "data-fill" not in suggested(client, "电梯又停了", room)  # and nobody waited
        refresh(company)
        shown = suggested(client, "电梯又停了", room)
        assert 'data-with="电梯"' in shown
        assert "“电梯”" in shown
        assert "data-fill" not in suggested(client, "猫猫狗狗", room)


def test_learning_runs_beside_once_and_anew_when_much_has_come(house: House) -> None:
    company = house.actor.company_id
    started: list[Callable[[], None]] = []
    learning.begin(company, started.append)
    learning.begin(company, started.append)  # somebody learns already
    assert len(started) == 1
    with patch.object(learning, "connections"):  # the test's own stays open
        started[0]()
    first = refresh(company)
    assert (first.version, first.model) == (1, None)
    for _n in range(3):
        told(house, "厨房水管漏水", "给排水")
    assert refresh(company).version == 1
    with patch.object(learning, "MANY", 3):
        assert refresh(company).version == 2
    with frozen(now() + learning.OLD):
        assert refresh(company).version == 3


def test_the_four_numbers_lead_to_their_cases(house: House, client: Client) -> None:
    opened = a_case(house, urgency=2)
    first = min(clock.due_at for clock in opened.clocks if clock.due_at)
    for moment, shows, not_shows in (
        (first - timedelta(minutes=1), "soon", "late"),
        (first + timedelta(minutes=1), "late", "soon"),
    ):
        with frozen(moment):
            assert opened.case.title in page(client, f"?show={shows}")
            assert opened.case.title not in page(client, f"?show={not_shows}")
            assert opened.case.title in page(client, "?show=fresh")
            assert opened.case.title in page(client, "?show=nonsense")


def test_what_was_before_is_told_in_words(house: House, client: Client) -> None:
    opened = a_case(house, kind="enquiry")
    steps: list[tuple[str, dict[str, str]]] = [
        ("respond", {}),
        ("answer", {"text": "按面积计算"}),
        ("tell", {"substance": "result", "channel": "phone", "text": "已答复"}),
        ("callback", {"outcome": "satisfied"}),
        ("close", {}),
    ]
    for step, words in steps:
        with acting(house.actor):
            case = Case.objects.get(id=opened.case.id)
        if case.state != "closed":
            move_case(case.id, step, actor=house.actor, said=words)
    shown = client.get(
        "/desk", {"place": str(house.room.id)}, headers={"accept-language": "zh-hans"}
    ).content.decode()
    assert opened.case.title in shown
    assert "对结果满意" in shown


def test_a_question_is_answered_from_the_answer_base_in_one_press(
    house: House, client: Client
) -> None:
    answer = publish_answer(actor=house.actor, question="前台几点关门", text="全天有人值班。")
    shown = suggested(client, "请问前台几点关门", str(house.room.id))
    assert "全天有人值班。" in shown
    assert f'name="answer" value="{answer.id}"' in shown
    posted = client.post("/desk", said(house, title="请问前台几点关门", answer=str(answer.id)))
    assert posted.status_code == 302
    case = the_only_case(house)
    assert (case.kind, case.state) == ("enquiry", "answered")
    assert case.told_at is not None


def test_who_lacks_the_certificate_is_not_sent_by_the_desk_and_the_call_is_kept(
    house: House, client: Client
) -> None:
    posted = client.post("/desk", said(house, title="楼道跳闸", give=str(house.worker.id)))
    case = the_only_case(house)
    with acting(house.actor):
        work = WorkOrder.objects.get(case_id=case.id)
    assert work.state == "waiting"
    assert posted.headers["Location"] == f"/work-orders/{work.id}/steps/assign"


def test_a_known_outage_is_read_to_whoever_calls_from_there(house: House, client: Client) -> None:
    text = "水泵检修，预计 17 点恢复"
    publish(house.community, title="全区停水", text=text, kind="outage", actor=house.actor)
    publish(house.community, title="中秋活动", text="花园见", actor=house.actor)
    with acting(house.actor):
        beside = a_place(house.actor, number="9-1-101", community=house.community)
    gone = publish(beside, title="九栋停电", text="抢修", kind="outage", actor=house.actor)
    shown = page(client, f"?place={house.room.id}")
    assert text in shown
    assert "中秋活动" not in shown
    assert "九栋停电" not in shown
    assert "九栋停电" in page(client, f"?place={beside.id}")
    withdraw(gone, actor=house.actor)
    assert "九栋停电" not in page(client, f"?place={beside.id}")


def test_an_outage_is_announced_on_the_same_form(house: House, client: Client) -> None:
    said = {
        "place": house.room.full_code, "title": "停梯", "text": "检修到 12 点", "kind": "outage",
    }  # fmt: skip
    assert client.post("/notices/new", said).status_code == 302
    assert "检修到 12 点" in page(client, f"?place={house.room.id}")


COPIED = "王女士  2026/11/28 14:03\n您好\n3栋2单元1201 厨房在漏\n\n王女士 14:05\n[图片]"


def test_a_chat_that_is_pasted_becomes_one_draft_and_one_case_with_its_photos(
    house: House, client: Client
) -> None:
    answer = client.post("/desk", {"chat": COPIED})
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="厨房在漏"' in shown
    assert 'name="reporter_name" value="王女士"' in shown
    owner = house.resident
    checked = re.compile(rf'value="{owner.id}"\s+checked')
    assert not checked.search(shown)  # nobody there is called so
    rung = client.post("/desk", {"chat": f"{COPIED}\n{owner.phone}"}).content.decode()
    assert checked.search(rung)
    assert f'name="reporter_phone" value="{owner.phone}"' in rung
    assert f'value="{house.room.id}"' in shown
    assert "The chat holds 1 picture" in shown
    photo = SimpleUploadedFile("a.jpg", a_picture(), content_type="image/jpeg")
    sent = said(house, title="厨房在漏", text=COPIED, channel="wechat") | {"photos": [photo]}
    assert client.post("/desk", sent).status_code == 302
    case = the_only_case(house)
    assert (case.channel, case.text.replace("\r", "")) == ("wechat", COPIED)
    with acting(house.actor):
        assert list(case.records.values_list("kind", flat=True)) == ["photo"]


def test_a_chat_without_a_room_is_kept_and_a_photo_that_is_none_is_named(
    house: House, client: Client
) -> None:
    shown = client.post("/desk", {"chat": "9栋9单元901 漏水\n<b>急"}).content.decode()
    assert "No room that is known here" in shown
    assert "9栋9单元901 漏水" in shown
    assert "<b>急" not in shown
    bad = SimpleUploadedFile("a.jpg", b"no picture", content_type="image/jpeg")
    answer = client.post("/desk", said(house) | {"photos": [bad]})
    assert "a.jpg" in answer.content.decode()
    assert the_only_case(house).title == "厨房漏水"
