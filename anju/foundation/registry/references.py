"""What a cell may point to: a place, a person, a post, a team, equipment. All cells at once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from anju.foundation.entries.models import Entry
from anju.foundation.lib.fold import fold
from anju.foundation.lib.search import room_code
from anju.foundation.people.models import Person, Post, Team
from anju.foundation.people.rules import plain_phone
from anju.foundation.places.models import Asset, Place
from anju.foundation.places.queries import zone_of
from anju.foundation.places.rules import ancestors
from anju.foundation.registry.sheet import Match
from anju.foundation.tenancy.actor import Actor

T = TypeVar("T", bound=Entry)


def places(cells: Sequence[str], actor: Actor) -> Mapping[str, Match]:
    """`3-2-1201`, `3栋2单元1201`, `东湖一期/3-2-1201`, `DH1/3-2-1201`, `东湖一期`."""
    asked = {cell: _place_parts(cell) for cell in cells}
    codes = {code for _above, code in asked.values()}
    seen = Place.objects.seen_by(actor).standing()
    held = list(seen.filter(Q(full_code__in=codes) | Q(name__in=codes)))
    above = {path for place in held for path in ancestors(place.path)}
    communities = {
        p.path: {fold(p.code), fold(p.name)}
        for p in Place.objects.filter(path__in=above, kind__in=("region", "community"))
    }
    found: dict[str, Match] = {}
    for cell, (community, code) in asked.items():
        hits = [p for p in held if p.full_code == code] or [p for p in held if p.name == code]
        if community:
            hits = [p for p in hits if _stands_under(p, fold(community), communities)]
        found[cell] = _one(
            hits,
            _("There is no place “%(cell)s”. Check the number, or import the places first."),
            _(
                "Several places are called “%(cell)s”. Write the community before it, for example "
                "东湖一期/3-2-1201."
            ),
            cell,
        )
    return found


def staff(cells: Sequence[str], actor: Actor) -> Mapping[str, Match]:
    """A staff member by telephone or by name."""
    return _people(cells, Person.objects.filter(company_id=actor.company_id, kind="staff"))


def posts(cells: Sequence[str], actor: Actor) -> Mapping[str, Match]:
    """A post by code or by name; its place comes with the time zone that holds there."""
    rows = Post.objects.filter(company_id=actor.company_id, closed_on=None)
    held = list(rows.filter(Q(code__in=cells) | Q(name__in=cells)).select_related("place"))
    zones: dict[UUID, str] = {}
    for post in held:
        if post.place_id not in zones:
            zones[post.place_id] = zone_of(post.place)
        post.place.zone = zones[post.place_id]
    return _named(cells, held, _("post"))


def teams(cells: Sequence[str], actor: Actor) -> Mapping[str, Match]:
    """A team by code or by name."""
    rows = Team.objects.filter(company_id=actor.company_id, closed_on=None)
    return _named(cells, rows.filter(Q(code__in=cells) | Q(name__in=cells)), _("team"))


def assets(cells: Sequence[str], actor: Actor) -> Mapping[str, Match]:
    """Equipment by code."""
    rows = Asset.objects.filter(company_id=actor.company_id, code__in=cells)
    return _named(cells, rows, _("equipment"))


def _place_parts(cell: str) -> tuple[str, str]:
    community, _slash, last = cell.rpartition("/")
    return community.strip(), room_code(last) or last.strip()


def _stands_under(place: Place, wanted: str, communities: Mapping[str, set[str]]) -> bool:
    return any(wanted in communities.get(path, ()) for path in ancestors(place.path))


def _people(cells: Sequence[str], rows: QuerySet[Person]) -> Mapping[str, Match]:
    phones = {}
    for cell in cells:
        try:
            phones[cell] = plain_phone(cell)
        except ValueError:
            phones[cell] = ""
    wanted = Q(name__in=cells) | Q(phone__in=[p for p in phones.values() if p])
    held = list(rows.filter(wanted, erased_at=None))
    return {
        cell: _one(
            [p for p in held if (p.phone == phones[cell] if phones[cell] else p.name == cell)],
            _("There is no staff member “%(cell)s”. Import the staff first."),
            _("Several people are called “%(cell)s”. Write the telephone number instead."),
            cell,
        )
        for cell in cells
    }


def _named(cells: Sequence[str], rows: Iterable[T], what: str) -> Mapping[str, Match]:
    held = list(rows)
    by_code = {getattr(row, "code", ""): row for row in held}
    found: dict[str, Match] = {}
    for cell in cells:
        named = [row for row in held if getattr(row, "name", "") == cell]
        found[cell] = _one(
            [by_code[cell]] if cell in by_code else named,
            _("There is no %(what)s “%%(cell)s”. Import it first, or correct the code.")
            % {"what": what},
            _("Several are called “%(cell)s”. Write the code instead."),
            cell,
        )
    return found


def _one(hits: Sequence[T], none: str, many: str, cell: str) -> Match:
    if len(hits) == 1:
        return hits[0]
    return (many if hits else none) % {"cell": cell}
