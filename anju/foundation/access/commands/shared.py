"""Shared phones: made, joined, taken by PIN or badge, ended; who has a PIN, and whose badge it is.

A PIN is short, so it opens nothing by itself: only a phone that a manager made a shared one, and
there only for those who work at its place and manage nothing.
"""

import secrets
from math import ceil
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from anju.foundation.access.commands import limits
from anju.foundation.access.commands.keeping import end_badges, kept_account
from anju.foundation.access.commands.passwords import prove_present
from anju.foundation.access.commands.signing_in import demo_stays_here, nobodys_password
from anju.foundation.access.commands.tries import Locked
from anju.foundation.access.models import Badge, DeviceSession, Pin, SharedPhone, SharedPhoneQuery
from anju.foundation.access.queries import (
    PhoneFace,
    SignedIn,
    by_badge,
    by_login,
    by_phone,
    digest_of,
    pin_kept,
)
from anju.foundation.access.rules import (
    JOIN_LASTS,
    PIN_DAY,
    PIN_LIMIT,
    pin_fault,
    takes_phones,
)
from anju.foundation.events.commands import tell
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown


def share_phone(*, actor: Actor, name: str, path: str) -> tuple[SharedPhone, str]:
    """Make a phone a shared one for whoever works at a place; return it and the one-time token with
    which it joins, good for a quarter of an hour. Refuses (`Refused`) who keeps no users there and
    (`NotYet`) a phone without a name."""
    actor.require("user.edit", path)
    if not name.strip():
        text = _("Name the phone so that people tell it from others, for example: gate 1.")
        raise NotYet(text, code="missing", fields={"name": text})
    token, at = secrets.token_urlsafe(32), now()
    with acting(actor):
        made = SharedPhone.objects.create(
            company_id=actor.company_id, name=name.strip()[:80], path=path,
            digest=digest_of(token), made_at=at, joins_by=at + JOIN_LASTS,
        )  # fmt: skip
        tell("phone.share", subject=("phone", made.id), actor=actor, at=at)
    return made, token


def join_phone(token: str) -> str:
    """Use the link on the phone itself: it is a shared one from now on. Returns the token of its
    cookie. Refuses a link that is used or over (`Unknown`); of two uses at the same moment one
    wins.

    No actor: nobody needs to be signed in on it.
    """
    gone = Unknown(_("This link has been used or is over. Make the phone a shared one again."))
    found = by_phone(token)
    if found is None or found.joined:
        raise gone
    cookie, at = secrets.token_urlsafe(32), now()
    machine = Actor.machine(found.company, "phone")
    with acting(machine):
        mine = SharedPhone.objects.filter(company_id=found.company, id=found.id)
        if not mine.filter(joined_at=None).update(joined_at=at, digest=digest_of(cookie)):
            raise gone
        tell("phone.join", subject=("phone", found.id), actor=machine, at=at)
    return cookie


def know_phone(phone: PhoneFace, device: UUID, *, actor: Actor) -> None:
    """The shared phone is this device: reported lost, it is nobody's any more. Tells no event."""
    with acting(actor):
        mine = SharedPhone.objects.filter(company_id=actor.company_id, id=phone.id)
        mine.exclude(device=device).update(device=device)


def end_phone(phone_id: UUID, *, actor: Actor) -> None:
    """A shared phone is one no more: whoever has it in hand is signed out at once, and neither PIN
    nor badge opens anything on it. Said again, it changes nothing. Refuses (`Unknown`) one unseen.
    """
    with acting(actor):
        seen = SharedPhone.objects.seen_by(actor).filter(id=phone_id)
        if not seen.exists():
            raise Unknown(_("There is no such record, or you may not see it."))
        _end(seen, actor)


def lose_shared(device: UUID, *, actor: Actor) -> None:
    """The device was reported lost: if it is a shared phone, it ends. The caller has asked whether
    the actor may say so."""
    with acting(actor):
        _end(SharedPhone.objects.filter(company_id=actor.company_id, device=device), actor)


def _end(phones: SharedPhoneQuery, actor: Actor) -> None:
    at = now()
    for id in list(phones.filter(ended_at=None).values_list("id", flat=True)):
        SharedPhone.objects.filter(company_id=actor.company_id, id=id).update(ended_at=at)
        on_it = DeviceSession.objects.filter(company_id=actor.company_id, phone_id=id)
        on_it.filter(revoked_at=None).update(revoked_at=at)
        tell("phone.end", subject=("phone", id), actor=actor, at=at)


def set_pin(*, actor: Actor, login: str, password: str, pin: str, address: str) -> None:
    """Set one's own PIN, with the present password. Refuses (`NotYet`) a wrong password, counted as
    a failed sign-in, and digits that are no PIN or would be guessed at once."""
    if fault := pin_fault(pin, login=login):
        raise NotYet(fault, code="bad_value", fields={"pin": fault})
    prove_present(actor=actor, login=login, password=password, address=address)
    at = now()
    with acting(actor):
        mine = Pin.objects.filter(company_id=actor.company_id, account_id=actor.id)
        mine.delete()
        Pin.objects.bulk_create(
            [Pin(company_id=actor.company_id, account_id=actor.id, set_at=at,
                 secret=make_password(pin))]
        )  # fmt: skip
        tell("account.pin", subject=("account", actor.id), actor=actor, at=at)


def take_pin(account_id: UUID, *, actor: Actor) -> None:
    """Take a PIN away, one's own or that of an account one keeps: its owner sets another. Nobody
    reads it. Refuses as `reset_account` does."""
    with acting(actor):
        if account_id != actor.id:
            kept_account(account_id, actor=actor)
        gone, _rows = Pin.objects.filter(
            company_id=actor.company_id, account_id=account_id
        ).delete()
        if gone:
            tell("account.pin_off", subject=("account", account_id), actor=actor)


def make_badge(account_id: UUID, *, actor: Actor) -> str:
    """Make the badge of an account one keeps and return what its QR holds, this once; the one
    before ends. Refuses as `reset_account` does, and (`NotYet`) who could take no phone with it."""
    token, at = secrets.token_urlsafe(18), now()
    with acting(actor):
        account = kept_account(account_id, actor=actor)
        found = by_login(account.login)
        if found is None or not takes_phones(found[0].roles, "", second_factor=account.totp_on):
            raise NotYet(_CANNOT)
        end_badges(account_id, actor=actor)
        Badge.objects.create(
            company_id=actor.company_id, account=account, digest=digest_of(token), made_at=at
        )
        tell("account.badge", subject=("account", account_id), actor=actor, at=at)
    return token


def end_badge(account_id: UUID, *, actor: Actor) -> None:
    """A badge is lost or given back: it opens nothing from now on, and phones that were taken with
    its account are signed out. One's own, or of an account one keeps."""
    with acting(actor):
        if account_id != actor.id:
            kept_account(account_id, actor=actor)
        if end_badges(account_id, actor=actor):
            held = DeviceSession.objects.filter(
                company_id=actor.company_id, account_id=account_id, revoked_at=None
            )
            held.exclude(phone=None).update(revoked_at=now())
            tell("account.badge_off", subject=("account", account_id), actor=actor)


_CANNOT = _(
    "Whoever manages, or does no work on foot, takes no phone by PIN or badge: they sign in with "
    "password and code."
)


def enter_by_pin(phone: PhoneFace, *, login: str, pin: str, address: str) -> SignedIn:
    """Judge a PIN given on a shared phone; return whom it names. No device is signed in yet.

    No actor: nobody is signed in. Raises `NotYet` for a wrong pair, alike for a name that does not
    exist, has no PIN or may not take this phone; `Locked` after five wrong ones of a name on this
    phone, or twenty on all of them in a day. A right password still opens its own way.
    """
    found = by_login(login)
    who = found[0] if found and not found[1].closed and found[0].company == phone.company else None
    about = str(who.account) if who else login
    counted = [(PIN_LIMIT, f"{phone.id}:{about}"), (PIN_DAY, about)]
    try:
        left = limits.take(counted)
    except limits.TooMany as many:
        raise Locked(_locked(many.seconds)) from many
    kept = pin_kept(who) if who else ""
    right = check_password(pin, kept or nobodys_password())
    if who is None or not kept or not right:
        if who and not left:
            _tell_lock(who)
        raise NotYet(_wrong(left), fields={"pin": _wrong(left)})
    limits.give_back(counted)
    _may_take(who, phone, address)
    return who


def enter_by_badge(phone: PhoneFace, *, token: str, address: str) -> SignedIn:
    """Judge a badge scanned on a shared phone; return whose it is. Raises `NotYet` for one that is
    unknown, over, or of another company. It cannot be guessed, so tries are not counted.

    No actor: nobody is signed in.
    """
    who = by_badge(token)
    if who is None or who.company != phone.company:
        text = _("This badge is not valid here any more. Enter your PIN, or ask for a new badge.")
        raise NotYet(text, code="bad_value", fields={"label": text})
    _may_take(who, phone, address)
    return who


def _may_take(who: SignedIn, phone: PhoneFace, address: str) -> None:
    if not takes_phones(who.roles, phone.path, second_factor=who.totp_on):
        raise NotYet(_CANNOT)
    demo_stays_here(who, address)


def _tell_lock(who: SignedIn) -> None:
    machine = Actor.machine(who.company, "sign-in")
    with acting(machine):
        tell(
            "account.locked", subject=("account", who.account), actor=machine, said={"by": "pin"}
        )  # fmt: skip


def _locked(seconds: float) -> str:
    minutes = max(1, ceil(seconds / 60))
    return ngettext(
        "Too many wrong tries: this PIN is locked for %(n)s minute. Scan your badge, or sign in "
        "with your password.",
        "Too many wrong tries: this PIN is locked for %(n)s minutes. Scan your badge, or sign in "
        "with your password.",
        minutes,
    ) % {"n": minutes}


def _wrong(left: int) -> str:
    return ngettext(
        "The PIN is wrong. You can try %(n)s more time; signing in with your password works too.",
        "The PIN is wrong. You can try %(n)s more times; signing in with your password works too.",
        left,
    ) % {"n": left}
