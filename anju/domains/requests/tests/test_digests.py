"""Two digests: what nobody has accepted, to the leader every half hour; headquarters' morning."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from django.test import Client
from django.utils import translation

from anju.domains.requests.mornings import KIND, tell_morning
from anju.domains.requests.tasks import gathers_until, tell_staff
from anju.domains.requests.tests.test_telling_staff import read_on, the_work, told
from anju.engine.clocks.commands import sweep
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.testing import House, a_case, a_house
from anju.foundation.access.rules import DEVICE_COOKIE
from anju.foundation.access.testing import Someone, an_account
from anju.foundation.events.models import Event
from anju.foundation.lib import frozen
from anju.foundation.messages.commands import add_gateway, mark_read
from anju.foundation.messages.models import Message
from anju.foundation.messages.registry import words_of
from anju.foundation.messages.testing import a_provider, a_setting, someone_with_email
from anju.foundation.places.testing import a_community, a_place
from anju.foundation.tenancy.acting import acting, unfenced
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Company

SHANGHAI = ZoneInfo("Asia/Shanghai")
TEN = datetime(2031, 3, 5, 10, 2, tzinfo=SHANGHAI)  # a Wednesday


@pytest.fixture
def house(actor: Actor) -> Iterator[House]:
    with frozen(TEN):
        yield a_house(actor)


def of_kind(actor: Actor, kind: str, channel: str = "inapp") -> list[Message]:
    with acting(actor):
        return list(Message.objects.filter(kind=kind, channel=channel).order_by("created_at", "id"))


def numbers(message: Message) -> list[str]:
    return sorted(number for number, _place, _seen in message.facts["matters"])


def after(minutes: int, actor: Actor) -> None:
    with frozen(TEN + timedelta(minutes=minutes)):
        sweep()
        read_on(actor)


def test_ordinary_work_nobody_accepted_is_one_message_to_the_leader_and_once(
    actor: Actor, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.conf.settings.SMTP_URL", "smtp://127.0.0.1:1")
    monkeypatch.setattr("django.conf.settings.WEBHOOK_NETWORKS", "127.0.0.0/8")
    leader = someone_with_email(actor, "leader", house.community.path)
    with a_provider("wecom") as group:
        add_gateway("wecom", a_setting(group), actor=actor)
        cases = [a_case(house, urgency=urgency).case for urgency in (3, 3, 4)]
        after(29, actor)
        assert of_kind(actor, "work.waiting") == []
        for minutes in (31, 32, 40, 57):
            after(minutes, actor)
    [told_once] = of_kind(actor, "work.waiting")
    assert told_once.account_id == leader.id
    assert numbers(told_once) == sorted(case.number for case in cases)
    [mail] = of_kind(actor, "work.waiting", "email")
    [to_group] = of_kind(actor, "work.waiting", "wecom")
    for outside in (mail, to_group):
        assert numbers(outside) == numbers(told_once)
        assert outside.next_at == TEN.replace(hour=11, minute=0)  # 10:33 is of that half hour
    with frozen(TEN + timedelta(minutes=40)):
        kinds = told(actor, leader.id)
    assert "clock.escalated" not in kinds
    with translation.override("en"):
        words = words_of(mail.kind, mail.version, mail.facts)
    assert words.subject == "3 matters that nobody had accepted in time"
    assert words.lines[0] == f"{cases[0].number} · 3-2-1201 · not accepted by 10:33"
    assert words.why == "You get this because you are Team leader for this place."
    assert str(house.resident.name) not in str(mail.facts)
    assert house.resident.phone not in str(mail.facts)


def test_what_was_accepted_meanwhile_is_not_in_it(actor: Actor, house: House) -> None:
    an_account(actor, "leader", house.community.path)
    taken, left = a_case(house).case, a_case(house).case
    with frozen(TEN + timedelta(minutes=31)):
        sweep()
        with acting(actor):
            work = WorkOrder.objects.get(case_id=taken.id)
        said = {"person": str(house.worker.id)}
        move_work(work.id, "assign", actor=house.judge, said=said)
        move_work(work.id, "accept", actor=house.doer)
        read_on(actor)
    [message] = of_kind(actor, "work.waiting")
    assert numbers(message) == [left.number]


def test_told_again_it_stays_one_and_the_next_half_hour_has_its_own(
    actor: Actor, house: House
) -> None:
    an_account(actor, "leader", house.community.path)
    first = a_case(house).case
    after(31, actor)
    machine = Actor.machine(actor.company_id, "requests.staff")
    with frozen(TEN + timedelta(minutes=50)), acting(machine):
        events = list(Event.objects.filter(name="clock.escalated"))
        tell_staff(machine, events)
        tell_staff(machine, events)
    with frozen(TEN + timedelta(minutes=35)):
        second = a_case(house).case
    after(70, actor)
    assert [numbers(message) for message in of_kind(actor, "work.waiting")] == [
        [first.number],
        [second.number],
    ]


def test_it_grows_until_its_half_hour_is_over(actor: Actor, house: House) -> None:
    leader = an_account(actor, "leader", house.community.path)
    first = a_case(house).case
    with frozen(TEN + timedelta(minutes=5)):
        second = a_case(house).case
    after(31, actor)
    with frozen(TEN + timedelta(minutes=32)):
        mark_read(None, actor=leader.actor)
    after(36, actor)
    [message] = of_kind(actor, "work.waiting")
    assert numbers(message) == sorted([first.number, second.number])
    assert message.read_at is None  # there is something new in it


def test_reopened_within_days_it_is_told_again(actor: Actor, house: House) -> None:
    an_account(actor, "leader", house.community.path)
    case = a_case(house, kind="enquiry", reporter=house.resident).case
    after(31, actor)
    with frozen(TEN + timedelta(minutes=50)):
        move_case(case.id, "answer", actor=house.doer, said={"text": "明天恢复"})
    with frozen(TEN + timedelta(hours=2)):
        move_case(case.id, "reopen", actor=house.judge, said={"reason": "还没好"})
    after(151, actor)
    after(200, actor)
    digests = of_kind(actor, "work.waiting")
    assert [numbers(message) for message in digests] == [[case.number], [case.number]]


def test_planned_work_alone_goes_as_ordinary_work_does(actor: Actor, house: House) -> None:
    an_account(actor, "leader", house.community.path)
    a_case(house, urgency=4)
    after(31, actor)
    [message] = of_kind(actor, "work.waiting")
    assert message.priority == 3


def test_what_is_accepted_before_it_is_sent_is_said_as_of_when_it_was_seen(
    actor: Actor, house: House
) -> None:
    an_account(actor, "leader", house.community.path)
    case = a_case(house).case
    after(31, actor)
    with frozen(TEN + timedelta(minutes=40)):
        work = the_work(actor, case)
        move_work(work.id, "assign", actor=house.judge, said={"person": str(house.worker.id)})
        move_work(work.id, "accept", actor=house.doer)
    [message] = of_kind(actor, "work.waiting")
    with translation.override("en"):
        words = words_of(message.kind, message.version, message.facts)
    assert "has accepted" not in f"{words.subject} {words.lines}"
    assert words.lines[0].endswith("not accepted by 10:33")


def test_urgent_matters_are_told_one_by_one_as_before(actor: Actor, house: House) -> None:
    leader = an_account(actor, "leader", house.community.path)
    a_case(house, urgency=2)
    after(20, actor)
    with frozen(TEN + timedelta(minutes=20)):
        assert "clock.escalated" in told(actor, leader.id)
    assert of_kind(actor, "work.waiting") == []


def test_the_night_is_kept_quiet() -> None:
    evening = TEN.replace(hour=21, minute=40)
    morning = (evening + timedelta(days=1)).replace(hour=7, minute=0)
    assert gathers_until(evening, SHANGHAI) == morning
    assert gathers_until(evening.replace(hour=3), SHANGHAI) == evening.replace(hour=7, minute=0)
    assert gathers_until(evening.replace(minute=5), SHANGHAI) == evening.replace(minute=30)


# ---- headquarters' morning

MORNING = TEN.replace(day=6, hour=8, minute=30)


def company_of(actor: Actor) -> Company:
    with unfenced("a test looks at its company"):
        found = Company.objects.get(id=actor.company_id)
    found.created_at = TEN - timedelta(days=1)
    return found


def ask(actor: Actor, at: datetime = MORNING) -> int:
    company = company_of(actor)
    with frozen(at):
        return tell_morning(company, actor=Actor.machine(actor.company_id, "mornings"))


@pytest.fixture
def headquarters(actor: Actor, house: House) -> Someone:
    return an_account(actor, "headquarters")


def late_one(house: House) -> Case:
    case = a_case(house, urgency=2).case
    with frozen(TEN + timedelta(minutes=10)):
        sweep()
    return case


def test_the_morning_says_what_broke_and_what_is_late_by_community(
    actor: Actor, house: House, headquarters: Someone
) -> None:
    calm = a_community(actor, name="二期")
    late_one(house)
    late_one(house)
    manager = an_account(actor, "manager", house.community.path)
    with frozen(MORNING):
        reader = an_account(actor, "headquarters")
    assert ask(actor) == 2
    messages = of_kind(actor, KIND)
    assert manager.id not in {headquarters.id, reader.id}
    assert {message.account_id for message in messages} == {headquarters.id, reader.id}
    facts = messages[0].facts
    [[name, _code, broken, late]] = facts["communities"]
    assert (name, broken, late) == (house.community.name, 2, 2)
    with translation.override("en"):
        words = words_of(KIND, 1, facts)
    assert words.subject == "03-05: 2 broken, 2 late now"
    assert words.why.startswith("You get this every morning")
    assert calm.name not in str(words)
    assert house.resident.name not in str(facts)
    assert house.resident.phone not in str(facts)
    client = Client(headers={"Accept-Language": "en"})
    client.cookies[DEVICE_COOKIE] = reader.device
    with frozen(MORNING):
        shown = client.get("/messages").content.decode()
        for _label, link in words.links:
            assert link.replace("&", "&amp;") in shown
            assert client.get(link).content.decode().count('href="/cases/0') == 2, link


def test_a_morning_that_cannot_list_all_says_how_many_more(
    actor: Actor, house: House, headquarters: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anju.domains.requests.mornings.MOST", 1)
    late_one(house)
    late_one(replace_room(actor, house))
    assert ask(actor) == 1
    [message] = of_kind(actor, KIND)
    assert len(message.facts["communities"]) == 1
    with translation.override("en"):
        first = words_of(KIND, 1, message.facts).lines[0]
    assert first == (
        "2 communities, as it stood at 08:30. The worst are listed here; 1 more have something "
        "late, on the page of communities."
    )


def replace_room(actor: Actor, house: House) -> House:
    """The same house in another community."""
    other = a_community(actor, name="二期")
    with acting(actor):
        room = a_place(actor, community=other)
    return replace(house, community=other, room=room)


def test_a_calm_morning_is_one_line(actor: Actor, house: House, headquarters: Someone) -> None:
    assert ask(actor) == 1
    [message] = of_kind(actor, KIND)
    with translation.override("en"):
        words = words_of(message.kind, message.version, message.facts)
    assert words.links == ()
    assert words.subject == "03-05: nothing late"
    assert words.lines == ("No promise was broken, and nothing is late at 08:30.",)


def test_once_a_day_not_before_half_past_eight_and_not_without_a_yesterday(
    actor: Actor, house: House, headquarters: Someone
) -> None:
    assert ask(actor, MORNING - timedelta(seconds=1)) == 0
    assert [ask(actor), ask(actor, MORNING + timedelta(hours=3))] == [1, 0]
    assert ask(actor, MORNING + timedelta(days=1)) == 1
    new = company_of(actor)
    new.created_at = MORNING + timedelta(days=2)
    with frozen(MORNING + timedelta(days=2, hours=1)):
        assert tell_morning(new, actor=Actor.machine(actor.company_id, "mornings")) == 0


def test_eight_tickers_at_once_tell_it_once(actor: Actor) -> None:
    with frozen(TEN):
        a_house(actor)
        an_account(actor, "headquarters")
    company = company_of(actor)

    def tick(_n: int) -> int:
        try:
            with frozen(MORNING):
                return tell_morning(company, actor=Actor.machine(company.id, "mornings"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(tick, range(8)))
    assert sorted(counts) == [0] * 7 + [1]
    assert len(of_kind(actor, KIND)) == 1


def test_who_answers_for_one_community_reads_of_that_one(actor: Actor, house: House) -> None:
    other = a_community(actor, name="二期")
    late_one(house)
    an_account(actor, "headquarters", other.path)
    assert ask(actor) == 1
    [message] = of_kind(actor, KIND)
    assert message.facts["communities"] == []
