"""A community of equal buildings, from four numbers: what a set-up by hand and the demo begin with.
Names are those on the doors of a Chinese community; a company changes them."""

from collections.abc import Iterator
from dataclasses import dataclass

from anju.foundation.places.models import Place

MOST_ROOMS = 20_000


@dataclass(frozen=True)
class Layout:
    """How many buildings, units of each, floors of a unit and rooms of a floor; and their use."""

    buildings: int
    units: int
    floors: int
    rooms: int
    use: str = ""

    @property
    def count(self) -> int:
        """Rooms in all."""
        return self.buildings * self.units * self.floors * self.rooms


def laid_out(layout: Layout, community: Place) -> list[Place]:
    """Unsaved places below the community: its buildings, each with a lobby, units and rooms."""
    return [
        place for n in range(1, layout.buildings + 1) for place in building_of(layout, n, community)
    ]


def building_of(layout: Layout, n: int, community: Place) -> Iterator[Place]:
    """Unsaved: the building number `n`. Rooms are named as on the door: floor, then two digits."""
    building = Place(parent=community, kind="building", code=str(n), name=f"{n} 栋", use=layout.use)
    yield building
    yield Place(parent=building, kind="public", code="LOBBY", name=f"{n} 栋大堂")
    for u in range(1, layout.units + 1):
        unit = Place(parent=building, kind="unit", code=str(u), name=f"{n} 栋 {u} 单元")
        yield unit
        for floor in range(1, layout.floors + 1):
            for room in range(1, layout.rooms + 1):
                code = f"{floor}{room:02d}"
                yield Place(parent=unit, kind="room", code=code, name=code, use=layout.use)
