"""The roster as a file that the import reads again; what is typed wrongly comes back in words."""

from contextlib import suppress
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from anju.domains.staff.commands import close_shift, fill_gap, lay
from anju.domains.staff.rules import BY_CODE
from anju.domains.staff.testing import Crew, a_crew
from anju.engine.loop.testing import House, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.entries.commands import Change
from anju.foundation.lib import now
from anju.foundation.people.commands import edit_staff_rows
from anju.foundation.people.models import Duty
from anju.foundation.registry.commands import stage
from anju.foundation.registry.queries import preview
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet

DAY = timedelta(days=1)


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


@pytest.fixture
def crew(house: House) -> Crew:
    made = a_crew(house.actor, place=house.community)
    first = timezone.localdate(now()) + DAY
    lay(made.post, BY_CODE["4-3"], people=made.people, shifts=made.shifts, first=first,
        last=first + 20 * DAY, actor=made.leader)  # fmt: skip
    return made


@pytest.fixture
def manager(house: House) -> Client:
    client = Client(headers={"Accept-Language": "zh-hans"})
    someone = an_account(house.actor, "manager", house.community.path)
    client.cookies[DEVICE_COOKIE] = someone.device
    return client


def test_what_goes_out_as_excel_comes_in_again_as_the_same(
    house: House, crew: Crew, manager: Client
) -> None:
    month = (timezone.localdate(now()) + 3 * DAY).strftime("%Y-%m")
    answer = manager.get(f"/roster?scope={crew.team.id}&month={month}&format=xlsx")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a file
    with acting(house.actor):
        batch = stage(content, name="roster.xlsx", sheet="duties", actor=house.actor)
        plan = preview(batch, actor=house.actor).plan
        assert plan.counts["same"] == len(plan.lines) > 5


def test_a_pattern_that_does_not_fit_is_refused_at_its_field(crew: Crew, manager: Client) -> None:
    asked = {"scope": str(crew.team.id), "post": str(crew.post.id), "pattern": "4-3"}
    days = {"first": "2027-01-01", "last": "2027-03-01"}
    answer = manager.post("/roster/pattern", {**asked, **days})
    assert answer.status_code == 422
    assert "最多到第一天之后一个月" in answer.content.decode()
    answer = manager.get("/roster/pattern", {**asked, "first": "x", "last": "2027-01-02"})
    assert answer.status_code == 422
    close_shift(crew.shifts[0], actor=crew.leader)
    days = {"first": "2027-01-01", "last": "2027-01-02"}
    for answer in (manager.get("/roster/pattern", {**asked, **days}),
                   manager.post("/roster/pattern", {**asked, **days})):  # fmt: skip
        assert answer.status_code == 422
        assert "不适合这个岗位" in answer.content.decode()


def test_shifts_are_added_and_used_no_more(house: House, crew: Crew, manager: Client) -> None:
    url = f"/roster/shifts/{crew.post.id}"
    said = {"what": "shift", "code": "备", "name": "备班", "begins": "09:00", "ends": "18:00",
            "needed": "0"}  # fmt: skip
    assert manager.post(url, said).status_code == 302
    assert manager.post(url, said).status_code == 422
    assert "备班" in manager.get(url).content.decode()
    manager.post(url, {"what": "close", "shift": str(crew.shifts[0].id)})
    assert "早班" not in manager.get(url).content.decode()


def test_a_week_is_looked_at_before_it_is_copied(house: House, crew: Crew, manager: Client) -> None:
    monday = timezone.localdate(now()) + DAY
    into = monday + 28 * DAY
    asked = {"scope": str(crew.team.id), "monday": f"{monday}", "into": f"{into}"}
    with acting(house.actor):
        before = Duty.objects.count()
    assert "将排上" in manager.get("/roster/week", asked).content.decode()
    with acting(house.actor):
        assert Duty.objects.count() == before
    assert manager.post("/roster/week", asked).status_code == 302
    with acting(house.actor):
        assert Duty.objects.count() > before


def test_a_place_without_posts_says_what_to_do(house: House, manager: Client) -> None:
    assert "还没有班组和岗位" in manager.get("/roster").content.decode()
    assert manager.get("/roster/pattern").status_code == 302


def test_what_is_short_within_a_day_stands_on_the_first_page_of_who_can_mend_it(
    house: House, manager: Client
) -> None:
    crew = a_crew(house.actor, place=house.community, people=1, usual="day")
    link = f"/roster/gaps/{crew.shifts[0].id}?day="
    page = manager.get("/").content.decode()
    assert link in page
    guard = Client()
    guard.cookies[DEVICE_COOKIE] = an_account(house.actor, "guard", house.community.path).device
    assert link not in guard.get("/").content.decode()
    for day in (0, 1):
        on = timezone.localdate(now(), ZoneInfo("Asia/Shanghai")) + day * DAY
        with suppress(NotYet):  # the shift of today may be over
            fill_gap(crew.people[0], shift=crew.shifts[0], day=on, actor=crew.leader)
    assert link not in manager.get("/").content.decode()


def test_the_shifts_of_a_closed_post_are_short_no_more(house: House, manager: Client) -> None:
    crew = a_crew(house.actor, place=house.community, people=1, usual="day")
    day = timezone.localdate(now()) + DAY
    gap = f"/roster/gaps/{crew.shifts[0].id}?day={day}"
    assert manager.get(gap).status_code == 200
    with acting(house.actor):
        edit_staff_rows([Change(crew.post, {"closed_on": day - DAY})], actor=house.actor)
    assert f"/roster/gaps/{crew.shifts[0].id}" not in manager.get("/").content.decode()
    assert manager.get(gap).status_code == 404
