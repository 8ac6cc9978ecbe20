"""Rows as one JSON document, for statements that take many rows of several tables at once.

A parameter per value, or an array per column, costs several times as much on both sides; and a
column added to a model goes along without being named.
"""

import json
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Model


def rows_of(table: str) -> str:
    """SQL, behind FROM: the rows of `table` in the document, as `r` with the table's own columns.

    Beside `WITH d AS (SELECT %s::jsonb AS doc)`; `SELECT r.*` then fits the table.
    """
    return f"d, jsonb_populate_recordset(NULL::{table}, d.doc->'{table}') AS r"


def document(rows: Iterable[Model]) -> str:
    """The rows by table. A table without rows is not there, and nothing is taken for it."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        held = row.__dict__
        tables.setdefault(row._meta.db_table, []).append(
            {column: held[name] for column, name in _columns(type(row)) if held[name] is not None}
        )
    return _encode(tables)


@cache
def _columns(model: type[Model]) -> list[tuple[str, str]]:
    return [(str(field.column), field.attname) for field in model._meta.concrete_fields]


def _plain(value: Any) -> str:
    """As the column's type reads it."""
    if isinstance(value, date):  # instants too
        return value.isoformat()
    return f"\\x{bytes(value).hex()}" if isinstance(value, bytes | memoryview) else str(value)


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode
