"""Places (空间), things (设备) and the labels stuck on both."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anju.foundation.entries.models import Entry
from anju.foundation.lib import now
from anju.foundation.lib.search import names, rooms, words
from anju.foundation.places.rules import successor
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.models import Owned, OwnedForeignKey

KIND_NAMES = (
    ("region", _("region")),
    ("community", _("community")),
    ("building", _("building")),
    ("unit", _("unit")),
    ("floor", _("floor")),
    ("room", _("room")),
    ("public", _("public area")),
)
SYSTEM_NAMES = (
    ("EL", _("power supply")),
    ("LT", _("lighting")),
    ("WS", _("water supply and drainage")),
    ("AC", _("heating and air conditioning")),
    ("LE", _("lift")),
    ("FS", _("fire protection")),
    ("SA", _("security")),
    ("ELV", _("weak current")),
    ("PK", _("parking")),
    ("TL", _("tools")),
    ("BD", _("building fabric")),
)
# Climate zones of GB 50352, by their own names.
CLIMATE_NAMES = (
    ("严寒", _("severe cold")),
    ("寒冷", _("cold")),
    ("夏热冬冷", _("hot summer and cold winter")),
    ("夏热冬暖", _("hot summer and warm winter")),
    ("温和", _("temperate")),
)
IMPORTANCE_NAMES = (
    ("A", _("A: endangers people or stops the site")),
    ("B", _("B: stops a part of the site")),
    ("C", _("C: easily replaced")),
)
ASSET_STATE_NAMES = (
    ("in_use", pgettext_lazy("asset", "in use")),
    ("standby", pgettext_lazy("asset", "standby")),
    ("stopped", pgettext_lazy("asset", "stopped")),
    ("repair", pgettext_lazy("asset", "waiting for repair")),
    ("scrapped", pgettext_lazy("asset", "scrapped")),
)
METER_NAMES = (
    ("", _("no meter")),
    ("water", _("water meter")),
    ("power", _("electricity meter")),
    ("gas", _("gas meter")),
    ("heat", _("heat meter")),
)


def under(paths: Iterable[str], field: str = "path") -> Q:
    """Rows whose place lies under one of `paths` ("" is everywhere); nothing for no path.

    Always ranges over the index, never `startswith` (D13). May be joined with `|`: everything and
    nothing are said in a way that holds there (an empty `Q()` would vanish).
    """
    found = Q(pk__in=[])
    for path in paths:
        if path == "":
            return ~Q(pk__in=[])
        found |= Q(**{f"{field}__gte": path, f"{field}__lt": successor(path)})
    return found


def inside(paths: Iterable[str], field: str) -> models.Case:
    """Which of `paths` a row's place lies under, as a value to group by; NULL under none."""
    whens = [models.When(under([path], field), then=models.Value(path)) for path in paths]
    return models.Case(*whens, output_field=models.TextField())


class PlaceQuery(models.QuerySet["Place"]):
    """Reads of places."""

    def seen_by(self, actor: Actor) -> "PlaceQuery":
        """Places where the actor may see places."""
        return self.filter(under(actor.paths("place.see")), company_id=actor.company_id)

    def standing(self) -> "PlaceQuery":
        """Not retired."""
        return self.filter(retired_on=None)

    def below(self, path: str) -> "PlaceQuery":
        """The subtree of `path`, itself included."""
        return self.filter(under([path]))


class Place(Entry):
    """A place of the tree: region, community, building, unit, floor, room or public area.

    `path` is made of immutable segments; `code` is unique among its siblings; `full_code` is what
    people say (`3-2-1201`). `area` in square metres. `zone` (IANA) only where it differs from the
    place above, so too `climate`, its climate zone (气候分区). `use` is the company's own word
    (住宅, 商铺, 地库 ...).
    """

    entry_kind = "place"
    sealed = (
        "parent_id", "kind", "code", "name", "use", "area", "delivered_on", "zone", "retired_on",
    )  # fmt: skip
    taken: ClassVar[Any] = _(
        "This code is already used at the same place. Codes are never used twice. "
        "Choose another one, or open the place that has it."
    )

    parent = OwnedForeignKey("self", null=True, blank=True, related_name="children")
    path = models.TextField(db_collation="C")
    kind = models.CharField(max_length=12, choices=KIND_NAMES)
    code = models.CharField(max_length=24)
    name = models.CharField(max_length=120)
    full_code = models.CharField(max_length=60)
    use = models.CharField(max_length=40, blank=True)
    area = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    delivered_on = models.DateField(null=True, blank=True)
    zone = models.CharField(max_length=64, blank=True)
    climate = models.CharField(max_length=4, choices=CLIMATE_NAMES, blank=True, db_default="")
    retired_on = models.DateField(null=True, blank=True)

    objects = PlaceQuery.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["company", "path"], name="place_path"),
            models.Index(fields=["company", "full_code"], name="place_full_code"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "parent", "code"], name="place_code_once", nulls_distinct=False
            ),
        ]

    def sealed_fields(self) -> dict[str, Any]:
        """The climate zone only where there is one: what was sealed before it was known stays."""
        return super().sealed_fields() | ({"climate": self.climate} if self.climate else {})

    def __str__(self) -> str:
        return self.full_code if self.kind == "room" else self.name

    def complete(self) -> None:
        """The area with two decimals, as stored."""
        if self.area is not None:
            self.area = self.area.quantize(Decimal("0.01"))

    def search_tokens(self) -> Iterable[str]:
        """The room in all its forms, the name and its pinyin, the code."""
        shown = "" if self.name == self.code else self.name
        numbered = rooms(self.full_code) if "-" in self.full_code else words(self.full_code)
        return numbered | names(shown) if shown else numbered


class AssetQuery(models.QuerySet["Asset"]):
    """Reads of things."""

    def seen_by(self, actor: Actor) -> "AssetQuery":
        """Things at places the actor may see."""
        paths = actor.paths("place.see")
        return self.filter(under(paths, "place__path"), company_id=actor.company_id)

    def kept(self) -> "AssetQuery":
        """Not scrapped."""
        return self.exclude(status="scrapped")


class Asset(Entry):
    """A piece of equipment: where it stands, its system, its weight, whom it serves.

    `importance` may change and is therefore not part of the code; a code is never used twice.
    """

    entry_kind = "asset"
    sealed = (
        "place_id", "parent_id", "system", "type", "code", "name", "model", "importance",
        "status", "meter", "installed_on",
    )  # fmt: skip
    taken: ClassVar[Any] = _(
        "This equipment code is already used. Codes are never used twice. Choose another one."
    )

    place = OwnedForeignKey(Place, related_name="assets")
    parent = OwnedForeignKey("self", null=True, blank=True, related_name="parts")
    system = models.CharField(max_length=4, choices=SYSTEM_NAMES)
    type = models.CharField(max_length=40, blank=True)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    model = models.CharField(max_length=80, blank=True)
    importance = models.CharField(max_length=1, choices=IMPORTANCE_NAMES, default="C")
    status = models.CharField(max_length=12, choices=ASSET_STATE_NAMES, default="in_use")
    meter = models.CharField(max_length=8, choices=METER_NAMES, blank=True)
    installed_on = models.DateField(null=True, blank=True)

    objects = AssetQuery.as_manager()

    class Meta:
        indexes = [models.Index(fields=["company", "place"], name="asset_place")]
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="asset_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def search_tokens(self) -> Iterable[str]:
        """Code, name and its pinyin, type."""
        return words(self.code, self.type, self.model) | names(self.name)


class Served(Owned):
    """A place that an asset serves: whom to tell when it stops."""

    asset = OwnedForeignKey(Asset, related_name="served")
    place = OwnedForeignKey(Place, related_name="served_by")

    class Meta:
        indexes = [models.Index(fields=["company", "place"], name="served_place")]
        constraints = [
            models.UniqueConstraint(fields=["company", "asset", "place"], name="served_once")
        ]


class LabelQuery(models.QuerySet["Label"]):
    """Reads of labels."""

    def seen_by(self, actor: Actor) -> "LabelQuery":
        """Labels of places and things the actor may see."""
        paths: Sequence[str] = actor.paths("place.see")
        return self.filter(
            under(paths, "place__path") | under(paths, "asset__place__path"),
            company_id=actor.company_id,
        )


class Label(Owned):
    """A short code printed as QR on a place or a thing; one of the two is set.

    Codes are unique among all companies: whoever scans one belongs to none yet.
    """

    code = models.CharField(max_length=12)
    place = OwnedForeignKey(Place, null=True, related_name="labels")
    asset = OwnedForeignKey(Asset, null=True, related_name="labels")
    made_at = models.DateTimeField(default=now)

    objects = LabelQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="label_code_once"),
            models.UniqueConstraint(
                fields=["company", "place", "asset"], name="label_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(place=None, asset__isnull=False) | Q(place__isnull=False, asset=None),
                name="label_of_one",
            ),
        ]
