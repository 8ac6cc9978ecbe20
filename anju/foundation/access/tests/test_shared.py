"""Shared phones: who may take one, by PIN or badge, and what ends it."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import DatabaseError
from hypothesis import given
from hypothesis import strategies as st

from anju.foundation.access.commands import (
    change_password,
    close_account,
    confirm_second_factor,
    end_badge,
    end_phone,
    enter_by_badge,
    enter_by_pin,
    join_phone,
    make_badge,
    not_on_shared_phone,
    open_device,
    reset_account,
    set_pin,
    share_phone,
    take_pin,
)
from anju.foundation.access.models import Account, Pin, SharedPhone
from anju.foundation.access.queries import PhoneFace, by_device, by_login, by_phone, last_on
from anju.foundation.access.rules import pin_fault, takes_phones
from anju.foundation.access.second_factor import code_now
from anju.foundation.access.testing import PASSWORD, Someone, an_account
from anju.foundation.events.models import Event
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refusal, Refused, Unknown

HERE, PIN = "192.0.2.1", "274916"


@dataclass
class Gate:
    """A phone that has joined."""

    face: PhoneFace
    cookie: str


def a_phone(actor: Actor, path: str = "A.") -> Gate:
    _made, token = share_phone(actor=actor, name="门岗 1 号机", path=path)
    cookie = join_phone(token)
    face = by_phone(cookie)
    assert face is not None
    return Gate(face, cookie)


def a_guard(actor: Actor, path: str = "A.", *, pin: str = PIN) -> Someone:
    made = an_account(actor, "guard", path)
    set_pin(actor=made.actor, login=made.login, password=PASSWORD, pin=pin, address=HERE)
    return made


def takes(phone: Gate, who: Someone, pin: str = PIN) -> str:
    try:
        enter_by_pin(phone.face, login=who.login, pin=pin, address=HERE)
    except Refusal as refusal:
        return refusal.code
    return "in"


def test_a_phone_joins_once_and_in_time(actor: Actor) -> None:
    _made, token = share_phone(actor=actor, name="门岗", path="A.")
    face = by_phone(token)
    assert face is not None
    assert not face.joined
    cookie = join_phone(token)
    assert by_phone(token) is None
    assert by_phone(cookie) is not None
    with pytest.raises(Unknown):
        join_phone(token)
    _made, late = share_phone(actor=actor, name="门岗", path="A.")
    with frozen(now() + timedelta(minutes=16)), pytest.raises(Unknown):
        join_phone(late)
    with pytest.raises(NotYet):
        share_phone(actor=actor, name=" ", path="A.")
    with pytest.raises(Refused):
        share_phone(actor=an_account(actor, "leader", "A.").actor, name="门岗", path="A.")


def test_whoever_works_there_takes_it_and_the_one_before_is_out(actor: Actor) -> None:
    phone, first, second = a_phone(actor), a_guard(actor), a_guard(actor, pin="918273")
    cookies = []
    for who, pin in ((first, PIN), (second, "918273")):
        found = enter_by_pin(phone.face, login=who.login, pin=pin, address=HERE)
        assert found.account == who.id
        cookies.append(
            open_device(found, actor=found.actor, device="t", mine=False, phone=phone.face)
        )
    assert by_device(cookies[0]) is None
    assert by_device(cookies[1]) is not None
    assert by_device(first.device) is not None  # their own telephone stays signed in
    assert [one.id for one in last_on(phone.face)] == [second.id, first.id]
    elsewhere = a_guard(actor, "B.")
    assert takes(phone, elsewhere) == "not_yet"
    above = a_guard(actor, "")
    assert takes(phone, above) == "in"


def test_who_manages_takes_nothing_by_pin_or_badge(actor: Actor) -> None:
    phone, manager = a_phone(actor), an_account(actor, "manager", "A.")
    set_pin(actor=manager.actor, login=manager.login, password=PASSWORD, pin=PIN, address=HERE)
    assert takes(phone, manager) == "not_yet"
    with pytest.raises(NotYet):
        make_badge(manager.id, actor=actor)
    assert not takes_phones([("guard", "A.")], "A.", second_factor=True)
    assert not takes_phones([("guard", "A."), ("admin", "")], "A.", second_factor=False)
    assert not takes_phones([("desk", "A.")], "A.", second_factor=False)
    assert takes_phones([("guard", "A.B.")], "A.", second_factor=False)


def test_five_wrong_ones_lock_the_pin_on_this_phone_and_twenty_on_all(actor: Actor) -> None:
    phone, guard = a_phone(actor), a_guard(actor)
    assert [takes(phone, guard, "111222") for _n in range(6)] == ["not_yet"] * 5 + ["locked"]
    assert takes(phone, guard) == "locked"
    with acting(actor):
        assert Event.objects.filter(name="account.locked", subject_id=guard.id).count() == 1
    assert takes(a_phone(actor), guard) == "in"
    with frozen(now() + timedelta(minutes=31)):
        assert takes(phone, guard) == "in"
    said = [takes(a_phone(actor), guard, "111222") for _n in range(20)]
    assert said.count("not_yet") == 15
    assert takes(a_phone(actor), guard) == "locked"
    with frozen(now() + timedelta(hours=25)):
        assert takes(phone, guard) == "in"


def test_a_name_without_a_pin_is_told_as_a_wrong_one(actor: Actor) -> None:
    phone, none = a_phone(actor), an_account(actor, "guard", "A.")
    said = []
    for login in (none.login, "nobody-of-this-name"):
        with pytest.raises(NotYet) as caught:
            enter_by_pin(phone.face, login=login, pin=PIN, address=HERE)
        said.append(str(caught.value.message))
    assert said[0] == said[1]


def test_nobody_reads_a_pin_and_only_its_owner_sets_it(actor: Actor) -> None:
    guard = a_guard(actor)
    with pytest.raises(DatabaseError), acting(actor):
        list(Pin.objects.filter(account_id=guard.id).values_list("secret"))
    for password, pin in (("wrong", PIN), (PASSWORD, "123456"), (PASSWORD, "12345")):
        with pytest.raises(NotYet):
            set_pin(actor=guard.actor, login=guard.login, password=password, pin=pin, address=HERE)
    phone, other = a_phone(actor), an_account(actor, "guard", "A.")
    with pytest.raises(Unknown):
        take_pin(guard.id, actor=other.actor)
    assert takes(phone, guard) == "in"
    take_pin(guard.id, actor=actor)
    assert takes(phone, guard) == "not_yet"
    with acting(actor):
        told = Event.objects.filter(name__startswith="account.pin", subject_id=guard.id)
        assert {one.name for one in told} == {"account.pin", "account.pin_off"}
        assert PIN not in str([one.said for one in Event.objects.all()])


def test_a_badge_opens_until_it_is_ended_or_made_anew(actor: Actor) -> None:
    phone, guard = a_phone(actor), an_account(actor, "guard", "A.")
    first = make_badge(guard.id, actor=actor)
    assert enter_by_badge(phone.face, token=first, address=HERE).account == guard.id
    second = make_badge(guard.id, actor=actor)
    found = enter_by_badge(phone.face, token=second, address=HERE)
    held = open_device(found, actor=found.actor, device="t", mine=False, phone=phone.face)
    end_badge(guard.id, actor=guard.actor)
    assert by_device(held) is None
    assert by_device(guard.device) is not None
    for gone in (first, second, ""):
        with pytest.raises(NotYet):
            enter_by_badge(phone.face, token=gone, address=HERE)


@pytest.mark.parametrize("ends", [reset_account, close_account])
def test_an_account_that_ends_takes_no_phone(actor: Actor, ends: object) -> None:
    phone, guard = a_phone(actor), a_guard(actor)
    badge = make_badge(guard.id, actor=actor)
    ends(guard.id, actor=actor)  # type: ignore[operator]  # both take the same
    assert takes(phone, guard) == "not_yet"
    with pytest.raises(NotYet):
        enter_by_badge(phone.face, token=badge, address=HERE)


def test_an_ended_phone_is_nobodys(actor: Actor) -> None:
    phone, guard = a_phone(actor), a_guard(actor)
    found = by_login(guard.login)
    assert found is not None
    held = open_device(found[0], actor=guard.actor, device="t", mine=False, phone=phone.face)
    with pytest.raises(Unknown):
        end_phone(phone.face.id, actor=an_account(actor, "manager", "B.").actor)
    end_phone(phone.face.id, actor=an_account(actor, "manager", "A.").actor)
    end_phone(phone.face.id, actor=actor)
    assert by_device(held) is None
    assert by_phone(phone.cookie) is None
    with acting(actor):
        assert SharedPhone.objects.get(id=phone.face.id).ended_at
        assert Event.objects.filter(name="phone.end", subject_id=phone.face.id).count() == 1


def test_on_a_shared_phone_nobody_changes_how_an_account_is_protected(actor: Actor) -> None:
    phone, guard = a_phone(actor), a_guard(actor)
    found = enter_by_pin(phone.face, login=guard.login, pin=PIN, address=HERE)
    on_it = open_device(found, actor=found.actor, device="t", mine=False, phone=phone.face)
    who, own = by_device(on_it), by_device(guard.device)
    assert who is not None
    assert own is not None
    code = code_now(who.account, who.totp_n)
    with pytest.raises(NotYet) as caught:
        confirm_second_factor(who, actor=who.actor, code=code)
    assert caught.value.code == "shared_phone"
    not_on_shared_phone(own, actor=own.actor)
    confirm_second_factor(own, actor=own.actor, code=code)


@pytest.mark.parametrize("first", [False, True])
def test_a_new_password_ends_pin_and_badge_but_not_with_the_first_one(
    actor: Actor, first: bool
) -> None:
    phone, guard = a_phone(actor), a_guard(actor)
    badge = make_badge(guard.id, actor=actor)
    with acting(actor):
        Account.objects.filter(id=guard.id).update(must_change=first)
    own = by_device(guard.device)
    assert own is not None
    change_password(
        actor=guard.actor, login=guard.login, device=own.held, old=PASSWORD,
        new="another sentence to keep", address=HERE,
    )  # fmt: skip
    assert takes(phone, guard) == ("in" if first else "not_yet")
    if first:
        assert enter_by_badge(phone.face, token=badge, address=HERE).account == guard.id
        return
    with pytest.raises(NotYet):
        enter_by_badge(phone.face, token=badge, address=HERE)


@given(st.text(alphabet="0123456789", min_size=6, max_size=6))
def test_a_pin_is_six_digits_nobody_guesses_at_once(pin: str) -> None:
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    easy = len(set(pin)) < 3 or steps <= {1} or steps <= {9} or pin == pin[:3] * 2
    assert bool(pin_fault(pin, login="g1")) == easy
    assert pin_fault(pin, login=f"x{pin}")
    assert pin_fault(pin[:5], login="g1")
