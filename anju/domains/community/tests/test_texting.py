"""Where no browser takes it: the first and the last word about a matter, by text message."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from anju.domains.community.commands.landing import Told, report_at, stranger
from anju.domains.community.commands.matters import Wish, report_own
from anju.domains.community.commands.telling import tell_of_work
from anju.domains.community.reaching import MOST
from anju.domains.community.rules import TEXT_EACH_DAY, TEXT_EACH_HOUR
from anju.domains.community.tasks import anyone_to_tell, tell_residents
from anju.domains.community.testing import a_neighbour, a_resident
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.testing import House, a_case, a_house
from anju.engine.plans.commands import look_at_planned
from anju.engine.plans.testing import a_plan
from anju.foundation.access.models import Account, DeviceSession, Try
from anju.foundation.events.commands import advance
from anju.foundation.events.models import Event
from anju.foundation.events.registry import listeners
from anju.foundation.events.testing import seal_all
from anju.foundation.lib import frozen
from anju.foundation.messages.commands import (
    Browser,
    Setting,
    add_gateway,
    delivering,
    subscribe,
)
from anju.foundation.messages.commands.gateways import change_gateway
from anju.foundation.messages.models import Gateway, Message
from anju.foundation.messages.registry import words_of
from anju.foundation.messages.rules.outbox import Outcome
from anju.foundation.messages.testing import Provider, a_provider, a_setting
from anju.foundation.people.models import Person
from anju.foundation.people.testing import a_person
from anju.foundation.tenancy.acting import acting, unfenced
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet

TEN = datetime(2031, 3, 5, 10, 2, tzinfo=ZoneInfo("Asia/Shanghai"))
POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setattr("django.conf.settings.WEBHOOK_NETWORKS", "127.0.0.0/8")
    with a_provider("sms") as made:
        yield made


@pytest.fixture
def house(actor: Actor, provider: Provider) -> Iterator[House]:
    with unfenced("limits by number count for all companies, so for all tests"):
        Try.objects.all().delete()
    with frozen(TEN):
        made = a_house(actor)
        provider.clock = TEN.timestamp
        add_gateway("sms", a_setting(provider, residents=True, hours=(22, 7)), actor=actor)
        with acting(actor):
            Person.objects.filter(id=made.resident.id).update(phone="13800138000")
        yield made


def read_on(house: House) -> None:
    seal_all()
    for name in ("community.residents", "community.texts"):
        while advance(listeners()[name], house.actor.company_id):
            seal_all()


def texts(house: House) -> list[Message]:
    read_on(house)
    with acting(house.actor):
        return list(Message.objects.filter(channel="sms").order_by("created_at", "id"))


def settle(house: House, case: Case) -> None:
    move_case(case.id, "answer", actor=house.doer, said={"text": "明天恢复"})


def an_enquiry(house: House) -> Case:
    return a_case(house, kind="enquiry", reporter=house.resident).case


def push_on(house: House) -> None:
    add_gateway("push", Setting(name="浏览器", hours=(0, 0)), actor=house.actor)


def test_the_first_and_the_last_word_come_as_a_text_and_nothing_else(
    house: House, provider: Provider
) -> None:
    case = an_enquiry(house)
    said: dict[str, Any] = {"text": "正在查", "substance": "reason", "channel": "phone"}
    move_case(case.id, "tell", actor=house.judge, said=said)
    settle(house, case)
    assert [m.kind for m in texts(house)] == ["matter.received", "matter.settled"]
    delivering.deliver("sms", actor=house.actor)
    assert provider.taken == [
        f"{case.number}：您的报事已受理",
        f"{case.number} 我们已办好，您满意吗？",
    ]
    assert {m.state for m in texts(house)} == {"sent"}
    assert all(m.facts == {"number": case.number} for m in texts(house))
    with acting(house.actor), translation.override("en"):
        words = [words_of(m.kind, m.version, m.facts).subject for m in texts(house)]
    assert words[0] == f"{case.number}: we have your report"


def test_told_again_it_is_one_text(house: House) -> None:
    an_enquiry(house)
    before = [m.id for m in texts(house)]
    with acting(house.actor):
        events = list(Event.objects.order_by("noted_at", "id"))
        tell_residents(house.actor, events)
    assert [m.id for m in texts(house)] == before != []


def test_whoever_has_a_browser_is_not_texted_beside_it(house: House) -> None:
    push_on(house)
    resident = a_resident(house, house.resident)
    browser(resident.actor)
    settle(house, an_enquiry(house))
    assert texts(house) == []
    with acting(house.actor):
        kinds = Message.objects.filter(channel="push").order_by("id").values_list("kind", flat=True)
        assert list(kinds) == ["matter.received", "matter.settled"]


def test_a_notice_no_browser_took_becomes_one_text(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    push_on(house)
    resident = a_resident(house, house.resident)
    browser(resident.actor, "one")
    browser(resident.actor, "two")
    an_enquiry(house)
    read_on(house)
    fates = iter([Outcome("permanent", "unsubscribed"), Outcome("permanent", "unsubscribed")])
    monkeypatch.setattr(delivering.CHANNELS["push"], "send", lambda self, parcel: next(fates))
    delivering.deliver("push", actor=house.actor, limit=1)
    assert texts(house) == []  # the other browser may still take it
    delivering.deliver("push", actor=house.actor)
    assert [m.kind for m in texts(house)] == ["matter.received"]
    assert len(texts(house)) == 1


def test_one_browser_that_took_it_is_enough(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    push_on(house)
    resident = a_resident(house, house.resident)
    browser(resident.actor, "one")
    browser(resident.actor, "two")
    an_enquiry(house)
    read_on(house)
    fates = iter([Outcome("unclear", "lost"), Outcome("permanent", "unsubscribed")])
    monkeypatch.setattr(delivering.CHANNELS["push"], "send", lambda self, parcel: next(fates))
    delivering.deliver("push", actor=house.actor)
    assert texts(house) == []


def test_at_most_five_about_one_matter(house: House) -> None:
    case = an_enquiry(house)
    for _n in range(MOST + 2):
        settle(house, case)
        move_case(case.id, "reopen", actor=house.judge, said={"reason": "还没好"})
    assert len(texts(house)) == MOST


def test_the_last_place_is_kept_for_the_last_word(house: House) -> None:
    push_on(house)
    resident = a_resident(house, house.resident)
    browser(resident.actor)
    case = an_enquiry(house)
    for n in range(MOST + 1):
        said = {"text": f"第 {n} 次", "substance": "reason", "channel": "phone"}
        move_case(case.id, "tell", actor=house.judge, said=said)
    settle(house, case)
    read_on(house)
    with acting(house.actor):
        pushed = Message.objects.filter(channel="push").order_by("id")
        kinds = list(pushed.values_list("kind", flat=True))
    assert kinds == ["matter.received", *["matter.told"] * (MOST - 2), "matter.settled"]


def test_a_number_left_at_a_label_is_not_texted(house: House) -> None:
    room = house.room
    actor = stranger(house.actor.company_id, room.path)
    landed = report_at(room, Told(words="灯坏了", phone="13900139000"), actor=actor)
    with acting(house.actor):
        before = Account.objects.count()
    assert texts(house) == []
    with acting(house.actor):
        reporter = Case.objects.select_related("reporter").get(id=landed.case.id).reporter
        assert reporter is not None
        assert (reporter.kind, reporter.phone) == ("contact", "13900139000")
        assert Account.objects.count() == before


def test_who_is_known_is_texted_of_what_they_report_at_a_label(house: House) -> None:
    actor = stranger(house.actor.company_id, house.room.path)
    report_at(house.room, Told(words="灯坏了"), actor=actor, reporter=house.resident)
    assert [m.kind for m in texts(house)] == ["matter.received"]


def test_a_number_gets_no_more_texts_than_codes(house: House) -> None:
    for _n in range(TEXT_EACH_HOUR.most + 2):
        an_enquiry(house)
    assert len(texts(house)) == TEXT_EACH_HOUR.most
    for hours in range(2, 9, 2):
        with frozen(TEN + timedelta(hours=hours)):
            for _n in range(4):
                an_enquiry(house)
            read_on(house)
    assert len(texts(house)) == TEXT_EACH_DAY.most


def test_after_an_outage_nobody_is_texted_about_what_is_over(house: House) -> None:
    old = an_enquiry(house)  # and nobody listens for three days
    seal_all()
    with frozen(TEN + timedelta(days=3)):
        new = an_enquiry(house)
        [text] = texts(house)
    assert (text.subject_id, text.kind) == (new.id, "matter.received")
    with frozen(TEN + timedelta(days=3)):
        settle(house, old)
        seal_all()
    with frozen(TEN + timedelta(days=5)):
        settled = texts(house)[-1]
    assert (settled.subject_id, settled.kind) == (old.id, "matter.settled")
    assert settled.expires_at == TEN + timedelta(days=10)  # not from when it was read


def test_quiet_hours_are_kept(house: House, provider: Provider) -> None:
    night = TEN.replace(hour=23)
    with frozen(night):
        an_enquiry(house)
        read_on(house)
        delivering.deliver("sms", actor=house.actor)
        [text] = texts(house)
    assert provider.taken == []
    assert (text.state, text.error) == ("pending", "quiet")
    assert text.next_at == (night + timedelta(days=1)).replace(hour=7, minute=0)


def test_nobody_is_texted_without_a_number_nor_by_a_company_that_does_not_wish_it(
    house: House, provider: Provider
) -> None:
    with acting(house.actor):
        Person.objects.filter(id=house.resident.id).update(phone="0571-8888")
        before = Account.objects.count()
    an_enquiry(house)
    assert texts(house) == []
    with acting(house.actor):
        assert Account.objects.count() == before
        Person.objects.filter(id=house.resident.id).update(phone="13800138000")
        gateway = Gateway.objects.get(kind="sms")
    change_gateway(gateway.id, a_setting(provider, residents=False), actor=house.actor)
    with acting(house.actor):
        assert not anyone_to_tell(house.actor)
    an_enquiry(house)
    assert texts(house) == []


def test_who_reported_on_their_own_pages_has_the_receipt(house: House) -> None:
    resident = a_resident(house, house.resident)
    report_own(Wish(kind="repair", words="卫生间漏水"), household=resident.household)
    assert texts(house) == []


def browser(actor: Actor, name: str = "one") -> None:
    """A browser of the resident takes notices."""
    with acting(actor):
        device = DeviceSession.objects.filter(account_id=actor.id).latest("created_at")
    address = f"https://push.example.com/{name}"
    subscribe(Browser(endpoint=address, p256dh=POINT, auth="A" * 22), device=device.id, actor=actor)


def touching(house: House, **plan: int) -> WorkOrder:
    """Work in two days in the home of the resident and a flatmate, announced by hand."""
    with acting(house.actor):
        a_person(house.actor, name="李女士", phone="13900139000", lives_at=house.room)
        a_neighbour(house, number="5-1-101")
    a_plan(house, when={"start": "2031-03-07", "times": ("09:00",)}, **plan)
    with acting(house.actor):
        work = WorkOrder.objects.filter(occurrence__isnull=False).earliest("opened_at")
    said = {"title": "停水", "text": "清洗水箱", "kind": "outage"}
    assert len(tell_of_work(work, actor=house.actor, **said)) == 1
    for one, why in ((work, "announced already"), (a_case(house).work, "over")):
        with pytest.raises(NotYet, match=why):
            tell_of_work(one, actor=house.actor, **said)  # type: ignore[arg-type]  # there is one
    return work


def worked_on(house: House) -> None:
    seal_all()
    while advance(listeners()["community.work"], house.actor.company_id):
        continue


def test_work_that_is_made_up_is_texted_as_it_begins(house: House) -> None:
    work = touching(house, late=60, make_up=600)
    with frozen(TEN + timedelta(days=2, hours=3)):
        look_at_planned()
        move_work(work.id, "claim", actor=house.doer)
        move_work(work.id, "start", actor=house.doer)
        worked_on(house)
        begun = "停水: it has begun"
        assert [said for _who, said in of_news(house)] == [
            *["停水 · 03-07 09:00"] * 2,
            begun,
            begun,
        ]


def of_news(house: House) -> list[tuple[str, str]]:
    """Whom a text told what of announced work."""
    found = [m for m in texts(house) if m.subject_kind == "news"]
    with acting(house.actor):
        people = dict(Account.objects.values_list("id", "person_id"))
        names = dict(Person.objects.values_list("id", "name"))
    return [
        (names[people[m.account_id]], words_of(m.kind, m.version, m.facts).subject) for m in found
    ]


def test_whom_work_touches_is_texted_where_no_browser_tells_them(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    push_on(house)
    browser(a_resident(house, house.resident).actor)
    work = touching(house)
    news = ("李女士", "停水 · 03-07 09:00")
    assert of_news(house) == of_news(house) == [news]
    move_work(work.id, "void", actor=house.doer, said={"reason": "改期"})
    worked_on(house)
    off = ("李女士", "停水: it does not take place")
    assert of_news(house) == [news, off]
    lost = Outcome("permanent", "unsubscribed")
    monkeypatch.setattr(delivering.CHANNELS["push"], "send", lambda self, parcel: lost)
    delivering.deliver("push", actor=house.actor)
    assert of_news(house) == [news, off, (house.resident.name, off[1])]  # what no longer holds: not
