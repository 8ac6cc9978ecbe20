"""Lines written on a phone without a signal: brought once, at their own time, by who did it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from anju.domains.ledgers.commands import Said, add_to_line, end_ledger, sign_line
from anju.domains.ledgers.models import Ledger, Line
from anju.domains.ledgers.queries import typed_of_lines
from anju.domains.ledgers.testing import a_ledger, a_visitor
from anju.engine.loop.testing import House, a_house
from anju.engine.offline.commands.settling import files_came, waive_files
from anju.engine.offline.queries import late_files
from anju.engine.offline.testing import Phone
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.standing_in import written_for
from anju.foundation.access.testing import Someone, an_account
from anju.foundation.events.models import Event
from anju.foundation.files.testing import a_file, a_picture
from anju.foundation.lib import frozen, now
from anju.foundation.places.testing import a_community
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused

CAME = {"answers.name": "钱途", "answers.room": "3-2-1201", "answers.reason": "探访"}
LEFT = {"answers.left": "pass"}


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def visitors(house: House) -> Ledger:
    return a_ledger(house.actor, house.community)


def someone(house: House, role: str = "guard") -> Someone:
    """At work since the morning: who was not then may have done nothing then."""
    with frozen(now() - timedelta(hours=3)):
        return an_account(house.actor, role, house.community.path)


@pytest.fixture
def phone(house: House) -> Phone:
    return Phone(someone(house).actor)


def lines_of(ledger: Ledger, by: Actor) -> list[Line]:
    with acting(by):
        mine = Line.objects.filter(ledger=ledger).select_related("form", "ledger")
        return list(mine.order_by("n"))


def statuses(receipts: Any) -> list[str]:
    return [one["status"] for one in receipts]


def test_a_line_and_its_end_are_brought_once_at_their_own_times(
    house: House, visitors: Ledger, phone: Phone
) -> None:
    subject, came, book = uuid4(), now() - timedelta(hours=2), {"ledger": str(visitors.id)}
    first = phone.does("line", subject, at=came, **CAME, **book)
    second = phone.does("line_more", subject, at=came + timedelta(hours=1), **LEFT, **book)
    receipts = phone.brings(first, second)
    assert statuses(receipts) == ["taken", "taken"]
    assert [one["state"] for one in receipts] == ["open", "ended"]
    assert phone.brings(first, second) == receipts  # the answer was lost on its way
    (line,) = lines_of(visitors, house.actor)
    assert (line.by, line.brought) == (phone.actor.id, subject)
    assert line.ended_at
    told = (line.at - came, line.ended_at - came - timedelta(hours=1))
    assert all(abs(off) < timedelta(seconds=1) for off in told)
    with acting(house.actor):
        assert "钱途" in typed_of_lines([line])[line.id].values()


def test_what_is_wrong_is_told_and_holds_no_other_line_up(
    house: House, visitors: Ledger, phone: Phone
) -> None:
    book, subject = {"ledger": str(visitors.id)}, uuid4()
    bad = phone.does("line", subject, place="99-9-9999", **CAME, **book)
    left = phone.does("line_more", subject, **LEFT, **book)
    found = phone.brings(bad, left, phone.does("line", uuid4(), **CAME, **book))
    by_id = {one["id"]: one for one in found}
    assert by_id[str(bad.id)]["status"] == "refused"
    assert by_id[str(bad.id)]["text"]
    assert by_id[str(left.id)]["of"] == str(bad.id)
    assert len(lines_of(visitors, house.actor)) == 1
    again = [
        phone.does("seen", subject, of=str(bad.id)),
        phone.does("line", subject, **CAME, **book),
        phone.does("line_more", subject, **LEFT, **book),
    ]
    assert statuses(phone.brings(*again)) == ["taken"] * 3
    mended = lines_of(visitors, house.actor)[1]
    assert mended.brought == subject
    assert mended.ended_at


def test_what_lacks_is_said_field_by_field(house: House, visitors: Ledger, phone: Phone) -> None:
    said = {"answers.name": "钱途", "ledger": str(visitors.id)}
    (receipt,) = phone.brings(phone.does("line", uuid4(), **said))
    assert receipt["status"] == "refused"
    assert "被访房号" in receipt["text"]
    assert receipt["remains"]
    (none,) = phone.brings(phone.does("line", uuid4(), ledger=str(uuid4()), **CAME))
    (nothing,) = phone.brings(phone.does("line", uuid4(), **CAME))
    whole = {**CAME, "ledger": str(visitors.id), "at": "gestern"}
    (odd,) = phone.brings(replace(phone.does("line", uuid4()), said=whole))
    assert statuses([none, nothing, odd]) == ["refused"] * 3
    assert lines_of(visitors, house.actor) == []


def test_a_ledger_that_ended_takes_none_and_says_so(
    house: House, visitors: Ledger, phone: Phone
) -> None:
    end_ledger(visitors.id, actor=house.actor)
    said = {**CAME, "ledger": str(visitors.id)}
    (receipt,) = phone.brings(phone.does("line", uuid4(), **said))
    assert receipt["status"] == "refused"
    assert "ended" in receipt["text"]
    with acting(house.actor):
        assert not Line.objects.filter(ledger=visitors).exists()


def test_a_line_of_the_server_is_ended_by_whoever_comes_first(
    house: House, visitors: Ledger, phone: Phone
) -> None:
    line = a_visitor(visitors, house.actor)
    book = {"ledger": str(visitors.id)}
    ended = phone.does("line_more", line.id, base=line.version, **LEFT, **book)
    add_to_line(line.id, {"plate": Said(value={"text": "沪A"})}, actor=house.actor)
    assert statuses(phone.brings(ended)) == ["taken"]  # what another added stays beside it
    other = Phone(someone(house).actor)
    (late,) = other.brings(other.does("line_more", line.id, base=1, **LEFT, **book))
    assert late["status"] == "refused"
    assert "before" in late["text"]
    (empty,) = other.brings(other.does("line_more", line.id, **book))
    assert empty["status"] in ("refused", "blocked")


def test_a_line_waits_for_its_pictures(house: House, phone: Phone) -> None:
    goods = a_ledger(house.actor, house.community, "GOODS")
    picture = a_picture(colour="red")
    sha = sha256(picture).hexdigest()
    said = {
        "ledger": str(goods.id), "answers.owner": "pass", "answers.list": "沙发，1",
        "files": [sha], "of": ["picture.guard"],
    }  # fmt: skip
    (receipt,) = phone.brings(phone.does("line", uuid4(), **said))
    assert receipt["status"] == "waiting"
    assert lines_of(goods, house.actor) == []
    kept = a_file(phone.actor, picture)
    files_came(sha, actor=phone.actor)
    (line,) = lines_of(goods, house.actor)
    assert line.answers["guard"]["files"] == [str(kept.id)]


def test_pictures_that_will_not_come_hold_a_line_up_no_longer(house: House, phone: Phone) -> None:
    """Lost with the phone: the leader waives them by name. Refused: the phone itself does."""
    leader = someone(house, "leader").actor
    goods = a_ledger(house.actor, house.community, "GOODS")
    said = {
        "ledger": str(goods.id), "answers.owner": "pass", "answers.list": "沙发，1",
        "files": ["0" * 64], "of": ["picture.guard"],
    }  # fmt: skip
    lost = phone.does("line", uuid4(), **said)
    phone.brings(lost)
    with acting(leader):
        (late,) = late_files(leader, most=9)
    assert late.whose
    assert late.whose.name == goods.name
    with pytest.raises(Refused):
        waive_files(lost.id, actor=phone.actor, reason="手机丢了")
    waive_files(lost.id, actor=leader, reason="手机丢了")
    (receipt,) = phone.brings(lost)
    assert receipt["status"] == "refused"
    assert "needed" in receipt["text"]
    assert lines_of(goods, house.actor) == []
    subject = uuid4()
    other = phone.does("line", subject, **said)
    waived = phone.does("waive", subject, of=str(other.id), reason="读不出来")
    assert statuses(phone.brings(other, waived)) == ["waiting", "taken"]
    assert statuses(phone.brings(other)) == ["refused"]
    with acting(house.actor):
        told = Event.objects.filter(name="device.waived", subject_id=goods.id)
        assert told.count() == 2


def test_a_line_that_was_taken_is_not_taken_again(
    house: House, visitors: Ledger, phone: Phone
) -> None:
    """Refused in words: what the phone would only send again waits for ever."""
    book, subject = {"ledger": str(visitors.id)}, uuid4()
    phone.brings(phone.does("line", subject, **CAME, **book))
    (receipt,) = phone.brings(phone.does("line", subject, **CAME, **book))
    assert receipt["status"] == "refused"
    assert "written already" in receipt["text"]
    assert len(lines_of(visitors, house.actor)) == 1


def test_lines_that_wait_elsewhere_crowd_out_nobody(house: House, phone: Phone) -> None:
    """A leader sees those of their own communities, however many wait elsewhere, by as many
    queries."""
    other = a_community(house.actor, name="北湖一期")
    theirs, here = a_ledger(house.actor, other), a_ledger(house.actor, house.community)
    elsewhere = Phone(an_account(house.actor, "guard", other.path).actor)
    leader = someone(house, "leader").actor

    def waits(one: Phone, book: Ledger) -> None:
        said = {"ledger": str(book.id), "files": ["0" * 64], "of": ["picture.name"]}
        assert statuses(one.brings(one.does("line", uuid4(), **CAME, **said))) == ["waiting"]

    for _n in range(3):
        waits(elsewhere, theirs)
    waits(phone, here)
    with acting(leader), CaptureQueriesContext(connection) as few:
        assert [late.whose and late.whose.id for late in late_files(leader, most=2)] == [here.id]
    waits(phone, here)
    with acting(leader), CaptureQueriesContext(connection) as more:
        assert len(late_files(leader, most=2)) == 2
    assert len(few) == len(more)


def test_a_leader_writes_it_down_for_a_guard(house: House, visitors: Ledger) -> None:
    guard, leader = someone(house), someone(house, "leader")
    phone = Phone(leader.actor)
    book = {"ledger": str(visitors.id), "for": str(guard.id)}
    assert statuses(phone.brings(phone.does("line", uuid4(), **CAME, **book))) == ["taken"]
    (line,) = lines_of(visitors, house.actor)
    assert (line.by, line.written_by) == (guard.id, leader.id)
    with acting(house.actor):
        event = Event.objects.get(name="line.written", subject_id=line.id)
    assert event.said["written_by"] == str(leader.id)
    other = Phone(guard.actor)
    turned = {"ledger": str(visitors.id), "for": str(leader.id)}
    (receipt,) = other.brings(other.does("line", uuid4(), **CAME, **turned))
    assert receipt["status"] == "refused"  # who hands out no work writes for nobody


def test_nobody_signs_what_they_wrote_down(house: House) -> None:
    book = a_ledger(house.actor, house.community, signers=2)
    guard, leader = someone(house), someone(house, "leader")
    with acting(leader.actor):
        doer = written_for(str(guard.id), house.community.path, actor=leader.actor)
    line = a_visitor(book, doer)
    for own in (guard.actor, leader.actor):
        with pytest.raises(NotYet):
            sign_line(line.id, actor=own)
    page = f"/ledgers/lines/{line.id}"
    for own in (guard, leader):  # nor is it offered to them
        assert "I sign this line" not in a_client(own).get(page).content.decode()
    other = someone(house)
    assert "I sign this line" in a_client(other).get(page).content.decode()
    assert sign_line(line.id, actor=other.actor).signed


def a_client(who: Someone) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.cookies[DEVICE_COOKIE] = who.device
    return client


def test_the_pages_of_the_phone(house: House, visitors: Ledger) -> None:
    guard, leader = someone(house), someone(house, "leader")
    client = a_client(guard)
    page = f"/work/ledgers/{visitors.id}"
    assert page in client.get("/work/ledgers").content.decode()
    text = client.get(page).content.decode()
    assert 'data-need="answers.name answers.room answers.reason"' in text
    assert "data-for" not in text
    assert "data-for" in a_client(leader).get(page).content.decode()
    said = {**CAME, "for": str(guard.id)}
    assert client.post(page, {"answers.name": "钱途"}).status_code == 422
    assert a_client(leader).post(page, said).status_code == 302
    (line,) = lines_of(visitors, house.actor)
    assert (line.by, line.written_by) == (guard.id, leader.id)
    held = f"/work/ledgers/lines/{line.id}"
    assert held in client.get(page).content.decode()
    assert "钱途" in client.get(held).content.decode()
    ahead = dict(client.get("/work/ahead").json()["pages"])
    assert {"/work/ledgers", page, held} <= set(ahead)
    assert client.post(held, {**LEFT, "version": line.version}).status_code == 302
    assert lines_of(visitors, house.actor)[0].ended_at
    after = dict(client.get("/work/ahead").json()["pages"])
    assert held not in after
    assert after[page] != ahead[page]
    stale = client.post(held, {"answers.phone": "1", "version": 1})
    assert stale.status_code == 422
    assert "Somebody added" in stale.content.decode()


def test_the_desk_writes_down_for_others_too(house: House, visitors: Ledger) -> None:
    guard, leader = someone(house), someone(house, "leader")
    client, page = a_client(leader), f"/ledgers/{visitors.id}/write"
    assert f'<option value="{guard.id}"' in client.get(page).content.decode()
    assert client.post(page, {**CAME, "for": str(guard.id)}).status_code == 302
    (line,) = lines_of(visitors, house.actor)
    shown = client.get(f"/ledgers/lines/{line.id}").content.decode()
    assert f"{guard.name}, written down by {leader.name}" in shown
    assert client.post(page, {**CAME, "for": str(uuid4())}).status_code == 422
