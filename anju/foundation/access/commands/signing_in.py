"""Signing in: password, then the code where there is a second factor, then a device session."""

import secrets
from datetime import timedelta
from functools import cache
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from anju.foundation.access.commands.second_factor import spend_step
from anju.foundation.access.commands.tries import Locked, forget_tries, give_back, take_try
from anju.foundation.access.models import DeviceSession
from anju.foundation.access.queries import PhoneFace, SignedIn, by_login, digest_of
from anju.foundation.access.rules import (
    DEVICE_DAYS,
    DEVICE_SHIFT,
    LOCKED_FOR,
    is_loopback,
    locked_words,
)
from anju.foundation.access.second_factor import matching_step
from anju.foundation.events.commands import tell
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refused, Unknown
from anju.foundation.tenancy.rows import only


def prove_password(*, login: str, password: str, address: str) -> SignedIn:
    """Judge a login name and password; return whom they name. No device is signed in yet.

    No actor: nobody has signed in yet. Raises `NotYet` for a wrong pair, with the same words and
    the same work for a name that does not exist or is locked by an administrator; `Locked` after
    five wrong tries of this name from this address within 15 minutes; `Refused` for an account of
    the demo company from another machine.
    """
    left = take_try(login, address)
    found = by_login(login)
    right = check_password(password, found[1].password if found else "") if found else None
    if found is None or not found[1].password:
        check_password(password, nobodys_password())
    if found is None or not right or found[1].closed:
        _fail(found[0] if found else None, left, address)
        raise NotYet(_wrong(left), fields={"password": _wrong(left)})
    who = found[0]
    demo_stays_here(who, address)
    if who.totp_on:
        give_back(login, address)
    else:
        forget_tries(login, address)
    return who


def prove_code(who: SignedIn, *, code: str, address: str) -> None:
    """Judge the code of the second factor and spend it: each code counts once.

    No actor: nobody has signed in yet. Raises `NotYet` for a wrong or spent code, `Locked` as
    `prove_password` does: both count the same tries.
    """
    left = take_try(who.login, address)
    step = matching_step(who, code)
    if step is not None and spend_step(who, step, actor=who.actor):
        forget_tries(who.login, address)
        return
    _fail(who, left, address)
    raise NotYet(_wrong_code(left), fields={"code": _wrong_code(left)})


def open_device(
    who: SignedIn,
    *,
    actor: Actor,
    device: str,
    mine: bool,
    lasts: timedelta | None = None,
    phone: PhoneFace | None = None,
) -> str:
    """Sign a device in and return the token for its cookie: it lasts 30 days on one's own, else 12
    hours, unless `lasts` says how long. On a shared phone whoever had it before is signed out.

    The caller has proved password and code, PIN or badge. The token is kept as a digest only.
    """
    if phone is not None and phone.company != who.company:
        phone = None  # somebody of another company on this phone is no hand of it
    token = secrets.token_urlsafe(32)
    at = now()
    with acting(actor):
        if phone:
            before = DeviceSession.objects.filter(company_id=who.company, phone_id=phone.id)
            before.filter(revoked_at=None).update(revoked_at=at)
        session = DeviceSession.objects.create(
            company_id=who.company,
            account_id=who.account,
            phone_id=phone.id if phone else None,
            digest=digest_of(token),
            device=device[:80],
            epoch=who.epoch,
            created_at=at,
            seen_at=at,
            expires_at=at + (lasts or (DEVICE_DAYS if mine else DEVICE_SHIFT)),
        )
        tell(
            "account.sign_in",
            subject=("account", who.account),
            actor=actor,
            at=at,
            said={
                "device": str(session.id),
                "own": mine,
                "second_factor": who.totp_on,
                **({"phone": str(phone.id)} if phone else {}),
            },
        )
    return token


def sign_out(device_id: UUID, *, actor: Actor) -> None:
    """End one's own device session now; one that is over already stays as it is."""
    at = now()
    with acting(actor):
        mine = DeviceSession.objects.filter(
            company_id=actor.company_id, account_id=actor.id, id=device_id, revoked_at=None
        )
        if mine.update(revoked_at=at):
            tell(
                "account.sign_out",
                subject=("account", actor.id),
                actor=actor,
                at=at,
                said={"device": str(device_id)},
            )


def revoke_device(device_id: UUID, *, actor: Actor) -> None:
    """Sign a device out, one's own or (with `token.edit` for the company) anyone's.

    Effective at its next request. Raises `Unknown` when the actor cannot see it.
    """
    at = now()
    with acting(actor):
        device = only(DeviceSession.objects.seen_by(actor).filter(id=device_id))
        if device is None:
            raise Unknown(_("This device was not found. It may have been signed out already."))
        open_ones = DeviceSession.objects.filter(
            company_id=actor.company_id, id=device_id, revoked_at=None
        )
        if open_ones.update(revoked_at=at):
            tell(
                "device.revoke",
                subject=("account", device.account_id),
                actor=actor,
                at=at,
                said={"device": str(device_id)},
            )


def _fail(who: SignedIn | None, left: int, address: str) -> None:
    """After the last try: note the lock in the account's company, and say so."""
    if left:
        return
    if who is not None:
        machine = Actor.machine(who.company, "sign-in")
        with acting(machine):
            tell(
                "account.locked",
                subject=("account", who.account),
                actor=machine,
                said={"minutes": LOCKED_FOR.total_seconds() // 60},
            )
    raise Locked(locked_words(LOCKED_FOR.total_seconds()))


def _wrong(left: int) -> str:
    return ngettext(
        "The login name or the password is wrong. You can try %(n)s more time; capital and small "
        "letters differ.",
        "The login name or the password is wrong. You can try %(n)s more times; capital and small "
        "letters differ.",
        left,
    ) % {"n": left}


def _wrong_code(left: int) -> str:
    return ngettext(
        "This code does not fit or was used before. You can try %(n)s more time; wait for the "
        "next code.",
        "This code does not fit or was used before. You can try %(n)s more times; wait for the "
        "next code.",
        left,
    ) % {"n": left}


@cache
def demo_stays_here(who: SignedIn, address: str) -> None:
    """Refuse (`Refused`) a demo account from another machine: its password is known to everybody.

    No actor: it changes nothing.
    """
    if who.demo and not is_loopback(address):
        raise Refused(
            _(
                "This is a demo account; it works only on the machine where Anju runs. Create "
                "your own company to work from elsewhere."
            )
        )


def nobodys_password() -> str:
    """What an unknown name is compared with, so that it takes as long as a known one.

    No actor: it changes nothing.
    """
    return make_password(secrets.token_urlsafe(16))
