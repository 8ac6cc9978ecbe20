"""Coming in by telephone or invitation (trust.md P24, T1): limits, guesses, equal answers."""

import os
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from anju.domains.community.commands.coming_in import (
    Challenge,
    ask_code,
    code_of,
    come_in,
    come_in_invited,
    invite,
    invited,
    prove_phone,
)
from anju.domains.community.rules import CODE_DIGITS, GUESS_OF_NUMBER
from anju.engine.loop.testing import a_house
from anju.foundation.access.commands import grant_role
from anju.foundation.access.commands.limits import TooMany
from anju.foundation.access.models import Account
from anju.foundation.access.queries import by_device
from anju.foundation.lib import frozen
from anju.foundation.messages.channels.sms import Sms
from anju.foundation.messages.commands import Setting, add_gateway
from anju.foundation.messages.models import Message
from anju.foundation.messages.registry import HIDDEN, words_of
from anju.foundation.people.commands import end_occupancy
from anju.foundation.people.models import Occupancy
from anju.foundation.people.testing import a_person, a_phone
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused, Unknown

ATTEMPTS = int(os.environ.get("ANJU_ATTEMPTS", "700"))  # 10,000 by hand
START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def sent_to(actor: Actor) -> list[Message]:
    with acting(actor):
        mine = Message.objects.filter(company_id=actor.company_id, kind="home.code")
        return list(mine.order_by("created_at"))


def test_a_code_lets_in_who_lives_here_without_any_role(actor: Actor) -> None:
    house = a_house(actor)
    asked = ask_code(house.resident.phone, address="10.0.0.1")
    (message,) = sent_to(actor)
    code = code_of(asked.id)
    assert len(code) == CODE_DIGITS
    assert code in words_of(message.kind, 1, message.facts, sending=True).subject
    shown = words_of(message.kind, 1, message.facts).subject  # in the outbox, to staff
    assert code not in shown
    assert HIDDEN in shown
    assert code not in str(message.__dict__)
    (holder,) = prove_phone(asked, code=code, address="10.0.0.1")
    who = by_device(come_in(holder, device="phone"))
    assert who is not None
    assert (who.person, who.roles, who.actor.kind) == (house.resident.id, (), "resident")
    assert dict(who.actor.grants) == {}


def test_a_code_counts_once_and_for_ten_minutes(actor: Actor) -> None:
    house = a_house(actor)
    asked = ask_code(house.resident.phone, address="10.0.0.2")
    prove_phone(asked, code=code_of(asked.id), address="10.0.0.2")
    with pytest.raises(NotYet, match="used already") as again:
        prove_phone(asked, code=code_of(asked.id), address="10.0.0.2")
    assert "code" in again.value.fields


def test_known_and_unknown_numbers_are_answered_alike(actor: Actor) -> None:
    house = a_house(actor)
    for number in (house.resident.phone, a_phone()):
        said = []
        with frozen(START):
            asked = ask_code(number, address="10.0.0.3")
            with pytest.raises(TooMany) as soon:
                ask_code(number, address="10.0.0.3")
            said.append(str(soon.value))
            for _guess in range(5):
                with pytest.raises(NotYet) as wrong:
                    prove_phone(asked, code="000000x", address="10.0.0.3")
                said.append(str(wrong.value))
            with pytest.raises(NotYet) as worn:
                prove_phone(asked, code=code_of(asked.id), address="10.0.0.3")
            said.append(str(worn.value))
        if number == house.resident.phone:
            known = said
    assert said == known
    assert len(sent_to(actor)) == 1  # and nothing is sent to who is not known


def test_staff_and_those_who_moved_out_are_not_known(actor: Actor) -> None:
    house = a_house(actor)
    ask_code(house.worker.phone, address="10.0.0.4")
    with acting(actor):
        held = Occupancy.objects.seen_by(actor).select_related("place").get(person=house.resident)
        end_occupancy(held, on=datetime(2021, 1, 1, tzinfo=UTC).date(), actor=actor)
    ask_code(house.resident.phone, address="10.0.0.4")
    assert sent_to(actor) == []


def test_however_often_a_number_is_asked_it_gets_five_an_hour_and_ten_a_day(actor: Actor) -> None:
    house, random = a_house(actor), Random(7)  # a fixed seed: the same attempts every time
    moments = sorted(random.sample(range(30 * 3600), ATTEMPTS))
    through = []
    for n, second in enumerate(moments):
        with frozen(START + timedelta(seconds=second)):
            try:
                ask_code(house.resident.phone, address=f"10.1.{n % 250}.{n // 250}")
            except TooMany:
                continue
            through.append(second)
    assert len(through) == len(sent_to(actor)) > 10
    for first in through:
        assert sum(first <= s < first + 3600 for s in through) <= 5
        assert not any(first < s < first + 60 for s in through)
    assert sum(s < 24 * 3600 for s in through) <= 10


def test_an_address_asks_for_twenty_an_hour_whatever_the_numbers(actor: Actor) -> None:
    a_house(actor)
    asked = 0
    with frozen(START):
        for _n in range(40):
            try:
                ask_code(a_phone(), address=f"10.2.0.9{actor.company_id}")
            except TooMany:
                continue
            asked += 1
    assert asked == 20


def test_guessing_ends_before_it_can_succeed(actor: Actor) -> None:
    """Ten wrong guesses a day for a number, from wherever: p <= 10 / 10**6 = 1e-5."""
    house = a_house(actor)
    judged = 0
    for n in range(12):
        with frozen(START + timedelta(minutes=13 * n)):
            try:
                asked = ask_code(house.resident.phone, address=f"10.3.0.{n}")
            except TooMany:
                asked = Challenge(asked.id, house.resident.phone)
            for guess in range(30):
                try:
                    prove_phone(asked, code=f"{guess:05d}x", address=f"10.3.{n}.{guess}")
                except TooMany:
                    continue
                except NotYet as refusal:
                    judged += refusal.code != "worn"
    assert judged <= GUESS_OF_NUMBER.most == 10
    assert judged / 10**CODE_DIGITS <= 1e-5


def test_an_invitation_lets_in_once_and_looking_spends_nothing(actor: Actor) -> None:
    house = a_house(actor)
    token = invite(house.resident, actor=actor)
    assert invited(token) is not None
    assert invited(token) is not None
    assert by_device(come_in_invited(token, device="phone")) is not None
    with pytest.raises(Unknown, match="new one"):
        come_in_invited(token, device="another")
    first, second = (invite(house.resident, actor=actor) for _n in range(2))
    assert invited(first) is None  # the later one has ended it
    with frozen(datetime.now(UTC) + timedelta(days=8)):
        assert invited(second) is None


def test_who_lives_nowhere_is_not_invited_and_who_may_not_invite_does_not(actor: Actor) -> None:
    house = a_house(actor)
    with acting(actor):
        contact = a_person(actor, kind="contact", place=house.community)
    with pytest.raises(NotYet, match="lives nowhere"):
        invite(contact, actor=actor)
    guard = Actor.of(actor.company_id, "guard", ["case.see"], house.community.path)
    with pytest.raises(Refused):
        invite(house.resident, actor=guard)


def test_an_account_that_may_do_more_is_not_opened_by_a_text_message(actor: Actor) -> None:
    house = a_house(actor)
    asked = ask_code(house.resident.phone, address="10.0.0.5")
    (holder,) = prove_phone(asked, code=code_of(asked.id), address="10.0.0.5")
    come_in(holder, device="phone")
    with acting(actor):
        account = Account.objects.get(person_id=house.resident.id)
    grant_role(account.id, actor=actor, role="desk", path=house.community.path)
    with pytest.raises(Refused):
        come_in(holder, device="phone")


def test_two_who_share_a_number_are_both_offered(actor: Actor) -> None:
    house = a_house(actor)
    with acting(actor):
        a_person(actor, name="王芳", phone=house.resident.phone, lives_at=house.room)
    asked = ask_code(house.resident.phone, address="10.0.0.6")
    assert len(prove_phone(asked, code=code_of(asked.id), address="10.0.0.6")) == 2


def test_where_text_messages_leave_the_house_the_code_goes_into_one(actor: Actor) -> None:
    house = a_house(actor)
    setting = Setting(
        name="短信",
        key_id="testid",
        secret="testsecret",
        sign_name="安居",
        template="SMS_1",
        variable="text",
        urgencies=(1, 2),
    )
    add_gateway("sms", setting, actor=actor)
    asked = ask_code(house.resident.phone, address="10.0.0.7")
    (message,) = sent_to(actor)
    assert message.state == "pending"
    with acting(actor):
        parcel = Sms.parcel(message, actor=actor)
    assert code_of(asked.id) in parcel.body
    assert house.resident.phone in parcel.body
