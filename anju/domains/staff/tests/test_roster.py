"""The roster is written cell by cell, by pattern and by week; what is over is not touched."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connections

from anju.domains.staff.commands import (
    add_shift,
    close_shift,
    copy_week,
    fill_gap,
    lay,
    set_day,
)
from anju.domains.staff.models import Shift
from anju.domains.staff.queries import roster, scopes, would_be
from anju.domains.staff.queries.present import watches
from anju.domains.staff.rules import BY_CODE
from anju.domains.staff.testing import Crew, a_crew
from anju.engine.loop.testing import House, a_house
from anju.foundation.lib import frozen
from anju.foundation.people.commands import put_on_duty
from anju.foundation.people.models import Duty
from anju.foundation.people.queries import on_duty
from anju.foundation.people.testing import a_post
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused

ZONE = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2026, 3, 2, 10, tzinfo=ZONE)  # a Monday
DAY = timedelta(days=1)
TODAY = BEGIN.date()


@pytest.fixture
def house(actor: Actor) -> House:
    with frozen(BEGIN):
        return a_house(actor)


@pytest.fixture
def crew(house: House) -> Crew:
    with frozen(BEGIN):
        return a_crew(house.actor, place=house.community)


def four(crew: Crew, days: int = 14) -> int:
    fit = lay(crew.post, BY_CODE["4-3"], people=crew.people, shifts=crew.shifts, first=TODAY,
              last=TODAY + (days - 1) * DAY, actor=crew.leader)  # fmt: skip
    return len(fit.drafts)


def test_a_pattern_leaves_no_gap_ahead_and_is_laid_once(house: House, crew: Crew) -> None:
    with frozen(BEGIN), acting(house.actor):
        assert four(crew) == 14 * 3 - 1  # the early shift of today has begun
        assert four(crew) == 0
        scope = next(s for s in scopes(house.actor) if s.team and s.team.id == crew.team.id)
        seen = roster(scope, TODAY, actor=house.actor)
        days = [one.day for _post, _shift, one in seen.gaps if one.day < TODAY + 14 * DAY]
        assert days == [TODAY]  # who holds the early shift that runs
        shown = {(line.name, cell.text) for line in seen.sections[0].lines
                 for cell in line.cells if cell.day == TODAY + DAY}  # fmt: skip
        assert sorted(text for _name, text in shown) == ["", "中", "夜", "早"]


def test_a_day_is_changed_and_a_day_of_the_past_is_not(house: House, crew: Crew) -> None:
    early, late, _night = crew.shifts
    who = crew.people[0]
    with frozen(BEGIN):
        set_day(who, post=crew.post, day=TODAY + DAY, shift=early, actor=crew.leader)
        assert set_day(who, post=crew.post, day=TODAY + DAY, shift=early, actor=crew.leader) == []
        set_day(who, post=crew.post, day=TODAY + DAY, shift=late, actor=crew.leader)
        with acting(house.actor):
            assert Duty.objects.standing().count() == 1
            assert Duty.objects.filter(called_off=True).count() == 1
    with frozen(BEGIN + 2 * DAY):
        set_day(who, post=crew.post, day=TODAY + DAY, shift=None, actor=crew.leader)
        with pytest.raises(NotYet):
            set_day(who, post=crew.post, day=TODAY + DAY, shift=early, actor=crew.leader)
        with acting(house.actor):
            assert Duty.objects.standing().count() == 1


def test_a_running_gap_is_filled_from_now(house: House, crew: Crew) -> None:
    with frozen(BEGIN), acting(house.actor):
        fill_gap(crew.people[0], shift=crew.shifts[0], day=TODAY, actor=crew.leader)
        duty = Duty.objects.get()
        assert duty.starts_at == BEGIN
        assert [d.person_id for d in on_duty(actor=house.actor)] == [crew.people[0].id]
        [watch] = watches(house.actor)
        assert [(held.post.id, held.short) for held in watch.posts] == [(crew.post.id, 0)]


def test_a_week_is_copied_at_the_same_times(house: House, crew: Crew) -> None:
    with frozen(BEGIN):
        four(crew, 7)
        fit = copy_week([crew.post], TODAY, into=TODAY + 7 * DAY, actor=crew.leader)
        assert len(fit.drafts) == 20
        again = copy_week([crew.post], TODAY, into=TODAY + 7 * DAY, actor=crew.leader)
        assert (len(again.drafts), again.busy) == (0, 20)
        with pytest.raises(NotYet):
            copy_week([crew.post], TODAY, into=TODAY + 3 * DAY, actor=crew.leader)


def test_two_who_put_somebody_on_at_once_see_each_other(house: House, crew: Crew) -> None:
    with frozen(BEGIN), acting(house.actor):
        other = a_post(house.actor, place=house.community)
    begins = BEGIN + DAY

    def put(n: int) -> bool:
        try:
            with frozen(BEGIN):
                put_on_duty(
                    crew.people[0], post=(crew.post, other)[n % 2],
                    starts_at=begins + n * timedelta(minutes=1),
                    ends_at=begins + timedelta(hours=8), actor=house.actor,
                )  # fmt: skip
        except (NotYet, Conflict):
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(put, range(4))) == 1


def test_who_may_not_make_the_roster_is_refused(house: House, crew: Crew) -> None:
    with frozen(BEGIN):
        with pytest.raises(Refused):
            set_day(crew.people[0], post=crew.post, day=TODAY + DAY, shift=crew.shifts[0],
                    actor=crew.actors[0])  # fmt: skip
        with pytest.raises(Refused):
            add_shift(crew.post, code="x", name="x", begins=time(1), ends=time(2),
                      actor=crew.actors[0])  # fmt: skip
        with pytest.raises(NotYet):
            lay(crew.post, BY_CODE["4-3"], people=[], shifts=crew.shifts, first=TODAY, last=TODAY,
                actor=crew.leader)  # fmt: skip
        with pytest.raises(NotYet):
            would_be(crew.post, BY_CODE["4-3"], people=crew.people, shifts=crew.shifts[:2],
                     first=TODAY, last=TODAY)  # fmt: skip


def test_a_letter_is_taken_until_its_shift_is_closed(house: House, crew: Crew) -> None:
    with frozen(BEGIN):
        with pytest.raises(Conflict):
            add_shift(crew.post, code="早", name="早", begins=time(6), ends=time(14),
                      actor=crew.leader)  # fmt: skip
        close_shift(crew.shifts[0], actor=crew.leader)
        add_shift(crew.post, code="早", name="早", begins=time(6), ends=time(14),
                  actor=crew.leader)  # fmt: skip
        with acting(house.actor):
            assert Shift.objects.filter(closed_on=None).count() == 3
