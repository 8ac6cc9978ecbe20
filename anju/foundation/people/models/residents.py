"""Residents (住户): people, where they live, their vehicles, who looked at whose telephone."""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anju.foundation.entries.models import Entry
from anju.foundation.events.models import Event
from anju.foundation.lib import now
from anju.foundation.lib.pinyin import initials, readings
from anju.foundation.lib.search import names, phones, plates
from anju.foundation.people.rules import masked_name, masked_phone, masked_plate, pseudonym
from anju.foundation.places.models import Place, under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey

KIND_NAMES = (
    ("owner", _("owner")),
    ("tenant", _("tenant")),
    ("family", _("family member")),
    ("staff", pgettext_lazy("person", "staff member")),
    ("contact", _("contact")),
)
ROLE_NAMES = (("owner", _("owner")), ("tenant", _("tenant")), ("family", _("family member")))


class PersonQuery(models.QuerySet["Person"]):
    """Reads of people. Names and telephones are shown masked; see `commands.reveal`."""

    def seen_by(self, actor: Actor) -> "PersonQuery":
        """People who belong to, live or lived at places where the actor may see people; staff
        where the actor may see staff; and the actor."""
        paths = actor.paths("person.see")
        lived = Occupancy.objects.filter(under(paths, "place__path"), person=OuterRef("pk"))
        own = Q(pk=actor.person_id) if actor.person_id else Q(pk__in=[])
        return self.filter(
            under(paths, "place__path")
            | (Q(kind="staff") & under(actor.paths("staff.see"), "place__path"))
            | (Exists(lived) if paths else Q(pk__in=[]))
            | own,
            company_id=actor.company_id,
        )

    def living_at(self, place: Place, on: date) -> "PersonQuery":
        """Who occupies exactly this place on a day."""
        held = Occupancy.objects.on(on).filter(place=place, person=OuterRef("pk"))
        return self.filter(Exists(held))


class Person(Entry):
    """Someone: owner, tenant, family member, staff member or contact.

    `place` is where the person belongs (a resident's or worker's community) and decides who may
    see them, beside the places they occupy. `pinyin` and `initials` hold every reading of the
    name, the likelier first, separated by spaces. An erased person keeps the row, without values.
    """

    entry_kind = "person"
    sealed = ("kind", "place_id", "erased_at")
    personal = ("name", "phone", "note")
    derived = ("pinyin", "initials")

    kind = models.CharField(max_length=8, choices=KIND_NAMES)
    place = OwnedForeignKey(Place, null=True, blank=True, related_name="people")
    name = models.CharField(max_length=80)
    phone = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=200, blank=True)
    pinyin = models.CharField(max_length=400, blank=True)
    initials = models.CharField(max_length=100, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = PersonQuery.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["company", "phone"], name="person_phone"),
            # Who comes in by telephone belongs to no company yet.
            models.Index(fields=["phone"], name="person_any_phone", condition=~Q(phone="")),
            models.Index(fields=["company", "pinyin"], name="person_pinyin"),
            models.Index(fields=["company", "place"], name="person_place"),
        ]

    def __str__(self) -> str:
        return self.masked_name

    @property
    def masked_name(self) -> str:
        """`张**`, or the pseudonym of an erased person."""
        return masked_name(self.name) or pseudonym(self.id.hex)

    @property
    def masked_phone(self) -> str:
        """`138****1234`."""
        return masked_phone(self.phone)

    def name_for(self, actor: Actor) -> str:
        """The name as the actor may read it: whole for colleagues and those who see people."""
        if not self.name:
            return pseudonym(self.id.hex)
        open_to = self.kind == "staff" or actor.may("person.see") or actor.person_id == self.id
        return self.name if open_to else self.masked_name

    def complete(self) -> None:
        """All readings of the name."""
        ways = readings(self.name, surname=True) if self.name else []
        self.pinyin = " ".join("".join(way) for way in ways)[:400]
        self.initials = " ".join(dict.fromkeys(initials(way) for way in ways))[:100]

    def whose(self) -> UUID:
        """The person's own."""
        return self.id

    def search_tokens(self) -> Iterable[str]:
        """Name, pinyin, initials, telephone."""
        return names(self.name, surname=True) | phones(self.phone)


class DatedQuery(models.QuerySet[Any]):
    """Rows that hold from `since` until `until` (both days included; None is open)."""

    def on(self, day: date) -> Self:
        """Those that hold on a day."""
        return self.filter(Q(since=None) | Q(since__lte=day), Q(until=None) | Q(until__gte=day))


class OccupancyQuery(DatedQuery):
    """Reads of occupancies."""

    def seen_by(self, actor: Actor) -> Self:
        """At places where the actor may see people, and the actor's own."""
        own = Q(person_id=actor.person_id) if actor.person_id else Q(pk__in=[])
        return self.filter(
            under(actor.paths("person.see"), "place__path") | own, company_id=actor.company_id
        )


class Occupancy(Entry):
    """Who owns, rents or lives in a place, from a day until a day; the history stays."""

    entry_kind = "occupancy"
    sealed = ("person_id", "place_id", "role", "since", "until")
    taken: ClassVar[Any] = _(
        "This person already has this role at this place from that day. Change the entry instead."
    )

    person = OwnedForeignKey(Person, related_name="occupancies")
    place = OwnedForeignKey(Place, related_name="occupancies")
    role = models.CharField(max_length=8, choices=ROLE_NAMES)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    objects = OccupancyQuery.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["company", "place"], name="occupancy_place"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "person", "place", "role", "since"],
                name="occupancy_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(since=None) | Q(until__gte=F("since")),
                name="occupancy_ends_after_it_begins",
            ),
        ]

    def subject(self) -> tuple[str, UUID]:
        """A chapter of the person's story."""
        return "person", self.person_id


class VehicleQuery(models.QuerySet["Vehicle"]):
    """Reads of vehicles."""

    def seen_by(self, actor: Actor) -> "VehicleQuery":
        """Of people the actor may see."""
        return self.filter(person__in=Person.objects.seen_by(actor), company_id=actor.company_id)


class Vehicle(Entry):
    """A vehicle of a person, with its plate and its parking place."""

    entry_kind = "vehicle"
    sealed = ("person_id", "place_id")
    personal = ("plate", "note")
    taken: ClassVar[Any] = _(
        "This plate is already registered. Search for it to see whose it is, and change that entry."
    )

    person = OwnedForeignKey(Person, related_name="vehicles")
    place = OwnedForeignKey(Place, null=True, blank=True, related_name="vehicles")
    plate = models.CharField(max_length=12)
    note = models.CharField(max_length=80, blank=True)

    objects = VehicleQuery.as_manager()

    class Meta:
        indexes = [models.Index(fields=["company", "person"], name="vehicle_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "plate"], condition=~Q(plate=""), name="vehicle_plate_once"
            )
        ]

    @property
    def masked_plate(self) -> str:
        """`沪A**345`."""
        return masked_plate(self.plate)

    def subject(self) -> tuple[str, UUID]:
        """A chapter of the person's story."""
        return "person", self.person_id

    def whose(self) -> UUID:
        """The person's."""
        return self.person_id

    def search_tokens(self) -> Iterable[str]:
        """The plate, whole and in parts."""
        return plates(self.plate)


class StaffQuery(DatedQuery):
    """Reads of what belongs to a place and is staff's business."""

    at = "place__path"

    def seen_by(self, actor: Actor) -> Self:
        """At places where the actor may see staff."""
        return self.filter(under(actor.paths("staff.see"), self.at), company_id=actor.company_id)


class PostBound(StaffQuery):
    """The same, for rows bound to a post."""

    at = "post__place__path"


class PersonBound(StaffQuery):
    """The same, for rows bound to a staff member."""

    at = "person__place__path"


class Reveal(Owned):
    """Someone looked at a person's telephone: who and when. Never changed (T13).

    The reason is a value of `event`, so that it goes when the person is erased.
    """

    person = OwnedForeignKey(Person, related_name="reveals")
    by = models.UUIDField()
    event = OwnedForeignKey(Event, related_name="+")
    at = models.DateTimeField(default=now)

    objects = PersonBound.as_manager()

    class Meta:
        indexes = [models.Index(fields=["company", "person", "at"], name="reveal_person")]
