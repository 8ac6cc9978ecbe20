"""The leader sees a gap and fills it; a guard asks for leave on the telephone; the grid by keys."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from anju.domains.staff.commands import lay, set_day
from anju.domains.staff.models import DutyChange
from anju.domains.staff.rules import BY_CODE
from anju.domains.staff.testing import Crew, a_crew
from anju.foundation.lib import now
from anju.foundation.people.commands import assign
from anju.foundation.people.models import Duty
from anju.foundation.tenancy.acting import acting
from tests.journeys.hand import PHONE, WIDE, a_hand
from tests.journeys.world import World, a_world

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def world() -> World:
    return a_world(roles=("guard", "leader"))


def next_month() -> date:
    """Its first day: all of it is still to come."""
    return (timezone.localdate(now()).replace(day=1) + timedelta(days=33)).replace(day=1)


@pytest.fixture(scope="module")
def crew(world: World) -> Crew:
    """Four groups over the next month, and one shift that nobody has."""
    made, first = a_crew(world.actor, place=world.house.community, people=5), next_month()
    lay(made.post, BY_CODE["4-3"], people=made.people[:4], shifts=made.shifts, first=first,
        last=first + timedelta(days=27), actor=world.actor)  # fmt: skip
    with acting(world.actor):
        assign(world.people["guard"], post=made.post, since=None, actor=world.actor)
    return made


def standing(world: World, crew: Crew, day: date) -> set[str]:
    with acting(world.actor):
        held = Duty.objects.standing().filter(post=crew.post).select_related("person")
        return {
            d.person.name for d in held
            if d.starts_at.astimezone(timezone.get_fixed_timezone(480)).date() == day
        }  # fmt: skip


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_gap_is_seen_and_filled_in_two_taps(
    browser: Browser, base: str, world: World, crew: Crew, size: tuple[int, int]
) -> None:
    day = next_month() + timedelta(days=4 if size == WIDE else 12)
    on = standing(world, crew, day)
    out = next(p for p in crew.people if p.name in on)
    set_day(out, post=crew.post, day=day, shift=None, actor=world.actor)
    with a_hand(browser, base, device=world.devices["leader"], size=size) as hand:
        hand.go(f"/roster?scope={crew.team.id}&month={day:%Y-%m}")
        assert f"{day:%m-%d}" in hand.page.locator(".roster-gaps").first.inner_text()
        hand.start()
        hand.tap(hand.page.locator(".roster-gaps a", has_text=f"{day:%m-%d}"))
        hand.tap("form.roster-free button.primary")
        hand.page.wait_for_url("**/roster?scope=*")
        assert hand.taps == 2
        hand.took("gap")
        assert hand.faults(size[0]) == []
    assert len(standing(world, crew, day)) == len(on)


def test_leave_is_asked_for_on_the_telephone(
    browser: Browser, base: str, world: World, crew: Crew
) -> None:
    with a_hand(browser, base, device=world.devices["guard"], size=PHONE) as hand:
        hand.go("/work")
        hand.start()
        hand.tap("a[href='/shifts']")
        hand.tap("a[href='/shifts/leave']")
        hand.tap("label:has(input[value=sick])")
        hand.tap("form#form button.primary")
        hand.page.wait_for_url("**/shifts")
        assert hand.taps == 4
        hand.took("leave")
        assert "病假" in hand.text()
        assert hand.faults(PHONE[0]) == []
    with acting(world.actor):
        asked = DutyChange.objects.get(person=world.people["guard"])
    assert (asked.leave, asked.state) == ("sick", "asked")
    with a_hand(browser, base, device=world.devices["leader"], size=PHONE) as hand:
        hand.go("/roster/changes")
        hand.start()
        hand.tap(f"a[href='/roster/changes/{asked.id}']")
        hand.tap("form#form button.primary")
        hand.page.wait_for_url("**/roster/changes")
        assert hand.taps == 2
    with acting(world.actor):
        assert DutyChange.objects.get(id=asked.id).state == "approved"


def test_a_week_is_written_by_keys_alone(
    browser: Browser, base: str, world: World, crew: Crew
) -> None:
    day, hand_of = next_month() + timedelta(days=6), crew.people[4]
    with a_hand(browser, base, device=world.devices["leader"]) as hand:
        hand.go(f"/roster?scope={crew.team.id}&month={day:%Y-%m}")
        cell = f"#c-{crew.post.id.hex}-{hand_of.id.hex}"
        hand.page.locator(f"{cell}-{day.day}").focus()
        for _n in range(2):
            hand.page.keyboard.press("2")
            here = hand.page.locator(f"{cell}-{day.day}")
            here.get_by_text("中").wait_for()
            hand.page.wait_for_function(f"document.activeElement.matches('{cell}-{day.day}')")
            hand.page.keyboard.press("ArrowRight")
            day += timedelta(days=1)
        assert hand_of.name in standing(world, crew, day - timedelta(days=1))
        hand.page.keyboard.press("ArrowLeft")
        hand.page.keyboard.press("0")
        hand.page.locator(f"{cell}-{day.day - 1}").get_by_text("中").wait_for(state="detached")
    assert hand_of.name not in standing(world, crew, day - timedelta(days=1))


def test_what_cannot_be_is_said_above_the_grid(
    browser: Browser, base: str, world: World, crew: Crew
) -> None:
    """On duty early at one post, and put on early at another."""
    beside = a_crew(world.actor, place=world.house.community, people=0)
    day = next_month() + timedelta(days=20)
    who = crew.people[4]
    set_day(who, post=crew.post, day=day, shift=crew.shifts[0], actor=world.actor)
    with acting(world.actor):
        assign(who, post=beside.post, since=None, actor=world.actor)
    with a_hand(browser, base, device=world.devices["leader"]) as hand:
        hand.go(f"/roster?scope={beside.team.id}&month={day:%Y-%m}")
        hand.page.locator(f"#c-{beside.post.id.hex}-{who.id.hex}-{day.day}").focus()
        hand.page.keyboard.press("1")
        hand.page.get_by_role("alert").get_by_text(who.name).wait_for()
        assert "不能排两个班" in hand.text()
    with acting(world.actor):
        assert not Duty.objects.filter(post=beside.post).exists()
