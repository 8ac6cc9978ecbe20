"""Staff (员工): teams, posts, who holds them, who is on duty, certificates."""

from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anju.foundation.entries.models import Entry
from anju.foundation.people.models.residents import Person, PersonBound, PostBound, StaffQuery
from anju.foundation.places.models import Place
from anju.foundation.tenancy.models import OwnedForeignKey


class Team(Entry):
    """A team (班组) of a community, with its leader."""

    entry_kind = "team"
    sealed = ("place_id", "code", "name", "leader_id", "closed_on")
    taken: ClassVar[Any] = _("This team code is already used. Choose another one.")

    place = OwnedForeignKey(Place, related_name="teams")
    code = models.CharField(max_length=24)
    name = models.CharField(max_length=60)
    leader = OwnedForeignKey(Person, null=True, blank=True, related_name="leads")
    closed_on = models.DateField(null=True, blank=True)

    objects = StaffQuery.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="team_code_once")]

    def __str__(self) -> str:
        return self.name


DESK_NAMES = (
    ("", _("no desk")),
    ("lobby", _("lobby concierge of the building")),
    ("front", _("front desk")),
)


class Post(Entry):
    """A post (岗位) at a place: `headcount` persons are meant to fill it.

    `desk` says which of the two desks it is, if any: a lobby's concierge serves the building it
    stands at, the front desk everything at its place and below. Both are meant to be held by
    somebody at every hour.
    """

    entry_kind = "post"
    sealed = ("place_id", "team_id", "code", "name", "headcount", "closed_on", "desk")
    taken: ClassVar[Any] = _("This post code is already used. Choose another one.")

    place = OwnedForeignKey(Place, related_name="posts")
    team = OwnedForeignKey(Team, null=True, blank=True, related_name="posts")
    code = models.CharField(max_length=24)
    name = models.CharField(max_length=60)
    headcount = models.PositiveSmallIntegerField(default=1)
    closed_on = models.DateField(null=True, blank=True)
    desk = models.CharField(max_length=5, choices=DESK_NAMES, blank=True, default="")

    objects = StaffQuery.as_manager()

    class Meta:
        indexes = [models.Index(fields=["company", "place"], name="post_place")]
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="post_code_once")]

    def __str__(self) -> str:
        return self.name

    def sealed_fields(self) -> dict[str, Any]:
        """As of every entry; a post that is no desk keeps the digest it had before there were
        desks."""
        said = super().sealed_fields()
        return {name: value for name, value in said.items() if name != "desk" or value}


class Assignment(Entry):
    """A staff member holds a post, from a day until a day."""

    entry_kind = "assignment"
    sealed = ("person_id", "post_id", "since", "until")
    taken: ClassVar[Any] = _("This person already holds this post from that day.")

    person = OwnedForeignKey(Person, related_name="assignments")
    post = OwnedForeignKey(Post, related_name="assignments")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    objects = PostBound.as_manager()

    class Meta:
        indexes = [models.Index(fields=["company", "post"], name="assignment_post")]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "person", "post", "since"],
                name="assignment_once",
                nulls_distinct=False,
            ),
        ]

    def subject(self) -> tuple[str, UUID]:
        """A chapter of the person's story."""
        return "person", self.person_id


class Deputy(Entry):
    """`stands_in` acts for `person` from a day until a day."""

    entry_kind = "deputy"
    sealed = ("person_id", "stands_in_id", "since", "until")

    person = OwnedForeignKey(Person, related_name="deputies")
    stands_in = OwnedForeignKey(Person, related_name="stands_in_for")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = PersonBound.as_manager()

    class Meta:
        indexes = [models.Index(fields=["company", "person"], name="deputy_person")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(person=F("stands_in")), name="deputy_is_someone_else"
            ),
        ]

    def subject(self) -> tuple[str, UUID]:
        """A chapter of the person's story."""
        return "person", self.person_id


class DutyQuery(PostBound):
    """Reads of duty."""

    def standing(self) -> Self:
        """Those that were not called off."""
        return self.filter(called_off=False)

    def at_moment(self, at: datetime) -> Self:
        """On duty at an instant (aware): from `starts_at` until before `ends_at`."""
        return self.standing().filter(starts_at__lte=at, ends_at__gt=at)

    def between(self, begin: datetime, end: datetime) -> Self:
        """On duty at some instant from `begin` until before `end`."""
        return self.standing().filter(starts_at__lt=end, ends_at__gt=begin)


class Duty(Entry):
    """A staff member is on duty at a post (UTC; `ends_at` excluded).

    `called_off` before it began: it never took place. One that had begun ends earlier instead, so
    who was on duty at a past instant never changes.
    """

    entry_kind = "duty"
    sealed = ("person_id", "post_id", "starts_at", "ends_at", "called_off")
    taken: ClassVar[Any] = _("This person already has this duty.")

    person = OwnedForeignKey(Person, related_name="duties")
    post = OwnedForeignKey(Post, related_name="duties")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    called_off = models.BooleanField(default=False)

    objects = DutyQuery.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["company", "post", "ends_at"], name="duty_now"),
            models.Index(fields=["company", "person", "ends_at"], name="duty_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "person", "post", "starts_at"],
                name="duty_once",
                condition=Q(called_off=False),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="duty_ends_after_it_begins"
            ),
        ]

    def sealed_fields(self) -> dict[str, Any]:
        """As of every entry; one that stands keeps the digest it had before any was called off."""
        said = super().sealed_fields()
        return {name: value for name, value in said.items() if name != "called_off" or value}

    def subject(self) -> tuple[str, UUID]:
        """A chapter of the person's story."""
        return "person", self.person_id


class Qualification(Entry):
    """A certificate of a staff member; `expires_on` is the last day it is valid."""

    entry_kind = "qualification"
    sealed = ("person_id", "type", "issued_on", "expires_on")
    personal = ("number",)
    taken: ClassVar[Any] = _("This certificate is already registered for this person.")

    person = OwnedForeignKey(Person, related_name="qualifications")
    type = models.CharField(max_length=60)
    number = models.CharField(max_length=60, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)

    objects = PersonBound.as_manager()

    class Meta:
        indexes = [models.Index(fields=["company", "expires_on"], name="qualification_expiry")]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "person", "type", "number"], name="qualification_once"
            )
        ]

    def subject(self) -> tuple[str, UUID]:
        """A chapter of the person's story."""
        return "person", self.person_id

    def whose(self) -> UUID:
        """The person's."""
        return self.person_id
