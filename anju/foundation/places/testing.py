"""Places and things for tests: each function makes one, with what it needs above it."""

from datetime import date
from decimal import Decimal
from itertools import count
from uuid import UUID

from anju.foundation.places.commands import add_asset, add_place, add_places
from anju.foundation.places.models import Asset, Place
from anju.foundation.tenancy.actor import Actor

_numbers = count(1)


def a_community(actor: Actor, *, code: str = "", name: str = "东湖一期") -> Place:
    """A community at the top of the tree, with a code of its own."""
    code = code or f"DH{next(_numbers)}"
    return add_place(actor=actor, kind="community", code=code, name=name)


def a_place(actor: Actor, *, number: str = "3-2-1201", community: Place | None = None) -> Place:
    """The room `number`, in a community of its own unless one is given; building and unit are
    found or made."""
    place, fresh = community or a_community(actor), list[Place]()
    kinds = {1: ("building",), 2: ("building", "room"), 3: ("building", "unit", "room")}
    codes = number.split("-")
    held = {} if community is None else _within(community, actor)
    for kind, code in zip(kinds[len(codes)], codes, strict=True):
        if there := held.get((place.id, code)):
            place = there
            continue
        place = Place(parent=place, kind=kind, code=code, name=code)
        if kind == "room":
            place.use, place.area = "住宅", Decimal("89.50")
            place.delivered_on = date(2019, 6, 30)
        fresh.append(place)
    return add_places(fresh, actor=actor)[-1] if fresh else place


def _within(community: Place, actor: Actor) -> dict[tuple[UUID | None, str], Place]:
    inside = Place.objects.seen_by(actor).filter(path__startswith=community.path)
    return {(one.parent_id, one.code): one for one in inside}


def an_asset(
    actor: Actor, *, place: Place | None = None, code: str = "", name: str = "1号客梯"
) -> Asset:
    """A lift at a place."""
    return add_asset(
        actor=actor,
        place=place or a_community(actor),
        system="LE",
        type="KT",
        code=code or f"DH-LE-KT-{next(_numbers):03d}",
        name=name,
        importance="A",
    )
