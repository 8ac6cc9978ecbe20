"""Accounts, roles, links: each does what it says, or refuses and leaves no trace."""

import os
import subprocess
import sys
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection

from anju.foundation.access.commands import (
    close_account,
    create_account,
    follow_place,
    forget_account,
    grant_role,
    open_account,
    reset_account,
    revoke_role,
    set_first_password,
)
from anju.foundation.access.models import Account, RoleGrant
from anju.foundation.access.queries import by_device, by_link, by_login, names_of
from anju.foundation.access.testing import an_account
from anju.foundation.events.models import Event, EventValue
from anju.foundation.lib import frozen, now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown


def test_a_guess_at_a_stolen_password_costs_what_owasp_asks() -> None:
    code = "from django.contrib.auth.hashers import make_password as made; print(made('x'))"
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "anju.settings"}
    ran = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {code}"],
        env=env, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in ran.stdout


def told(actor: Actor, name: str) -> list[Event]:
    with acting(actor):
        return list(Event.objects.filter(name=name))


def test_an_account_is_made_and_told_without_its_name(actor: Actor) -> None:
    account = create_account(actor=actor, login="  ＷＡＮＧ", name="王芳")
    assert account.login == "wang"
    (event,) = told(actor, "account.create")
    assert event.said == {}
    with acting(actor):
        values = dict(EventValue.objects.filter(event=event).values_list("name", "text"))
    assert values == {"login": "wang", "name": "王芳"}
    forget_account(account.id, actor=actor)


def test_a_login_name_is_unique_over_companies(actor: Actor, other_actor: Actor) -> None:
    taken = an_account(actor)
    with pytest.raises(Conflict):
        create_account(actor=other_actor, login=taken.login.upper(), name="x")
    assert told(other_actor, "account.create") == []


@pytest.mark.parametrize(
    ("login", "name"), [("", "x"), ("a" * 65, "x"), ("a\n", "x\ny"), ("a", "")]
)
def test_a_bad_login_or_name_is_named_by_field(actor: Actor, login: str, name: str) -> None:
    with pytest.raises(NotYet) as refused:
        create_account(actor=actor, login=login, name=name)
    assert refused.value.fields
    with acting(actor):
        assert Account.objects.count() == 0


def test_a_role_holds_below_its_path_for_its_time(actor: Actor) -> None:
    someone = an_account(actor)
    grant_role(someone.id, actor=actor, role="desk", path="a.", until=now() + timedelta(days=1))
    who = by_device(someone.device)
    assert who is not None
    assert who.actor.may("case.see", "a.b.")
    assert not who.actor.may("case.see", "b.")
    with frozen(now() + timedelta(days=2)):
        late = by_login(someone.login)
    assert late is not None
    assert late[0].roles == ()


def test_a_revoked_role_is_gone_at_the_next_request(actor: Actor) -> None:
    someone = an_account(actor, "desk")
    with acting(actor):
        grant = RoleGrant.objects.get(account_id=someone.id)
    revoke_role(grant.id, actor=actor)
    who = by_device(someone.device)
    assert who is not None
    assert not who.actor.may("case.see")


def test_nobody_gives_more_than_they_hold(actor: Actor) -> None:
    manager = an_account(actor, "manager", "a.").actor
    someone = an_account(actor)
    grant_role(someone.id, actor=manager, role="desk", path="a.b.")
    for role, path in [("admin", "a."), ("desk", "b."), ("desk", ""), ("headquarters", "a.")]:
        with pytest.raises(Refused):
            grant_role(someone.id, actor=manager, role=role, path=path)
    with acting(actor):
        assert RoleGrant.objects.filter(account_id=someone.id).count() == 1


def test_a_manager_cannot_reset_or_lock_who_may_do_more(actor: Actor) -> None:
    manager = an_account(actor, "manager", "a.").actor
    admin = an_account(actor, "admin")
    elsewhere = an_account(actor, "desk", "b.")
    for act in (reset_account, close_account):
        for target in (admin, elsewhere):
            with pytest.raises((Refused, Unknown)):
                act(target.id, actor=manager)
    assert by_device(admin.device) is not None
    assert told(actor, "account.reset") == []


def test_accounts_of_another_company_are_unknown(actor: Actor, other_actor: Actor) -> None:
    theirs = an_account(other_actor, "desk")
    with pytest.raises(Unknown):
        grant_role(theirs.id, actor=actor, role="desk")
    for act in (reset_account, close_account, open_account, forget_account):
        with pytest.raises(Unknown):
            act(theirs.id, actor=actor)
    assert names_of_in(actor, theirs.id) == {}
    assert by_device(theirs.device) is not None


def names_of_in(actor: Actor, *ids: object) -> dict[object, str]:
    with acting(actor):
        return dict(names_of(ids, actor=actor))  # type: ignore[arg-type]  # ids as given


def test_a_closed_account_is_out_at_once_and_back_after_signing_in_anew(actor: Actor) -> None:
    someone = an_account(actor, "desk")
    close_account(someone.id, actor=actor)
    assert by_device(someone.device) is None
    open_account(someone.id, actor=actor)
    assert by_device(someone.device) is None
    found = by_login(someone.login)
    assert found is not None
    assert not found[1].closed


def test_one_cannot_lock_oneself(actor: Actor) -> None:
    admin = an_account(actor, "admin")
    with pytest.raises(NotYet):
        close_account(admin.id, actor=admin.actor)
    assert by_device(admin.device) is not None


def test_a_reset_link_works_once_and_ends_the_older_one(actor: Actor) -> None:
    someone = an_account(actor, "desk")
    older, link = (reset_account(someone.id, actor=actor) for _ in range(2))
    assert by_device(someone.device) is None
    with pytest.raises(Unknown):
        set_first_password(older, password="quite a different one")
    with pytest.raises(NotYet):
        set_first_password(link, password="short")
    set_first_password(link, password="quite a different one")
    assert by_link(link) is None
    with pytest.raises(Unknown):
        set_first_password(link, password="yet another sentence")


def test_a_link_is_over_after_three_days(actor: Actor) -> None:
    link = reset_account(an_account(actor).id, actor=actor)
    with frozen(now() + timedelta(days=3, seconds=1)):
        assert by_link(link) is None


def test_forgetting_leaves_no_name_and_needs_the_right(actor: Actor) -> None:
    manager = an_account(actor, "manager").actor
    someone = an_account(actor)
    with pytest.raises(Refused):
        forget_account(someone.id, actor=manager)
    forget_account(someone.id, actor=actor)
    with acting(actor):
        account = Account.objects.get(id=someone.id)
    assert (account.name, account.person_id) == ("", None)
    assert by_login(someone.login) is None


def test_the_application_can_write_a_password_but_not_read_one(actor: Actor) -> None:
    someone = an_account(actor)
    with acting(actor):
        assert Account.objects.get(id=someone.id).login == someone.login
    with pytest.raises(ProgrammingError, match="permission denied"), acting(actor):
        with connection.cursor() as cursor:
            cursor.execute("SELECT password FROM access_account")


def test_roles_follow_a_place_that_moves(actor: Actor) -> None:
    someone, beside = an_account(actor, "desk", "a.b."), an_account(actor, "desk", "a.bb.")
    assert follow_place(actor=actor, old="a.b.", new="x.b.") == 1
    moved, stayed = by_device(someone.device), by_device(beside.device)
    assert moved is not None
    assert stayed is not None
    assert (moved.roles, stayed.roles) == ((("desk", "x.b."),), (("desk", "a.bb."),))


def test_names_are_given_for_one_company_only(actor: Actor, other_actor: Actor) -> None:
    mine, theirs = an_account(actor), an_account(other_actor)
    assert names_of_in(actor, mine.id, theirs.id, uuid4()) == {mine.id: mine.name}
