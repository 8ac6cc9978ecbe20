"""A reply owed outside: its deadline is a clock of the case, moved by who set it."""

from datetime import datetime, timedelta

import pytest

from anju.engine.clocks.commands import sweep
from anju.engine.clocks.models import Clock
from anju.engine.clocks.queries import explained
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.models import Record
from anju.engine.loop.testing import a_case, a_house
from anju.foundation.events.models import Event
from anju.foundation.events.testing import seal_all, verified
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.errors import NotYet

BEGIN = datetime.fromisoformat("2026-11-20T09:30:20+08:00")
DUE = datetime.fromisoformat("2026-11-25T18:00:00+08:00")


@pytest.fixture
def house(actor):
    return a_house(actor)


def wanted(house, case, due=DUE, **said):
    return move_case(case.id, "deadline", actor=house.actor, said={"due": due, **said})


def clock_of(house, case):
    with acting(house.actor):
        return Clock.objects.filter(case_id=case.id, kind="reply").get()


def told(house, case, kind="reply"):
    with acting(house.actor):
        found = Event.objects.about("case", case.id).filter(name__startswith="clock.")
        return [(e.name, e.said.get("to", ""), e.at) for e in found if e.said["clock"] == kind]


def test_the_deadline_is_a_clock_by_the_wall_that_work_on_hold_does_not_pause(house):
    with frozen(BEGIN):
        case = a_case(house, kind="complaint").case
        wanted(house, case, number="12345-0088")
    clock = clock_of(house, case)
    assert (clock.due_at, clock.state, clock.pause_cap) == (DUE, "running", 0)
    assert clock.calendar == "always"
    with frozen(BEGIN + timedelta(days=2)):
        with acting(house.actor):
            (span,) = explained(clock)  # one stretch, nights and the weekend counted
        assert (span.counted, span.why) == (True, "open")


def test_it_warns_and_goes_up_a_ladder_of_its_own(house):
    with frozen(BEGIN):
        case = a_case(house, kind="enquiry").case
        wanted(house, case)
    with frozen(DUE + timedelta(minutes=1)):
        sweep()
    names = [(name, to) for name, to, _at in told(house, case)]
    assert ("clock.warned", "") in names
    assert ("clock.broken", "") in names
    assert ("clock.escalated", "headquarters") in names
    day_before = next(at for name, to, at in told(house, case) if to == "manager")
    assert day_before == DUE - timedelta(days=1)
    assert clock_of(house, case).state == "broken"


def test_an_extension_is_asked_granted_and_told_again(house):
    later = DUE + timedelta(days=3)
    with frozen(BEGIN):
        case = a_case(house, kind="enquiry").case
        wanted(house, case)
    with frozen(DUE - timedelta(hours=1)):
        sweep()
        said = {"until": later, "reason": "等厂家配件"}
        move_case(case.id, "extension", actor=house.actor, said=said)
        assert clock_of(house, case).due_at == DUE  # asking moves nothing
        wanted(house, case, later, reason="同意延期")
    clock = clock_of(house, case)
    assert (clock.due_at, clock.state) == (later, "running")
    with frozen(later + timedelta(minutes=1)):
        sweep()
    managers = [at for _name, to, at in told(house, case) if to == "manager"]
    assert managers[:2] == [DUE - timedelta(days=1), later - timedelta(days=1)]
    with acting(house.actor):
        kinds = Record.objects.filter(case=case, kind__in=("outside", "extension"))
        assert [r.kind for r in kinds.order_by("noted_at", "id")] == [
            "outside", "extension", "outside",
        ]  # fmt: skip
        moved = Event.objects.about("case", case.id).filter(name="case.deadline").last()
    assert datetime.fromisoformat(moved.said["before"]) == DUE
    seal_all()
    assert verified(house.actor.company_id).problems == []


def test_the_reply_keeps_it_and_the_case_is_not_closed_before(house):
    with frozen(BEGIN):
        case = a_case(house, kind="praise", reporter=None).case
        wanted(house, case)
        move_case(case.id, "answer", actor=house.actor, said={"text": "已转达"})
        with pytest.raises(NotYet) as refusal:
            move_case(case.id, "close", actor=house.actor)
        assert set(refusal.value.fields) == {"reply"}
        other = a_case(house, kind="praise", reporter=None).case
        said = {"into": other.number, "text": "并案", "channel": "phone"}
        with pytest.raises(NotYet):
            move_case(case.id, "merge", actor=house.actor, said=said)
        move_case(case.id, "reply", actor=house.actor, said={"text": "已办结，请查收"})
        assert move_case(case.id, "close", actor=house.actor).state == "closed"
    assert clock_of(house, case).state == "kept"
    seal_all()
    assert verified(house.actor.company_id).problems == []


def test_a_deadline_that_was_over_when_it_became_known_is_late_at_once(house):
    with frozen(BEGIN):
        case = a_case(house, kind="enquiry").case
        wanted(house, case, BEGIN - timedelta(days=1))
        sweep()
        move_case(case.id, "reply", actor=house.actor, said={"text": "迟复"})
    clock = clock_of(house, case)
    assert clock.state == "broken"
    assert clock.due_at == (BEGIN - timedelta(days=1)).replace(second=0)


@pytest.mark.parametrize(
    ("step", "said", "field"),
    [
        ("deadline", {"due": "soon"}, "due"),
        ("deadline", {"due": BEGIN - timedelta(days=9)}, "due"),
        ("extension", {"until": DUE, "reason": "x"}, "until"),
        ("extension", {"until": DUE + timedelta(days=1)}, "reason"),
        ("reply", {}, "text"),
    ],
)
def test_bad_input_is_refused_and_changes_nothing(house, step, said, field):
    with frozen(BEGIN):
        case = a_case(house, kind="enquiry").case
        wanted(house, case)
        before = clock_of(house, case).due_at
        with pytest.raises(NotYet) as refusal:
            move_case(case.id, step, actor=house.actor, said=said)
    assert field in refusal.value.fields
    assert clock_of(house, case).due_at == before


def test_nobody_waits_outside_so_nothing_is_sent_back(house):
    case = a_case(house, kind="enquiry").case
    for step, said in (("reply", {"text": "x"}), ("extension", {"until": now(), "reason": "x"})):
        with pytest.raises(NotYet):
            move_case(case.id, step, actor=house.actor, said=said)
