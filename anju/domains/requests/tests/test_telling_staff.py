"""Events of cases and clocks reach the people they concern: real seals, real cursors."""

from datetime import timedelta

import pytest
from django.utils import translation

from anju.domains.requests.tasks import tell_staff
from anju.engine.clocks.commands import sweep
from anju.engine.clocks.models import Clock
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.commands import create_account, grant_role
from anju.foundation.access.testing import Someone, an_account
from anju.foundation.events.commands import advance
from anju.foundation.events.models import Event
from anju.foundation.events.registry import listeners
from anju.foundation.events.testing import seal_all
from anju.foundation.lib import frozen, now
from anju.foundation.messages.models import Message
from anju.foundation.messages.registry import words_of
from anju.foundation.messages.rules.outbox import STORM
from anju.foundation.messages.testing import someone_with_email
from anju.foundation.people.models import Person
from anju.foundation.places.testing import a_community
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor


@pytest.fixture
def house(actor: Actor) -> House:
    return a_house(actor)


def read_on(actor: Actor) -> None:
    seal_all()
    while advance(listeners()["requests.staff"], actor.company_id):
        continue


def told(actor: Actor, account: object, channel: str = "inapp") -> list[str]:
    read_on(actor)
    with acting(actor):
        rows = Message.objects.filter(account_id=account, channel=channel)
        return list(rows.order_by("created_at", "id").values_list("kind", flat=True))


def account_of(actor: Actor, person: Person) -> object:
    login = f"w{person.id.hex}"
    return create_account(actor=actor, login=login, name="李强", person_id=person.id).id


def the_work(actor: Actor, case: Case) -> WorkOrder:
    with acting(actor):
        return WorkOrder.objects.get(case_id=case.id)


def assign(house: House, case: Case) -> WorkOrder:
    work = the_work(house.actor, case)
    said = {"person": str(house.worker.id)}
    return move_work(work.id, "assign", actor=house.judge, said=said)


def test_the_desk_of_the_place_hears_of_a_new_case(actor: Actor, house: House) -> None:
    here = an_account(actor, "desk", house.community.path)
    whole = an_account(actor, "concierge")
    elsewhere = an_account(actor, "desk", a_community(actor, name="二期").path)
    hands = an_account(actor, "technician", house.community.path)
    case = a_case(house).case
    assert told(actor, here.id) == ["case.reported"]
    assert told(actor, whole.id) == ["case.reported"]
    assert told(actor, elsewhere.id) == []
    assert told(actor, hands.id) == []
    with acting(actor):
        message = Message.objects.mine(here.actor).get()
    assert (message.subject_kind, message.subject_id) == ("case", case.id)
    with translation.override("en"):
        words = words_of(message.kind, message.version, message.facts)
    assert case.number in words.subject
    assert "3-2-1201" in words.lines[0]
    assert words.why == "You get this because you are on the desk for this place."
    assert case.title not in str(message.facts)


def test_nobody_is_told_of_what_they_did_themselves(actor: Actor, house: House) -> None:
    mine = an_account(actor, "desk", house.community.path)
    a_case(House(**{**house.__dict__, "actor": mine.actor}))
    assert told(actor, mine.id) == []


def test_work_reaches_who_shall_do_it_and_who_checks_it(actor: Actor, house: House) -> None:
    doer = account_of(actor, house.worker)
    leader = an_account(actor, "leader", house.community.path)
    case = a_case(house).case
    work = assign(house, case)
    assert told(actor, doer) == ["work.assigned"]
    for step in ("accept", "arrive", "start"):
        move_work(work.id, step, actor=house.doer)
    move_work(work.id, "finish", actor=house.doer, said={"result": "换了阀门"})
    assert told(actor, leader.id) == ["work.to_check"]
    move_work(work.id, "fail", actor=house.judge, said={"reason": "仍然漏水"})
    assert told(actor, doer) == ["work.assigned", "work.failed"]


def test_a_warning_goes_to_who_has_the_work_else_to_the_desk(actor: Actor, house: House) -> None:
    doer = account_of(actor, house.worker)
    desk = an_account(actor, "desk", house.community.path)
    given, waiting = a_case(house, urgency=2).case, a_case(house, urgency=2).case
    assign(house, given)
    told(actor, desk.id)
    with frozen(now() + timedelta(minutes=4)):  # accept within 5, dispatch within 15
        sweep()
        assert told(actor, doer)[-1] == "clock.warned"
        with acting(actor):
            warned = Message.objects.mine(desk.actor).filter(kind="clock.warned")
            assert {m.subject_id for m in warned} == {waiting.id}


def test_an_escalation_reaches_the_role_and_climbs_when_nobody_holds_it(
    actor: Actor, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.conf.settings.SMTP_URL", "smtp://127.0.0.1:1")
    manager = someone_with_email(actor, "manager", house.community.path)
    case = a_case(house, urgency=2).case
    with frozen(now() + timedelta(minutes=6)):
        sweep()
        assert "clock.escalated" in told(actor, manager.id)
        assert "clock.escalated" in told(actor, manager.id, "email")
        with acting(actor):
            clock = Clock.objects.get(case_id=case.id, kind="respond")
            message = Message.objects.mine(manager.actor).get(kind="clock.escalated")
        assert message.facts["why"] == "above"  # there is no leader here
        assert message.facts["clock"] == "respond"
        with translation.override("en"):
            words = words_of(message.kind, message.version, message.facts)
        assert "nobody holds the role Team leader" in words.why
    assert clock.due_at is not None
    leader = an_account(actor, "leader", house.community.path)
    a_case(house, urgency=2)
    with frozen(now() + timedelta(minutes=6)):
        sweep()
        assert "clock.escalated" in told(actor, leader.id)


def test_a_role_that_has_ended_is_not_told(actor: Actor, house: House) -> None:
    someone = an_account(actor)
    grant_role(
        someone.id, actor=actor, role="desk", until=now() + timedelta(seconds=1),
    )  # fmt: skip
    with frozen(now() + timedelta(seconds=5)):
        a_case(house)
        assert told(actor, someone.id) == []


def test_the_dissatisfied_reopen_and_the_desk_and_headquarters_hear_of_it(
    actor: Actor, house: House
) -> None:
    desk = an_account(actor, "desk", house.community.path)
    headquarters = an_account(actor, "headquarters")
    case = a_case(house, kind="enquiry").case
    move_case(case.id, "answer", actor=house.doer, said={"text": "明天恢复"})
    said = {"outcome": "dissatisfied"}
    move_case(case.id, "callback", actor=house.judge, said=said)
    assert told(actor, desk.id) == ["case.reported", "case.reopened"]
    assert told(actor, headquarters.id) == ["case.reopened"]


def test_read_twice_it_is_told_once(actor: Actor, house: House) -> None:
    desk = an_account(actor, "desk", house.community.path)
    a_case(house)
    assert told(actor, desk.id) == ["case.reported"]
    machine = Actor.machine(actor.company_id, "requests.staff")
    with acting(machine):
        events = list(Event.objects.filter(name="case.reported"))
        tell_staff(machine, events)
    assert told(actor, desk.id) == ["case.reported"]


def test_after_an_outage_nobody_hears_of_what_is_over(actor: Actor, house: House) -> None:
    desk = an_account(actor, "desk", house.community.path)
    a_case(house)
    old = a_case(house, kind="enquiry").case
    move_case(old.id, "void", actor=house.doer, said={"reason": "twice"})
    seal_all()
    with frozen(now() + timedelta(days=2)):
        assert told(actor, desk.id) == []


def test_a_storm_of_broken_promises_is_one_digest(actor: Actor, house: House) -> None:
    manager: Someone = an_account(actor, "manager", house.community.path)
    begins = now().replace(minute=5, second=0, microsecond=0) + timedelta(hours=1)
    with frozen(begins):
        for _n in range(STORM + 10):
            a_case(house, urgency=2)
    with frozen(begins + timedelta(minutes=6)):
        sweep()
        kinds = told(actor, manager.id)
    assert kinds.count("clock.escalated") <= STORM
    assert kinds.count("digest") == 1
    with acting(actor):
        assert Message.objects.get(account_id=manager.id, kind="digest").facts["count"] >= 10


def test_a_batch_costs_the_same_few_queries(actor: Actor, house: House) -> None:
    from django.db import connection  # beside its one use
    from django.test.utils import CaptureQueriesContext  # as above

    an_account(actor, "desk", house.community.path)
    for _n in range(12):
        a_case(house)
    machine = Actor.machine(actor.company_id, "requests.staff")
    counts = []
    for batch in (2, 10):
        with acting(machine), CaptureQueriesContext(connection) as seen:
            events = list(Event.objects.filter(name="case.reported").order_by("id")[:batch])
            tell_staff(machine, events)
        counts.append(len(seen))
    assert counts[0] == counts[1]
