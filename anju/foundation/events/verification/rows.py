"""Rows of all sealed tables against the last event that wrote each."""

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import models

from anju.foundation.events.problems import Problem
from anju.foundation.events.registry import Scope
from anju.foundation.events.rules import GONE, row_digest
from anju.foundation.events.sealed import sealed_models
from anju.foundation.events.verification.streams import BATCH, Sorted, rows

# Sorted by the database (on its disk when it must): the last word on each row, sealed or waiting.
WRITTEN = """
    SELECT split_part(w.key, ':', 1) COLLATE "C" AS kind,
           split_part(w.key, ':', 2) COLLATE "C" AS row,
           (array_agg(w.value ORDER BY p.n DESC NULLS FIRST, i.id DESC NULLS LAST))[1] AS digest,
           min(w.value) <> max(w.value) AS rewritten
      FROM events_event e CROSS JOIN jsonb_each_text(e.wrote) AS w
      LEFT JOIN events_position p ON p.company_id = e.company_id AND p.event_id = e.id
      LEFT JOIN events_inbox i ON i.company_id = e.company_id AND i.event_id = e.id
     WHERE e.company_id = %s AND e.wrote <> '{}'
     GROUP BY 1, 2 ORDER BY 1, 2"""


class Written(NamedTuple):
    """What events say of one row."""

    table: str
    id: str
    digest: str
    rewritten: bool


@dataclass
class Rows:
    """The pass over the sealed rows of one company: two sorted streams, merged."""

    scope: Scope
    rows: int = 0

    def problems(self) -> Iterator[Problem]:
        """Rows changed, removed or put in past the events."""
        told = Sorted((Written(*row) for row in rows(self.scope, WRITTEN)), key=itemgetter(0, 1))
        for model in sealed_models():
            table = model._meta.db_table
            yield from _unknown(told.below((table,)))
            yield from self._table(model, told)
        yield from _unknown(told.rest())

    def _table(self, model: type[models.Model], told: Sorted[Written]) -> Iterator[Problem]:
        table, once = model._meta.db_table, getattr(model, "append_only", False)
        for row in self._rows_of(model):
            id = str(row.pk)
            self.rows += 1
            for lost in told.below((table, id)):
                yield from _gone(lost)
            mine = list(told.up_to((table, id)))
            yield from _compared(row, mine[0] if mine else None, once=once)
        for lost in told.below((table + "\0",)):
            yield from _gone(lost)

    def _rows_of(self, model: type[models.Model]) -> Iterator[Any]:
        if not any(field.name == "company" for field in model._meta.concrete_fields):
            return iter(())
        mine = model._base_manager.using(self.scope.using).filter(company_id=self.scope.company)
        if untold := getattr(model, "untold", None):
            mine = mine.exclude(**untold)
        return mine.order_by("pk").iterator(chunk_size=BATCH)


def _compared(row: Any, written: Written | None, *, once: bool) -> Iterator[Problem]:
    where = f"{row._meta.db_table}:{row.pk}"
    if written is None:
        yield Problem("row.unknown", where)
    elif written.digest == GONE:
        yield Problem("row.back", where)
    elif written.digest != row_digest(row.sealed_fields()):
        yield Problem("row.changed", where)
    elif once and written.rewritten:
        yield Problem("row.rewritten", where)


def _gone(written: Written) -> Iterator[Problem]:
    if written.digest != GONE:
        yield Problem("row.missing", f"{written.table}:{written.id}")


def _unknown(written: Iterator[Written]) -> Iterator[Problem]:
    tables = dict.fromkeys(row.table for row in written)
    yield from (Problem("row.table", table) for table in tables)
