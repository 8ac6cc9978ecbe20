"""Back from leave before its time; what a swap may not do."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from anju.domains.staff.commands import (
    agree,
    approve,
    ask_for_leave,
    ask_for_swap,
    end_leave,
    set_day,
)
from anju.domains.staff.models import DutyChange
from anju.domains.staff.queries import my_changes, swap_faults, swaps_for
from anju.domains.staff.rules import Span, new_faults, too_much
from anju.domains.staff.testing import Crew, a_crew
from anju.engine.loop.testing import House, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import an_account
from anju.foundation.events.models import Event
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.lib import frozen
from anju.foundation.messages.models import Message
from anju.foundation.people.commands import change_roster
from anju.foundation.people.models import Deputy, Duty
from anju.foundation.people.queries import deputies_of, on_duty
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown

ZONE = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2026, 3, 2, 10, tzinfo=ZONE)  # a Monday
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
EARLY, LATE, NIGHT = 0, 1, 2


@pytest.fixture
def house(actor: Actor) -> House:
    with frozen(BEGIN):
        return a_house(actor)


@pytest.fixture
def crew(house: House) -> Crew:
    """The first has the early shift from Tuesday to Friday."""
    with frozen(BEGIN):
        made = a_crew(house.actor, place=house.community, people=4)
        for n in range(1, 5):
            put(made, 0, n, EARLY)
    return made


def put(crew: Crew, who: int, day: int, shift: int) -> Duty:
    """On a shift so many days after Monday."""
    return set_day(crew.people[who], post=crew.post, day=BEGIN.date() + day * DAY,
                   shift=crew.shifts[shift], actor=crew.leader)[0]  # fmt: skip


def on_leave(crew: Crew, *, instead: int | None = None, days: int = 4) -> DutyChange:
    begin = datetime(2026, 3, 3, tzinfo=ZONE)
    asked = ask_for_leave(leave="own", starts_at=begin, ends_at=begin + days * DAY,
                          reason="家里老人住院", actor=crew.actors[0])  # fmt: skip
    stands_in = crew.people[instead] if instead else None
    return approve(asked.id, stands_in=stands_in, actor=crew.leader)


def days(crew: Crew, who: int) -> list[int]:
    with acting(crew.leader):
        held = Duty.objects.standing().filter(person=crew.people[who]).order_by("starts_at")
        return [one.starts_at.astimezone(ZONE).day for one in held]


def test_who_is_back_early_has_the_shifts_to_come_again(house: House, crew: Crew) -> None:
    with frozen(BEGIN):
        given = on_leave(crew, instead=1)
        assert (days(crew, 0), days(crew, 1)) == ([], [3, 4, 5, 6])
    back = datetime(2026, 3, 4, 12, tzinfo=ZONE)  # the stand-in is at work
    with frozen(back):
        with acting(house.actor):
            there = set(on_duty(actor=house.actor).values_list("person_id", flat=True))
            assert there == {crew.people[1].id}
        ended = end_leave(given.id, actor=crew.actors[0])
        with acting(house.actor):  # who is at work stays to the end
            assert set(on_duty(actor=house.actor).values_list("person_id", flat=True)) == there
        assert (ended.state, ended.ends_at) == ("approved", back)
        assert (days(crew, 0), days(crew, 1)) == ([5, 6], [3, 4])
        with acting(house.actor):
            deputy = Deputy.objects.get()
            assert deputy.until == back.date() - DAY
            told = Message.objects.filter(kind="duty.back").values_list("account_id", flat=True)
            assert crew.leader.id in set(told)
            assert crew.actors[1].id in set(told)
            assert Event.objects.about("duty_change", given.id).last().name == "duty.ended"
            assert my_changes(crew.actors[0]) == []
        with pytest.raises(NotYet):
            end_leave(given.id, actor=crew.actors[0])
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_leave_that_has_not_begun_does_not_take_place(house: House, crew: Crew) -> None:
    with frozen(BEGIN):
        given = on_leave(crew, instead=1)
        ended = end_leave(given.id, actor=crew.leader)  # who makes the roster may, too
        assert ended.state == "withdrawn"
        assert (days(crew, 0), days(crew, 1)) == ([3, 4, 5, 6], [])
        with acting(house.actor):
            told = Message.objects.filter(kind="duty.back").values_list("account_id", flat=True)
            assert set(told) == {crew.actors[0].id, crew.actors[1].id}
        on_leave(crew)  # asked for again: nothing stands in its way


def test_what_others_have_meanwhile_stays_theirs(house: House, crew: Crew) -> None:
    with frozen(BEGIN):
        given = on_leave(crew)  # nobody stands in
        put(crew, 2, 2, EARLY)  # on Wednesday somebody else was put on
        end_leave(given.id, actor=crew.actors[0])
        assert (days(crew, 0), days(crew, 2)) == ([3, 5, 6], [4])


def test_what_the_leave_did_not_take_does_not_come_back(house: House, crew: Crew) -> None:
    with frozen(BEGIN):
        mine, theirs = first(crew), put(crew, 1, 8, EARLY)
        asked = swap(crew, mine, theirs)  # Tuesday goes to the second, before the leave
        agree(asked.id, actor=crew.actors[1])
        approve(asked.id, actor=crew.leader)
        with acting(crew.leader):
            friday = Duty.objects.filter(
                person=crew.people[0], starts_at=datetime(2026, 3, 6, 7, tzinfo=ZONE)
            )
            change_roster(off=friday, actor=crew.leader)
        given = on_leave(crew, instead=1)
        assert (days(crew, 0), days(crew, 1)) == ([10], [3, 4, 5])
        end_leave(given.id, actor=crew.actors[0])
        assert (days(crew, 0), days(crew, 1)) == ([4, 5, 10], [3])


@pytest.mark.parametrize("back", [BEGIN, BEGIN + DAY])
def test_nobody_is_deputy_for_a_leave_that_gave_no_whole_day(
    house: House, crew: Crew, back: datetime
) -> None:
    with frozen(BEGIN):
        given = on_leave(crew, instead=1)
    with frozen(back):
        end_leave(given.id, actor=crew.actors[0])
    with acting(house.actor):
        assert [deputies_of(crew.people[0], on=BEGIN.date() + n * DAY) for n in range(6)] == [
            []
        ] * 6
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_only_who_is_back_or_makes_the_roster_ends_it(house: House, crew: Crew) -> None:
    with frozen(BEGIN):
        given = on_leave(crew)
        with pytest.raises(Unknown):
            end_leave(given.id, actor=crew.actors[1])
        with pytest.raises(Conflict):
            end_leave(given.id, actor=crew.leader, version=given.version - 1)
        assert days(crew, 0) == []  # a refusal leaves no trace
        asked = ask_for_leave(
            leave="annual", starts_at=BEGIN + 20 * DAY, ends_at=BEGIN + 21 * DAY, reason="",
            actor=crew.actors[0],
        )  # fmt: skip
        with pytest.raises(NotYet):
            end_leave(asked.id, actor=crew.actors[0])  # nobody has approved it: it is withdrawn


def test_it_is_ended_on_the_phone_and_by_the_leader(house: House, crew: Crew) -> None:
    path = house.community.path
    with frozen(BEGIN):
        given = on_leave(crew)
        phone, desk = (
            Client(headers={"Accept-Language": "en"}),
            Client(headers={"Accept-Language": "en"}),
        )
        guard = an_account(house.actor, "guard", path, person_id=crew.people[0].id)
        phone.cookies[DEVICE_COOKIE] = guard.device
        desk.cookies[DEVICE_COOKIE] = an_account(house.actor, "leader", path).device
        assert "I am back: end the leave" in phone.get("/shifts").content.decode()
        page = desk.get(f"/roster/changes/{given.id}").content.decode()
        assert "4 shifts that have not begun come back:" in page
        assert phone.post(f"/shifts/changes/{given.id}", {"do": "back"}).status_code == 302
        assert days(crew, 0) == [3, 4, 5, 6]
        again = on_leave(crew)
        assert desk.post(f"/roster/changes/{again.id}", {"do": "back"}).status_code == 302
        assert days(crew, 0) == [3, 4, 5, 6]


def swap(crew: Crew, mine: Duty, theirs: Duty, other: int = 1) -> DutyChange:
    return ask_for_swap(mine.id, other=crew.people[other], other_duty_id=theirs.id, reason="看病",
                        actor=crew.actors[0])  # fmt: skip


def first(crew: Crew) -> Duty:
    with acting(crew.leader):
        return Duty.objects.filter(person=crew.people[0]).order_by("starts_at").first()  # type: ignore[return-value]  # there is one


def test_a_swap_puts_nobody_on_twice(house: House, crew: Crew) -> None:
    with frozen(BEGIN):
        put(crew, 1, 1, EARLY)
        theirs = put(crew, 1, 5, LATE)
        with pytest.raises(NotYet) as refused:
            swap(crew, first(crew), theirs)
        assert refused.value.code == "twice"


def test_a_swap_leaves_nobody_without_rest(house: House, crew: Crew) -> None:
    with frozen(BEGIN):
        theirs = put(crew, 1, 1, NIGHT)  # from 23 to 7, and then one's own early shift at 7
        with pytest.raises(NotYet) as refused:
            swap(crew, first(crew), theirs)
        assert refused.value.code == "rest"
        short = put(crew, 2, 1, LATE)  # until 23: eight hours until 7 are shown, not refused
        asked = swap(crew, first(crew), short, 2)
        with acting(crew.leader):
            found = swap_faults(first(crew), crew.people[2], short)
            assert [(one.kind, one.hours) for one in found[crew.people[0].id]] == [("rest", 8.0)]
        desk = Client(headers={"Accept-Language": "en"})
        leader = an_account(house.actor, "leader", house.community.path)
        desk.cookies[DEVICE_COOKIE] = leader.device
        page = desk.get(f"/roster/changes/{asked.id}").content.decode()
        assert "only 8 h of rest before" in page


def test_who_is_on_leave_is_offered_no_swap_and_asked_for_none(house: House, crew: Crew) -> None:
    with frozen(BEGIN):
        theirs = put(crew, 1, 8, EARLY)
        with acting(crew.leader):
            assert theirs in swaps_for(first(crew), actor=crew.actors[0])
        away = ask_for_leave(leave="annual", starts_at=datetime(2026, 3, 3, tzinfo=ZONE),
                             ends_at=datetime(2026, 3, 4, tzinfo=ZONE), reason="",
                             actor=crew.actors[1])  # fmt: skip
        approve(away.id, actor=crew.leader)
        with acting(crew.leader):
            assert theirs not in swaps_for(first(crew), actor=crew.actors[0])
        with pytest.raises(NotYet) as refused:
            swap(crew, first(crew), theirs)
        assert refused.value.code == "away"


def test_swaps_that_would_be_refused_are_not_offered(house: House, crew: Crew) -> None:
    with frozen(BEGIN):
        night, late, other = put(crew, 1, 1, NIGHT), put(crew, 2, 1, LATE), put(crew, 3, 8, EARLY)
        with acting(crew.leader):
            offered = swaps_for(first(crew), actor=crew.actors[0])
        assert night not in offered
        assert late in offered
        assert other in offered


def test_what_was_short_before_is_no_fault_of_a_swap() -> None:
    def span(day: int, hour: int, length: int = 8) -> Span:
        begin = datetime(2026, 3, day, hour, tzinfo=ZONE)
        return begin, begin + length * HOUR

    held = [span(3, 7), span(3, 20), span(9, 7)]  # five hours between the first two
    calm = new_faults(held, takes=span(12, 7), gives=span(9, 7), zone=ZONE)
    assert calm == []
    tight = new_faults(held, takes=span(9, 20), gives=None, zone=ZONE)
    assert [one.kind for one in tight] == ["rest"]
    assert too_much(tight)
