"""What plans keep of the library stays what it is: a key is an item and which of its values.

`carried.csv` holds every key that ever shipped, with what it says: level, scope, text and, where an
item says several things of the same, the unit. `ANJU_CARRIED=write` adds those that are new; a line
is never taken out. One is only changed by hand, where the words of its value were put right.
"""

import csv
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from anju.engine.library.often import doing_of, doings_of
from anju.engine.library.reading import library
from anju.engine.library.rules import Value

HELD = Path(__file__).with_name("carried.csv")


def _said(value: Value) -> str:
    return "|".join((value.level, value.scope, value.text, str(value.unit)))


def _shipped() -> dict[str, str]:
    every = library().items.values()
    return {one.key: _said(one.value) for item in every for one in doings_of(item)}


def _held() -> dict[str, str]:
    with HELD.open(encoding="utf-8", newline="") as file:
        return {row[0]: row[1] for row in csv.reader(file)}


def _moved(held: Mapping[str, str], shipped: Mapping[str, str]) -> list[str]:
    return [key for key, said in held.items() if shipped.get(key) != said]


def test_what_a_plan_carries_out_stays_what_it_was() -> None:
    shipped = _shipped()
    if os.environ.get("ANJU_CARRIED") == "write":
        held = _held() if HELD.exists() else {}
        with HELD.open("a", encoding="utf-8", newline="") as file:
            new = [(key, said) for key, said in shipped.items() if key not in held]
            csv.writer(file, lineterminator="\n").writerows(new)
    held = _held()
    moved = {key: (held[key], shipped.get(key)) for key in _moved(held, shipped)}
    assert not moved, f"Plans carry these: put a new value after the others, leave them. {moved}"
    assert set(shipped) == set(held), "ANJU_CARRIED=write adds what is new."
    assert doing_of(next(reversed(held)))


def test_a_value_that_is_put_before_others_is_found() -> None:
    item = library().items["S4_2.PA"]
    first, *others = item.values
    turned = replace(item, values=(*others, first))
    shipped = {one.key: _said(one.value) for one in doings_of(turned)}
    held = {key: said for key, said in _held().items() if key in shipped}
    assert _moved(held, shipped)
