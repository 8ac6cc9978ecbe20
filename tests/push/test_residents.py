"""What residents are told on their devices, and how often."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from anju.domains.community.commands.notices import publish
from anju.domains.community.commands.proxies import name_helper
from anju.domains.community.commands.telling import tell_of_plan
from anju.domains.community.models import Proxy
from anju.domains.community.reaching import MOST
from anju.domains.community.tasks import (
    anyone_to_tell,
    follow_announced,
    tell_all_ahead,
    tell_residents,
)
from anju.domains.community.testing import a_neighbour, a_resident
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.work_moves import finish_planned, move_work
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.plans.commands import look_at_planned
from anju.engine.plans.testing import a_plan
from anju.foundation.events.models import Event
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from tests.push.hands import switch_on, taken_on, told_by
from tests.push.service import Service


def heard(house: House) -> None:
    """What the listener makes of everything that happened so far."""
    with acting(house.actor):
        events = list(
            Event.objects.filter(company_id=house.actor.company_id).order_by("noted_at", "id")
        )
        assert anyone_to_tell(house.actor)
        tell_residents(house.actor, events)


def test_a_resident_is_told_of_the_steps_of_a_matter_at_most_five_times(
    actor: Actor, service: Service
) -> None:
    switch_on(actor)
    house = a_house(actor)
    resident, (_room, other) = a_resident(house, house.resident), a_neighbour(house)
    neighbour = a_resident(house, other)
    taken_on(service, resident.actor)
    taken_on(service, neighbour.actor)
    case = a_case(house, reporter=house.resident).case
    for n in range(MOST + 2):
        said = {"text": f"第 {n} 次", "substance": "reason", "channel": "phone"}
        move_case(case.id, "tell", actor=house.judge, said=said)
    heard(house)
    heard(house)
    titles = told_by(service, actor)
    answers = [f"{case.number}：有给您的答复"] * (MOST - 2)  # the last is for the last word
    assert titles == [f"{case.number}：您的报事已受理", *answers]
    assert {told["url"] for _path, told, _headers in service.got} == {f"/me/matters/{case.id}"}


def test_a_helper_is_told_too_and_an_announcement_reaches_the_homes_below(
    actor: Actor, service: Service
) -> None:
    switch_on(actor)
    house = a_house(actor)
    resident = a_resident(house, house.resident)
    name_helper(name="小王", phone="13912345678", household=resident.household)
    with acting(actor):
        helper = Proxy.objects.get(company_id=actor.company_id).helper
    daughter = a_resident(house, helper)
    taken_on(service, daughter.actor)
    publish(house.community, title="明天停水", text="9 点至 11 点", kind="outage", actor=actor)
    heard(house)
    assert told_by(service, actor) == ["明天停水"]
    (_path, told, headers) = service.got[0]
    assert told["url"].startswith("/me/notices/")
    assert headers["urgency"] == "high"


def test_planned_work_is_told_before_it_as_it_begins_and_ends_and_wakes_nobody(
    actor: Actor, service: Service
) -> None:
    switch_on(actor)
    house = a_house(actor)
    resident = a_resident(house, house.resident)
    taken_on(service, resident.actor)
    begins = (now() + timedelta(minutes=50)).astimezone(ZoneInfo("Asia/Shanghai"))
    when = {"start": f"{begins:%Y-%m-%d}", "times": (f"{begins:%H:%M}",)}
    plan = a_plan(house, when={**when, "rule": "FREQ=DAILY;COUNT=1"}, early=60, late=120)
    tell_of_plan(plan, title="停水", text="清洗水箱", ahead=24, kind="outage", actor=actor)
    tell_all_ahead()
    heard(house)
    assert told_by(service, actor) == [f"停水 · {begins:%m-%d %H:%M}"]
    (_path, _told, headers) = service.got[0]
    assert headers["urgency"] != "high"  # what is known ahead can wait for the morning
    with acting(actor):
        work = WorkOrder.objects.get(occurrence__plan=plan)
        steps = Event.objects.filter(company_id=actor.company_id, subject_id=work.id)
    look_at_planned()
    move_work(work.id, "claim", actor=house.doer)
    move_work(work.id, "start", actor=house.doer)
    with acting(actor):
        follow_announced(actor, list(steps))
    heard(house)
    finish_planned(work.id, actor=house.doer, result="已恢复供水")
    with acting(actor):
        follow_announced(actor, list(steps))
    heard(house)
    heard(house)
    assert told_by(service, actor)[1:] == ["停水：已开始", "停水：已结束"]
