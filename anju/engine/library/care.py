"""Care of plants (绿化养护) by species, climate zone and month, as the library has it. Pure.

The levels of the piece are the climate zones; the group of an item is whom its care is for: plants
of a kind, or of a class of species. Classes name their species in the library itself.
"""

from collections.abc import Iterator

from anju.engine.library.often import Doing, doings_of
from anju.engine.library.reading import library
from anju.engine.library.script import simplified

PIECE = "greening-care"
# Classes that only plants of one kind can be of: a hedge of 大叶黄杨 is no 杨. Where the species
# tells nothing, the care of each is offered.
MAY_BE = {"乔木": ("落叶乔木", "常绿乔木"), "草坪": ("冷季型草", "暖季型草")}


def classes_of(species: str, kind: str) -> set[str]:
    """Whom the care of a plant is written for: its kind and the class its species belongs to, by
    the longest name in it (广玉兰 is no 玉兰)."""
    species, kind = simplified(species), simplified(kind)
    either = MAY_BE.get(kind, ())
    elsewhere = {one for some in MAY_BE.values() for one in some} - {*either}
    named = [
        (len(name), item.group)
        for item in library().pieces[PIECE].items
        if item.kind == "class" and item.group not in elsewhere
        for name in item.values[0].text.split("、")
        if name in species
    ]
    found = {max(named)[1]} if named else set()
    return {kind, *(found or either)}


def care_of(species: str, kind: str, zone: str) -> Iterator[Doing]:
    """What is done for a plant in a climate zone, in the order of the library."""
    classes = classes_of(species, kind)
    for item in library().pieces[PIECE].items:
        if item.group in classes:
            yield from (one for one in doings_of(item, zone) if one.value.level == zone)
