"""Leave, swaps and stand-ins: who may, what is refused, what becomes of shifts and work."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from anju.domains.staff.commands import (
    agree,
    approve,
    ask_for_leave,
    ask_for_swap,
    lay,
    refuse,
    set_day,
    withdraw,
)
from anju.domains.staff.models import DutyChange
from anju.domains.staff.queries import (
    left_by,
    my_shifts,
    reasons_of,
    swap_faults,
    swaps_for,
    who_could,
)
from anju.domains.staff.rules import BY_CODE, too_much
from anju.domains.staff.testing import Crew, a_crew
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.testing import an_account
from anju.foundation.entries.commands import Change
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.lib import frozen, now
from anju.foundation.messages.models import Message
from anju.foundation.people.commands import assign, edit_staff_rows, erase_person
from anju.foundation.people.models import Assignment, Deputy, Duty
from anju.foundation.people.queries import on_duty
from anju.foundation.people.testing import a_post, a_team, a_worker
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown

ZONE = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2026, 3, 2, 10, tzinfo=ZONE)  # a Monday
DAY = timedelta(days=1)


@pytest.fixture
def house(actor: Actor) -> House:
    with frozen(BEGIN):
        return a_house(actor)


@pytest.fixture
def crew(house: House) -> Crew:
    with frozen(BEGIN):
        made = a_crew(house.actor, place=house.community, people=5)
        lay(made.post, BY_CODE["4-3"], people=made.people[:4], shifts=made.shifts,
            first=BEGIN.date() + DAY, last=BEGIN.date() + 14 * DAY, actor=made.leader)  # fmt: skip
    return made


def leave(crew: Crew, n: int = 0, *, days: int = 2, first: int = 1) -> DutyChange:
    begin = datetime(2026, 3, 2, tzinfo=ZONE) + first * DAY
    return ask_for_leave(leave="own", starts_at=begin, ends_at=begin + days * DAY,
                         reason="家里老人住院", actor=crew.actors[n])  # fmt: skip


def standing(crew: Crew, n: int, actor: Actor) -> list[datetime]:
    with acting(actor):
        mine = Duty.objects.standing().filter(person=crew.people[n])
        return [at.astimezone(ZONE) for at in mine.order_by("starts_at").values_list(
            "starts_at", flat=True)]  # fmt: skip


def test_leave_shows_what_it_leaves_and_goes_to_the_stand_in(house: House, crew: Crew) -> None:
    with frozen(BEGIN):
        with acting(house.actor):
            opened = a_case(house)
        assert opened.work is not None
        said = {"person": str(crew.people[0].id), "reason": "就近"}
        move_work(opened.work.id, "assign", actor=house.actor, said=said)
        asked = leave(crew)
        with acting(house.actor):
            left = left_by(asked)
            assert [d.starts_at.astimezone(ZONE).hour for d in left.duties] == [7, 7]
            assert left.bare == left.duties
            assert [work.id for work in left.works] == [opened.work.id]
            assert Message.objects.filter(kind="duty.to_decide").exists()
        approve(asked.id, stands_in=crew.people[4], actor=crew.leader)
        assert [at.day for at in standing(crew, 4, house.actor)] == [3, 4]
        assert standing(crew, 0, house.actor)[0].day == 5
        with pytest.raises(NotYet) as refused:
            set_day(crew.people[0], post=crew.post, day=BEGIN.date() + DAY, shift=crew.shifts[1],
                    actor=crew.leader)  # fmt: skip
        assert refused.value.code == "away"
        with acting(house.actor):
            assert WorkOrder.objects.get(id=opened.work.id).person_id == crew.people[4].id
            deputy = Deputy.objects.get(person=crew.people[0])
            assert (deputy.since.day, deputy.until and deputy.until.day) == (3, 4)
            assert reasons_of([asked])[asked.id] == "家里老人住院"
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_leave_from_now_ends_the_shift_that_runs(house: House, crew: Crew) -> None:
    noon = datetime(2026, 3, 3, 12, tzinfo=ZONE)
    with frozen(noon), acting(house.actor):
        before = {d.person_id for d in on_duty(actor=house.actor, at=noon - timedelta(hours=1))}
        asked = ask_for_leave(leave="sick", starts_at=now(), ends_at=noon + timedelta(hours=12),
                              reason="", actor=crew.actors[0])  # fmt: skip
        approve(asked.id, stands_in=crew.people[4], actor=crew.leader)
        assert {d.person_id for d in on_duty(actor=house.actor)} == {crew.people[4].id}
        hour_ago = on_duty(actor=house.actor, at=noon - timedelta(hours=1))
        assert {d.person_id for d in hour_ago} == before == {crew.people[0].id}


def test_leave_is_refused_in_words_and_leaves_no_trace(house: House, crew: Crew) -> None:
    with frozen(BEGIN):
        wrongs = ({"leave": "x"}, {"reason": " "}, {"ends_at": BEGIN - DAY})
        given = {"leave": "own", "starts_at": BEGIN, "ends_at": BEGIN + DAY, "reason": "事"}
        for wrong in wrongs:
            with pytest.raises(NotYet):
                ask_for_leave(**{**given, **wrong}, actor=crew.actors[0])  # type: ignore[arg-type]  # as a form gives them
        with pytest.raises(NotYet):
            ask_for_leave(**given, actor=house.actor)  # type: ignore[arg-type]  # as above
        asked = leave(crew)
        with pytest.raises(NotYet):
            leave(crew, days=1, first=2)
        with pytest.raises(Refused):
            approve(asked.id, actor=crew.actors[0])
        with pytest.raises(Unknown):
            approve(asked.id, actor=crew.actors[1])
        with pytest.raises(NotYet):
            refuse(asked.id, reason=" ", actor=crew.leader)
        refuse(asked.id, reason="人手不够", actor=crew.leader)
        with pytest.raises(NotYet):
            approve(asked.id, actor=crew.leader)
        with pytest.raises(NotYet):
            withdraw(asked.id, actor=crew.actors[0])
        with acting(house.actor):
            assert DutyChange.objects.count() == 1
            assert not Duty.objects.filter(called_off=True).exists()


def test_nobody_approves_their_own(house: House, crew: Crew) -> None:
    with frozen(BEGIN):
        mine = ask_for_leave(leave="annual", starts_at=BEGIN + DAY, ends_at=BEGIN + 2 * DAY,
                             reason="", actor=crew.leader)  # fmt: skip
        with pytest.raises(NotYet) as refused:
            approve(mine.id, actor=crew.leader)
        assert refused.value.code == "own_work"
        approve(mine.id, actor=house.actor)


def test_a_swap_needs_the_other_and_the_leader(house: House, crew: Crew) -> None:
    with frozen(BEGIN), acting(house.actor):
        mine = my_shifts(crew.actors[0])[0]
        theirs = next(d for d in swaps_for(mine, actor=crew.actors[0])
                      if d.person_id == crew.people[1].id)  # fmt: skip
        asked = ask_for_swap(mine.id, other=crew.people[1], other_duty_id=theirs.id,
                             reason="看病", actor=crew.actors[0])  # fmt: skip
        with pytest.raises(NotYet):
            approve(asked.id, actor=crew.leader)
        with pytest.raises(Refused):
            agree(asked.id, actor=crew.leader)
        agreed = agree(asked.id, actor=crew.actors[1])
        with pytest.raises(Conflict):
            approve(asked.id, version=agreed.version - 1, actor=crew.leader)
        approve(asked.id, actor=crew.leader)
        assert theirs.starts_at in standing(crew, 0, house.actor)
        assert mine.starts_at in standing(crew, 1, house.actor)
        assert mine.starts_at not in standing(crew, 0, house.actor)


def test_a_swap_that_would_put_somebody_on_twice_is_refused_whole(house: House, crew: Crew) -> None:
    with frozen(BEGIN), acting(house.actor):
        mine = my_shifts(crew.actors[0])[0]
        day = mine.starts_at.astimezone(ZONE).date()
        asked = ask_for_swap(mine.id, other=crew.people[4], other_duty_id=None, reason="看病",
                             actor=crew.actors[0])  # fmt: skip
        agree(asked.id, actor=crew.actors[4])
        set_day(crew.people[4], post=crew.post, day=day, shift=crew.shifts[0], actor=crew.leader)
        with pytest.raises(NotYet) as refused:
            approve(asked.id, actor=crew.leader)
        assert refused.value.code == "twice"
        assert mine.starts_at in standing(crew, 0, house.actor)
        assert DutyChange.objects.get(id=asked.id).state == "agreed"


def test_nobody_stands_in_who_was_given_leave_meanwhile(house: House, crew: Crew) -> None:
    with frozen(BEGIN), acting(house.actor):
        mine = my_shifts(crew.actors[0])[0]
        asked = ask_for_swap(mine.id, other=crew.people[4], other_duty_id=None, reason="看病",
                             actor=crew.actors[0])  # fmt: skip
        agree(asked.id, actor=crew.actors[4])
        approve(leave(crew, 4).id, actor=crew.leader)
        with pytest.raises(NotYet) as refused:
            approve(asked.id, actor=crew.leader)
        assert refused.value.code == "away"
        assert mine.starts_at in standing(crew, 0, house.actor)
        assert DutyChange.objects.get(id=asked.id).state == "agreed"


def test_nobody_takes_a_shift_inside_their_own_leave(house: House, crew: Crew) -> None:
    with frozen(BEGIN), acting(house.actor):
        theirs = my_shifts(crew.actors[2])[1]
        late = reversed(my_shifts(crew.actors[0]))
        mine = next(
            one for one in late
            if not any(map(too_much, swap_faults(one, crew.people[2], theirs).values()))
        )  # fmt: skip
        assert theirs.starts_at < BEGIN + 4 * DAY < mine.starts_at
        asked = ask_for_swap(mine.id, other=crew.people[2], other_duty_id=theirs.id,
                             reason="看病", actor=crew.actors[0])  # fmt: skip
        agree(asked.id, actor=crew.actors[2])
        approve(leave(crew, days=4).id, actor=crew.leader)
        with pytest.raises(NotYet) as refused:
            approve(asked.id, actor=crew.leader)
        assert refused.value.code == "away"
        assert theirs.starts_at in standing(crew, 2, house.actor)


def test_who_is_away_stands_in_for_no_leave(house: House, crew: Crew) -> None:
    with frozen(BEGIN), acting(house.actor):
        approve(leave(crew, 4).id, actor=crew.leader)
        asked, before = leave(crew), standing(crew, 0, house.actor)
        with pytest.raises(NotYet) as refused:
            approve(asked.id, stands_in=crew.people[4], actor=crew.leader)
        assert refused.value.code == "away"
        assert standing(crew, 0, house.actor) == before
        assert not Deputy.objects.exists()


def test_whose_leave_is_over_takes_a_shift_that_runs(house: House, crew: Crew) -> None:
    morning = datetime(2026, 3, 3, 7, tzinfo=ZONE)
    with frozen(BEGIN), acting(house.actor):
        early = ask_for_leave(leave="own", starts_at=morning - timedelta(hours=7),
                              ends_at=morning + timedelta(hours=2), reason="看病",
                              actor=crew.actors[4])  # fmt: skip
        approve(early.id, actor=crew.leader)
    noon = morning + timedelta(hours=5)
    with frozen(noon), acting(house.actor):
        asked = ask_for_leave(leave="sick", starts_at=noon, ends_at=noon + timedelta(hours=12),
                              reason="", actor=crew.actors[0])  # fmt: skip
        approve(asked.id, stands_in=crew.people[4], actor=crew.leader)
        assert {d.person_id for d in on_duty(actor=house.actor)} == {crew.people[4].id}


def test_the_leader_of_a_team_somebody_left_is_told_no_more(house: House, crew: Crew) -> None:
    with frozen(BEGIN), acting(house.actor):
        person = crew.people[0]
        head = a_worker(house.actor, place=house.community, name="新班长")
        team = a_team(house.actor, place=house.community, leader=head)
        leader = an_account(house.actor, "leader", house.community.path, person_id=head.id)
        left = Change(Assignment.objects.get(person=person), {"until": BEGIN.date() - DAY})
        edit_staff_rows([left], actor=house.actor)
        post = a_post(house.actor, place=house.community, team=team)
        assign(person, post=post, since=BEGIN.date(), actor=house.actor)
        leave(crew)
        told = Message.objects.filter(kind="duty.to_decide").values_list("account_id", flat=True)
        assert set(told) == {leader.id}


def test_who_could_step_in_keeps_the_limits_first(house: House, crew: Crew) -> None:
    with frozen(BEGIN), acting(house.actor):
        mine = my_shifts(crew.actors[0])[0]
        span = (mine.starts_at, mine.ends_at)
        found = who_could(crew.post, [span], actor=crew.leader, without=crew.people[0].id)
        assert found[0].person.id == crew.people[4].id
        assert found[0].faults == []
        assert all(one.person.id != crew.people[0].id for one in found)


def test_reasons_go_with_the_person(house: House, crew: Crew) -> None:
    with frozen(BEGIN):
        asked = leave(crew)
        with acting(house.actor):
            erase_person(crew.people[0].id, actor=house.actor)
            assert reasons_of([asked]) == {}


def test_what_is_somebody_elses_is_unknown(house: House, crew: Crew) -> None:
    with frozen(BEGIN):
        with pytest.raises(Unknown):
            withdraw(uuid4(), actor=crew.actors[0])
        asked = leave(crew)
        with pytest.raises(Unknown):
            withdraw(asked.id, actor=crew.actors[1])
        withdraw(asked.id, actor=crew.actors[0])
