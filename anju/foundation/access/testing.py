"""Accounts for tests: plain functions that go through the same commands as everybody."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.test import Client

from anju.foundation.access.commands import create_account, create_token, grant_role, open_device
from anju.foundation.access.hasher import Argon2id
from anju.foundation.access.models import Account
from anju.foundation.access.queries import by_login
from anju.foundation.access.rules import DEVICE_COOKIE, needs_second_factor
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

PASSWORD = "a long enough sentence"


class CheapArgon2id(Argon2id):
    """The product's hasher for passwords that a run of tests throws away."""

    time_cost = 1
    memory_cost = 64


@dataclass(frozen=True)
class Someone:
    """An account with what it needs to come in. `device`: value of the cookie; `actor`: itself."""

    id: UUID
    login: str
    name: str
    actor: Actor
    device: str


def an_account(
    actor: Actor,
    role: str = "",
    path: str = "",
    *,
    login: str = "",
    password: str = PASSWORD,
    person_id: UUID | None = None,
) -> Someone:
    """Someone of the actor's company with at most one role, already signed in on a device.

    A role that needs a second factor has it turned on.
    """
    login = login or f"u{uuid4().hex[:12]}"
    account = create_account(
        actor=actor, login=login, name=f"名 {login}", password=password, person_id=person_id
    )
    if role:
        grant_role(account.id, actor=actor, role=role, path=path)
    if needs_second_factor([role]):
        with acting(actor):
            Account.objects.filter(id=account.id).update(totp_on=True)
    found = by_login(login)
    assert found is not None
    who = found[0]
    device = open_device(who, actor=who.actor, device="test", mine=False)
    return Someone(account.id, account.login, account.name, who.actor, device)


def a_browser(
    actor: Actor, role: str = "", path: str = "", *, person_id: UUID | None = None
) -> Client:
    """The browser of a new account, in English so that words can be compared."""
    client = Client(headers={"Accept-Language": "en"})
    client.cookies[DEVICE_COOKIE] = an_account(actor, role, path, person_id=person_id).device
    return client


def a_token(actor: Actor, someone: Someone, scopes: str = "read write") -> str:
    """A bearer token of someone."""
    return create_token(someone.id, actor=actor, name="test", scopes=scopes)
