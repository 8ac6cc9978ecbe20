"""Planned work by text message: each number once, many people with few queries, in slices."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from anju.domains.community.commands.notices import Announced, OfWork, publish
from anju.domains.community.commands.telling import tell_ahead, tell_of_plan, tell_of_work
from anju.domains.community.rules import WORK_TEXT_EACH_HOUR
from anju.domains.community.testing import a_neighbour, a_resident
from anju.domains.community.tests.test_texting import (
    TEN,
    an_enquiry,
    browser,
    house,
    of_news,
    provider,
    push_on,
    texts,
    touching,
    worked_on,
)
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.testing import House
from anju.engine.plans.commands import look_at_planned
from anju.engine.plans.models import Occurrence, Plan
from anju.engine.plans.testing import a_plan
from anju.foundation.access.models import Account
from anju.foundation.events.commands import advance
from anju.foundation.events.models import Event
from anju.foundation.events.registry import listeners
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.lib import frozen
from anju.foundation.messages.commands import delivering
from anju.foundation.messages.models import Message
from anju.foundation.messages.rules.outbox import Outcome
from anju.foundation.people.models import Person
from anju.foundation.people.testing import a_person
from anju.foundation.places.models import Served
from anju.foundation.places.testing import an_asset
from anju.foundation.tenancy.acting import acting

__all__ = ["house", "provider"]  # fixtures
SAID = {"title": "停水", "text": "清洗水箱", "kind": "outage"}
LOST = Outcome("permanent", "unsubscribed")


def planned_in(house: House, **plan: object) -> tuple[Plan, WorkOrder]:
    once = {"start": "2031-03-07", "rule": "FREQ=DAILY;COUNT=1", "times": ("09:00",)}
    made = a_plan(house, when=once, **plan)  # type: ignore[arg-type]  # as given
    with acting(house.actor):
        work = Occurrence.objects.select_related("work").get(plan=made).work
    assert work
    return made, work


def test_a_number_that_four_share_is_texted_once_at_however_many_places_it_lives(
    house: House,
) -> None:
    (room, other), shared = a_neighbour(house, number="5-1-101"), "13800138000"
    with acting(house.actor):
        pump = an_asset(house.actor, place=house.room)
        for place in (house.room, room):
            Served.objects.create(company_id=house.actor.company_id, asset=pump, place=place)
        Person.objects.filter(id=other.id).update(phone=shared)
        a_person(house.actor, name="李先生", phone=shared, lives_at=house.room)
        a_person(house.actor, name="李奶奶", phone="+86 138 0013 8000", lives_at=room)
        accounts = Account.objects.count()
    _plan, work = planned_in(house, subjects=((house.room, pump),))
    assert len(tell_of_work(work, actor=house.actor, **SAID)) == 2
    assert len(of_news(house)) == 1
    with acting(house.actor):
        assert Account.objects.count() == accounts + 1
    move_work(work.id, "void", actor=house.doer, said={"reason": "改期"})
    worked_on(house)
    assert [said for _who, said in of_news(house)] == [
        "停水 · 03-07 09:00",
        "停水: it does not take place",
    ]


def test_work_takes_no_place_of_what_is_told_of_a_matter(house: House) -> None:
    for n in range(WORK_TEXT_EACH_HOUR.most + 2):
        _plan, work = planned_in(house, code=f"p{n}")
        tell_of_work(work, actor=house.actor, **SAID)
    assert len(of_news(house)) == WORK_TEXT_EACH_HOUR.most
    an_enquiry(house)
    assert texts(house)[-1].kind == "matter.received"


def test_many_are_told_with_as_many_queries_as_few(house: House) -> None:
    counts = []
    for living in (10, 60):
        with acting(house.actor):
            for n in range(living):
                phone = f"139{living:04}{n:04}"
                a_person(house.actor, name=f"住户{n}", phone=phone, lives_at=house.room)
        _plan, work = planned_in(house, code=f"p{living}")
        tell_of_work(work, actor=house.actor, **SAID)
        seal_all()
        with CaptureQueriesContext(connection) as asked:
            assert advance(listeners()["community.texts"], house.actor.company_id)
        counts.append(len(asked))
    assert counts[0] == counts[1] < 50
    assert len(of_news(house)) == 11 + 71
    with acting(house.actor):  # one for each batch
        queued = Event.objects.filter(name="message.queued", by=listener_of(house))
        assert [event.said["kinds"] for event in queued.order_by("id")] == [
            {"notice.news": 11}, {"notice.news": 71},
        ]  # fmt: skip
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def listener_of(house: House) -> object:
    """Who the listener is in the memory."""
    return Event.objects.filter(name="message.queued").latest("id").by


def test_slices_are_told_one_after_the_other_and_others_do_not_wait(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anju.domains.community.texting.SLICE", 2)
    with acting(house.actor):
        for n in range(4):
            a_person(house.actor, name=f"住户{n}", phone=f"1390013900{n}", lives_at=house.room)
    _plan, work = planned_in(house)
    tell_of_work(work, actor=house.actor, **SAID)
    sizes = []
    for _slice in range(3):
        seal_all()
        advance(listeners()["community.texts"], house.actor.company_id)
        with acting(house.actor):
            sizes.append(Message.objects.filter(channel="sms").count())
    assert sizes == [2, 4, 5]
    assert len(of_news(house)) == 5


def test_work_made_up_is_texted_where_the_browser_gave_the_notice_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    push_on(house)
    browser(a_resident(house, house.resident).actor)
    work = touching(house, late=60, make_up=600)
    with frozen(TEN + timedelta(days=2, hours=3)):
        look_at_planned()
        move_work(work.id, "claim", actor=house.doer)
        move_work(work.id, "start", actor=house.doer)
        worked_on(house)
        texts(house)
        monkeypatch.setattr(delivering.CHANNELS["push"], "send", lambda self, parcel: LOST)
        delivering.deliver("push", actor=house.actor)
        assert (house.resident.name, "停水: it has begun") in of_news(house)


def test_of_who_announces_by_hand_and_the_machine_one_does(house: House) -> None:
    plan, work = planned_in(house)
    tell_of_plan(plan, actor=house.actor, ahead=72, **SAID)

    def by_hand() -> int:
        try:
            with frozen(TEN):  # each thread has a clock of its own
                return len(tell_of_work(work, actor=house.actor, **SAID))
        except Announced:
            return 0
        finally:
            connections.close_all()

    def by_machine() -> int:
        try:
            with frozen(TEN):
                return tell_ahead(actor=house.actor)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(one) for one in (by_hand, by_machine) * 2]
        assert sum(job.result() for job in jobs) == 1
    with acting(house.actor):
        one = Occurrence.objects.select_related("work").get(work=work)
    about = OfWork(work, one.at, one.closes_at)
    with pytest.raises(Announced):  # whoever looked before the other had written
        publish(house.room, title="停水", text="停水", about=about, actor=house.actor)


def test_while_somebody_announces_by_hand_the_machine_leaves_it_to_them(house: House) -> None:
    plan, work = planned_in(house)
    tell_of_plan(plan, actor=house.actor, ahead=72, **SAID)

    def by_machine() -> int:
        try:
            with frozen(TEN):
                return tell_ahead(actor=house.actor)
        finally:
            connections.close_all()

    with acting(house.actor), ThreadPoolExecutor(1) as pool:
        tell_of_work(work, actor=house.actor, **SAID)
        assert pool.submit(by_machine).result(timeout=60) == 0
    assert tell_ahead(actor=house.actor) == 0
