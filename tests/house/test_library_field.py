"""Beside the collection of the field's facts: every row is an item, or is omitted with a reason."""

import pytest

from anju.engine.library.reading import library
from tools.library import FIELD, field_rows

# The sections that are whole; in the end all of them.
SHIPPED: tuple[str, ...] = (
    "3.1", "3.2", "3.3", "3.4", "3.5",
    "5.1", "5.2", "5.3", "5.4",
)  # fmt: skip

pytestmark = pytest.mark.skipif(
    not FIELD.exists(), reason="the collection of facts is not beside this checkout"
)


@pytest.mark.parametrize("section", SHIPPED)
def test_every_row_is_an_item_or_is_omitted_with_a_reason(section: str) -> None:
    rows = [row.split("\t")[0] for row in field_rows(FIELD.read_text("utf-8"))[section]]
    have = {str(row) for i in library().items.values() if i.section == section for row in i.rows}
    left_out = {str(one.row) for one in library().omitted if one.section == section}
    assert rows
    assert set(rows) - have - left_out == set()
    assert have & left_out == set(), "both an item and omitted"
    assert (have | left_out) - set(rows) == set(), "no such row"


def test_an_id_of_the_collection_is_the_id_of_its_item() -> None:
    text = FIELD.read_text("utf-8")
    for section, rows in field_rows(text).items():
        cells = dict(row.split("\t") for row in rows)
        for item in (i for i in library().items.values() if i.section == section):
            names = [cells[str(r)] for r in item.rows if _is_id(cells.get(str(r), ""))]
            if names:
                assert any(item.id.startswith((n, f"S{section}.{n}")) for n in names), item.id


def _is_id(cell: str) -> bool:
    return "." in cell and cell.replace(".", "").replace("_", "").isalnum() and cell.isupper()
