"""One row of a table, or one page of its rows."""

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def only(found: QuerySet[M, Any]) -> M | None:
    """The row of what is one at most (looked up by its id), or None.

    Where `first()` asks for an order, for which Django compares every column it selects with every
    other: a third of the time of a statement that joins six tables, to sort one row.
    """
    return next(iter(found.order_by()[:1]), None)


def cursor_page(found: QuerySet[M, Any], limit: int) -> tuple[list[M], UUID | None]:
    """The first rows of what is in order, and the cursor of the page after: the id of the last row,
    None where nothing follows. One query."""
    rows = list(found[: limit + 1])
    more, rows = len(rows) > limit, rows[:limit]
    return rows, rows[-1].pk if more else None
