"""Accounts, what they were granted, the devices and tokens they use.

All belong to a company and stand behind its fence. What must be found before a company is known
(a login name, a cookie, a token) is found by the database functions of migration 0002 alone.
The application's role may write `password` but never read it: only the function for signing in
can. The secret of the second factor is in no table at all (see `commands.second_factor`).
"""

from uuid import UUID

from django.db import models
from django.db.models import Q

from anju.foundation.lib import now
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey


class AccountQuery(models.QuerySet["Account"]):
    """Reads of accounts; the password is always left out."""

    def seen_by(self, actor: Actor) -> "AccountQuery":
        """Accounts a keeper of users may see: all for the whole company's keeper, else those with
        a role inside the paths kept; and everyone sees their own."""
        held = actor.paths("user.edit")
        if "" in held:
            return self.filter(company_id=actor.company_id)
        inside = Q(id=actor.id)
        for path in held:
            inside |= Q(
                id__in=RoleGrant.objects.filter(
                    company_id=actor.company_id, path__startswith=path
                ).values("account_id")
            )
        return self.filter(inside, company_id=actor.company_id)


class AccountRows(models.Manager.from_queryset(AccountQuery)):  # type: ignore[misc]  # django-stubs has no type for from_queryset's result
    """Never asks the database for the password: the application's role would be refused."""

    def get_queryset(self) -> AccountQuery:
        return AccountQuery(self.model, using=self._db).defer("password")


class Account(Owned):
    """Who may sign in. The login name is unique over all companies: one door for everybody.

    `epoch` counts up when every device must sign in anew; `closed_at` locks the account;
    `totp_n` counts enrolments of the second factor, `totp_step` is the last 30-second step whose
    code was used, so no code counts twice.
    """

    login = models.CharField(max_length=64)
    name = models.CharField(max_length=80)
    person_id = models.UUIDField(null=True)
    password = models.CharField(max_length=128, blank=True)
    must_change = models.BooleanField(default=False)
    totp_on = models.BooleanField(default=False)
    totp_n = models.IntegerField(default=0)
    totp_step = models.BigIntegerField(default=0)
    epoch = models.IntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)

    objects = AccountRows()

    class Meta:
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["login"], name="account_login_once")]

    def __str__(self) -> str:
        return self.login


class RoleGrant(Owned):
    """A role held by an account at a place and everything below it, from `since` to `until`.

    `path` "" is the whole company. It repeats the place's path so that every request finds it in
    one read; whoever moves a place calls `commands.follow_place` in the same transaction.
    """

    account = OwnedForeignKey(Account, related_name="grants")
    role = models.CharField(max_length=16)
    path = models.TextField(blank=True, db_collation="C")
    since = models.DateTimeField(default=now)
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["company", "account"], name="rolegrant_account")]

    def __str__(self) -> str:
        return f"{self.role}@{self.path}"


class Held(models.QuerySet):  # type: ignore[type-arg]  # shared by two models
    """Reads of what an account holds: devices, tokens."""

    def seen_by(self, actor: Actor) -> "Held":
        """The actor's own; a company-wide keeper of tokens sees all of the company."""
        mine = self.filter(company_id=actor.company_id)
        return mine if actor.may("token.edit", "") else mine.filter(account_id=actor.id)

    def of(self, account_id: UUID) -> "Held":
        """Those of one account, the latest first."""
        return self.filter(account_id=account_id).order_by("-created_at")


class SharedPhoneQuery(models.QuerySet["SharedPhone"]):
    """Reads of shared phones."""

    def seen_by(self, actor: Actor) -> "SharedPhoneQuery":
        """Those of the places whose users the actor keeps."""
        inside = Q(pk__in=[])
        for path in actor.paths("user.edit"):
            inside |= Q(path__startswith=path)
        return self.filter(inside, company_id=actor.company_id)


class SharedPhone(Owned):
    """A phone that several people work with: whoever takes it names themselves by PIN or badge.

    `path`: whoever works there, above or below may take it. `digest`: of the one-time token that it
    joins with until `joins_by`, then of its own cookie. `device`: the id it gave itself, known once
    somebody's work is to be brought from it. Ended, it is nobody's any more.
    """

    name = models.CharField(max_length=80)
    path = models.TextField(blank=True, db_collation="C")
    digest = models.BinaryField(max_length=32)
    made_at = models.DateTimeField(default=now)
    joins_by = models.DateTimeField()
    joined_at = models.DateTimeField(null=True)
    device = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = SharedPhoneQuery.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest"], name="sharedphone_digest_once")]

    def __str__(self) -> str:
        return self.name


class Pin(Owned):
    """The six digits an account takes a shared phone with, kept as a password is: the application's
    role may write `secret` and never read it."""

    account = OwnedForeignKey(Account, related_name="pins")
    secret = models.CharField(max_length=128)
    set_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "account"], name="pin_once")]


class BadgeQuery(models.QuerySet["Badge"]):
    """Reads of badges."""

    def seen_by(self, actor: Actor) -> "BadgeQuery":
        """Those of the company that are good: they say whose and since when, and open nothing."""
        return self.filter(company_id=actor.company_id, ended_at=None)


class Badge(Owned):
    """A printed QR that takes a shared phone for its owner; kept as a digest, so that it is printed
    when it is made and never again."""

    account = OwnedForeignKey(Account, related_name="badges")
    digest = models.BinaryField(max_length=32)
    made_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)

    objects = BadgeQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="badge_digest_once"),
            models.UniqueConstraint(
                fields=["company", "account"], condition=Q(ended_at=None), name="badge_one"
            ),
        ]


class DeviceSession(Owned):
    """A signed-in browser or phone. The cookie's token is kept as a SHA-256 digest only. `phone`:
    the shared phone it is on."""

    account = OwnedForeignKey(Account, related_name="devices")
    phone = OwnedForeignKey(SharedPhone, null=True, related_name="sessions")
    digest = models.BinaryField(max_length=32)
    device = models.CharField(max_length=80)
    epoch = models.IntegerField()
    created_at = models.DateTimeField(default=now)
    seen_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = Held.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest"], name="devicesession_digest_once")]
        indexes = [models.Index(fields=["company", "account"], name="devicesession_account")]

    def __str__(self) -> str:
        return self.device


class ApiToken(Owned):
    """A bearer token of a program. `scopes`: words of rules.SCOPES, separated by spaces."""

    account = OwnedForeignKey(Account, related_name="tokens")
    digest = models.BinaryField(max_length=32)
    name = models.CharField(max_length=80)
    scopes = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=now)
    used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = Held.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest"], name="apitoken_digest_once")]
        indexes = [models.Index(fields=["company", "account"], name="apitoken_account")]

    def __str__(self) -> str:
        return self.name


class OneTimeLink(Owned):
    """A link that lets its holder set a password once: for a new account, or after a reset."""

    account = OwnedForeignKey(Account, related_name="links")
    digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest"], name="onetimelink_digest_once")]


class Answer(Owned):
    """What was answered to a write with an idempotency key.

    `id` is made from (actor, key), so the primary key is the promise that a key acts once and a
    write costs one index. `asked` is the digest of method, route and body.
    """

    asked = models.BinaryField(max_length=32)
    status = models.SmallIntegerField()
    headers = models.CharField(max_length=400, blank=True)
    body = models.BinaryField()
    made_at = models.DateTimeField(default=now)


class Try(models.Model):
    """Failed sign-ins of one (login, address) or one login. Global: nobody has signed in yet.

    `key` is a keyed digest, so the table names nobody; rows die with their window.
    """

    key = models.BinaryField(primary_key=True, max_length=32)
    failed = models.SmallIntegerField(default=0)
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["until"], name="try_until")]
