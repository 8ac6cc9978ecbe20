"""What a manager sees and does, within the budget of taps and keys."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import Browser

from anju.engine.loop.commands.evidence import Given, add_evidence
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Record, WorkOrder
from anju.foundation.events.models import EventValue
from anju.foundation.files.testing import a_picture
from anju.foundation.lib import frozen, now
from anju.foundation.people.commands.staff import name_deputy
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, WIDE, a_hand
from tests.journeys.world import World, a_reported_case, a_world
from tests.sizes import some

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def world() -> World:
    return a_morning()


def a_morning() -> World:
    """A repair that is due soon, one that stands still for long, a complaint nobody has read and a
    colleague on leave."""
    made = a_world(roles=("manager", "technician"))
    with frozen(now() - timedelta(hours=26)):
        work = a_reported_case(made, title="入户门禁失灵").work
        assert work is not None
        said = {"person": str(made.house.worker.id)}
        move_work(work.id, "assign", actor=made.house.doer, said=said)
        move_work(work.id, "accept", actor=made.house.doer)
        move_work(work.id, "hold", actor=made.house.doer, said={"reason": "等配件"})
    with frozen(now() - timedelta(minutes=31)):
        a_reported_case(made, kind="complaint", title="夜间装修噪声")
    a_reported_case(made, title="卫生间漏水", urgency=2)
    with acting(made.actor):
        name_deputy(
            made.people["technician"],
            stands_in=made.house.worker,
            actor=made.actor,
            since=localdate(),
        )
    return made


@pytest.mark.parametrize("language", some(["zh-hans", "en"]))
@pytest.mark.parametrize("size", some([WIDE, PHONE]))
def test_the_morning_needs_no_click(
    browser: Browser, base: str, world: World, size: tuple[int, int], language: str
) -> None:
    device = world.devices["manager"]
    with a_hand(browser, base, device=device, language=language, size=size) as hand:
        hand.go("/")
        hand.start()
        shown = hand.text()
        for told in ("卫生间漏水", "夜间装修噪声", world.people["technician"].name):
            assert told in shown
        assert hand.page.locator("a[href*='look=long_pause'] b").count() == 1
        assert (hand.taps, hand.keys) == (0, 0)
        for width in (size[0], 768):
            assert hand.faults(width) == []
        hand.tap("a[href*='look=long_pause']")
        assert "入户门禁失灵" in hand.text()
        assert "夜间装修噪声" not in hand.text()
        assert hand.faults(size[0]) == []


def many_finished(world: World, n: int) -> list[WorkOrder]:
    """So many repairs that somebody finished, each with a photo before and after."""
    return [a_finished_work(world, title=f"厨房下水堵{i}") for i in range(n)]


def a_finished_work(world: World, *, title: str) -> WorkOrder:
    opened, doer = a_reported_case(world, title=title), world.house.doer
    assert opened.work is not None
    move_work(opened.work.id, "assign", actor=doer, said={"person": str(world.house.worker.id)})
    for name in ("accept", "arrive"):
        move_work(opened.work.id, name, actor=doer)
    photos = [Given(f"{stage}.jpg", BytesIO(a_picture()), stage) for stage in ("before", "after")]
    add_evidence(opened.case.id, photos, actor=doer, work_id=opened.work.id)
    return move_work(opened.work.id, "finish", actor=doer, said={"result": "疏通，试水正常"})


def test_twenty_orders_are_verified_by_one_key_each(
    browser: Browser, base: str, world: World
) -> None:
    works = many_finished(world, 20)
    own = a_finished_work(world, title="自己修的门")
    with acting(world.actor):
        account = world.as_role("manager")
        Record.objects.create(
            company_id=account.company_id, case_id=own.case_id, work=own, kind="result",
            by=account.id, at=now(),
        )  # fmt: skip
    with a_hand(browser, base, device=world.devices["manager"]) as hand:
        hand.go("/review")
        assert own.number not in hand.text()
        assert hand.page.locator(".review img").count() == 2
        assert world.house.worker.name in hand.text()
        assert "完工前后各留照片" in hand.text()  # what the standard asks, beside the photos
        assert hand.faults(PHONE[0], 1024, WIDE[0]) == []
        hand.start()
        hand.leave("j")
        hand.leave("k")
        assert hand.keys == 2
        hand.start()
        for n in range(20):
            if n == 3:
                hand.press("2")  # another reason than the first costs a key of its own
                hand.keys -= 1
            hand.leave("r" if n % 4 == 3 else "a")
        assert (hand.keys, hand.taps) == (20, 0)
        assert own.number not in hand.text()
    with acting(world.actor):
        states = [WorkOrder.objects.get(id=work.id).state for work in works]
        assert (states.count("passed"), states.count("doing")) == (15, 5)
        assert WorkOrder.objects.get(id=own.id).state == "done"
        reasons = EventValue.objects.filter(event__name="work.fail", name="reason")
        told = list(
            reasons.filter(company_id=world.actor.company_id).values_list("text", flat=True)
        )
    assert sorted(set(told)) == ["#unfinished", "#unseen"]


BULK = 5  # actions for fifty work orders


def test_fifty_are_given_printed_and_closed_at_once(browser: Browser, base: str) -> None:
    world = a_world(roles=("manager",))
    works = [a_reported_case(world, title=f"路灯不亮{n}").work for n in range(50)]
    with a_hand(browser, base, device=world.devices["manager"]) as hand:
        hand.go("/work-orders?state=live&sort=due")
        hand.start()
        hand.tap("[data-pick-all]")
        assert hand.faults(WIDE[0]) == []
        hand.leave("a")
        worker = str(world.house.worker.id)
        hand.keys += 1  # choosing who it is
        hand.page.select_option("[name=person]", worker)
        hand.tap("button.primary")
        assert hand.keys + hand.taps <= BULK
        hand.page.locator("[role=status].note.ok").wait_for()
        assert hand.faults(PHONE[0], WIDE[0]) == []
        with acting(world.actor):
            given = WorkOrder.objects.filter(state="assigned", person_id=worker)
            assert given.count() == len(works) == 50
        for button, most in (("打印", 2), ("关闭事项", 2)):
            hand.go("/work-orders?state=live&sort=due")
            hand.start()
            hand.tap("[data-pick-all]")
            hand.tap(hand.page.locator(".bulk button").filter(has_text=button))
            hand.page.wait_for_url("**/chosen/*")
            assert hand.keys + hand.taps <= most
            assert hand.faults(PHONE[0], WIDE[0]) == []
            if button == "打印":
                assert hand.page.locator(".sheet-a4").count() == 50
        assert "50" in hand.page.locator("[role=status].note.warn").inner_text()
