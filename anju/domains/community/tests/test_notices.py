"""Announcements: who gets them, who has read them, until when they stand."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client

from anju.domains.community.commands.boards import post_at_board, take_down
from anju.domains.community.commands.notices import (
    approve,
    ask_approval,
    mark_read,
    publish,
    withdraw,
)
from anju.domains.community.models import Notice
from anju.domains.community.queries import boards_known, boards_of, notices_for, receipts_of
from anju.domains.community.testing import Resident, a_neighbour, a_resident
from anju.engine.loop.testing import House, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.files.testing import a_picture
from anju.foundation.lib import frozen
from anju.foundation.messages.models import Message
from anju.foundation.people.testing import a_person
from anju.foundation.places.testing import a_community, a_place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def titles(resident: Resident) -> list[str]:
    household = resident.household
    with acting(household.actor):
        return [notice.title for notice in notices_for(household)]


def test_an_announcement_reaches_who_lives_below_and_nobody_else(house: House) -> None:
    room, other = a_neighbour(house, number="5-1-101")
    publish(house.community, title="全小区停水", text="明天", actor=house.actor)
    publish(room, title="五栋", text="只给五栋", actor=house.actor)
    mine, theirs = a_resident(house, house.resident), a_resident(house, other)
    assert titles(mine) == ["全小区停水"]
    assert titles(theirs) == ["五栋", "全小区停水"]


def test_it_stands_until_its_end_or_its_withdrawal(house: House) -> None:
    day = datetime.now(UTC) + timedelta(days=1)
    publish(house.community, title="明天停水", text="停水", until=day, actor=house.actor)
    gone = publish(house.community, title="误发", text="误发", actor=house.actor)
    withdraw(gone, actor=house.actor)
    withdraw(gone, actor=house.actor)
    resident = a_resident(house, house.resident)
    assert titles(resident) == ["明天停水"]
    with frozen(day + timedelta(minutes=1)):
        assert titles(resident) == []


def test_receipts_count_homes_and_the_first_time(house: House) -> None:
    _room, other = a_neighbour(house)
    notice = publish(house.community, title="停水", text="停水", actor=house.actor)
    with acting(house.actor):
        wife = a_person(house.actor, name="李娜", lives_at=house.room)
        a_place(house.actor, number="3-2-1301", community=house.community)  # nobody lives there
    for person in (house.resident, house.resident, wife):
        mark_read(notice, household=a_resident(house, person).household)
    with acting(house.actor):
        assert receipts_of([notice])[notice.id] == (1, 2)
    resident, stranger = a_resident(house, house.resident), a_resident(house, other)
    for one, read in ((resident, True), (stranger, False)):
        with acting(house.actor):
            (shown,) = notices_for(one.household)
            assert bool(shown.read) is read


def test_bad_words_and_places_are_refused(house: House) -> None:
    with pytest.raises(NotYet) as empty:
        publish(house.community, title=" ", text="", actor=house.actor)
    assert empty.value.fields.keys() == {"title", "text"}
    past = datetime.now(UTC) - timedelta(days=1)
    with pytest.raises(NotYet) as over:
        publish(house.community, title="停水", text="停水", until=past, actor=house.actor)
    assert "until" in over.value.fields
    with pytest.raises(NotYet):
        ask_approval("everybody", actor=house.actor)
    guard = Actor.of(house.actor.company_id, "guard", ["place.see"], house.community.path)
    with pytest.raises(Refused):
        publish(house.community, title="停水", text="停水", actor=guard)
    with pytest.raises(Refused):
        ask_approval("all", actor=guard)


def test_a_second_person_approves_where_the_company_wishes(house: House) -> None:
    resident = a_resident(house, house.resident)
    manager = an_account(house.actor, "manager", house.community.path)
    an_account(house.actor, "desk", house.community.path)
    ask_approval("planned", actor=house.actor)
    waits = publish(house.community, title="运动会", text="周六", actor=house.doer)
    publish(house.community, title="停电", text="现在", kind="outage", actor=house.doer)
    assert titles(resident) == ["停电"]  # whoever calls must hear of it at once
    with acting(house.actor):
        told = Message.objects.filter(kind="notice.waits", channel="inapp")
        assert list(told.values_list("account_id", "subject_id")) == [(manager.id, waits.id)]
    with pytest.raises(NotYet) as own:
        approve(waits.id, actor=house.doer)
    assert own.value.code == "own_work"
    assert titles(resident) == ["停电"]
    assert approve(waits.id, actor=house.judge).approved_by == house.judge.id
    assert titles(resident) == ["运动会", "停电"]
    with pytest.raises(Conflict):
        approve(waits.id, actor=house.judge)
    ask_approval("all", actor=house.actor)
    late = publish(house.community, title="停水", text="停", kind="outage", actor=house.doer)
    assert titles(resident) == ["运动会", "停电"]
    withdraw(late, actor=house.doer)
    with pytest.raises(Conflict):
        approve(late.id, actor=house.judge)
    soon = datetime.now(UTC) + timedelta(hours=1)
    over = publish(house.community, title="今天", text="今天", until=soon, actor=house.doer)
    with frozen(soon + timedelta(minutes=1)), pytest.raises(NotYet):
        approve(over.id, actor=house.judge)
    stranger = Actor.of(house.actor.company_id, "desk", ["notice.edit", "place.see"], "9.9.")
    with pytest.raises(Unknown):
        approve(over.id, actor=stranger)


def test_it_hangs_at_boards_with_a_photo_until_it_is_taken_down(house: House) -> None:
    notice = publish(house.community, title="停水", text="明天", actor=house.actor)
    hung = post_at_board(notice, " 3 栋大堂 ", BytesIO(a_picture()), actor=house.actor)
    post_at_board(notice, "5 栋大堂", BytesIO(a_picture()), actor=house.actor)
    for board, photo, wrong in (
        ("3 栋大堂", a_picture(), "board"),
        (" ", a_picture(), "board"),
        ("6 栋大堂", b"%PDF-1.7 no picture", "photo"),
        ("6 栋大堂", b"words", "file"),
    ):
        with pytest.raises(NotYet) as refused:
            post_at_board(notice, board, BytesIO(photo), actor=house.actor)
        assert set(refused.value.fields) == {wrong}
    with acting(house.actor):
        assert boards_of([notice]) == {notice.id: (2, 2)}
    assert take_down(hung.id, actor=house.judge).removed_by == house.judge.id
    with pytest.raises(Conflict):
        take_down(hung.id, actor=house.actor)
    post_at_board(notice, "3 栋大堂", BytesIO(a_picture()), actor=house.actor)  # hung anew
    with acting(house.actor):
        assert boards_of([notice]) == {notice.id: (2, 3)}
        assert boards_known(house.actor) == ["3 栋大堂", "5 栋大堂"]
    withdraw(notice, actor=house.actor)
    with acting(house.actor):
        notice = Notice.objects.select_related("place").get(id=notice.id)
    with pytest.raises(NotYet):
        post_at_board(notice, "7 栋大堂", BytesIO(a_picture()), actor=house.actor)
    stranger = Actor.of(house.actor.company_id, "desk", ["notice.edit", "place.see"], "9.9.")
    with pytest.raises(Unknown):
        take_down(hung.id, actor=stranger)


def test_two_at_once_hang_it_once(house: House) -> None:
    notice = publish(house.community, title="停水", text="明天", actor=house.actor)

    def hung(_n: int) -> bool:
        try:
            post_at_board(notice, "大堂", BytesIO(a_picture()), actor=house.actor)
        except NotYet:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(hung, range(3))) == [False, False, True]
    withdraw(notice, actor=house.actor)
    with pytest.raises(NotYet):  # the object handed in does not know of it
        post_at_board(notice, "5 栋大堂", BytesIO(a_picture()), actor=house.actor)


def test_boards_of_other_communities_are_not_proposed(house: House) -> None:
    notice = publish(house.community, title="停水", text="明天", actor=house.actor)
    post_at_board(notice, "3 栋大堂", BytesIO(a_picture()), actor=house.actor)
    with acting(house.actor):
        beside = a_community(house.actor)
        assert boards_known(an_account(house.actor, "desk", beside.path).actor) == []


CHANGES = (
    "UPDATE community_notice SET text = 'other' WHERE company_id = %s",
    "UPDATE community_notice SET approved_by = NULL WHERE company_id = %s",
    "UPDATE community_posting SET board = 'other' WHERE company_id = %s",
    "UPDATE community_noticerule SET approval = 'nobody' WHERE company_id = %s",
)


def test_every_step_is_sealed_and_a_change_past_it_is_found(house: House) -> None:
    company = house.actor.company_id
    with acting(house.actor):  # as those from before they were sealed: no event wrote it
        Notice.objects.create(
            company_id=company, place=house.community, title="旧", text="旧", version=0,
            by=house.actor.id,
        )  # fmt: skip
        old = Notice.objects.select_related("place").get(title="旧")
    ask_approval("planned", actor=house.actor)
    ask_approval("all", actor=house.actor)
    ends = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(days=1)
    notice = publish(house.community, title="停水", text="明天", until=ends, actor=house.doer)
    notice = approve(notice.id, actor=house.judge)
    hung = post_at_board(notice, "大堂", BytesIO(a_picture()), actor=house.doer)
    take_down(hung.id, actor=house.doer)
    seal_all()
    assert codes(verified(company)) == set()
    withdraw(notice, actor=house.doer)
    withdraw(old, actor=house.doer)
    seal_all()
    assert codes(verified(company)) == set()
    for change in CHANGES:
        with connections["owner"].cursor() as cursor:
            cursor.execute(change, [company])
        assert codes(verified(company)) == {"row.changed"}


def test_the_pages_of_approval_and_boards(house: House) -> None:
    clients = {}
    for role in ("desk", "manager", "admin"):
        path = "" if role == "admin" else house.community.path
        clients[role] = Client(headers={"Accept-Language": "en"})
        clients[role].cookies[DEVICE_COOKIE] = an_account(house.actor, role, path).device
    clients["admin"].post("/notices/rule", {"approval": "all"})
    given = {"place": house.community.code, "title": "消杀", "text": "周六上午"}
    page = clients["desk"].post("/notices/new", given)["Location"]
    assert "waits for approval" in clients["desk"].get("/notices").content.decode()
    assert clients["desk"].post(f"{page}/approve").status_code == 422
    assert clients["manager"].post(f"{page}/approve").status_code == 302
    wrong = clients["desk"].post(f"{page}/boards", {"board": "3 栋大堂"})
    assert wrong.status_code == 422
    assert 'value="3 栋大堂"' in wrong.content.decode()
    photo = SimpleUploadedFile("board.jpg", a_picture())
    clients["desk"].post(f"{page}/boards", {"board": "3 栋大堂", "photo": photo})
    shown = clients["desk"].get(page).content.decode()
    source = next(part for part in shown.split('"') if part.endswith("?size=400"))
    assert clients["desk"].get(source)["Content-Type"] == "image/webp"
    clients["desk"].post(f"{page}/withdraw")
    assert "still hangs: 1" in clients["desk"].get("/notices").content.decode()
    assert "Take it down at these boards" in clients["desk"].get(page).content.decode()
    clients["desk"].post(f"{source.split('?')[0]}/down")
    assert "still hangs" not in clients["desk"].get("/notices").content.decode()
