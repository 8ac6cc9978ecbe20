"""What measures an item of the library is something Anju counts: the library may not know it, so
this stands here."""

import pytest

from anju.engine.indicators.figures import DEFINITIONS
from anju.engine.library.reading import library
from anju.engine.standards.rules import CASE_KINDS, CLOCK_KINDS

ITEMS = library().items.values()
MEASURED = sorted(
    {i.metric for i in ITEMS if i.metric} | {v.metric for i in ITEMS for v in i.values if v.metric}
)


@pytest.mark.parametrize("metric", MEASURED)
def test_what_measures_an_item_exists(metric: str) -> None:
    kind, name, *case = metric.split(":")
    if kind == "indicator":
        assert name in {one.code for one in DEFINITIONS}
    elif kind == "called":
        assert name in CASE_KINDS
    else:
        assert name in CLOCK_KINDS
        assert case[0] in CASE_KINDS


def test_some_items_are_measured() -> None:
    assert {metric.split(":")[0] for metric in MEASURED} == {"indicator", "clock", "called"}
