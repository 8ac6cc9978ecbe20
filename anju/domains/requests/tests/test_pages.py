"""What the pages of a case say and offer; who may open what stands in the matrix."""

from itertools import pairwise
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from anju.domains.requests.accounts import accounts_of
from anju.domains.requests.acts import CASE_WORDS, WORK_WORDS, acts_open_to, primary_of, waiting_for
from anju.domains.requests.promises import clocks_by_case, promise_line
from anju.domains.requests.stories import TOLD, story
from anju.engine.clocks.models import Clock
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case, Record, WorkOrder
from anju.engine.loop.rules import CASE_MOVES, WORK_MOVES
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.standards.asking import Asking
from anju.engine.standards.commands import put_in_force
from anju.engine.standards.defaults import DEFAULTS
from anju.engine.standards.document import Method
from anju.foundation.access.testing import a_browser
from anju.foundation.files.testing import a_picture
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def state(case: Case, actor: Actor) -> tuple[str, str | None, str]:
    """What the case waits for, the one next act, and what stands on top of its story."""
    with acting(actor):
        case = Case.objects.select_related("place", "standard", "reporter").get(id=case.id)
        works = list(WorkOrder.objects.filter(case=case).select_related("person", "post"))
        primary = primary_of(case, works, acts_open_to(actor, case, works))
        clocks = list(Clock.objects.filter(case_id=case.id))
        entries = story(case, works, clocks, actor=actor)
        waits = waiting_for(case, works, clocks) if case.state in ("open", "answered") else ""
    return waits, primary.name if primary else None, str(entries[0].title)


def test_every_event_of_a_case_has_words() -> None:
    told = {f"case.{name}" for name in CASE_MOVES} | {f"work.{name}" for name in WORK_MOVES}
    clocks = {"clock.warned", "clock.broken", "clock.escalated"}
    others = {"case.reported", "case.imported", "case.exported", "case.erased", "record.made"} | {
        "case.told_along",
        "case.cause",
    }
    others |= {
        "case.owned",
        "emergency.started",
        "emergency.step",
        "emergency.called",
        "emergency.coming",
        "case.urged",
        "case.rated",
        "case.complained",
        "link.made",
        "link.revoked",
        "device.odd",
        "device.waived",
    }
    assert told | clocks | others == TOLD.keys()
    assert CASE_WORDS.keys() == CASE_MOVES.keys()
    assert WORK_WORDS.keys() == WORK_MOVES.keys()


def test_a_case_says_what_it_waits_for_and_offers_it(house: House) -> None:
    opened = a_case(house)
    case, work, judge = opened.case, opened.work, house.judge
    assert work is not None
    assert state(case, judge)[:2] == ("waits to be dispatched", "assign")
    said: dict[str, Any] = {"person": str(house.worker.id), "result": "done", "reason": "x"}
    for name, waits, act in (
        ("assign", "waits for 李强 to accept", "accept"),
        ("accept", "李强 is on the way", "arrive"),
        ("arrive", "李强 is at work", "start"),
        ("hold", "on hold: x", "resume"),
        ("resume", "李强 is at work", "finish"),
        ("finish", "waits for a check by someone else than 李强", "pass"),
        ("pass", "waits until the reporter is told", "tell"),
    ):
        move_work(work.id, name, actor=judge if name == "pass" else house.doer, said=said)
        assert state(case, judge) == (waits, act, f"Now: {waits}")
    told = {"text": "mended", "substance": "result", "channel": "phone"}
    move_case(case.id, "tell", actor=judge, said=told)
    assert state(case, judge)[:2] == ("waits for the callback", "callback")
    move_case(case.id, "callback", actor=judge, said={"outcome": "satisfied"})
    assert state(case, judge)[:2] == ("waits to be closed", "close")
    move_case(case.id, "close", actor=judge)
    assert state(case, judge) == ("", None, "Closed")


def test_what_nobody_may_do_is_not_offered(house: House) -> None:
    opened = a_case(house)
    with acting(house.actor):
        works = [WorkOrder.objects.get(case=opened.case)]
    reader = Actor.of(house.actor.company_id, "reader", ["case.see", "work.see"])
    case = opened.case
    case.place = house.room
    assert acts_open_to(reader, case, works) == []


def test_an_enquiry_promises_no_work(house: House) -> None:
    opened = a_case(house, kind="enquiry")
    with acting(house.actor):
        case = Case.objects.select_related("place").get(id=opened.case.id)
        line = promise_line(case, clocks_by_case([case.id])[case.id])
    assert [view.kind for view in line] == ["respond", "finish", "feedback", "callback"]


def test_the_account_of_a_clock_leaves_no_gap(house: House) -> None:
    opened = a_case(house)
    with acting(house.actor):
        case = Case.objects.select_related("standard").get(id=opened.case.id)
        accounts = accounts_of(case, clocks_by_case([case.id])[case.id])
    assert accounts.keys() == {"respond", "dispatch", "arrive", "finish", "feedback"}
    for account in (one for kind in accounts.values() for one in kind):
        stretches = account.stretches
        assert all(a.until == b.since for a, b in pairwise(stretches))
        assert {"Limit", "Calendar", "Started", "Due", "Afterwards", "Rests on"} <= {
            str(term) for term, _said in account.facts
        }


def a_client(house: House, role: str) -> Client:
    return a_browser(house.actor, role, house.community.path)


def test_places_are_suggested_from_what_one_may_see(house: House, other_actor: Actor) -> None:
    a_house(other_actor)
    client = a_client(house, "desk")
    answer = client.get("/cases/new/places", {"place": "3-2"})
    assert answer.content.decode().count("<option") == 2  # the unit and its room, ours alone
    assert client.get("/cases/new/places", {"place": ""}).content.decode().strip() == ""


def test_the_household_is_offered_to_who_may_see_people(house: House) -> None:
    place = {"place": house.room.full_code}
    shown = a_client(house, "desk").get("/cases/new/beside", place).content.decode()
    assert str(house.resident.id) in shown
    assert house.resident.phone not in shown
    hidden = a_client(house, "guard").get("/cases/new/beside", place).content.decode()
    assert str(house.resident.id) not in hidden


def test_whoever_was_chosen_of_the_household_is_the_reporter(house: House) -> None:
    client = a_client(house, "desk")
    said = {
        "place": house.room.full_code, "title": "漏水", "kind": "repair", "urgency": "3",
        "channel": "phone", "reporter": str(house.resident.id),
    }  # fmt: skip
    assert client.post("/cases/new", said).status_code == 302
    with acting(house.actor):
        assert Case.objects.get(title="漏水").reporter_id == house.resident.id


def test_a_photo_is_for_who_may_see_its_case(house: House, other_actor: Actor) -> None:
    case = a_case(house).case
    desk = a_client(house, "desk")
    photo = SimpleUploadedFile("a.jpg", a_picture(), "image/jpeg")
    assert desk.post(f"/cases/{case.id}/photos", {"photos": photo}).status_code == 302
    with acting(house.actor):
        record = case.records.get()
    url = f"/cases/{case.id}/evidence/{record.id}"
    small = desk.get(url, {"size": "400"})
    assert (small.status_code, small["Content-Type"]) == (200, "image/webp")
    assert desk.get(url)["Content-Disposition"].startswith("attachment")
    stranger = a_client(a_house(other_actor), "desk")
    assert stranger.get(url).status_code == 404
    elsewhere = a_case(house).case
    assert desk.get(f"/cases/{elsewhere.id}/evidence/{record.id}").status_code == 404


def test_at_the_desk_work_is_signed_for_or_said_why_nobody_does(house: House) -> None:
    """Where its standard asks for it: else nobody at a desk could finish the work of a vendor."""
    asks = DEFAULTS[0].model_copy(update={"asking": Asking(), "method": Method(received=True)})
    with acting(house.actor):
        put_in_force(asks, actor=house.actor, why="开始")
    work = a_case(house).work
    for name in ("claim", "start"):
        move_work(work.id, name, actor=house.doer)
    client, page = a_client(house, "manager"), f"/work-orders/{work.id}/steps/finish"
    with acting(house.actor):
        work.refresh_from_db()
    said = {"version": work.version, "result": "已更换"}
    refused = client.post(page, said)
    assert refused.status_code == 422
    assert f'href="/work/{work.id}/signature"' in refused.content.decode()
    assert "已更换" in refused.content.decode()
    assert client.post(page, {**said, "absent": "declined"}).status_code == 302
    with acting(house.actor):
        work.refresh_from_db()
        assert work.state == "done"
        assert Record.objects.get(work_id=work.id, kind="signature").value == {"absent": "declined"}
