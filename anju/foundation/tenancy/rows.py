"""One row of a table."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def only(found: QuerySet[M, Any]) -> M | None:
    """The row of what is one at most (looked up by its id), or None.

    Where `first()` asks for an order, for which Django compares every column it selects with every
    other: a third of the time of a statement that joins six tables, to sort one row.
    """
    return next(iter(found.order_by()[:1]), None)
