"""Opening a case: does it, refuses and leaves no trace."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from anju.engine.clocks.models import Clock
from anju.engine.loop.commands.opening import Report, report
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.testing import a_case, a_house, everyone
from anju.foundation.events.models import Event, EventValue, Inbox
from anju.foundation.events.rules import leaf_of
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused


def test_a_report_opens_everything_that_belongs_to_it(actor: Actor) -> None:
    house = a_house(actor)
    opened = a_case(house)
    with acting(actor):
        case = Case.objects.get()
        work = WorkOrder.objects.get()
        clocks = {c.kind: c for c in Clock.objects.all()}
        event = Event.objects.about("case", case.id).get()
        assert case.number == f"{house.community.code}-{now():%y%m%d}-0001" or case.number
        assert case.state == "open"
        assert case.standard
        assert case.standard.code == "repair"
        assert (work.state, work.case_id, work.place_id) == ("waiting", case.id, house.room.id)
        assert set(clocks) == {"respond", "dispatch", "arrive", "finish", "feedback"}
        assert clocks["feedback"].due_at == case.at + timedelta(hours=24)
        assert all(c.next_at and c.due_at and c.next_at <= c.due_at for c in clocks.values())
        assert leaf_of(event) == bytes(event.leaf)
        assert event.wrote == written(case, work, *clocks.values())
        texts = {v.name: v.text for v in EventValue.objects.filter(event=event)}
        assert texts == {"title": "卫生间漏水", "text": "楼下也渗水"}
        assert "卫生间" not in str(event.said)
        assert Inbox.objects.filter(event_id=event.id).count() == 1
    assert [c.id for c in opened.clocks] == [
        clocks[k].id for k in ("respond", "dispatch", "arrive", "finish", "feedback")
    ]


def test_numbers_of_a_community_and_day_follow_each_other(actor: Actor) -> None:
    house = a_house(actor)
    numbers = [a_case(house).case.number for _ in range(3)]
    day = f"{house.community.code}-"
    assert all(n.startswith(day) for n in numbers)
    assert [int(n[-4:]) for n in numbers] == [1, 2, 3]


def test_an_enquiry_opens_without_work(actor: Actor) -> None:
    opened = a_case(a_house(actor), kind="enquiry")
    assert opened.work is None
    assert {c.kind for c in opened.clocks} == {"respond", "finish", "feedback"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "gossip"}, "kind"),
        ({"title": "  "}, "title"),
        ({"title": "长" * 301}, "title"),
        ({"urgency": 9}, "urgency"),
        ({"place": None}, "place"),
        ({"at": "tomorrow"}, "at"),
    ],
)
def test_bad_input_is_named_and_leaves_no_trace(
    actor: Actor, change: dict[str, object], field: str
) -> None:
    house = a_house(actor)
    if change.get("at"):
        change = {"at": now() + timedelta(days=1)}
    said = {"kind": "repair", "title": "灯不亮", "place": house.room, **change}
    with acting(actor):
        before = Event.objects.count()
    with pytest.raises(NotYet) as refusal:
        report(Report(**said), actor=actor)  # type: ignore[arg-type]  # bad on purpose
    assert list(refusal.value.fields) == [field]
    with acting(actor):
        assert (Case.objects.count(), Clock.objects.count(), Event.objects.count()) == (
            0,
            0,
            before,
        )


def test_without_the_right_nothing_is_opened(actor: Actor) -> None:
    house = a_house(actor)
    elsewhere = Actor.of(actor.company_id, "guard", ["case.report"], "zz.")
    with pytest.raises(Refused):
        report(Report(kind="repair", title="灯不亮", place=house.room), actor=elsewhere)
    with acting(actor):
        assert Case.objects.count() == 0


def test_a_case_is_seen_at_its_place_only(actor: Actor) -> None:
    house = a_house(actor)
    case = a_case(house).case
    here = Actor.of(actor.company_id, "a", ["case.see"], house.community.path)
    there = Actor.of(actor.company_id, "b", ["case.see"], "zz.")
    reporter = everyone(Actor.of(actor.company_id, "c", []), "c", house.resident)
    with acting(actor):
        assert list(Case.objects.seen_by(here)) == [case]
        assert list(Case.objects.seen_by(there)) == []
        assert list(Case.objects.seen_by(reporter)) == [case]


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (timedelta(hours=1), "lies in the future"),
        (timedelta(days=-3660), "more than ten years back"),
        (datetime(1, 1, 2, tzinfo=UTC) - now(), "more than ten years back"),
    ],
)
def test_a_time_that_cannot_be_meant_is_refused(actor: Actor, at: timedelta, words: str) -> None:
    """The year 1 took seconds of every process that counted from there."""
    house = a_house(actor)
    with translation.override("en"), pytest.raises(NotYet) as refused:
        report(Report(kind="repair", title="漏水", place=house.room, at=now() + at), actor=actor)
    with translation.override("en"):  # said in the language it is shown in
        assert words in str(refused.value.fields["at"])
    with acting(actor):
        assert not Case.objects.exists()
