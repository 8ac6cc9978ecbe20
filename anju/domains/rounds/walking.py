"""The way of a round through the buildings: where each point lies, the order in which a guard would
walk, and the plan of it. Pure but for `spots_of`."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext as _

from anju.foundation.places.models import Place
from anju.foundation.places.rules import ancestors
from anju.foundation.tenancy.actor import Actor

T = TypeVar("T")
ROOF = 999
_ROOFS = re.compile(r"屋面|屋顶|天台|楼顶|\broof", re.IGNORECASE)
_BELOW = re.compile(r"(?:\bB|负|地下)\s*([1-9一二三四五])", re.IGNORECASE)
_CELLARS = re.compile(r"地下|地库|basement", re.IGNORECASE)
_FLOOR = re.compile(r"([0-9]{1,3})\s*(?:层|楼|F\b)|\b(?:floor|F)\s*([0-9]{1,3})\b", re.IGNORECASE)
_HALLS = re.compile(r"大堂|门厅|\blobby", re.IGNORECASE)
_CHINESE = {digit: n for n, digit in enumerate("一二三四五", 1)}


@dataclass(frozen=True)
class Spot:
    """Where a point lies: its building and unit (empty outside of any), as people call them and as
    they are counted, and its floor: `ROOF`, 1 at the ground, below 0 in the cellar."""

    building: str = ""
    unit: str = ""
    floor: int = 1
    counted: tuple[Any, ...] = ()

    @property
    def stairs(self) -> tuple[bool, tuple[Any, ...]]:
        """What is walked in one go, in the order of the houses; what is outside comes last."""
        return not self.building, self.counted


def floor_said(text: str) -> int | None:
    """The floor that a name tells: 12层, B1, 地下一层, 天台, lobby; None where it tells none."""
    if _ROOFS.search(text):
        return ROOF
    if found := _BELOW.search(text):
        return -int(_CHINESE.get(found[1], found[1]))
    if _CELLARS.search(text):
        return -1
    if found := _FLOOR.search(text):
        return int(found[1] or found[2])
    return 1 if _HALLS.search(text) else None


def floor_of(chain: Sequence[tuple[str, str, str]], name: str) -> int:
    """The floor of a point: what its place stands in says it (kind, code and name from the root
    down), else its own name, else it is at the ground."""
    for kind, code, called in reversed(chain):
        if kind == "floor":
            said = floor_said(f"{code} {called}")
            return said if said is not None else _whole(code)
        if kind == "room" and (digits := re.fullmatch(r"([0-9]{1,3})[0-9]{2}", code)):
            return int(digits[1])
    inner = [called for kind, _code, called in chain if kind not in ("region", "community")]
    found = (floor_said(text) for text in (name, *reversed(inner)))
    return next((floor for floor in found if floor is not None), 1)


def _whole(code: str) -> int:
    return int(code) if re.fullmatch(r"-?[0-9]{1,3}", code) else 1


def counted(code: str) -> tuple[Any, ...]:
    """A code as it is counted: 2 before 10."""
    parts = re.findall(r"[0-9]+|[^0-9]+", code)
    return tuple((0, int(one), "") if one.isdecimal() else (1, 0, one) for one in parts)


def spots_of(ones: Sequence[tuple[Place, str]], actor: Actor) -> list[Spot]:
    """Where points lie, by place and name. One query."""
    paths = {path for place, _name in ones for path in ancestors(place.path)}
    rows = Place.objects.filter(company_id=actor.company_id, path__in=paths)
    named = {path: (kind, code, name) for path, kind, code, name in
             rows.values_list("path", "kind", "code", "name")}  # fmt: skip
    return [
        _spot([named[path] for path in ancestors(place.path) if path in named], name)
        for place, name in ones
    ]


def _spot(chain: Sequence[tuple[str, str, str]], name: str) -> Spot:
    houses = [(kind, code, called) for kind, code, called in chain if kind in ("building", "unit")]
    if not houses:
        return Spot(floor=min(floor_of(chain, name), 1))
    building = next((called for kind, _code, called in houses if kind == "building"), "")
    unit = next((called for kind, _code, called in houses if kind == "unit"), "")
    return Spot(
        building or unit, unit, floor_of(chain, name), tuple(counted(c) for _k, c, _n in houses)
    )


def walking_order(spots: Sequence[Spot]) -> list[int]:
    """The points (by their place in the list) as a guard walks: house by house, up through the
    floors of one and down through the next, what is outside at the end. Points of one floor stay in
    the order they had."""
    stairs = sorted({one.stairs for one in spots})
    down = {one: n % 2 == 1 for n, one in enumerate(stairs)}

    def key(n: int) -> tuple[Any, ...]:
        spot = spots[n]
        return spot.stairs, -spot.floor if down[spot.stairs] else spot.floor

    return sorted(range(len(spots)), key=key)


@dataclass(frozen=True)
class Leg(Generic[T]):
    """A part of the way: one house (or what is outside of any), its floors from the top down, each
    with its points in the order they are passed."""

    name: str
    floors: Sequence[tuple[str, Sequence[T]]]


def legs(spots: Sequence[Spot], points: Sequence[T]) -> list[Leg[T]]:
    """The plan of a way: what is passed one after the other in one house stands together."""
    found = []
    pairs = list(zip(spots, points, strict=True))
    for _stairs, part in groupby(pairs, key=lambda pair: pair[0].stairs):
        here = list(part)
        floors = sorted({spot.floor for spot, _point in here}, reverse=True)
        found.append(
            Leg(
                house_name(here[0][0]),
                [
                    (floor_name(f, here[0][0]), [p for spot, p in here if spot.floor == f])
                    for f in floors
                ],
            )
        )
    return found


def heads(spots: Iterable[Spot]) -> list[str]:
    """Beside each point of a way, where it is that one comes to: the house and the floor where
    they are others than before, else nothing."""
    found, before = [], None
    for spot in spots:
        here = (spot.stairs, spot.floor)
        parts = (house_name(spot), floor_name(spot.floor, spot))
        found.append(" · ".join(filter(None, parts)) if here != before else "")
        before = here
    return found


def house_name(spot: Spot) -> str:
    """What a part of the way is called; a unit's name mostly says its building."""
    if not spot.building:
        return _("Common areas")
    if not spot.unit or spot.unit.startswith(spot.building):
        return spot.unit or spot.building
    return f"{spot.building} {spot.unit}"


def floor_name(floor: int, spot: Spot) -> str:
    """A floor as it is called where a point lies; outside only what is below the ground has one."""
    if floor >= 0 and not spot.building:
        return ""
    if floor == ROOF:
        return _("roof")
    return _("floor %(n)d") % {"n": floor} if floor >= 0 else f"B{-floor}"
