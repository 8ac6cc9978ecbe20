"""Which rows are sealed: every model that has `sealed_fields()` (law 4).

`sealed_fields()` returns the columns an event's digest of the row covers, as the database gives
them back. It reads its own columns only (`place_id`, never `place`), and never a personal value:
what is erased must leave the digest as it is. A model with `append_only = True` is written once.
`untold` of a model are the values of rows that say nothing yet, so that no event speaks of them.

Write the row first and tell afterwards: of two commands that change one row, the one whose event
comes later must be the one whose values stand.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from django.apps import apps
from django.db import models

from anju.foundation.events.rules import GONE, row_digest


class Sealed(Protocol):
    """A row that takes part in the seals."""

    _meta: ClassVar[Any]
    pk: Any

    def sealed_fields(self) -> Mapping[str, Any]:
        """The values an event's digest of this row covers."""
        ...


def row_key(row: Sealed) -> str:
    """The name of a row in an event's `wrote`: "table:id"."""
    return f"{row._meta.db_table}:{row.pk}"


def written(*rows: Sealed) -> dict[str, str]:
    """For `tell(wrote=...)`: the digest of each row as it now stands in the database."""
    return {row_key(row): row_digest(row.sealed_fields()) for row in rows}


def deleted(*rows: Sealed) -> dict[str, str]:
    """For `tell(wrote=...)`: the rows a command has deleted. Call it before the delete."""
    return {row_key(row): GONE for row in rows}


def sealed_models() -> list[type[models.Model]]:
    """Every model whose rows are sealed, by table name."""
    found = (model for model in apps.get_models() if hasattr(model, "sealed_fields"))
    return sorted(found, key=lambda model: model._meta.db_table)
