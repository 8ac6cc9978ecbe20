"""Reads of places: names along the tree, time zones, labels, what the search shows."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from anju.foundation.entries.queries import Found
from anju.foundation.places.models import Asset, Place, under
from anju.foundation.places.rules import ancestors
from anju.foundation.tenancy.acting import unfenced
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet
from anju.foundation.tenancy.models import Company


def chain(place: Place) -> list[Place]:
    """What the place stands in, from the root down, itself last. One query."""
    return list(Place.objects.filter(path__in=ancestors(place.path)).order_by("path"))


def public_names(paths: Iterable[str]) -> dict[str, str]:
    """For each path the name that anybody may read on a screen: of the building or the public area
    it stands in, else of the community; never of a room, a floor or a unit. One query."""
    wanted = set(paths)
    above = {p for path in wanted for p in ancestors(path)}
    open_to_all = Place.objects.filter(
        path__in=above, kind__in=("community", "building", "public", "region")
    )
    names = dict(open_to_all.values_list("path", "name"))
    return {
        path: next((names[p] for p in reversed(ancestors(path)) if p in names), "")
        for path in wanted
    }


def full_names(places: Iterable[Place]) -> dict[UUID, str]:
    """`东湖一期 3-2-1201` for each place: the community's name and the full code. One query."""
    wanted = list(places)
    above = {p for place in wanted for p in ancestors(place.path)}
    found = Place.objects.filter(path__in=above, kind="community").values_list("path", "name")
    named = dict(found)
    return {place.id: long_name(place, named) for place in wanted}


def community_names(*, actor: Actor) -> dict[str, str]:
    """Path -> name of every community of the company, for lists that name many places. One query,
    some hundred rows at most."""
    mine = Place.objects.filter(company_id=actor.company_id, kind="community")
    return dict(mine.values_list("path", "name"))


def long_name(place: Place, communities: Mapping[str, str]) -> str:
    """`东湖一期 3-2-1201`, given the names of communities by path. No query."""
    inside = [communities[p] for p in ancestors(place.path) if p in communities]
    own = "" if place.kind == "community" else _own_name(place)
    return " ".join(part for part in (*inside, own) if part)


def full_name(place: Place) -> str:
    """`东湖一期 3-2-1201`. One query."""
    return full_names([place])[place.id]


def climate_of(place: Place) -> str:
    """The climate zone at a place: its own, else the nearest above; empty where none is known. One
    query."""
    above = Place.objects.filter(path__in=ancestors(place.path)).exclude(climate="")
    found = above.order_by("-path").values_list("climate", flat=True).first()
    return found or ""


def zone_of(place: Place) -> str:
    """The IANA time zone at a place: its own, else the nearest above, else the company's."""
    for above in reversed(chain(place)):
        if above.zone:
            return above.zone
    return Company.objects.get(id=place.company_id).zone


def place_at(path: str, *, actor: Actor) -> Place | None:
    """The place with this path, when the actor may see it."""
    return Place.objects.seen_by(actor).filter(path=path).first()


def label_subject(code: str) -> tuple[UUID, str, UUID] | None:
    """(company, "place" or "asset", id) of a label's code; None when there is none.

    Answers for whoever scans, signed in or not: the code is the secret. The caller then reads the
    subject for an actor of that company.
    """
    with unfenced("who scans belongs to no company yet"), connection.cursor() as cursor:
        cursor.execute("SELECT company, kind, subject FROM anju_label(%s)", [code.upper()])
        row = cursor.fetchone()
    return (row[0], str(row[1]), row[2]) if row else None


def found_places(ids: Iterable[UUID], actor: Actor) -> Mapping[UUID, Found]:
    """Search hits of places."""
    places = list(Place.objects.seen_by(actor).filter(id__in=list(ids)))
    named = full_names(places)
    return {p.id: Found("place", p.id, named[p.id], str(p.get_kind_display())) for p in places}


def found_assets(ids: Iterable[UUID], actor: Actor) -> Mapping[UUID, Found]:
    """Search hits of equipment."""
    assets = list(Asset.objects.seen_by(actor).filter(id__in=list(ids)).select_related("place"))
    named = full_names(asset.place for asset in assets)
    return {a.id: Found("asset", a.id, str(a), named[a.place_id]) for a in assets}


def _own_name(place: Place) -> str:
    if place.kind in ("region", "building"):
        return place.name
    short = place.full_code
    return short if place.name in (place.code, short) else f"{short} {place.name}"


def communities_seen(actor: Actor) -> dict[str, str]:
    """The names of the communities the actor sees, by id: what a form offers. One query."""
    rows = Place.objects.seen_by(actor).standing().filter(kind="community").order_by("path")
    return {str(id): name for id, name in rows.values_list("id", "name")}


def place_named(text: str, *, actor: Actor, at: Place | None = None) -> Place:
    """The standing place meant by an id, a path of the tree (`1.4.`) or a full code (`3-2-1201`),
    in the community `at` where one is given.

    Raises NotYet when it is unknown or several are meant: then the community's code goes in front
    (`DH1 3-2-1201`).
    """
    asked = text.replace("\0", "").strip()  # no text of the database holds NUL
    seen = Place.objects.seen_by(actor).standing()
    if at is not None:
        seen = seen.filter(under([at.path]))
    try:
        found = list(seen.filter(id=UUID(asked)))
    except ValueError:
        community, _space, code = asked.rpartition(" ")
        found = list(
            seen.filter(path=asked) if asked.endswith(".") else seen.filter(full_code=code)[:20]
        )
        if community:
            tops = seen.filter(kind="community", code=community).values_list("path", flat=True)
            found = [p for p in found if any(p.path.startswith(top) for top in tops)]
    if len(found) == 1:
        return found[0]
    text = (
        _("Several places are called %(place)s. Put the code of the community in front of it.")
        if found
        else _("No place called %(place)s is known here. Check it, for example 3-2-1201.")
    ) % {"place": asked}
    raise NotYet(text, code="unknown_place", fields={"place": text})
