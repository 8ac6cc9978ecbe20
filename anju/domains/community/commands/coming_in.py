"""Coming in without a password: an invitation, or a code sent to the telephone.

Whoever comes in gets an account of their own with no role at all: what they may do follows from
where they live. An account that holds any other role is never opened this way.
"""

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from anju.domains.community.models import Proxy
from anju.domains.community.queries import helpers_with_phone
from anju.domains.community.rules import (
    CODE_BUDGET,
    CODE_BY_ADDRESS,
    CODE_DIGITS,
    CODE_EACH_DAY,
    CODE_EACH_HOUR,
    CODE_EACH_MINUTE,
    GUESS_BY_ADDRESS,
    GUESS_OF_CODE,
    GUESS_OF_NUMBER,
    INVITATION_LASTS,
    RESIDENT_DAYS,
    SPENT,
)
from anju.foundation.access.commands import create_account, open_device
from anju.foundation.access.commands.accounts import Newcomer, create_accounts
from anju.foundation.access.commands.limits import TooMany, give_back, take
from anju.foundation.access.commands.links import make_link, spend_link
from anju.foundation.access.models import Account
from anju.foundation.access.queries import SignedIn, by_link, by_login
from anju.foundation.events.commands import tell
from anju.foundation.messages.commands import Note, queue_text
from anju.foundation.people.models import Occupancy, Person
from anju.foundation.people.queries import residents_with_phone
from anju.foundation.people.rules import plain_phone
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today
from anju.foundation.tenancy.errors import Conflict, NotYet, Refused, Unknown
from anju.foundation.tenancy.rows import only

log = structlog.get_logger("anju.community")
OURS = "home-"  # how login names of those who live here begin; nobody types them


@dataclass(frozen=True)
class Challenge:
    """A code that was asked for: which, and for which number (digits)."""

    id: UUID
    phone: str


@dataclass(frozen=True)
class Holder:
    """Somebody who lives somewhere and has the number that was proved."""

    company: UUID
    person: UUID


def ask_code(phone: str, *, address: str) -> Challenge:
    """Send a code to a number, if somebody who lives here has it; the answer is the same if not.

    No actor: nobody has signed in yet. Refuses what is no number (`NotYet`) and what is asked too
    often for a number or from an address (`TooMany`), known or not.
    """
    digits = _digits(phone)
    take(
        [
            (CODE_EACH_MINUTE, digits),
            (CODE_EACH_HOUR, digits),
            (CODE_EACH_DAY, digits),
            (CODE_BY_ADDRESS, address),
        ]
    )
    challenge = Challenge(uuid4(), digits)
    holders = _holders(digits)
    if holders:
        try:
            take([(CODE_BUDGET, "")])
        except TooMany:  # said to nobody outside: it would tell a known number from others
            log.error("the day's budget of codes is used up", budget=CODE_BUDGET.most)
            return challenge
        _send(holders[0], challenge)
    return challenge


def prove_phone(challenge: Challenge, *, code: str, address: str) -> list[Holder]:
    """Judge a code and spend it; everyone who lives here under that number, at least one.

    No actor: nobody has signed in yet. Raises `NotYet` for a code that is wrong, spent or of a
    number nobody has, with the same words; `TooMany` when a number or an address has guessed too
    often. Every guess is counted before it is judged.
    """
    guesses = [
        (GUESS_OF_CODE, str(challenge.id)),
        (GUESS_OF_NUMBER, challenge.phone),
        (GUESS_BY_ADDRESS, address),
    ]
    try:
        left = take(guesses)
    except TooMany as over:
        if over.limit is not GUESS_OF_CODE:
            raise
        words = _("This code has been tried too often, so it is no good any more. Ask for another.")
        raise NotYet(words, code="worn", fields={"code": words}) from over
    holders = _holders(challenge.phone)
    right = hmac.compare_digest(code_of(challenge.id).encode(), code.strip().encode())
    if not right or not holders:
        raise NotYet(_wrong(left), fields={"code": _wrong(left)})
    give_back(guesses[1:])
    try:
        take([(SPENT, str(challenge.id))])
    except TooMany as over:
        words = _("This code has been used already. Ask for another.")
        raise NotYet(words, code="spent", fields={"code": words}) from over
    return holders


def come_in(holder: Holder, *, device: str) -> str:
    """Sign the device of a resident in; the token for its cookie, good for 180 days.

    No actor: the caller has had the number proved. Refuses (`Refused`) somebody who lives nowhere
    today, whose account is locked or may do more than a resident.
    """
    house = Actor.machine(holder.company, "front door")
    with acting(house):
        person = only(Person.objects.filter(company_id=holder.company, id=holder.person))
        if person is None or not _lives_here(person):
            raise Refused(_not_here())
        account = account_of(person, actor=house)
    return _open(account.login, device)


def invite(person: Person, *, actor: Actor) -> str:
    """The token of an invitation that lets a resident in once, within seven days; earlier ones of
    the same person end. Staff hand it over as they like: a message, a printed page.

    Needs `person.edit` where the person belongs or lives (`Refused`). Refuses (`NotYet`) somebody
    who lives nowhere today.
    """
    house = Actor.machine(actor.company_id, "front door")
    with acting(actor):
        homes = list(
            Occupancy.objects.filter(person=person)
            .on(today(actor.company_id))
            .select_related("place")
        )
        paths = [one.place.path for one in homes]
        if not any(actor.may("person.edit", path) for path in paths):
            actor.require("person.edit", person.place.path if person.place else "")
        if not homes or person.kind == "staff" or person.erased_at:
            raise NotYet(
                _("Nobody is invited who lives nowhere. Let the person move in at a place first.")
            )
        token = make_link(account_of(person, actor=house).id, actor=house, lasts=INVITATION_LASTS)
        tell("person.invited", subject=("person", person.id), actor=actor)
    return token


def invited(token: str) -> SignedIn | None:
    """Whom an invitation is for; None when it is unknown, used, over, or no invitation at all.
    Looking spends nothing: mail scanners look.

    No actor: nobody has signed in yet.
    """
    found = by_link(token)
    return found if found and found.login.startswith(OURS) else None


def come_in_invited(token: str, *, device: str) -> str:
    """Use an invitation up and sign the device in; the token for its cookie.

    No actor: whoever holds the link has not signed in yet. Refuses as `come_in`, and (`Unknown`)
    an invitation that is used or over.
    """
    found = invited(token)
    if found is None or found.person is None:
        raise Unknown(_("This invitation has been used or is over. Ask the desk for a new one."))
    house = Actor.machine(found.company, "front door")
    with acting(house):
        person = Person.objects.get(company_id=found.company, id=found.person)
        if not _lives_here(person):
            raise Refused(_not_here())
    spend_link(token)
    return _open(found.login, device)


def account_of(person: Person, *, actor: Actor) -> Account:
    """The account with which somebody comes in, made where there is none. `actor` is a machine."""
    login = f"{OURS}{person.id.hex}"
    mine = Account.objects.filter(company_id=actor.company_id, login=login)
    found: Account | None = mine.first()
    if found is not None:
        return found
    try:
        with acting(actor):
            return create_account(actor=actor, login=login, name=person.name, person_id=person.id)
    except Conflict:  # another device of the same person was faster
        made: Account = mine.get()
        return made


def accounts_made(people: Collection[Person], *, actor: Actor) -> dict[UUID, UUID]:
    """Person -> the account with which they come in, made where there is none, as `account_of` does
    for one; as many queries for one as for many. `actor` is a machine."""
    logins = {f"{OURS}{one.id.hex}": one for one in people}
    newcomers = {login: Newcomer(one.name, one.id) for login, one in logins.items()}
    made = create_accounts(newcomers, actor=actor) if newcomers else {}
    return {logins[login].id: account for login, account in made.items()}


def code_of(challenge: UUID) -> str:
    """The six digits of a challenge: made from the installation's key, in no table.

    No actor: whoever has the key has all codes.
    """
    key = settings.SECRET_KEY.encode()
    raw = hmac.digest(key, f"home code:{challenge}".encode(), "sha256")
    return f"{int.from_bytes(raw[:8], 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def _digits(phone: str) -> str:
    wrong = _("Write your mobile number, for example 13800138000.")
    try:
        digits = plain_phone(phone)
    except ValueError:
        raise NotYet(wrong, fields={"phone": wrong}) from None
    if not digits:
        raise NotYet(wrong, fields={"phone": wrong})
    return digits


def _holders(digits: str) -> list[Holder]:
    found = residents_with_phone(digits, on=today()) + helpers_with_phone(digits)
    return [Holder(company, person) for company, person in dict.fromkeys(found)]


def _send(holder: Holder, challenge: Challenge) -> None:
    house = Actor.machine(holder.company, "front door")
    with acting(house):
        person = Person.objects.get(company_id=holder.company, id=holder.person)
        account = account_of(person, actor=house)
        note = Note(
            key=f"home.code:{challenge.id}",
            kind="home.code",
            account=account.id,
            subject=("account", account.id),
            facts={"challenge": str(challenge.id)},
            priority=2,
        )
        queue_text(note, actor=house)


def _open(login: str, device: str) -> str:
    found = by_login(login)
    if found is None or found[1].closed or {role for role, _path in found[0].roles} - {"resident"}:
        raise Refused(_("This way in is closed for you. Call the desk: they will help."))
    who = found[0]
    return open_device(who, actor=who.actor, device=device, mine=True, lasts=RESIDENT_DAYS)


def _lives_here(person: Person) -> bool:
    if person.erased_at or person.kind == "staff":
        return False
    helps = Proxy.objects.standing().filter(helper=person).values("helped_id")
    own = Q(person=person) | Q(person_id__in=helps)
    return Occupancy.objects.filter(own).on(today(person.company_id)).exists()


def _not_here() -> object:
    return _(
        "We have no home of yours on record any more. Call the desk if that is wrong: they will "
        "put it right."
    )


def _wrong(left: int) -> str:
    return ngettext(
        "This code does not fit. You can try %(n)s more time. Look at the newest message.",
        "This code does not fit. You can try %(n)s more times. Look at the newest message.",
        left,
    ) % {"n": left}
