"""Making, locking, resetting and forgetting an account."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from anju.foundation.access.commands.keeping import kept_account, no_phones
from anju.foundation.access.models import Account, DeviceSession, OneTimeLink
from anju.foundation.access.queries import digest_of
from anju.foundation.access.rules import LINK_LASTS, account_faults, clean_login
from anju.foundation.events.commands import draft, tell, tell_all
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet


def create_account(
    *,
    actor: Actor,
    login: str,
    name: str,
    password: str = "",
    must_change: bool = False,
    person_id: UUID | None = None,
) -> Account:
    """Make an account without any role. Without a password it waits for a one-time link.

    Refuses an empty login name (`NotYet`) and one that is taken anywhere in this installation
    (`Conflict`). The password is taken as it is: `set_password` judges those that people choose.
    """
    actor.require("user.edit")
    if faults := account_faults(login=login, name=name):
        raise NotYet(_("Some values need another look. Nothing was created."), fields=faults)
    account = Account(
        company_id=actor.company_id,
        login=clean_login(login),
        name=name.strip(),
        person_id=person_id,
        password=make_password(password) if password else "",
        must_change=must_change,
    )
    try:
        with acting(actor):
            account.save(force_insert=True)
            tell(
                "account.create",
                subject=("account", account.id),
                actor=actor,
                values={"login": account.login, "name": account.name},
            )
    except IntegrityError as error:
        raise Conflict(
            _("The login name is taken. Nothing was created. Choose another one."),
            fields={"login": _("This login name is taken. Choose another one.")},
        ) from error
    return account


@dataclass(frozen=True)
class Newcomer:
    """Somebody an account is made for."""

    name: str
    person: UUID


def create_accounts(newcomers: Mapping[str, Newcomer], *, actor: Actor) -> dict[str, UUID]:
    """Make an account, without any role and password, for each of these login names that has none;
    the accounts of all of them in the actor's company. As many queries for one as for many.

    Refuses (`NotYet`) an empty login name or name. A login name that another company has is left
    out.
    """
    actor.require("user.edit")
    for login, one in newcomers.items():
        if faults := account_faults(login=login, name=one.name):
            raise NotYet(_("Some values need another look. Nothing was created."), fields=faults)
    rows = [
        Account(
            company_id=actor.company_id,
            login=clean_login(login),
            name=one.name.strip(),
            person_id=one.person,
        )
        for login, one in newcomers.items()
    ]
    fresh = {row.id: row for row in rows}
    with acting(actor):
        Account.objects.bulk_create(rows, ignore_conflicts=True)
        there = Account.objects.filter(
            company_id=actor.company_id, login__in=[row.login for row in rows]
        )
        found = dict(there.values_list("login", "id"))
        made = [fresh[id] for id in found.values() if id in fresh]
        tell_all(
            [
                draft(
                    "account.create",
                    subject=("account", one.id),
                    actor=actor,
                    values={"login": one.login, "name": one.name},
                )
                for one in made
            ],
            actor=actor,
        )
    return found


def reset_account(account_id: UUID, *, actor: Actor) -> str:
    """Take password, second factor, PIN and badge away, sign every device out, and return the token
    of a one-time link that lasts three days. Older links of the account end.

    Refuses an account that may do more than the actor (`Refused`) or that is unseen (`Unknown`).
    """
    token = secrets.token_urlsafe(32)
    at = now()
    with acting(actor):
        account = kept_account(account_id, actor=actor)
        account.password = ""
        account.must_change = False
        account.totp_on = False
        account.totp_n += 1
        account.epoch += 1
        account.save(update_fields=["password", "must_change", "totp_on", "totp_n", "epoch"])
        no_phones(account.id, actor=actor)
        OneTimeLink.objects.filter(account_id=account.id, used_at=None).update(used_at=at)
        OneTimeLink.objects.create(
            company_id=actor.company_id,
            account=account,
            digest=digest_of(token),
            created_at=at,
            expires_at=at + LINK_LASTS,
        )
        tell("account.reset", subject=("account", account.id), actor=actor, at=at)
    return token


def close_account(account_id: UUID, *, actor: Actor) -> None:
    """Lock an account: its devices and tokens are refused at their next request.

    Refuses one's own account (`NotYet`), one that may do more (`Refused`), an unseen (`Unknown`).
    """
    if account_id == actor.id:
        raise NotYet(
            _("You cannot lock your own account. Ask another administrator if it must be locked.")
        )
    at = now()
    with acting(actor):
        account = kept_account(account_id, actor=actor)
        if account.closed_at is None:
            account.closed_at = at
            account.epoch += 1
            account.save(update_fields=["closed_at", "epoch"])
            tell("account.close", subject=("account", account.id), actor=actor, at=at)


def open_account(account_id: UUID, *, actor: Actor) -> None:
    """Unlock an account; its devices sign in anew. Refuses as `close_account` does."""
    with acting(actor):
        account = kept_account(account_id, actor=actor)
        if account.closed_at is not None:
            account.closed_at = None
            account.save(update_fields=["closed_at"])
            tell("account.open", subject=("account", account.id), actor=actor)


def forget_account(account_id: UUID, *, actor: Actor) -> None:
    """Erase what names a person: login name, name, devices' names, link to the person.

    The account stays, locked, so that events still point at somebody. Needs `erase.person`.
    """
    actor.require("erase.person", "")
    with acting(actor):
        account = kept_account(account_id, actor=actor)
        account.login = f"erased-{account.id}"
        account.name = ""
        account.person_id = None
        account.password = ""
        account.closed_at = account.closed_at or now()
        account.epoch += 1
        account.save(update_fields=["login", "name", "person_id", "password", "closed_at", "epoch"])
        no_phones(account.id, actor=actor)
        DeviceSession.objects.filter(account_id=account.id).update(device="")
        tell("account.forget", subject=("account", account.id), actor=actor)
