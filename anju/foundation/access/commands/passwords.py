"""Choosing a password: after a link, after the first sign-in, or at will."""

from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from anju.foundation.access.commands.keeping import no_phones
from anju.foundation.access.commands.tries import give_back, take_try
from anju.foundation.access.models import Account, DeviceSession, OneTimeLink
from anju.foundation.access.queries import SignedIn, by_link, by_login
from anju.foundation.access.rules import password_faults
from anju.foundation.events.commands import tell
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown


def set_first_password(token: str, *, password: str) -> SignedIn:
    """Use a one-time link: set the password and end the link. Returns whom it was for.

    No actor: whoever holds the link has not signed in yet. Refuses a link that is unknown, used
    or over (`Unknown`) and a weak password (`NotYet`; the link stays good). Of two uses at the
    same moment one wins.
    """
    gone = Unknown(
        _("This link has been used or is over. Ask your administrator for a new one."),
    )
    found = by_link(token)
    if found is None:
        raise gone
    _judge(password, login=found.login, name=found.name)
    with acting(found.actor):
        used = OneTimeLink.objects.filter(
            company_id=found.company, id=found.held, used_at=None
        ).update(used_at=now())
        if not used:
            raise gone
        _store(found.account, password, actor=found.actor)
        tell("account.password", subject=("account", found.account), actor=found.actor)
    return found


def change_password(
    *, actor: Actor, login: str, device: UUID, old: str, new: str, address: str
) -> None:
    """Change one's own password: every other device is signed out, this one stays. PIN and badge
    end with it, except where a first password is replaced: whoever made that may have made them.

    Refuses a wrong old password (`NotYet`, counted as a failed sign-in) and a weak new one.
    """
    _judge(new, login=login, name=actor.name, field="new")
    prove_present(actor=actor, login=login, password=old, address=address)
    if old == new:
        raise NotYet(
            _("The new password is the present one. Choose another."),
            fields={"new": _("Choose another password than the present one.")},
        )
    with acting(actor):
        mine = Account.objects.filter(company_id=actor.company_id, id=actor.id)
        if not mine.filter(must_change=True).exists():
            no_phones(actor.id, actor=actor)
        _store(actor.id, new, actor=actor)
        epoch = mine.values("epoch")
        DeviceSession.objects.filter(
            company_id=actor.company_id, account_id=actor.id, id=device
        ).update(epoch=epoch)
        tell("account.password", subject=("account", actor.id), actor=actor)


def prove_present(*, actor: Actor, login: str, password: str, address: str) -> None:
    """Judge one's own present password, before something that only its owner may do. A wrong one
    (`NotYet`) counts as a failed sign-in."""
    found = by_login(login)
    if found is None or found[0].account != actor.id:
        raise Unknown(_("This account was not found. Sign in again."))
    left = take_try(login, address)
    if not check_password(password, found[1].password):
        raise NotYet(
            _("The present password is wrong. Nothing was changed."),
            fields={"old": _("This is not your present password. %(n)s tries left.") % {"n": left}},
        )
    give_back(login, address)


def set_password(account_id: UUID, *, actor: Actor, password: str) -> None:
    """Set the password of an account as the installation's own hand (command line, demo).

    Only a machine may: people use links. Weak passwords are refused (`NotYet`).
    """
    actor.require("company.edit", "")
    with acting(actor):
        account = Account.objects.get(company_id=actor.company_id, id=account_id)
        _judge(password, login=account.login, name=account.name)
        _store(account_id, password, actor=actor)
        tell("account.password", subject=("account", account_id), actor=actor)


def _judge(password: str, *, login: str, name: str, field: str = "password") -> None:
    faults = password_faults(password, login=login, name=name)
    if faults:
        raise NotYet(
            _("This password is too easy to guess. Nothing was changed."),
            fields={field: " ".join(faults)},
        )


def _store(account_id: UUID, password: str, *, actor: Actor) -> None:
    Account.objects.filter(company_id=actor.company_id, id=account_id).update(
        password=make_password(password), must_change=False, epoch=F("epoch") + 1
    )
