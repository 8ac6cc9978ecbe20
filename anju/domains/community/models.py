"""The telephone of the desk, secret links to single cases, and announcements."""

import hashlib
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anju.engine.loop.models import Case, WorkOrder
from anju.engine.plans.models import Plan
from anju.foundation.files.models import StoredFile
from anju.foundation.lib import now
from anju.foundation.people.models import Person
from anju.foundation.places.models import Place, under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey


class DeskLineQuery(models.QuerySet["DeskLine"]):
    """Reads of telephones of desks."""

    def seen_by(self, actor: Actor) -> "DeskLineQuery":
        """Those of places the actor may see."""
        return self.filter(
            under(actor.paths("place.see"), "place__path"), company_id=actor.company_id
        )


class DeskLine(Owned):
    """The telephone that answers for a place and everything below it. No personal number.

    `hours`: when somebody answers, in the company's own words ("24 小时"). `greeting`: what the
    desk says first; empty, the sentence of `queries.greeting_at`.
    """

    place = OwnedForeignKey(Place, related_name="+")
    phone = models.CharField(max_length=20)
    hours = models.CharField(max_length=40, blank=True)
    greeting = models.CharField(max_length=200, blank=True)

    objects = DeskLineQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "place"], name="deskline_once"),
        ]

    def __str__(self) -> str:
        return self.phone


class CaseLink(Owned):
    """A secret address that shows one case to whoever holds it, until a day or until it is ended.

    The token is derived from the installation's key and this row's id, and kept as a SHA-256
    digest only: whoever reads the table cannot open a case.
    """

    case = OwnedForeignKey(Case, related_name="+")
    digest = models.BinaryField(max_length=32)
    made_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("link to a case")
        constraints = [models.UniqueConstraint(fields=["digest"], name="caselink_digest_once")]
        indexes = [models.Index(fields=["company", "case"], name="caselink_case")]


class NoticeQuery(models.QuerySet["Notice"]):
    """Reads of announcements."""

    def seen_by(self, actor: Actor) -> "NoticeQuery":
        """Those of places where the actor may see places."""
        return self.filter(
            under(actor.paths("place.see"), "place__path"), company_id=actor.company_id
        )

    def standing(self, at: datetime) -> "NoticeQuery":
        """Published and neither withdrawn nor over."""
        over = Q(until=None) | Q(until__gte=at)
        return self.filter(over, published_at__lte=at, withdrawn_at=None)


NOTICE_KINDS = (("", _("announcement")), ("outage", _("known outage")))
PHASES = (
    ("planned", pgettext_lazy("announced work", "planned")),
    ("begun", pgettext_lazy("announced work", "under way")),
    ("ended", pgettext_lazy("announced work", "over")),
    ("off", pgettext_lazy("announced work", "does not take place")),
)
PHASE_TONES = {"planned": "blue", "begun": "warn", "ended": "ok", "off": "edge"}
AHEAD_OF_IT = ("planned", "begun")  # phases of work that is still to come to its end


class Notice(Owned):
    """An announcement (公告) to everybody who lives at a place or below it.

    `kind`: an outage stands on the desk's card of whoever calls from there, to be read out.
    `until`: when it is over and no longer shown; None is until it is withdrawn.
    `published_at`: None waits for `approved_by`, a second person. Its words are the company's own
    and name nobody. `version` 0: nothing was told of it since it is sealed (0005).

    Of planned work (`work`): `starts_at` to `ends_at` is when it is to be done, `phase` how far it
    is since `phase_at`; whoever reads it reads that beside the words.
    """

    untold: ClassVar[dict[str, Any]] = {"version": 0}

    place = OwnedForeignKey(Place, related_name="+")
    title = models.CharField(max_length=120)
    text = models.TextField(max_length=4000)
    kind = models.CharField(max_length=6, choices=NOTICE_KINDS, blank=True, default="")
    until = models.DateTimeField(null=True)
    by = models.UUIDField()
    approved_by = models.UUIDField(null=True)
    published_at = models.DateTimeField(null=True, default=now)
    withdrawn_at = models.DateTimeField(null=True)
    work = OwnedForeignKey(WorkOrder, null=True, related_name="+")
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    phase = models.CharField(max_length=7, choices=PHASES, blank=True, default="")
    phase_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = NoticeQuery.as_manager()

    class Meta:
        indexes = [models.Index(fields=["company", "-published_at"], name="notice_published")]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "work", "place"],
                condition=Q(work__isnull=False, withdrawn_at=None),
                name="notice_of_work_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def tone(self) -> str:
        """How a label of its phase looks."""
        return PHASE_TONES.get(self.phase, "")

    @property
    def over(self) -> bool:
        """Withdrawn, or its end lies behind us."""
        return bool(self.withdrawn_at or (self.until and self.until < now()))

    def sealed_fields(self) -> dict[str, Any]:
        """All of it; a digest stands for its words."""
        words = f"{self.title}\0{self.text}".encode()
        of_work = {
            "work": str(self.work_id), "starts_at": self.starts_at, "ends_at": self.ends_at,
            "phase": self.phase, "phase_at": self.phase_at,
        } if self.work_id else {}  # fmt: skip
        return {
            "place": str(self.place_id), "words": hashlib.sha256(words).hexdigest(),
            "kind": self.kind, "until": self.until, "by": str(self.by),
            "approved_by": self.approved_by and str(self.approved_by),
            "published_at": self.published_at, "withdrawn_at": self.withdrawn_at,
            "version": self.version, **of_work,
        }  # fmt: skip


class Telling(Owned):
    """That the work of a plan is announced (告知) to those it touches, `ahead` hours before: who
    lives where it is done, or where the equipment serves. `by`: who wrote the words, at `set_at`:
    what was withdrawn before then is announced anew. `ended_at`: since when it is announced no
    more."""

    plan = OwnedForeignKey(Plan, related_name="+")
    kind = models.CharField(max_length=6, choices=NOTICE_KINDS, blank=True, default="")
    title = models.CharField(max_length=120)
    text = models.TextField(max_length=4000)
    ahead = models.PositiveIntegerField()
    by = models.UUIDField()
    set_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "plan"], name="telling_once"),
        ]

    def __str__(self) -> str:
        return self.title

    def sealed_fields(self) -> dict[str, Any]:
        """All of it; a digest stands for its words."""
        words = f"{self.title}\0{self.text}".encode()
        return {
            "plan": str(self.plan_id), "kind": self.kind, "ahead": self.ahead,
            "words": hashlib.sha256(words).hexdigest(), "by": str(self.by),
            "ended_at": self.ended_at, "version": self.version,
            **({"set_at": self.set_at} if self.set_at else {}),
        }  # fmt: skip


APPROVALS = (
    ("nobody", _("nobody: it is shown at once")),
    ("planned", _("a second person; known outages are shown at once")),
    ("all", _("a second person, for known outages too")),
)


class NoticeRule(Owned):
    """Who approves the announcements of a company before they are shown; no row: nobody."""

    approval = models.CharField(max_length=8, choices=APPROVALS)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company"], name="noticerule_once")]

    def __str__(self) -> str:
        return str(self.get_approval_display())

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {"approval": self.approval, "version": self.version}


class Posting(Owned):
    """An announcement on paper at a board (公告栏), with the photo that shows it hanging.

    `board`: in the company's own words. `removed_at`: when it was taken down.
    """

    notice = OwnedForeignKey(Notice, related_name="postings")
    board = models.CharField(max_length=60)
    photo = OwnedForeignKey(StoredFile, related_name="+")
    by = models.UUIDField()
    at = models.DateTimeField(default=now)
    removed_by = models.UUIDField(null=True)
    removed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "notice", "board"],
                condition=Q(removed_at=None),
                name="posting_once",
            ),
        ]

    def __str__(self) -> str:
        return self.board

    def sealed_fields(self) -> dict[str, Any]:
        """All of it."""
        return {
            "notice": str(self.notice_id), "board": self.board, "photo": str(self.photo_id),
            "by": str(self.by), "at": self.at,
            "removed_by": self.removed_by and str(self.removed_by),
            "removed_at": self.removed_at, "version": self.version,
        }  # fmt: skip


class NoticeRead(Owned):
    """Somebody who lives there has opened an announcement: the first time."""

    notice = OwnedForeignKey(Notice, related_name="reads")
    person = OwnedForeignKey(Person, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "notice", "person"], name="noticeread_once"),
        ]


class ProxyQuery(models.QuerySet["Proxy"]):
    """Reads of helpers."""

    def standing(self) -> "ProxyQuery":
        """Not ended."""
        return self.filter(ended_at=None)


class Proxy(Owned):
    """A family member (代办) whom somebody who lives here has asked to act for them: to report,
    follow, talk back in their name. They come in by their own telephone and see what the other
    sees; either may end it."""

    helped = OwnedForeignKey(Person, related_name="+")
    helper = OwnedForeignKey(Person, related_name="+")
    since = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)

    objects = ProxyQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "helped", "helper"],
                condition=Q(ended_at=None),
                name="proxy_once",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "helper"], name="proxy_of", condition=Q(ended_at=None)),
        ]
