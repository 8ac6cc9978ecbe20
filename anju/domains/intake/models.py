"""What comes in (来件): the systems that tell us, what they told, who called."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.engine.loop.models import Case
from anju.foundation.lib import now
from anju.foundation.people.rules import masked_phone
from anju.foundation.places.models import Place, under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey

SOURCE_KINDS = (
    ("signed", _("signed messages")),
    ("telephone", _("telephone system")),
    ("government", _("government hotline (12345)")),
    ("email", _("mailbox (IMAP)")),
    ("wecom", _("WeCom application")),
)
TROUBLES = {
    "key": _("The address of the mailbox cannot be read any more. Enter it anew."),
    "blocked": _("The mail server lies in a private network, where nothing may go."),
    "sign_in": _("The mail server did not accept the login. Check user and password."),
    "mailbox": _("The mail server does not show this folder. Check its name."),
    "tls": _("No secure connection could be made. Check the certificate of the other side."),
    "unreachable": _("The other side could not be reached."),
}
ARRIVAL_STATES = (
    ("case", _("became a case")),
    ("message", _("became a note on a case")),
    ("kept", _("waits for a person")),
    ("settled", _("settled by a person")),
)
REASONS = {
    "not_json": _("It is no JSON object."),
    "automatic": _("A machine sent it by itself."),
    "mail": _("The form of the mail is broken."),
    "wecom": _("It is no message as WeCom sends them."),
    "wecom_kind": _("It is neither a text nor a picture: look at it in WeCom."),
    "call": _("It names no call, or no step of one."),
}
RINGS_FOR = timedelta(minutes=3)  # what nobody ended by then does not ring any more


class SourceQuery(models.QuerySet["Source"]):
    """Reads of sources."""

    def seen_by(self, actor: Actor) -> Self:
        """All of the company for who may edit webhooks in all of it."""
        if actor.may("webhook.edit", ""):
            return self.filter(company_id=actor.company_id)
        return self.none()


class Source(Owned):
    """A system outside that may tell us of matters (来源).

    `code` is the last part of its address, /api/v1/hooks/<code>. `place`: where a matter stands
    that names no place. `secret_n` counts secrets; they are in no table (see `source_secrets`).
    `receiver`: the enterprise (CorpID) a WeCom application belongs to.
    `since`: None is switched off. A mailbox has its address with the password in `sealed` and the
    last mail that was taken in `uid_last`; `polled_at`, and `trouble`: what stood in the way.
    """

    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=SOURCE_KINDS)
    code = models.CharField(max_length=48, unique=True)
    place = OwnedForeignKey(Place, related_name="+")
    receiver = models.CharField(max_length=64, blank=True)
    sealed = models.BinaryField(default=bytes)
    uid_validity = models.BigIntegerField(null=True)
    uid_last = models.BigIntegerField(null=True)
    polled_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=12, blank=True)
    secret_n = models.PositiveIntegerField(default=1)
    old_until = models.DateTimeField(null=True)
    since = models.DateTimeField(null=True, default=now)
    made_at = models.DateTimeField(default=now)

    objects = SourceQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="source_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def on(self) -> bool:
        """Whether anything is taken from it."""
        return self.since is not None

    @property
    def trouble_words(self) -> Any:
        """Why its mailbox could not be read the last time."""
        return TROUBLES.get(self.trouble, "")


class Seen(Owned):
    """A signature that was used: the same request a second time is a replay. Kept for minutes."""

    source = OwnedForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    digest = models.BinaryField(max_length=32)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "source", "digest"], name="seen_once"),
        ]
        indexes = [models.Index(fields=["company", "at"], name="seen_at")]

    def __str__(self) -> str:
        return str(self.at)


class ArrivalQuery(models.QuerySet["Arrival"]):
    """Reads of arrivals."""

    def seen_by(self, actor: Actor) -> Self:
        """Those of sources at places where the actor dispatches."""
        return self.filter(
            under(actor.paths("work.dispatch"), "source__place__path"), company_id=actor.company_id
        )


class Arrival(Owned):
    """One thing a source told, known by its outside id and there once.

    `text` is what came, as long as it waits for a person (`kept`); `reason` says why it does.
    `digest` tells whether the same id came again with other content. `due_at`: the outside
    deadline of a government ticket.
    """

    source = OwnedForeignKey(Source, related_name="arrivals")
    outside_id = models.CharField(max_length=120)
    digest = models.BinaryField(max_length=32)
    state = models.CharField(max_length=8, choices=ARRIVAL_STATES)
    case = OwnedForeignKey(Case, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    due_at = models.DateTimeField(null=True)
    at = models.DateTimeField(default=now)

    objects = ArrivalQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "source", "outside_id"], name="arrival_once"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-at"], name="arrival_at"),
            models.Index(
                fields=["company", "at"], name="arrival_kept", condition=models.Q(state="kept")
            ),
        ]

    def __str__(self) -> str:
        return self.outside_id

    @property
    def reason_words(self) -> Any:
        """Why it waits: a code of `REASONS`, the name of a part, or the words of a refusal."""
        if self.reason in REASONS or not self.reason.isidentifier():
            return REASONS.get(self.reason, self.reason)
        return _("Its part “%(part)s” cannot be read.") % {"part": self.reason}


class CallQuery(models.QuerySet["Call"]):
    """Reads of calls."""

    def seen_by(self, actor: Actor) -> Self:
        """Those of telephone systems at places where the actor dispatches."""
        return self.filter(
            under(actor.paths("work.dispatch"), "source__place__path"), company_id=actor.company_id
        )

    def ringing(self, at: datetime) -> Self:
        """Those nobody has answered and nobody has given up."""
        return self.filter(
            rang_at__gt=at - RINGS_FOR, answered_at=None, ended_at=None, case__isnull=True
        )


class Call(Owned):
    """One telephone call. `number` is personal. Times are those of the telephone system.

    `case`: the one it became when nobody answered, or that a missed call before it had become.
    """

    source = OwnedForeignKey(Source, related_name="calls")
    outside_id = models.CharField(max_length=120)
    number = models.CharField(max_length=20, blank=True)
    rang_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    case = OwnedForeignKey(Case, null=True, related_name="+")

    objects = CallQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "source", "outside_id"], name="call_once"),
        ]
        indexes = [
            models.Index(fields=["company", "-rang_at"], name="call_rang"),
            models.Index(fields=["company", "number", "-rang_at"], name="call_number"),
        ]

    def __str__(self) -> str:
        return self.outside_id

    @property
    def masked(self) -> str:
        """The number as lists show it."""
        return masked_phone(self.number)

    @property
    def missed(self) -> bool:
        """Ended without an answer."""
        return self.answered_at is None and self.ended_at is not None

    @property
    def rang_for(self) -> Any:
        """How long it rang: until somebody answered or the caller gave up; None while it rings."""
        until = self.answered_at or self.ended_at
        return until - self.rang_at if until else None
