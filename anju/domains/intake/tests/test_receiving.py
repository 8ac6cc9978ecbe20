"""What other systems tell: signed or refused, once and never lost."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from anju.domains.intake.commands import change_source, rotate_source_secret, settle
from anju.domains.intake.models import Arrival, Source
from anju.domains.intake.queries import source_secrets
from anju.domains.intake.testing import a_source, signed, told
from anju.engine.clocks.models import Clock
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.models import Case
from anju.engine.loop.testing import House, a_house
from anju.foundation.access.testing import an_account
from anju.foundation.events.models import EventValue
from anju.foundation.lib import now
from anju.foundation.messages.rules.signing import WINDOW
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown

LEAK = {
    "id": "P-1001",
    "kind": "repair",
    "title": "卫生间漏水",
    "text": "楼下也渗水",
    "urgency": "P2",
    "reporter": {"name": "王女士", "phone": "13866660001"},
}


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def source(house: House) -> Source:
    return a_source(house.actor, "signed", house.community)


def cases(house: House) -> list[Case]:
    with acting(house.actor):
        found = Case.objects.filter(company_id=house.actor.company_id)
        return list(found.select_related("place", "reporter").order_by("id"))


def notes(house: House) -> list[str]:
    with acting(house.actor):
        return [v.text for v in EventValue.objects.filter(event__name="case.note", name="text")]


# Signed or refused


def test_a_signed_report_becomes_a_case(house: House, source: Source) -> None:
    got = told(source, {**LEAK, "place": house.room.full_code})
    (case,) = cases(house)
    assert (got.state, got.number, got.again) == ("case", case.number, False)
    assert (case.kind, case.urgency, case.channel) == ("repair", 2, "api")
    assert case.place == house.room
    assert case.reporter is not None
    assert case.reporter.phone == "13866660001"
    assert "P-1001" in case.text


def test_forged_and_stale_ones_are_refused_and_leave_nothing(house: House, source: Source) -> None:
    client = Client()
    url, body = f"/api/v1/hooks/{source.code}", json.dumps(LEAK).encode()
    right = signed(source, body)
    late = now() - WINDOW - timedelta(seconds=2)
    early = now() + WINDOW + timedelta(minutes=1)  # however slow the machine is
    wrong = [
        "", "t=,v1=", "v1=" + right.partition("v1=")[2], right[:-1] + "01"[right[-1] == "0"],
        signed(source, body + b" "), signed(source, body, late), signed(source, body, early),
        right.replace("t=", "t=1"),
    ]  # fmt: skip
    for header in wrong:
        answer = client.post(
            url, body, content_type="application/json", headers={"Anju-Signature": header}
        )
        assert answer.status_code == 403, header
        assert answer["Content-Type"].startswith("application/problem+json")
        assert answer.json()["code"] == "signature"
    assert cases(house) == []
    with acting(house.actor):
        assert not Arrival.objects.filter(company_id=house.actor.company_id).exists()
    answer = client.post(
        url, body, content_type="application/json", headers={"Anju-Signature": right}
    )
    assert answer.status_code == 201
    assert answer.json()["case"] == cases(house)[0].number


def test_a_replay_is_refused_and_a_repetition_is_done_once(house: House, source: Source) -> None:
    body, at = json.dumps(LEAK).encode(), now()
    first = told(source, body, at)
    with pytest.raises(Conflict):
        told(source, body, at)
    again = told(source, body, at + timedelta(seconds=1))  # signed anew
    assert (again.again, again.id, again.number) == (True, first.id, first.number)
    assert len(cases(house)) == 1
    assert notes(house) == []


def test_ten_at_once_with_one_id_are_one_case(house: House, source: Source) -> None:
    got: list[str] = []

    def tell(n: int) -> None:
        try:
            got.append(told(source, LEAK, now() + timedelta(seconds=n)).number)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tell, args=(n,)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (case,) = cases(house)
    assert got == [case.number] * 10


def test_a_secret_that_is_changed_is_good_for_a_day(house: House, source: Source) -> None:
    old = signed(source, b"{}")
    rotated = rotate_source_secret(source.id, actor=house.actor)
    assert len(source_secrets(rotated)) == 2
    assert source_secrets(source)[0] in source_secrets(rotated)
    assert old != signed(rotated, b"{}")
    assert told(source, LEAK).state == "case"
    assert told(rotated, {**LEAK, "id": "P-2"}).state == "case"


def test_what_is_off_or_elsewhere_is_not_there(
    house: House, source: Source, other_actor: Actor
) -> None:
    other = a_source(other_actor, "signed", a_house(other_actor).community)
    body = json.dumps(LEAK).encode()
    answer = Client().post(
        f"/api/v1/hooks/{source.code}", body, content_type="application/json",
        headers={"Anju-Signature": signed(other, body)},
    )  # fmt: skip
    assert answer.status_code == 403  # another company's secret
    change_source(source.id, actor=house.actor, name="x", place=house.community.id, on=False)
    with pytest.raises(Unknown):
        told(source, LEAK)
    assert (
        Client().post("/api/v1/hooks/nothing", b"{}", content_type="application/json").status_code
        == 404
    )
    assert Client().get("/api/v1/hooks/nothing").status_code == 404
    assert cases(house) == []


# Understood, or kept


@pytest.mark.parametrize(
    "said",
    [
        b"", b"\xff\xfe", b"not json", b"[]", b'"x"', b"{}", b'{"id":"1"}', b"[" * 2000,
        *(json.dumps({**LEAK, **wrong}).encode() for wrong in (
            {"urgency": 9}, {"kind": "party"}, {"title": "x" * 301}, {"at": "soon"},
            {"reporter": "me"}, {"title": 1.5}, {"title": "a\0b"},
        )),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_waits_for_a_person(
    house: House, source: Source, said: bytes
) -> None:
    got = told(source, said)
    assert got.state == "kept"
    assert cases(house) == []
    with acting(house.actor):
        (arrival,) = Arrival.objects.filter(company_id=house.actor.company_id)
        assert arrival.text == said.decode(errors="replace").replace("\0", "\ufffd")
        assert arrival.reason
    again = told(source, said, now() + timedelta(seconds=1))
    assert (again.again, again.id) == (True, got.id)
    settled = settle(arrival.id, actor=house.actor)
    assert (settled.state, settled.text) == ("settled", "")
    with pytest.raises(NotYet):
        settle(arrival.id, actor=house.actor)


def test_an_unknown_place_and_a_wrong_number_are_written_down(house: House, source: Source) -> None:
    reporter = {"name": "李四", "phone": "abc"}
    told(source, {**LEAK, "place": "99-9-9999", "reporter": reporter})
    (case,) = cases(house)
    assert case.place == house.community
    assert case.reporter is None
    assert "99-9-9999" in case.text
    assert "李四 abc" in case.text


def test_more_about_a_matter_is_a_note_on_its_case(house: House, source: Source) -> None:
    told(source, LEAK)
    (case,) = cases(house)
    by_number = told(source, {"id": "P-2", "title": "现在更严重", "about": case.number})
    by_id = told(source, {"id": "P-3", "title": "请快一点", "about": "P-1001"})
    changed = told(source, {**LEAK, "text": "已经漏到三楼"})
    assert [r.state for r in (by_number, by_id, changed)] == ["message"] * 3
    assert {r.number for r in (by_number, by_id, changed)} == {case.number}
    assert len(cases(house)) == 1
    assert ["更严重" in n or "快一点" in n or "三楼" in n for n in notes(house)] == [True] * 3


def test_a_note_on_a_void_case_is_kept(house: House, source: Source) -> None:
    told(source, LEAK)
    (case,) = cases(house)
    move_case(case.id, "void", actor=house.actor, said={"reason": "重复"})
    assert told(source, {"id": "P-2", "title": "还在漏", "about": case.number}).state == "kept"
    changed = {**LEAK, "text": "换了说法"}
    assert told(source, changed).state == "kept"  # beside the one that became the case
    again = told(source, changed, now() + timedelta(seconds=1))
    assert (again.state, again.again) == ("kept", True)
    assert len(cases(house)) == 1


def test_other_content_under_an_id_that_waits_is_not_lost(house: House, source: Source) -> None:
    assert told(source, {"id": "P-7"}).state == "kept"
    assert told(source, {"id": "P-7", "urgency": 9}).state == "kept"
    right = {"id": "P-7", "title": "灯坏了"}
    assert told(source, right).state == "case"
    assert told(source, right, now() + timedelta(seconds=1)).again
    with acting(house.actor):
        assert Arrival.objects.filter(company_id=house.actor.company_id).count() == 3
    assert len(cases(house)) == 1


def test_too_much_is_refused(house: House, source: Source) -> None:
    with pytest.raises(NotYet):
        told(source, {**LEAK, "text": "x" * 300_000})


def test_a_government_ticket_keeps_its_number_and_its_deadline(house: House) -> None:
    source = a_source(house.actor, "government", house.community)
    due = (now() + timedelta(days=3)).replace(second=0, microsecond=0)
    ticket = {"number": "12345-2026-0088", "title": "噪音扰民", "due": due.isoformat()}
    got = told(source, ticket)
    (case,) = cases(house)
    assert (case.kind, case.channel) == ("complaint", "government")
    assert "12345-2026-0088" in case.text
    assert deadline(house) == ("running", due)
    longer = due + timedelta(days=2)
    told(source, {**ticket, "due": longer.isoformat(), "text": "同意延期"})
    with acting(house.actor):
        arrival = Arrival.objects.get(id=got.id)
    assert (arrival.outside_id, arrival.due_at) == ("12345-2026-0088", longer)
    assert "同意延期" in notes(house)[0]
    assert deadline(house) == ("running", longer)
    said = {"text": "已现场处理，楼上住户承诺夜间不再施工"}
    move_case(case.id, "reply", actor=house.actor, said=said)
    assert deadline(house) == ("kept", longer)
    assert len(cases(house)) == 1


def test_more_time_for_a_case_that_is_void_waits_for_a_person(house: House) -> None:
    source = a_source(house.actor, "government", house.community)
    due = now() + timedelta(days=3)
    ticket = {"number": "12345-2026-0088", "title": "噪音扰民", "due": due.isoformat()}
    told(source, ticket)
    (case,) = cases(house)
    move_case(case.id, "void", actor=house.actor, said={"reason": "重复"})
    later = (due + timedelta(days=1)).isoformat()
    assert told(source, {**ticket, "due": later}).state == "kept"


def deadline(house: House) -> tuple[str, Any]:
    with acting(house.actor):
        clock = Clock.objects.get(company_id=house.actor.company_id, kind="reply")
    return clock.state, clock.due_at


def test_who_may_settle_and_set_up(house: House, source: Source, other_actor: Actor) -> None:
    kept = told(source, b"?")
    assert kept.id is not None
    with pytest.raises(Unknown):
        settle(kept.id, actor=other_actor)
    with pytest.raises(Unknown):
        settle(kept.id, actor=an_account(house.actor, "guard").actor)
    with pytest.raises(Refused):
        rotate_source_secret(source.id, actor=an_account(house.actor, "manager").actor)
    with pytest.raises(NotYet) as refusal:
        a_source(house.actor, "signed", house.community)  # the name is taken
    assert set(refusal.value.fields) == {"name"}
    assert settle(kept.id, actor=an_account(house.actor, "desk").actor).state == "settled"
