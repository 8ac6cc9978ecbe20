"""Places and things for tests: each function makes one, with what it needs above it."""

from datetime import date
from decimal import Decimal
from itertools import count

from anju.foundation.places.commands import add_asset, add_place
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
    place = community or a_community(actor)
    kinds = {1: ("building",), 2: ("building", "room"), 3: ("building", "unit", "room")}
    codes = number.split("-")
    for kind, code in zip(kinds[len(codes)], codes, strict=True):
        held = Place.objects.seen_by(actor).filter(parent=place, code=code).first()
        place = held or add_place(
            actor=actor,
            kind=kind,
            code=code,
            parent=place,
            use="住宅" if kind == "room" else "",
            area=Decimal("89.50") if kind == "room" else None,
            delivered_on=date(2019, 6, 30) if kind == "room" else None,
        )
    return place


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
