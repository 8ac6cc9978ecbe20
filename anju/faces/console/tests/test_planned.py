"""Plans and rounds on their pages; who may open them stands in the matrix."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from django.test import Client
from django.utils import translation
from icalendar import Calendar

from anju.engine.loop.commands.evidence import Given, show_work
from anju.engine.loop.commands.work_moves import finish_planned, move_work
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import House, a_house
from anju.engine.plans.commands import look_at_planned
from anju.engine.plans.ical import feed_of
from anju.engine.plans.models import Occurrence, Plan
from anju.engine.plans.testing import a_plan
from anju.foundation.access.testing import a_browser
from anju.foundation.files.testing import a_picture
from anju.foundation.lib import frozen, now
from anju.foundation.places.testing import an_asset
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

FORM: dict[str, Any] = {
    "code": "lift-2", "name": "电梯巡查", "start": "2026-01-01", "repeat": "day", "interval": "1",
    "every": "2h", "between": "08:00-20:00", "calendar": "always", "day_off": "keep",
    "month_end": "skip", "early": "10", "late": "60", "make_up": "30", "catch_up": "none",
    "labour": "15",
}  # fmt: skip


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def desk(house: House) -> Client:
    """The manager of the community at her screen."""
    return a_browser(house.actor, "manager", house.community.path)


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def made(house: House) -> Plan:
    with acting(house.actor):
        return Plan.objects.get(place=house.community)


def test_a_plan_is_made_with_its_year_beside_it(house: House, desk: Client) -> None:
    with acting(house.actor):
        lift = an_asset(house.actor, place=house.community)
    written = page(desk, "/plans/new")
    assert "on 365 days" in written or "on 3" in written
    typed = {**FORM, "subjects": f"{house.room.full_code}\n{lift.code}"}
    look = desk.post("/plans/new", {**typed, "do": "look"}).content.decode()
    assert "<form" not in look
    assert "times" in look
    with acting(house.actor):
        assert not Plan.objects.exists()  # looking saves nothing
    answer = desk.post("/plans/new", typed)
    plan = made(house)
    assert answer["Location"] == f"/plans/{plan.id}"
    assert (plan.code, plan.early, plan.labour) == ("LIFT-2", 10, 15)
    shown = page(desk, f"/plans/{plan.id}")
    for said in ("every 2 h from 08:00 to 20:00", lift.code, "from 10 min before to 60 min after"):
        assert said in shown
    assert "电梯巡查" in page(desk, "/plans?state=active")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"subjects": "9-9-9999"}, "No place called 9-9-9999"),
        ({"between": "08:00"}, "Write the first and the last time"),
        ({"every": "2 hours"}, "Write “every” as 2h or 30min"),
        ({"every": "", "between": "", "times": "25:00"}, "Write times as 09:00, 15:00"),
        ({"repeat": "workday"}, "Say which one"),
        ({"repeat": "month", "days": "40"}, "Write numbers from -31 to 31"),
        ({"repeat": "rule", "rule": "FREQ=NEVER"}, "FREQ"),
        ({"late": "0"}, "at least a minute"),
        ({"seasons": "spring"}, "Write a season as"),
        ({"seasons": "03-15 to 05-01; autumn"}, "Write a season as"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_what_was_typed_stays(
    house: House, desk: Client, change: dict[str, str], said: str
) -> None:
    typed = {**FORM, "subjects": house.room.full_code, "name": "只写一次", **change}
    answer = desk.post("/plans/new", typed)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert said in shown
    assert "只写一次" in shown
    with acting(house.actor):
        assert not Plan.objects.exists()


def test_everything_that_is_wrong_is_said_at_once(house: House, desk: Client) -> None:
    wrong = {**FORM, "subjects": "9-9-9999", "times": "25:00", "name": ""}
    shown = desk.post("/plans/new", wrong).content.decode()
    for said in ("No place called 9-9-9999", "Write times as 09:00, 15:00", "it is needed"):
        assert said in shown


def test_a_plan_is_changed_and_its_single_days_stay(house: House, desk: Client) -> None:
    when = {"start": "2026-01-01", "times": ("09:00",), "never": ("2027-05-01",)}
    plan = a_plan(house, when=when)
    written = page(desk, f"/plans/{plan.id}/edit")
    assert 'name="code"' not in written
    typed = {**FORM, "subjects": house.room.full_code, "times": "10:00", "version": plan.version}
    answer = desk.post(f"/plans/{plan.id}/edit", {**typed, "every": "", "between": ""})
    assert answer.status_code == 302
    changed = made(house)
    assert (changed.when["times"], changed.when["never"]) == (["10:00"], ["2027-05-01"])
    stale = desk.post(f"/plans/{plan.id}/edit", {**typed, "every": "", "between": ""})
    assert "changed this plan meanwhile" in stale.content.decode()


def test_a_plan_is_paused_only_with_a_reason(house: House, desk: Client) -> None:
    plan = a_plan(house)
    refused = desk.post(f"/plans/{plan.id}/steps/pause", {"why": " "})
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    desk.post(f"/plans/{plan.id}/steps/pause", {"why": "更换电梯"})
    assert made(house).state == "paused"
    desk.post(f"/plans/{plan.id}/steps/resume")
    desk.post(f"/plans/{plan.id}/steps/end", {"why": "停用"})
    assert made(house).state == "ended"


def a_round(house: House) -> WorkOrder:
    """Planned for an hour ago, and still in time."""
    with frozen(now() - timedelta(hours=2)):
        start = (now() + timedelta(hours=1)).astimezone(ZoneInfo("Asia/Shanghai"))
        a_plan(house, when={"start": f"{start:%Y-%m-%d}", "times": (f"{start:%H:%M}",)}, late=240)
    look_at_planned()
    with acting(house.actor):
        return WorkOrder.objects.filter(case=None).earliest("opened_at")


def test_a_round_is_given_done_and_seen(house: House, desk: Client) -> None:
    work = a_round(house)
    listed = page(desk, "/rounds?show=open")
    assert listed.split("<tbody>")[1].count("<tr") == 1
    given = {"person": str(house.worker.id), "reason": "当班", "version": ""}
    assert desk.post(f"/rounds/{work.id}/steps/assign", given).status_code == 302
    shown = page(desk, f"/rounds/{work.id}")
    assert "李强" in shown
    added = show_work(work.id, [Given("a.jpg", BytesIO(a_picture()))], actor=house.doer)
    photo = f"/rounds/{work.id}/photos/{added.records[0].id}"
    assert photo in page(desk, f"/rounds/{work.id}")
    assert desk.get(photo)["Content-Type"].startswith("image/")
    finish_planned(work.id, actor=house.doer, result="压力偏低，已复位")
    over = page(desk, f"/rounds/{work.id}")
    assert "done in time" in over
    assert "压力偏低，已复位" in over
    assert "泵房巡查" in page(desk, "/rounds?show=done")
    assert "泵房巡查" not in page(desk, "/rounds?show=open")


def test_the_total_of_a_day_is_that_of_the_day(house: House, desk: Client) -> None:
    a_round(house)
    day = page(desk, "/rounds?day=yesterday&total=1")
    assert "0 in all" in day
    assert page(desk, "/rounds?total=1") != day


def test_a_round_that_is_not_needed_says_why(house: House, desk: Client) -> None:
    work = a_round(house)
    refused = desk.post(f"/rounds/{work.id}/steps/void", {})
    assert refused.status_code == 422
    desk.post(f"/rounds/{work.id}/steps/void", {"reason": "停水"})
    assert "not needed" in page(desk, f"/rounds/{work.id}")


@pytest.mark.parametrize("show", ["open", "late", "missed", "done", "ahead"])
def test_the_list_says_of_each_what_its_own_page_says(
    house: House, desk: Client, show: str
) -> None:
    """The filter counts many rows at once; the mark is reckoned row by row."""
    with frozen(now() - timedelta(days=1)):
        a_plan(house, when={"start": "2026-01-01", "every": "1h", "between": ("00:00", "23:00")},
               late=60, make_up=90)  # fmt: skip
    look_at_planned()
    with acting(house.actor):
        past = WorkOrder.objects.filter(case=None, opened_at__lt=now()).order_by("opened_at")
        some = list(past[:20])
    for work in some[::4]:
        finish_planned(work.id, actor=house.doer, result="好")
    move_work(some[1].id, "claim", actor=house.doer)
    move_work(some[1].id, "start", actor=house.doer)
    names = {
        "open": "to be done now", "late": "late, can be made up", "ahead": "ahead",
        "missed": "missed and not made up", "done": "done too late",
    }  # fmt: skip
    rows = page(desk, f"/rounds?show={show}").split("<tbody>")[1].split("</tbody>")[0]
    listed = rows.count("<tr")
    assert listed
    assert rows.count(names[show]) == listed


def test_the_feed_opens_in_another_library(house: House) -> None:
    plan = a_plan(house, early=30)
    with acting(house.actor):
        rows = list(Occurrence.objects.filter(plan=plan).select_related("place", "asset"))
        feed = Calendar.from_ical(feed_of(plan, rows))
    events = recurring_ical_events.of(feed).between(now(), now() + timedelta(days=40))
    assert len(events) == len(rows)
    found = {(str(e["UID"]), e["DTSTART"].dt, e["DTEND"].dt) for e in events}
    assert found == {(f"{one.id}@anju", one.opens_at, one.closes_at) for one in rows}
    assert {str(e["SUMMARY"]) for e in events} == {"泵房巡查"}


def test_a_plan_of_the_shelf_is_begun_with_what_the_community_has(
    house: House, desk: Client
) -> None:
    with acting(house.actor):
        lift = an_asset(house.actor, place=house.community)
    shelf = page(desk, "/plans/new")
    assert "from=LIFT" in shelf
    begun = page(desk, f"/plans/new?place={house.community.id}&from=LIFT")
    assert "电梯巡查" in begun
    assert lift.code in begun
    assert "08:00, 16:00" in begun
    assert "730 times" in begun or "times</b>" in begun


def test_one_piece_of_work_is_announced_from_its_page(house: House, desk: Client) -> None:
    a_plan(house)
    with acting(house.actor):
        work = WorkOrder.objects.filter(case=None, opened_at__gt=now()).earliest("opened_at")
    at = f"/notices/new?work={work.id}"
    assert at in page(desk, f"/rounds/{work.id}")
    form = page(desk, at)
    assert str(house.room) in form
    assert 'name="place"' not in form
    said = {"work": str(work.id), "title": "停水", "text": ""}
    wrong = desk.post("/notices/new", said)
    assert wrong.status_code == 422
    assert "停水" in wrong.content.decode()
    made = desk.post("/notices/new", {**said, "text": "清洗水箱"})
    assert made.status_code == 302
    assert made["Location"] in page(desk, f"/rounds/{work.id}")
    again = desk.post("/notices/new", {**said, "text": "清洗水箱"})
    assert "announced already" in again.content.decode()
    assert desk.get("/notices/new?work=nonsense").status_code == 404
