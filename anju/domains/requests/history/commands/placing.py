"""The place of a past case: made under one import root, or looked up among those that stand."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _

from anju.domains.requests.history.mapping import MappingFile
from anju.engine.loop.queries import opening_facts
from anju.foundation.places.commands import add_place, add_places
from anju.foundation.places.models import Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

Levels = tuple[str, ...]
CODE = 24  # characters of a place's code
LEVEL_KIND = "public"  # the one kind of place that may stand in itself to any depth


@dataclass(frozen=True)
class Spot:
    """A place as an import needs it."""

    id: UUID
    path: str


@dataclass
class Places:
    """The places under one root, by the names that lead to them.

    `root` is None in a dry run that would have to make it; `series` begins the numbers of cases;
    `zone` is that of the community, whose days the cases count for.
    """

    create: bool
    root: Place | None
    zone: ZoneInfo
    known: dict[Levels, Place] = field(default_factory=dict)
    by_full_code: dict[str, Place] = field(default_factory=dict)
    made: int = 0
    series: str = ""
    _foreseen: set[Levels] = field(default_factory=set)

    def find(self, levels: Levels) -> Place | None:
        """The place these levels lead to; a single one may also be a full code (3-2-1201)."""
        found = self.known.get(levels)
        if found is None and len(levels) == 1 and not self.create:
            found = self.by_full_code.get(levels[0])
        return found

    def spot(self, levels: Levels) -> Spot | None:
        """Id and path, or None where the place was not recorded."""
        place = self.find(levels) if levels else None
        return Spot(place.id, place.path) if place else None

    def foresee(self, wanted: Iterable[Levels]) -> None:
        """Count what `make` would add of these; a dry run makes nothing."""
        parts = {levels[:depth] for levels in wanted for depth in range(1, len(levels) + 1)}
        self._foreseen |= parts - self.known.keys()
        self.made = len(self._foreseen)

    def make(self, wanted: Iterable[Levels], *, actor: Actor) -> None:
        """Add what is missing of these, outermost first, in one transaction."""
        drafts: dict[Levels, Place] = {}
        for levels in wanted:
            for depth in range(1, len(levels) + 1):
                part = levels[:depth]
                if part in self.known or part in drafts:
                    continue
                above = drafts.get(part[:-1]) or self.known.get(part[:-1]) or self.root
                drafts[part] = Place(
                    parent=above, kind=LEVEL_KIND, code=_code_of(part[-1]), name=part[-1]
                )
        if drafts:
            add_places(list(drafts.values()), actor=actor)
            self.known |= drafts
            self.made += len(drafts)


def open_places(file: MappingFile, *, actor: Actor, dry_run: bool) -> Places:
    """The root of the mapping and everything under it.

    Makes the root of `places: create` at the first run (never in a dry run). Raises `BadText`
    when the root of `places: existing` is not there or is not one.
    """
    mapping = file.mapping
    with acting(actor):
        if mapping.places == "existing":
            root: Place | None = _existing_root(file, actor)
        else:
            root = _import_root(file, actor, dry_run)
        places = Places(mapping.places == "create", root, ZoneInfo(mapping.zone))
        if root:
            facts = opening_facts(root, "", actor=actor)
            places.series, places.zone = facts.series, ZoneInfo(facts.zone)
            _learn(places, root, actor)
    return places


def _existing_root(file: MappingFile, actor: Actor) -> Place:
    name = file.mapping.root
    found = list(
        Place.objects.seen_by(actor).filter(Q(path=name) | Q(full_code=name) | Q(name=name))[:2]
    )
    if len(found) != 1:
        raise file.refusal(
            _("There is no place '%(name)s'.") % {"name": name}
            if not found
            else _("There is more than one place '%(name)s'.") % {"name": name},
            _("Write its code, its name or its path as the place list shows it."),
            "root",
        )
    actor.require("import.run", found[0].path)
    return found[0]


def _import_root(file: MappingFile, actor: Actor, dry_run: bool) -> Place | None:
    mapping = file.mapping
    found = Place.objects.filter(parent=None, code=mapping.series).first()
    if found and (found.zone != mapping.zone or found.kind != "community"):
        raise file.refusal(
            _("The code %(code)s belongs to another place.") % {"code": mapping.series},
            _("Write another `code`, under which this import makes its places."),
            "code",
        )
    if found or dry_run:
        return found
    return add_place(
        actor=actor, kind="community", code=mapping.series, name=mapping.root, zone=mapping.zone
    )


def _learn(places: Places, root: Place, actor: Actor) -> None:
    """All places below the root, by every chain of codes and names that leads to them; those
    retired since are among them, for they stood when the case was opened."""
    chains: dict[UUID, set[Levels]] = {root.id: {()}}
    below = Place.objects.seen_by(actor).below(root.path).exclude(id=root.id)
    for place in below.order_by("path"):
        above = chains.get(place.parent_id or root.id, set())
        own = {(*chain, name) for chain in above for name in {place.code, place.name}}
        chains[place.id] = own
        places.known |= dict.fromkeys(own, place)
        places.by_full_code[place.full_code] = place


def _code_of(name: str) -> str:
    """A name as a code: itself where it is short, else its beginning and a mark of the whole."""
    if len(name) <= CODE:
        return name
    mark = hashlib.sha256(name.encode()).hexdigest()[:6]
    return f"{name[: CODE - 7]}~{mark}"
