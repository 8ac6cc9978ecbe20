"""Cases (事项), work orders (工单) and records (记录)."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anju.engine.loop.presets import in_words
from anju.engine.standards.models import Standard
from anju.foundation.lib import now
from anju.foundation.people.models import Person, Post
from anju.foundation.places.models import Asset, Place, under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey

KIND_NAMES = (
    ("repair", _("repair")),
    ("complaint", _("complaint")),
    ("suggestion", _("suggestion")),
    ("enquiry", _("enquiry")),
    ("praise", _("praise")),
    ("booking", _("booking")),
    ("application", _("application")),
    ("finding", _("finding")),
    ("alarm", _("alarm")),
    ("incident", _("incident")),
)
CHANNEL_NAMES = (
    ("desk", _("front desk")),
    ("phone", _("telephone")),
    ("lobby", _("lobby")),
    ("web", _("resident web")),
    ("app", _("mobile app")),
    ("wechat", _("WeChat")),
    ("email", _("email")),
    ("qr", _("QR code")),
    ("box", _("suggestion box")),
    ("visit", _("visit")),
    ("meeting", _("owners' meeting")),
    ("government", _("government hotline")),
    ("staff", _("staff")),
    ("patrol", _("patrol")),
    ("sensor", _("sensor")),
    ("api", _("API")),
    ("import", _("imported")),
    ("other", _("other channel")),
    ("unknown", _("not recorded")),
)
CASE_STATE_NAMES = (
    ("open", _("open")),
    ("answered", _("answered")),
    ("closed", _("closed")),
    ("void", _("void")),
)
WORK_STATE_NAMES = (
    ("waiting", _("to be dispatched")),
    ("assigned", _("dispatched")),
    ("accepted", _("accepted")),
    ("arrived", _("arrived")),
    ("doing", _("in progress")),
    ("held", _("on hold")),
    ("done", _("to be verified")),
    ("passed", _("passed")),
    ("void", _("void")),
)
VERDICT_NAMES = (("pass", _("pass")), ("fail", _("fail")), ("na", _("not applicable")))


class CaseQuery(models.QuerySet["Case"]):
    """Reads of cases."""

    def seen_by(self, actor: Actor) -> "CaseQuery":
        """Cases at places where the actor may see them, and those the actor reported."""
        own = Q(reporter_id=actor.person_id) if actor.person_id else Q(pk__in=[])
        return self.filter(
            under(actor.paths("case.see"), "place__path") | own, company_id=actor.company_id
        )

    def live(self) -> "CaseQuery":
        """Still owed to someone."""
        return self.filter(state__in=["open", "answered"])


class Case(Owned):
    """A matter owed to someone until it is closed.

    `at` is when it was reported, `noted_at` when we learnt of it (both UTC); `day` is the local day
    of `at` in its community: the day it counts for. `urgency` 1 to 4
    (P1 life safety .. P4 planned). `standard` is the version it was opened under and is judged by
    (law 6). `item`: the failed item of a finding (law 1).
    `history` marks what was imported: exempt from what history could not know.
    """

    number = models.CharField(max_length=32)
    kind = models.CharField(max_length=12, choices=KIND_NAMES)
    category = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    urgency = models.SmallIntegerField(default=3)
    urgency_reason = models.CharField(max_length=120, blank=True)
    place = OwnedForeignKey(Place, null=True, related_name="+")
    asset = OwnedForeignKey(Asset, null=True, related_name="+")
    reporter = OwnedForeignKey(Person, null=True, related_name="+")
    channel = models.CharField(max_length=12, choices=CHANNEL_NAMES, default="desk")
    standard = OwnedForeignKey(Standard, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=CASE_STATE_NAMES, default="open")
    version = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()
    noted_at = models.DateTimeField(default=now)
    day = models.DateField()
    told_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reopened = models.SmallIntegerField(default=0)
    waived = models.BooleanField(default=False)
    outcome = models.CharField(max_length=13, blank=True)
    item = models.CharField(max_length=60, blank=True)
    history = models.BooleanField(default=False)

    objects = CaseQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="case_number_once"),
            # Law 1: at most one open finding per item and subject, whoever is faster.
            models.UniqueConstraint(
                fields=["company", "item", "place", "asset"],
                name="case_one_open_finding",
                condition=~Q(item="") & Q(state__in=["open", "answered"]),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-at", "-id"], name="case_at"),
            models.Index(fields=["company", "place", "-at"], name="case_place"),
            models.Index(
                fields=["company", "state", "-at"],
                name="case_live",
                condition=Q(state__in=["open", "answered"]),
            ),
            models.Index(
                fields=["company", "reporter"],
                name="case_reporter",
                condition=Q(reporter__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def sealed_fields(self) -> dict[str, Any]:
        """What an event's digest of this row covers; words can be erased and are values of events,
        compared with them by `verifying`."""
        return {
            "number": self.number, "kind": self.kind, "category": self.category,
            "urgency": self.urgency, "place": self.place_id and str(self.place_id),
            "asset": self.asset_id and str(self.asset_id), "channel": self.channel,
            "standard": self.standard_id and str(self.standard_id), "state": self.state,
            "version": self.version, "at": self.at, "day": self.day, "told_at": self.told_at,
            "answered_at": self.answered_at, "closed_at": self.closed_at,
            "reopened": self.reopened, "waived": self.waived, "outcome": self.outcome,
            "reporter": self.reporter_id and str(self.reporter_id), "item": self.item,
            "history": self.history,
        }  # fmt: skip


# Nobody has begun it: such work lapses where it has a time to lapse at.
UNBEGUN = ("waiting", "assigned", "accepted")


_LIVE = ~Q(state__in=["passed", "void"])


class WorkQuery(models.QuerySet["WorkOrder"]):
    """Reads of work orders."""

    def seen_by(self, actor: Actor) -> "WorkQuery":
        """Work at places where the actor may see work, and work given to the actor."""
        own = Q(person_id=actor.person_id) if actor.person_id else Q(pk__in=[])
        return self.filter(
            under(actor.paths("work.see"), "place__path") | own, company_id=actor.company_id
        )

    def live(self) -> "WorkQuery":
        """Neither passed nor void."""
        return self.filter(_LIVE)

    def to_do(self, moment: datetime) -> "WorkQuery":
        """Live, its time has come, and it has not lapsed: what can be done at `moment`."""
        over = Q(state__in=UNBEGUN, lapses_at__lt=moment)
        return self.live().filter(opened_at__lte=moment).exclude(over)


class WorkOrder(Owned):
    """One piece of work at one place, with one responsible post or person.

    The only place where assigned, accepted, arrived, doing, held, done and passed live.
    `done_by` is the actor who finished it: never the one who may pass it. Planned work has no case:
    it opens (`opened_at`) when its window does, is asked what `standard` says from then on, and
    what nobody has begun by `lapses_at` is missed (None: it stays owed).
    """

    case = OwnedForeignKey(Case, null=True, related_name="work")
    number = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    place = OwnedForeignKey(Place, null=True, related_name="+")
    asset = OwnedForeignKey(Asset, null=True, related_name="+")
    post = OwnedForeignKey(Post, null=True, related_name="+")
    person = OwnedForeignKey(Person, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=WORK_STATE_NAMES, default="waiting")
    version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    lapses_at = models.DateTimeField(null=True)
    standard = OwnedForeignKey(Standard, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.UUIDField(null=True)
    held_reason = models.CharField(max_length=200, blank=True)  # a preset's code, or words
    failed = models.SmallIntegerField(default=0)

    objects = WorkQuery.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["company", "case"], name="work_case"),
            # What is to be done now, among millions that are done, missed or to come.
            models.Index(
                fields=["company", "person", "state"], name="work_live_person", condition=_LIVE),
            models.Index(
                fields=["company", "state"], name="work_live_case",
                condition=Q(case__isnull=False) & _LIVE),
            models.Index(
                fields=["company", "opened_at", "post"], name="work_live_opened", condition=_LIVE),
            models.Index(
                fields=["company", "person", "-id"], name="work_person",
                condition=Q(person__isnull=False)),
            models.Index(fields=["company", "-opened_at", "-id"], name="work_opened"),
            # What planned work was done at a place or thing: whether it is still good.
            models.Index(
                fields=["company", "place", "done_at"], name="work_planned_place",
                condition=Q(case__isnull=True, done_at__isnull=False)),
            models.Index(
                fields=["company", "asset", "done_at"], name="work_planned_asset",
                condition=Q(case__isnull=True, done_at__isnull=False, asset__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def held_because(self) -> str:
        """Why it stands still, in the language of whoever reads it."""
        return in_words(self.held_reason)

    def lapsed(self, moment: datetime) -> bool:
        """Whether its time was over at `moment` and nobody had begun it."""
        over = self.lapses_at is not None and self.lapses_at < moment
        return over and self.state in UNBEGUN

    def sealed_fields(self) -> dict[str, Any]:
        """What an event's digest of this row covers."""
        planned = {
            "lapses_at": self.lapses_at, "standard": self.standard_id and str(self.standard_id),
        }  # fmt: skip
        return {
            **{name: value for name, value in planned.items() if value is not None},
            "case": self.case_id and str(self.case_id), "number": self.number,
            "place": self.place_id and str(self.place_id),
            "asset": self.asset_id and str(self.asset_id),
            "post": self.post_id and str(self.post_id),
            "person": self.person_id and str(self.person_id), "state": self.state,
            "version": self.version, "opened_at": self.opened_at, "done_at": self.done_at,
            "done_by": self.done_by and str(self.done_by), "failed": self.failed,
        }  # fmt: skip


class Record(Owned):
    """An answer or a piece of evidence. Append-only; a check when it carries a verdict.

    `judge`: person, resident or machine; `by` the actor's id, `written_by` who noted it for them
    (代录). `at` happened, `noted_at` learnt.
    """

    append_only = True

    case = OwnedForeignKey(Case, null=True, related_name="records")
    place = OwnedForeignKey(Place, null=True, related_name="+")
    asset = OwnedForeignKey(Asset, null=True, related_name="+")
    work = OwnedForeignKey(WorkOrder, null=True, related_name="records")
    kind = models.CharField(max_length=12)
    item = models.CharField(max_length=60, blank=True)
    verdict = models.CharField(max_length=4, choices=VERDICT_NAMES, blank=True)
    judge = models.CharField(max_length=8, default="person")
    value = models.JSONField(default=dict)
    file_id: Any = models.UUIDField(null=True)
    by = models.UUIDField()
    written_by = models.UUIDField(null=True)
    at = models.DateTimeField()
    noted_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [
            models.Index(fields=["company", "case", "noted_at"], name="record_case"),
            models.Index(
                fields=["company", "work"], name="record_work", condition=Q(work__isnull=False)),
            models.Index(
                fields=["company", "asset", "-at"], name="record_asset",
                condition=Q(asset__isnull=False)),
            models.Index(
                fields=["company", "file_id"], name="record_file", condition=~Q(file_id=None)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.verdict}"

    def sealed_fields(self) -> dict[str, Any]:
        """The whole answer: it is never changed."""
        return {
            "case": self.case_id and str(self.case_id), "work": self.work_id and str(self.work_id),
            "place": self.place_id and str(self.place_id),
            "asset": self.asset_id and str(self.asset_id), "kind": self.kind, "item": self.item,
            "verdict": self.verdict, "judge": self.judge, "value": self.value,
            "file": self.file_id and str(self.file_id), "by": str(self.by), "at": self.at,
            **({"written_by": str(self.written_by)} if self.written_by else {}),
        }  # fmt: skip


class CaseOwner(Owned):
    """Who owns a case until it is closed, whichever department works on it: the concierge on duty
    of its building, else the next one in turn (`rules.whose`).

    `person` is None only while the company has nobody who could. `post`: the desk it is theirs by;
    None where nobody is on duty at any, or somebody took it. `stage`: how far it has gone on
    (`rules.OWN` and on). `look_at`: when whose it is must be asked again, as its shifts say.
    """

    untold: ClassVar[dict[str, Any]] = {"version": 0, "person": None}

    case = OwnedForeignKey(Case, related_name="+")
    person = OwnedForeignKey(Person, null=True, related_name="+")
    post = OwnedForeignKey(Post, null=True, related_name="+")
    stage = models.SmallIntegerField(default=0)
    since = models.DateTimeField()
    look_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "case"], name="case_owner_once"),
        ]
        indexes = [models.Index(fields=["company", "person"], name="case_owner_person")]

    def __str__(self) -> str:
        return str(self.person or "—")

    def sealed_fields(self) -> dict[str, Any]:
        """Whose it is; not when the ticker looks again, nor how far it has gone on until then."""
        return {
            "case": str(self.case_id), "person": self.person_id and str(self.person_id),
            "post": self.post_id and str(self.post_id), "since": self.since,
            "version": self.version,
        }  # fmt: skip


class NumberBlock(Owned):
    """How far the numbers of one series (community) and day have been handed out (D12)."""

    series = models.CharField(max_length=16)
    day = models.DateField()
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "series", "day"], name="number_block_once"),
        ]
