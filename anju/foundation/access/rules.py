"""What may be done, by whom, and how people prove who they are. Pure tables and functions."""

import ipaddress
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from math import ceil
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

# Every permission there is. A door, a command or a `seen_by` that asks for another name is a bug,
# and `tests/house/test_doors.py` finds it.
PERMISSIONS = frozenset(
    """
    answer.edit
    calendar.edit calendar.see
    case.callback case.close case.move case.note case.reopen case.report case.see case.tell
    case.void case.waive
    company.edit
    erase.person export.person
    file.see
    import.run
    indicator.see
    journal.see
    ledger.edit ledger.keep ledger.see
    notice.edit
    outbox.edit outbox.see
    person.edit person.reveal person.see
    plan.edit plan.see
    place.edit place.see
    record.add record.judge
    roster.edit
    staff.edit staff.see
    standard.edit standard.see
    token.edit user.edit
    webhook.edit
    work.dispatch work.do work.see
    """.split()
)

# Everyone in the company supervises: sees the work, raises a finding, adds evidence.
_STAFF = frozenset(
    """calendar.see case.note case.report case.see file.see ledger.see place.see plan.see record.add
    staff.see standard.see work.see""".split()
)
_HANDS = _STAFF | {"ledger.keep", "work.do"}
_DESK = _STAFF | frozenset(
    """case.callback case.close case.move case.reopen case.tell case.void indicator.see ledger.keep
    notice.edit outbox.see
    person.edit person.reveal person.see work.dispatch""".split()
)
_MANAGER = (
    _DESK
    | _HANDS
    | frozenset(
        """calendar.edit case.waive export.person import.run journal.see ledger.edit outbox.edit
        place.edit plan.edit record.judge roster.edit staff.edit token.edit user.edit""".split()
    )
)

ROLES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "resident": frozenset({"case.report", "place.see"}),
        "desk": _DESK,
        # Walks to households, too: planned visits are work that a concierge does.
        "concierge": _HANDS
        | frozenset(
            """case.callback case.close case.move case.reopen case.tell notice.edit person.reveal
            person.see record.judge work.dispatch""".split()
        ),
        "technician": _HANDS,
        "guard": _HANDS,
        "cleaner": _HANDS,
        "leader": _HANDS
        | frozenset(
            """case.move case.tell indicator.see ledger.edit person.see plan.edit record.judge
            roster.edit work.dispatch""".split()
        ),
        "inspector": _STAFF | frozenset("case.callback indicator.see record.judge".split()),
        "manager": _MANAGER,
        "headquarters": _STAFF
        | frozenset(
            """answer.edit calendar.edit case.callback case.waive import.run indicator.see
            journal.see outbox.see person.see place.edit plan.edit record.judge
            standard.edit""".split()
        ),
        "admin": PERMISSIONS,
        "reviewer": frozenset(
            """calendar.see case.see file.see indicator.see journal.see ledger.see place.see
            plan.see staff.see standard.see work.see""".split()
        ),
    }
)
ROLE_NAMES = MappingProxyType(
    {
        "resident": _("Resident"),
        "desk": _("Front desk"),
        "concierge": _("Lobby concierge"),
        "technician": _("Technician"),
        "guard": _("Guard"),
        "cleaner": _("Cleaner"),
        "leader": _("Team leader"),
        "inspector": _("Quality inspector"),
        "manager": _("Project manager"),
        "headquarters": _("Headquarters"),
        "admin": _("System administrator"),
        "reviewer": _("Read-only reviewer"),
    }
)
# Those who manage prove themselves twice. There is no switch that turns this off.
SECOND_FACTOR_ROLES = frozenset({"manager", "headquarters", "admin"})

DEVICE_COOKIE = "anju_device"
PHONE_COOKIE = "anju_phone"  # of a shared phone, whoever has it in hand
SCOPES = ("read", "write", "import", "metrics")
DELIVER = "deliver"  # the scope of a phone's own token: it brings what was done offline

DEVICE_DAYS = timedelta(days=30)  # "this computer is mine"
DEVICE_SHIFT = timedelta(hours=12)  # a shared computer: one shift
LINK_LASTS = timedelta(days=3)
JOIN_LASTS = timedelta(minutes=15)  # from making a phone a shared one until it has joined
PHONE_IDLE = timedelta(minutes=10)  # a shared phone nobody touched so long is put down
BADGE_HELD = timedelta(days=4)  # a phone holds a badge three days after it was taken by it
PHONE_LASTS = timedelta(days=400)  # the longest that browsers keep a cookie
SEEN_EVERY = timedelta(minutes=10)  # how finely `seen_at` and `used_at` are kept
ANSWERS_KEPT = timedelta(days=30)  # offline devices come back late
LOCKED_FOR = timedelta(minutes=15)
TRIES = 5  # per account and address
TRIES_EVERYWHERE = 50  # per account, from all addresses together
PASSWORD_LENGTH = 10
PIN_LENGTH = 6
CODE_SECONDS = 30


@dataclass(frozen=True)
class Limit:
    """At most `most` in a window of the length `within`.

    The window begins with the first; with `moving` each one moves its end on, so that no window of
    that length, wherever it begins, holds more than `most`.
    """

    name: str
    most: int
    within: timedelta
    moving: bool = False


PIN_LIMIT = Limit("pin", TRIES, LOCKED_FOR, moving=True)  # of one account on one shared phone
PIN_DAY = Limit("pin day", 20, timedelta(days=1))  # of one account on all of them together


def clean_login(text: str) -> str:
    """The one form of a login name: full width folded, case folded, no outer space."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def grants_of(held: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    """Permission -> place paths, from (role, path) pairs; paths inside a wider one are dropped."""
    return _grants_of(tuple(held))


@lru_cache(maxsize=4096)  # asked at every request, and nearly always the same
def _grants_of(held: tuple[tuple[str, str], ...]) -> Mapping[str, tuple[str, ...]]:
    wide: dict[str, set[str]] = {}
    for role, path in held:
        for permission in ROLES.get(role, ()):
            wide.setdefault(permission, set()).add(path)
    return MappingProxyType({name: _outermost(paths) for name, paths in wide.items()})


def _outermost(paths: set[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for path in sorted(paths):
        if not any(path.startswith(k) for k in kept):
            kept.append(path)
    return tuple(kept)


def needs_second_factor(roles: Iterable[str]) -> bool:
    """Whether one of the roles manages."""
    return not SECOND_FACTOR_ROLES.isdisjoint(roles)


def takes_phones(roles: Iterable[tuple[str, str]], path: str, *, second_factor: bool) -> bool:
    """Whether these roles may take a shared phone of this place by PIN or badge: they work on foot
    there, above or below, and none of them asks for a second factor."""
    held = list(roles)
    if second_factor or needs_second_factor(role for role, _path in held):
        return False
    return any(
        "work.do" in ROLES.get(role, ()) and (at.startswith(path) or path.startswith(at))
        for role, at in held
    )


def pin_fault(pin: str, *, login: str) -> str:
    """Why these digits are no PIN, so that it can be mended; empty when they are one."""
    if len(pin) != PIN_LENGTH or not (pin.isascii() and pin.isdigit()):
        return str(_("A PIN is %(n)s digits.") % {"n": PIN_LENGTH})
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    if len(set(pin)) < 3 or steps in ({1}, {9}) or pin[:3] == pin[3:] or pin in login:
        return str(_("These digits would be guessed at once. Choose others."))
    return ""


def password_faults(password: str, *, login: str, name: str) -> list[str]:
    """What is wrong with a new password, each said so that it can be mended; empty when fine."""
    faults: list[object] = []
    if len(password) < PASSWORD_LENGTH:
        faults.append(
            _("Use at least %(n)s characters; a short sentence is easy to keep in mind.")
            % {"n": PASSWORD_LENGTH}
        )
    if len(set(password)) < 5:
        faults.append(_("Use more different characters: this one would be guessed at once."))
    folded = clean_login(password)
    if any(own and own in folded for own in (clean_login(login), clean_login(name))):
        faults.append(_("Leave your name and login name out of the password."))
    return [str(fault) for fault in faults]


def account_faults(*, login: str, name: str) -> dict[str, str]:
    """What is wrong with a login name and a name, by field; empty when fine."""
    faults = {}
    clean = clean_login(login)
    if not clean or len(clean) > 64 or not clean.isprintable():
        faults["login"] = str(
            _("Enter a login name of 1 to 64 characters, for example a staff number.")
        )
    if not name.strip() or len(name) > 80 or not name.isprintable():
        faults["name"] = str(_("Enter the person's name, at most 80 characters."))
    return faults


def is_loopback(address: str) -> bool:
    """Whether the address is this machine; text that is no address is not."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def caller(peer: str, forwarded: str) -> str:
    """Whose request it is: the other end of the connection, or whom a proxy on this machine
    names last in X-Forwarded-For."""
    return forwarded.rpartition(",")[2].strip() if forwarded and is_loopback(peer) else peer


def locked_words(seconds: float) -> str:
    """How long to wait and what else to do."""
    minutes = max(1, ceil(seconds / 60))
    return ngettext(
        "Too many wrong tries, so signing in from here is locked for %(n)s more minute. Wait, or "
        "ask your administrator for a new link.",
        "Too many wrong tries, so signing in from here is locked for %(n)s more minutes. Wait, or "
        "ask your administrator for a new link.",
        minutes,
    ) % {"n": minutes}
