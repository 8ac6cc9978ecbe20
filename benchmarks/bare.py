"""Tables filled without their indexes and foreign keys, which are made anew after; and the schema,
as the database tells it, held against what the migrations made."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import LiteralString

from django.db import connections
from django.db.models import Model, UniqueConstraint
from psycopg import Connection, sql

# Everything that decides how a statement runs or what a row may hold, a line each.
_SCHEMA = """
    SELECT c.relname || ' ' || said FROM pg_class c CROSS JOIN LATERAL (
      SELECT 'column ' || attname || ' ' || format_type(atttypid, atttypmod)
             || CASE WHEN attnotnull THEN ' not null' ELSE '' END
             || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') AS said
        FROM pg_attribute LEFT JOIN pg_attrdef d ON d.adrelid = attrelid AND d.adnum = attnum
       WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
      UNION ALL SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid)
             || CASE WHEN convalidated THEN '' ELSE ' not valid' END
        FROM pg_constraint WHERE conrelid = c.oid
      UNION ALL SELECT 'index ' || pg_get_indexdef(indexrelid)
             || CASE WHEN indisvalid THEN '' ELSE ' not valid' END
        FROM pg_index WHERE indrelid = c.oid
      UNION ALL SELECT 'policy ' || polname || ' ' || polcmd::text || ' '
             || polpermissive::text || ' ' || polroles::regrole[]::text || ' '
             || coalesce(pg_get_expr(polqual, c.oid), '') || ' '
             || coalesce(pg_get_expr(polwithcheck, c.oid), '')
        FROM pg_policy WHERE polrelid = c.oid
      UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) || ' ' || tgenabled::text
        FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal
      UNION ALL SELECT 'fence ' || c.relrowsecurity::text || ' ' || c.relforcerowsecurity::text
             || ' ' || coalesce(c.relacl::text, '')
    ) s WHERE c.oid = ANY(%s::text[]::regclass[]) ORDER BY 1
"""
_INDEXES = """
    SELECT indexrelid::regclass::text FROM pg_index
     WHERE indrelid = ANY(%s::text[]::regclass[])
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
_KEYS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
     WHERE conrelid = ANY(%s::text[]::regclass[]) AND contype = 'f' ORDER BY 1, 2
"""


def schema_of(db: Connection, models: Sequence[type[Model]]) -> list[str]:
    """Columns, constraints, indexes, policies, triggers, fence and grants of their tables."""
    return [row[0] for row in db.execute(_SCHEMA, [_tables(models)])]


@contextmanager
def bare(db: Connection, models: Sequence[type[Model]]) -> Iterator[None]:
    """Their tables without foreign keys, and without indexes but that of the primary key, until the
    block ends. Raises where the schema is not what it was then.

    Indexes are made as the migrations make them: what the database says of one, said to it again,
    is written otherwise."""
    before, tables = schema_of(db, models), _tables(models)
    keys = db.execute(_KEYS, [tables]).fetchall()
    for table, name, _definition in keys:
        db.execute(_on("ALTER TABLE {} DROP CONSTRAINT {}", table, name))
    for (name,) in db.execute(_INDEXES, [tables]).fetchall():
        db.execute(_on("DROP INDEX {}", name))
    yield
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
    with owner.schema_editor(atomic=False) as editor:
        for model in models:
            for index in model._meta.indexes:
                editor.add_index(model, index)
            for one in model._meta.constraints:
                if isinstance(one, UniqueConstraint):
                    editor.add_constraint(model, one)
    for table, name, definition in keys:
        add = _on("ALTER TABLE {} ADD CONSTRAINT {} ", table, name)
        db.execute(add + sql.SQL(definition))
    after = schema_of(db, models)
    if after != before:
        raise AssertionError(f"the schema became another: {sorted({*before} ^ {*after})}")


def _tables(models: Sequence[type[Model]]) -> list[str]:
    return [model._meta.db_table for model in models]


def _on(statement: LiteralString, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, names))
