"""What measures an item of the library is something Anju counts: the library may not know it, so
this stands here."""

import pytest

from anju.engine.indicators.figures import DEFINITIONS
from anju.engine.library.reading import library
from anju.engine.standards.rules import CASE_KINDS, CLOCK_KINDS

MEASURED = sorted(i.id for i in library().items.values() if i.metric)


@pytest.mark.parametrize("key", MEASURED)
def test_what_measures_an_item_exists(key: str) -> None:
    kind, name, *case = library().items[key].metric.split(":")
    if kind == "indicator":
        assert name in {one.code for one in DEFINITIONS}
    else:
        assert name in CLOCK_KINDS
        assert case[0] in CASE_KINDS


def test_some_items_are_measured() -> None:
    kinds = {library().items[key].metric.split(":")[0] for key in MEASURED}
    assert kinds == {"indicator", "clock"}
