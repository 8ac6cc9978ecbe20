"""A leader writes down what somebody of the team did (代录): theirs, marked, counted apart."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from anju.domains.rounds.commands import Said, pass_point
from anju.domains.rounds.queries import points_of
from anju.domains.rounds.report import report_json, rounds_report
from anju.domains.rounds.testing import a_round, opened
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Record, WorkOrder
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.offline.testing import Phone
from anju.engine.plans.commands import look_at_planned
from anju.engine.plans.models import Occurrence
from anju.engine.plans.testing import a_plan
from anju.foundation.access.queries import who_did
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.standing_in import hands_at, written_for
from anju.foundation.access.testing import Someone, an_account
from anju.foundation.events.models import Event
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.lib import frozen
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
AT = NOW + timedelta(hours=1)
WINDOW: dict[str, Any] = {"early": 10, "late": 60, "make_up": 60}


@pytest.fixture
def house(actor: Actor) -> Iterator[House]:
    with frozen(NOW):
        yield a_house(actor)


def someone(house: House, role: str, **more: Any) -> Someone:
    return an_account(house.actor, role, house.community.path, **more)


def test_a_point_is_theirs_and_says_who_wrote_it_down(house: House) -> None:
    _route, work = a_round(house, {}, {}, **WINDOW)
    opened(work)
    guard = someone(house, "guard", person_id=house.worker.id)
    leader = someone(house, "leader")
    path = house.community.path
    with acting(leader.actor):
        assert guard.id in {one.id for one in hands_at(path, actor=leader.actor)}
        assert hands_at(path, actor=guard.actor) == []
    with frozen(AT):
        theirs = written_for(str(guard.id), path, actor=leader.actor)
        pass_point(work.id, Said("P1"), actor=theirs)
        phone = Phone(leader.actor)
        receipts = phone.brings(
            phone.does("point", work.id, point="P2", **{"for": str(guard.id)}),
            phone.does("note", work.id, text="他不识字", **{"for": "nobody"}),
            phone.does("point", work.id, point="P9", **{"for": str(guard.id)}),
        )
    assert [one["status"] for one in receipts] == ["taken", "aside", "aside"]
    with acting(house.actor):
        aside = Record.objects.filter(kind="aside").order_by("noted_at", "id")
        assert [(one.by, one.written_by) for one in aside] == [
            (leader.id, None), (guard.id, leader.id),
        ]  # fmt: skip
        checks = Record.objects.filter(work_id=work.id, kind="check")
        assert {(one.by, one.written_by) for one in checks} == {(guard.id, leader.id)}
        assert all("told" in row.flags for row in points_of(work))
        told = Event.objects.filter(name="route.passed", by=guard.id)
        assert {one.said["written_by"] for one in told} == {str(leader.id)}
        day = date(2026, 3, 2)
        said = report_json(rounds_report(day, day, actor=house.actor))
        visit = said["rounds"][0]["points"][0]["visits"][0]
        assert (visit["who"], visit["writer"]) == (guard.name, leader.name)
        assert next(iter(said["routes"].values()))["flags"]["told"] == 2
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_only_a_leader_writes_for_those_who_work_there(house: House) -> None:
    guard, other = someone(house, "guard"), someone(house, "technician")
    elsewhere = an_account(house.actor, "guard", "ZZZ.")
    leader, path = someone(house, "leader"), house.community.path
    for writer, whom in (
        (other, guard.id), (leader, elsewhere.id), (leader, house.community.id),
        (leader, someone(house, "desk").id),
    ):  # fmt: skip
        with pytest.raises(Refused):
            written_for(str(whom), path, actor=writer.actor)
    for own in ("", str(other.id)):
        assert written_for(own, path, actor=other.actor) is other.actor


def test_who_wrote_it_down_does_not_check_it(house: House) -> None:
    case = a_case(house)
    assert case.work is not None
    hand = someone(house, "technician", person_id=house.worker.id)
    leader, work = someone(house, "leader"), case.work.id
    move_work(work, "assign", actor=house.actor, said={"person": str(house.worker.id)})
    theirs = written_for(str(hand.id), house.community.path, actor=leader.actor)
    for name in ("accept", "start"):
        move_work(work, name, actor=theirs)
    move_work(work, "finish", actor=theirs, said={"result": "已换角阀"})
    for none in (leader.actor, hand.actor):
        with pytest.raises((NotYet, Refused)):
            move_work(work, "pass", actor=none)
    move_work(work, "pass", actor=someone(house, "leader").actor)
    with acting(house.actor):
        assert WorkOrder.objects.get(id=work).state == "passed"
        told = Event.objects.get(name="work.finish")
        assert (told.by, told.said["written_by"]) == (hand.id, str(leader.id))
    names = {hand.id: hand.name, leader.id: leader.name}
    assert leader.name in who_did(hand.id, leader.id, names)
    assert who_did(hand.id, None, names) == hand.name


def test_what_its_page_sends_is_theirs_at_every_door(house: House) -> None:
    plan = a_plan(house, when={"start": "2026-03-02", "times": ("09:00",)}, early=60)
    with acting(house.actor):
        work = Occurrence.objects.filter(plan=plan).earliest("at").work
    assert work
    guard = someone(house, "guard", person_id=house.worker.id)
    leader = someone(house, "leader")
    client, whose = Client(), {"for": str(guard.id)}
    client.cookies[DEVICE_COOKIE] = leader.device
    with frozen(AT):
        look_at_planned()
        for path, said in (
            (f"/work/{work.id}/steps/hold", {"reason": "#not_let_in"}),
            (f"/work/{work.id}/add", {"text": "他不识字"}),
            (f"/work/report?work={work.id}", {"words": "灯不亮"}),
        ):
            assert client.post(path, {**said, **whose}).status_code == 302, path
    with acting(house.actor):
        told = Event.objects.filter(name__in=("work.hold", "record.made", "case.reported"))
        assert {one.name for one in told} == {"work.hold", "record.made", "case.reported"}
        assert {(one.by, one.said.get("written_by")) for one in told} == {
            (guard.id, str(leader.id))
        }
