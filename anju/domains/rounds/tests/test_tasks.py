"""Planned work that is late is told while it can be made up."""

from datetime import timedelta

from django.utils import translation

from anju.domains.rounds.commands import Said, look_at_points, pass_point
from anju.domains.rounds.queries import posts_of, rounds_at_hand
from anju.domains.rounds.tasks import tell_late, tell_left_out
from anju.domains.rounds.testing import a_round, opened
from anju.engine.clocks.commands import sweep
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import House, a_house
from anju.engine.plans.commands import look_at_planned
from anju.engine.plans.testing import a_plan
from anju.foundation.access.testing import an_account
from anju.foundation.events.models import Event
from anju.foundation.lib import frozen, now
from anju.foundation.messages.models import Message
from anju.foundation.messages.registry import words_of
from anju.foundation.people.commands import assign
from anju.foundation.people.testing import a_duty, a_post, a_worker
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


def late(house: House) -> tuple[WorkOrder, list[Event]]:
    """A round whose window has closed, and the event that says so."""
    with acting(house.actor):
        post = a_post(house.actor, place=house.community)
        assign(house.worker, post=post, since=None, actor=house.actor)
    a_plan(house, late=10, make_up=60, post=post)
    with acting(house.actor):
        work = WorkOrder.objects.filter(case=None).earliest("opened_at")
    with frozen(work.opened_at + timedelta(minutes=11)):
        look_at_planned()
        sweep()
    with acting(house.actor):
        return work, list(Event.objects.filter(subject_id=work.id, name="clock.broken"))


def test_who_should_do_it_and_the_leader_are_told_once(actor: Actor) -> None:
    house = a_house(actor)
    leader = an_account(actor, "leader", house.community.path)
    beside = an_account(actor, "guard", house.community.path)
    doer = an_account(actor, "technician", house.community.path, person_id=house.worker.id)
    work, events = late(house)
    with frozen(work.opened_at + timedelta(minutes=11)), acting(actor):
        for _again in range(2):
            tell_late(actor, events)
        told = Message.objects.filter(kind="round.late", channel="inapp")
        assert set(told.values_list("account_id", flat=True)) == {leader.id, doer.id}
        assert told.count() == 2
        assert {one.facts["why"] for one in told} == {"role", "work"}
        assert beside.id not in told.values_list("account_id", flat=True)


def test_at_a_post_whoever_is_on_duty_is_told_and_who_is_off_is_not(actor: Actor) -> None:
    house = a_house(actor)
    an_account(actor, "technician", house.community.path, person_id=house.worker.id)
    with acting(actor):
        there, gone = (a_worker(actor, place=house.community) for _n in range(2))
    hand, _off = (
        an_account(actor, "guard", house.community.path, person_id=person.id)
        for person in (there, gone)
    )
    work, events = late(house)
    at = work.opened_at + timedelta(minutes=11)
    with frozen(at), acting(actor):
        assert work.post is not None
        a_duty(actor, post=work.post, person=there)
        a_duty(actor, post=work.post, person=gone, starts_at=at - timedelta(hours=9))
        tell_late(actor, events)
        told = Message.objects.filter(kind="round.late", channel="inapp")
        assert [one.account_id for one in told] == [hand.id]
        assert [work.id] == [
            one.id for one in rounds_at_hand(hand.actor, posts_of(hand.actor, at), at, most=9)
        ]


def test_what_was_done_meanwhile_is_not_told(actor: Actor) -> None:
    house = a_house(actor)
    an_account(actor, "leader", house.community.path)
    work, events = late(house)
    with frozen(work.opened_at + timedelta(minutes=12)), acting(actor):
        WorkOrder.objects.filter(id=work.id).update(state="passed", done_at=now())
        tell_late(actor, events)
        assert not Message.objects.filter(kind="round.late").exists()


def test_the_notice_says_whether_it_can_still_be_made_up() -> None:
    facts = {"title": "巡更", "place": "1 栋", "due": "03-02 10:00", "why": "work"}
    with translation.override("en"):
        still = words_of("round.late", 1, {**facts, "until": "03-02 11:00"})
        over = words_of("round.late", 1, {**facts, "until": "03-02 10:00"})
    assert "until 03-02 11:00" in still.lines[0]
    assert "cannot be made up any more" in over.lines[0]


def test_points_left_out_are_told_to_who_began_it_and_the_leader_while_they_can_be_made_up(
    actor: Actor,
) -> None:
    house = a_house(actor)
    leader = an_account(actor, "leader", house.community.path)
    doer = an_account(actor, "technician", house.community.path, person_id=house.worker.id)
    beside = an_account(actor, "guard", house.community.path)
    window = {"early": 10, "late": 60, "make_up": 60}
    _route, work = a_round(house, {}, {"minute": 5, "name": "天台门"}, {}, **window)
    opened(work)
    at = work.opened_at + timedelta(minutes=21)
    with frozen(work.opened_at + timedelta(minutes=12)):
        pass_point(work.id, Said("P1"), actor=doer.actor)
        pass_point(work.id, Said("P2", "na", note="门锁着"), actor=doer.actor)
    with frozen(at):
        look_at_points()
    with frozen(at), acting(actor):
        events = list(Event.objects.filter(subject_id=work.id, name="route.left_out"))
        for _again in range(2):
            tell_left_out(actor, events)
        told = Message.objects.filter(kind="round.points", channel="inapp")
        assert {one.account_id for one in told} == {leader.id, doer.id}
        assert told.count() == 2
        assert beside.id not in told.values_list("account_id", flat=True)
        facts = told.first().facts
    assert (facts["points"], facts["title"]) == ("天台门", "夜间巡逻")
    with translation.override("en"):
        still = words_of("round.points", 1, facts)
        over = words_of("round.points", 1, {**facts, "until": ""})
    assert "can be made up until" in still.lines[0]
    assert still.lines[1] == "Could not be reached: 天台门 (门锁着)"
    assert "each is a finding" in over.lines[0]


def test_points_passed_meanwhile_are_not_told(actor: Actor) -> None:
    house = a_house(actor)
    an_account(actor, "leader", house.community.path)
    _route, work = a_round(house, {}, {"minute": 5}, early=10, late=60, make_up=60)
    opened(work)
    with frozen(work.opened_at + timedelta(minutes=21)), acting(actor):
        look_at_points()
        events = list(Event.objects.filter(subject_id=work.id, name="route.left_out"))
        assert len(events) == 1
        pass_point(work.id, Said("P2"), actor=house.doer)
        tell_left_out(actor, events)
        assert not Message.objects.filter(kind="round.points").exists()
