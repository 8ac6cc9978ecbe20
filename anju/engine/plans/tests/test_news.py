"""News of planned work that came after it was said to be missed."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.testing import House, a_house
from anju.engine.plans.tasks import follow_news
from anju.engine.plans.testing import a_plan
from anju.engine.plans.tests.test_looking import AT, NOW, clock, done, first, looked
from anju.foundation.events.models import Event
from anju.foundation.events.testing import codes, seal_all, verified
from anju.foundation.lib import frozen
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> Iterator[House]:
    with frozen(NOW):
        yield a_house(actor)


def heard(house: House, work: WorkOrder) -> None:
    """What is told of a piece of work is read by whoever listens."""
    with acting(house.actor):
        told = list(Event.objects.filter(subject_id=work.id).order_by("id"))
    follow_news(house.actor, told)


def finding(house: House) -> tuple[str, int]:
    """The state of the one finding, and how often something was noted on it."""
    with acting(house.actor):
        found = Case.objects.get(kind="finding")
        notes = Event.objects.filter(subject_id=found.id, name="case.note").count()
    return found.state, notes


def test_news_of_what_was_done_in_time_mends_the_verdict(house: House) -> None:
    """A guard without signal: done at five past nine, heard of at two."""
    a_plan(house)
    work, _made = first(house)
    looked(AT)
    looked(AT + timedelta(hours=2))
    assert clock(house, work).state == "broken"
    done(house, work, AT + timedelta(hours=5), at=AT + timedelta(minutes=5))
    held = clock(house, work)
    assert (held.state, held.stopped_at) == ("kept", AT + timedelta(minutes=5))
    with acting(house.actor):
        assert Case.objects.get(kind="finding").state == "open"
    heard(house, work)
    heard(house, work)
    with acting(house.actor):
        assert Case.objects.get(kind="finding").state == "void"
    seal_all()
    assert codes(verified(house.actor.company_id)) == set()


def test_news_of_one_of_two_is_noted_on_the_finding_of_both_and_of_the_other_ends_it(
    house: House,
) -> None:
    a_plan(house, make_up=30)
    work, _made = first(house)
    with acting(house.actor):
        other = WorkOrder.objects.filter(case=None).order_by("opened_at")[1]
    for day in range(2):
        looked(AT + timedelta(days=day))
        looked(AT + timedelta(days=day, hours=2))
    done(house, work, AT + timedelta(days=1, hours=5), at=AT + timedelta(minutes=5))
    heard(house, work)
    assert finding(house) == ("open", 1)
    made_up = AT + timedelta(days=1, minutes=80)  # as good as in time: it was not missed
    done(house, other, AT + timedelta(days=1, hours=6), at=made_up)
    heard(house, other)
    assert finding(house) == ("void", 1)


def test_news_of_a_beginning_takes_back_what_was_missed_once(house: House) -> None:
    """What somebody has begun is late, never missed, whenever that is heard."""
    a_plan(house, make_up=30)
    work, _made = first(house)
    looked(AT)
    looked(AT + timedelta(hours=2))
    with frozen(AT + timedelta(hours=3)):
        move_work(work.id, "claim", actor=house.doer)
        for name, at in (("start", 80), ("hold", 85)):
            said = {"reason": "等钥匙"} if name == "hold" else {}
            minutes = timedelta(minutes=at)
            move_work(work.id, name, actor=house.doer, said=said, at=AT + minutes)
    heard(house, work)
    assert finding(house) == ("void", 0)


def test_news_that_come_before_anybody_looked_say_nothing_of_what_others_missed(
    house: House,
) -> None:
    """The ticker stood still as the second lapsed, and looks only after it was heard to be done."""
    a_plan(house)
    looked(AT)
    looked(AT + timedelta(hours=2))
    with acting(house.actor):
        other = WorkOrder.objects.filter(case=None).order_by("opened_at")[1]
    late, at = AT + timedelta(days=1, hours=5), AT + timedelta(days=1, minutes=5)
    done(house, other, late, at=at)
    looked(late)
    heard(house, other)
    assert finding(house) == ("open", 0)
