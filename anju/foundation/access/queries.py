"""Reads: who stands behind a cookie, a token, a link or a login name."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Max, Q, QuerySet
from django.utils.translation import gettext as _

from anju.foundation.access.models import Account, ApiToken, Badge, DeviceSession, Pin, RoleGrant
from anju.foundation.access.rules import (
    BADGE_HELD,
    ROLES,
    SEEN_EVERY,
    clean_login,
    grants_of,
    needs_second_factor,
)
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting, looked_up, unfenced
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Company

NOTHING = UUID(int=0)


@dataclass(frozen=True)
class SignedIn:
    """Someone who has proved who they are: by a device (a cookie) or a token.

    `held` is the id of that device, token or link. `scopes` are a token's; a device has none.
    """

    account: UUID
    company: UUID
    company_name: str
    zone: str
    demo: bool
    login: str
    name: str
    person: UUID | None
    must_change: bool
    totp_on: bool
    totp_n: int
    epoch: int
    roles: tuple[tuple[str, str], ...]
    held: UUID = NOTHING
    seen_at: datetime | None = None
    scopes: frozenset[str] = frozenset()

    @property
    def duty(self) -> str | None:
        """What must be done before anything else: "password", "second factor" or None.

        A token has none: it was made on purpose by someone who had done theirs.
        """
        if self.scopes:
            return None
        if self.must_change:
            return "password"
        if needs_second_factor(role for role, _ in self.roles) and not self.totp_on:
            return "second factor"
        return None

    @property
    def actor(self) -> Actor:
        """The actor of the commands; without any grant as long as a duty is open."""
        return Actor(
            id=self.account,
            name=self.name,
            company_id=self.company,
            grants={} if self.duty else grants_of(self.roles),
            kind="resident" if {role for role, _ in self.roles} <= {"resident"} else "person",
            person_id=self.person,
        )

    @property
    def stale(self) -> bool:
        """Whether "last seen" is due to be written again."""
        return self.seen_at is None or now() - self.seen_at >= SEEN_EVERY


@dataclass(frozen=True)
class Secrets:
    """What signing in compares against. Never leaves the command that asked."""

    password: str
    closed: bool


def digest_of(token: str) -> bytes:
    """How a token is kept: tokens have 256 random bits, so one plain SHA-256 is enough."""
    return hashlib.sha256(token.encode()).digest()


def by_device(token: str) -> SignedIn | None:
    """Who is signed in with this cookie; None when it is unknown, over, revoked or locked."""
    return _signed_in("access_by_device", digest_of(token))


def by_token(token: str) -> SignedIn | None:
    """Who holds this API token; None as for a device."""
    return _signed_in("access_by_token", digest_of(token))


def is_lost(token: str) -> bool:
    """Whether the phone with this token was reported lost: its token was revoked."""
    row = looked_up(
        "SELECT access_is_lost(%s)",
        [digest_of(token)],
        reason="a phone whose token opens nothing asks before anybody is known",
    )
    return bool(row and row[0])


def by_badge(token: str) -> SignedIn | None:
    """Whose badge this is; None when it is unknown or over, or its account locked."""
    return _signed_in("access_by_badge", digest_of(token))


@dataclass(frozen=True)
class PhoneFace:
    """A shared phone as it names itself by its cookie, or, before it has joined, by its link."""

    id: UUID
    company: UUID
    name: str
    path: str
    joined: bool


def by_phone(token: str) -> PhoneFace | None:
    """The shared phone with this cookie or link; None when it is unknown or over."""
    found = _find("access_by_phone", digest_of(token)) if token else None
    if found is None:
        return None
    return PhoneFace(
        UUID(found["id"]), UUID(found["company"]), found["name"], found["path"], found["joined"]
    )


def pin_kept(who: SignedIn) -> str:
    """What a PIN is compared with; empty where there is none. Never leaves who asked."""
    row = looked_up(
        "SELECT access_pin_of(%s, %s)", [who.company, who.account],
        reason="a PIN is judged before anybody is known",
    )  # fmt: skip
    return str(row[0] or "") if row else ""


def keys_of(account_id: UUID, *, actor: Actor) -> tuple[bool, bool]:
    """Whether an account that the caller sees has a PIN, and a badge. Two queries."""
    with acting(actor):
        mine = {"company_id": actor.company_id, "account_id": account_id}
        badges = Badge.objects.filter(**mine, ended_at=None)
        return Pin.objects.filter(**mine).exists(), badges.exists()


def last_on(phone: PhoneFace, *, most: int = 8) -> list[Account]:
    """Who had this phone in hand lately and may still come in by PIN, the last one first."""
    with acting(Actor.machine(phone.company, "phone")):
        mine = DeviceSession.objects.filter(company_id=phone.company, phone_id=phone.id)
        times = mine.values("account_id").annotate(last=Max("created_at")).order_by("-last")
        ids = [row["account_id"] for row in times[: most * 2]]
        able = Account.objects.filter(
            company_id=phone.company, id__in=ids, closed_at=None, totp_on=False
        )
        known = able.filter(pins__isnull=False).in_bulk()
        return [known[id] for id in ids if id in known][:most]


def badges_on(phone: PhoneFace) -> list[str]:
    """A mark of each badge that is still good of those who had this phone in hand while it may
    hold theirs: by them it forgets those that were ended. Two queries."""
    with acting(Actor.machine(phone.company, "phone")):
        lately = DeviceSession.objects.filter(
            company_id=phone.company, phone_id=phone.id, created_at__gt=now() - BADGE_HELD
        )
        good = Badge.objects.filter(company_id=phone.company, ended_at=None)
        found = good.filter(account_id__in=lately.values("account_id")).values_list("digest")
        return [digest_of(bytes(digest).hex()).hex()[:16] for (digest,) in found]


def hands_of(phone_ids: Iterable[UUID], *, actor: Actor) -> dict[UUID, tuple[str, datetime]]:
    """Who has which shared phone in hand, and when they were last seen. One query."""
    at = now()
    rows = DeviceSession.objects.filter(
        company_id=actor.company_id, phone_id__in=list(phone_ids), revoked_at=None,
        expires_at__gt=at, epoch=F("account__epoch"),
    )  # fmt: skip
    found = rows.order_by("created_at").values_list("phone_id", "account__name", "seen_at")
    return {phone: (name, seen) for phone, name, seen in found}


def by_link(token: str) -> SignedIn | None:
    """Whom this one-time link is for; None when it is unknown, used or over."""
    return _signed_in("access_by_link", digest_of(token))


def by_login(login: str) -> tuple[SignedIn, Secrets] | None:
    """The account of a login name with what signing in needs; None when there is none."""
    found = _find("access_by_login", clean_login(login))
    if found is None:
        return None
    return _face(found), Secrets(found["password"], bool(found["closed"]))


def actor_for(signed_in: SignedIn) -> Actor:
    """The actor behind a device or token, with grants by place path."""
    return signed_in.actor


def _signed_in(function: str, key: bytes) -> SignedIn | None:
    found = _find(function, key)
    return None if found is None else _face(found)


def _find(function: str, key: bytes | str) -> dict[str, Any] | None:
    """One function call outside any company: nobody is known yet."""
    row = looked_up(
        f"SELECT {function}(%s, %s)",
        [key, now()],
        reason="who is asking is found before the company is known",
    )
    if row is None or row[0] is None:
        return None
    found: dict[str, Any] = json.loads(row[0])  # Django leaves jsonb as text
    return found


def _face(found: Mapping[str, Any]) -> SignedIn:
    seen = found.get("seen_at")
    return SignedIn(
        account=UUID(found["account"]),
        company=UUID(found["company"]),
        company_name=found["company_name"],
        zone=found["zone"],
        demo=found["demo"],
        login=found["login"],
        name=found["name"],
        person=UUID(found["person"]) if found["person"] else None,
        must_change=found["must_change"],
        totp_on=found["totp_on"],
        totp_n=found["totp_n"],
        epoch=found["epoch"],
        roles=tuple((role, path) for role, path in found["roles"]),
        held=UUID(found["held"]) if "held" in found else NOTHING,
        seen_at=datetime.fromisoformat(seen) if seen else None,
        scopes=frozenset((found.get("scopes") or "").split()),
    )


def actor_then(account_id: UUID, at: datetime, *, company: UUID) -> Actor:
    """An account of the company as it stood at `at`: with the roles it held then, with none once
    it was locked. Inside `acting`; two queries."""
    account = Account.objects.get(company_id=company, id=account_id)
    held = RoleGrant.objects.filter(company_id=company, account_id=account_id, since__lte=at)
    then = held.filter(Q(until=None) | Q(until__gt=at)).values_list("role", "path")
    open_then = account.closed_at is None or account.closed_at > at
    return Actor(
        id=account_id,
        name=account.name,
        company_id=company,
        grants=grants_of(then) if open_then else {},
        person_id=account.person_id,
    )


def is_in_order(who: SignedIn) -> bool:
    """Whether a token is still in force and its account open: a phone's may bring what was done
    before (migration 0003). Inside `acting`; one query."""
    tokens = ApiToken.objects.filter(company_id=who.company, id=who.held, account__closed_at=None)
    return tokens.filter(Q(expires_at=None) | Q(expires_at__gt=now())).exists()


def names_of(ids: Iterable[UUID], *, actor: Actor) -> dict[UUID, str]:
    """Account id -> name, for timelines and lists: anyone of the company may know who acted.

    Ids of machines and of other companies are left out. One query.
    """
    rows = Account.objects.filter(company_id=actor.company_id, id__in=set(ids))
    return dict(rows.values_list("id", "name"))


def who_did(by: Any, written_by: Any, names: Mapping[Any, str]) -> str:
    """Who did it, and who wrote it down where that was another (代录); empty where nobody knows."""
    name = names.get(by, "")
    if not written_by:
        return name
    words = _("%(name)s, written down by %(other)s")
    return words % {"name": name or "—", "other": names.get(written_by, "—")}


def in_force(*, actor: Actor) -> QuerySet[RoleGrant]:
    """The roles of the actor's company that hold now, by place and role."""
    at = now()
    rows = RoleGrant.objects.filter(company_id=actor.company_id, since__lte=at)
    return rows.filter(Q(until=None) | Q(until__gt=at)).order_by("path", "role")


def grants_held(account_ids: Iterable[UUID], *, actor: Actor) -> dict[UUID, list[RoleGrant]]:
    """The grants in force of several accounts. One query; the caller has seen the accounts."""
    held: dict[UUID, list[RoleGrant]] = {}
    for grant in in_force(actor=actor).filter(account_id__in=list(account_ids)):
        held.setdefault(grant.account_id, []).append(grant)
    return held


def without_right(permission: str, people: Iterable[UUID], *, actor: Actor) -> set[UUID]:
    """Those of the people who have roles, and none that allows this. One query."""
    rows = in_force(actor=actor).filter(account__person_id__in=list(people)).order_by()
    held: dict[UUID | None, bool] = {}
    for person, role in rows.values_list("account__person_id", "role"):
        held[person] = held.get(person, False) or permission in ROLES.get(role, ())
    return {person for person, may in held.items() if person and not may}


def is_empty() -> bool:
    """Whether no company stands here yet, so that the one-time set-up link is valid."""
    with unfenced("asked before anyone can sign in"):
        return not Company.objects.exists()


def company_named(code: str | None) -> Company | None:
    """The company of a code, or the only one there is when none is named. For the command line."""
    with unfenced("the command line names a company by its code"):
        rows = Company.objects.filter(code=code) if code else Company.objects.all()
        found = list(rows[:2])
    return found[0] if len(found) == 1 else None


def holders(permission: str, *, actor: Actor) -> set[UUID]:
    """The accounts that hold a permission for the whole company. One query."""
    roles = [role for role, may in ROLES.items() if permission in may]
    grants = in_force(actor=actor).filter(role__in=roles, path="")
    return set(grants.values_list("account_id", flat=True))
