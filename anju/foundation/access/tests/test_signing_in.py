"""Signing in under attack: guesses in parallel, codes twice, words that tell nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections

from anju.foundation.access.commands import (
    create_account,
    create_token,
    grant_role,
    open_device,
    prove_code,
    prove_password,
    revoke_token,
    set_password,
    set_up,
    set_up_token,
)
from anju.foundation.access.commands.tries import Locked
from anju.foundation.access.hasher import Argon2id
from anju.foundation.access.models import ApiToken
from anju.foundation.access.queries import by_device, by_login, by_token
from anju.foundation.access.rules import TRIES, TRIES_EVERYWHERE
from anju.foundation.access.second_factor import code_now
from anju.foundation.access.testing import PASSWORD, a_token, an_account
from anju.foundation.events.models import Event
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refusal, Refused, Unknown

HERE = "192.0.2.1"


def outcome(login: str, password: str, address: str = HERE) -> str:
    try:
        prove_password(login=login, password=password, address=address)
    except Refusal as refusal:
        return refusal.code
    return "in"


def test_parallel_guesses_get_five_tries_together(actor: Actor) -> None:
    """The race: forty guesses at once, the right one among the last."""
    someone = an_account(actor, "guard")

    def guess(n: int) -> str:
        try:
            return outcome(someone.login, f"guess {n}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as threads:
        said = list(threads.map(guess, range(40)))
    assert said.count("not_yet") == TRIES - 1
    assert said.count("locked") == 40 - (TRIES - 1)
    assert outcome(someone.login, PASSWORD) == "locked"
    with acting(actor):
        assert Event.objects.filter(name="account.locked").count() == 1


def test_the_lock_is_for_one_address_and_fifteen_minutes(actor: Actor) -> None:
    someone = an_account(actor, "guard")
    for _ in range(TRIES):
        outcome(someone.login, "wrong")
    assert outcome(someone.login, PASSWORD) == "locked"
    assert outcome(someone.login, PASSWORD, "192.0.2.2") == "in"
    at = now()
    with frozen(at + timedelta(minutes=14, seconds=50)):
        assert outcome(someone.login, PASSWORD) == "locked"
    with frozen(at + timedelta(minutes=15, seconds=1)):
        assert outcome(someone.login, PASSWORD) == "in"


def test_guessing_from_everywhere_is_locked_too(actor: Actor) -> None:
    login = an_account(actor, "guard").login
    said = [outcome(login, "wrong", f"198.51.100.{n}") for n in range(TRIES_EVERYWHERE + 1)]
    assert said[: TRIES_EVERYWHERE - 1] == ["not_yet"] * (TRIES_EVERYWHERE - 1)
    assert outcome(login, PASSWORD, "203.0.113.9") == "locked"


def test_a_success_gives_all_tries_back(actor: Actor) -> None:
    login = an_account(actor, "guard").login
    for _round in range(3):
        for _ in range(TRIES - 1):
            assert outcome(login, "wrong") == "not_yet"
        assert outcome(login, PASSWORD) == "in"


def test_an_unknown_name_is_told_the_same_after_the_same_work(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    someone, nobody = an_account(actor, "guard").login, f"nobody{uuid4().hex}"
    said, hashed = {}, []
    verify = Argon2id.verify

    def counted(self: Argon2id, password: str, encoded: str) -> bool:
        hashed.append(encoded)
        return verify(self, password, encoded)

    monkeypatch.setattr(Argon2id, "verify", counted)
    for login in (someone, nobody):
        with pytest.raises(NotYet) as refused:
            prove_password(login=login, password="wrong", address=HERE)
        said[login] = str(refused.value)
    assert said[someone] == said[nobody]
    assert len(hashed) == 2
    for login in (someone, nobody):
        for _ in range(TRIES - 1):
            last = outcome(login, "wrong")
        assert last == "locked"


def test_wrong_codes_count_with_wrong_passwords(actor: Actor) -> None:
    """The right password between wrong codes must not give the tries back."""
    login = an_account(actor, "manager").login
    with pytest.raises(Locked):
        for _ in range(TRIES + 1):
            who = prove_password(login=login, password=PASSWORD, address=HERE)
            with pytest.raises(NotYet) as refused:
                prove_code(who, code="abcdef", address=HERE)
            if isinstance(refused.value, Locked):
                raise refused.value


def test_a_code_counts_once_even_in_a_race(actor: Actor) -> None:
    someone = an_account(actor, "manager")
    found = by_login(someone.login)
    assert found is not None
    who, code = found[0], code_now(someone.id)

    def use(n: int) -> bool:
        try:
            prove_code(who, code=code, address=f"192.0.2.{n}")
        except NotYet:
            return False
        else:
            return True
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(use, range(8))) == 1


def test_only_the_present_code_and_the_one_before_fit(actor: Actor) -> None:
    someone = an_account(actor, "manager")
    found = by_login(someone.login)
    assert found is not None
    at = now()
    with frozen(at - timedelta(seconds=61)):
        old = code_now(someone.id)
    with frozen(at + timedelta(seconds=31)):
        early = code_now(someone.id)
    for code in (old, early, "", "12345", "１２３４５６"):
        with frozen(at), pytest.raises(NotYet):
            prove_code(found[0], code=code, address=f"192.0.2.{hash(code) % 250}")
    with frozen(at):
        prove_code(found[0], code=code_now(someone.id), address="192.0.2.251")


def test_a_device_of_before_a_password_change_does_not_come_back(actor: Actor) -> None:
    someone = an_account(actor, "guard")
    stale = by_login(someone.login)
    assert stale is not None
    set_password(someone.id, actor=actor, password="another long sentence")
    token = open_device(stale[0], actor=someone.actor, device="x", mine=True)
    assert by_device(token) is None


def test_tokens_are_for_known_scopes_and_ones_own_or_kept_accounts(actor: Actor) -> None:
    manager, admin = an_account(actor, "manager"), an_account(actor, "admin")
    for scopes in ("", "all", "read,nothing"):
        with pytest.raises(NotYet):
            create_token(manager.id, actor=manager.actor, name="x", scopes=scopes)
    with pytest.raises(Refused):
        create_token(admin.id, actor=manager.actor, name="x", scopes="read")
    with acting(actor):
        assert ApiToken.objects.count() == 0
    token = a_token(manager.actor, manager, "write,read")
    who = by_token(token)
    assert who is not None
    assert who.scopes == {"read", "write"}
    assert who.duty is None


def test_a_token_of_another_is_unknown(actor: Actor) -> None:
    mine, theirs = an_account(actor, "guard"), an_account(actor, "guard")
    token = a_token(actor, theirs)
    with acting(actor):
        row = ApiToken.objects.get()
    with pytest.raises(Unknown):
        revoke_token(row.id, actor=mine.actor)
    assert by_token(token) is not None
    revoke_token(row.id, actor=theirs.actor)
    assert by_token(token) is None


def test_setting_up_refuses_when_there_is_a_company(actor: Actor) -> None:
    with pytest.raises(Unknown):
        set_up(
            token=set_up_token(), company="x", code="second", zone="Asia/Shanghai",
            login="boss", name="Boss", password="a long enough sentence",
        )  # fmt: skip
    assert by_login("boss") is None


def test_a_role_can_be_for_a_time_to_come(actor: Actor) -> None:
    account = create_account(actor=actor, login=f"d{uuid4().hex[:8]}", name="代班")
    grant_role(
        account.id, actor=actor, role="desk",
        since=now() + timedelta(days=1), until=now() + timedelta(days=2),
    )  # fmt: skip
    with pytest.raises(NotYet):
        grant_role(
            account.id, actor=actor, role="desk",
            since=now() + timedelta(days=1), until=now() + timedelta(hours=1),
        )  # fmt: skip
    for days, held in ((0, 0), (1.5, 1), (2.5, 0)):
        with frozen(now() + timedelta(days=days)):
            found = by_login(account.login)
            assert found is not None
            assert len(found[0].roles) == held
