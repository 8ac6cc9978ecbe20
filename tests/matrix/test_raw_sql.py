"""Proof 5, second half: SQL written as if the filter had been forgotten, on every table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper

from anju.foundation.tenancy.across import across
from anju.foundation.tenancy.acting import acting, unfenced
from tests.matrix.world import World

KEYS = """
SELECT k.conrelid::regclass::text, k.confrelid::regclass::text,
       (SELECT attname FROM pg_attribute WHERE attrelid = k.conrelid AND attnum = k.conkey[2]),
       (SELECT attname FROM pg_attribute WHERE attrelid = k.confrelid AND attnum = k.confkey[2])
  FROM pg_constraint k
 WHERE k.contype = 'f' AND cardinality(k.conkey) = 2 AND k.connamespace = 'public'::regnamespace
"""


@pytest.fixture(scope="module")
def tables() -> list[str]:
    """Every table that carries a company and that the application may read."""
    with across("owner", "the catalogue belongs to no company") as cursor:
        cursor.execute(
            """SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                WHERE c.relkind IN ('r', 'p') AND a.attname = 'company_id'
                  AND c.relnamespace = 'public'::regnamespace
                  AND has_any_column_privilege('anju_app', c.oid, 'SELECT') ORDER BY 1"""
        )
        return [name for (name,) in cursor.fetchall()]


@contextmanager
def undone() -> Iterator[CursorWrapper]:
    """The owner's connection, everything rolled back at the end."""
    with across("owner", "constraints bind the owner too") as cursor:
        yield cursor
        transaction.set_rollback(True, using="owner")


def test_no_table_shows_a_row_of_another_company(world: World, tables: list[str]) -> None:
    with across("owner", "what is there at all") as cursor:
        filled = []
        for table in tables:
            cursor.execute(
                f"SELECT 1 FROM {table} WHERE company_id <> %s LIMIT 1", [world.machine.company_id]
            )
            filled += [table] if cursor.fetchone() else []
    assert len(filled) > 10
    with acting(world.machine), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT DISTINCT company_id FROM {table}")
            assert {c for (c,) in cursor.fetchall()} <= {world.machine.company_id}, table


def test_outside_a_company_every_table_is_empty(world: World, tables: list[str]) -> None:
    with unfenced("as a bug would"), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT count(company_id) FROM {table}")
            assert cursor.fetchone() == (0,), table


def test_a_forgotten_filter_changes_nothing_of_another_company(
    world: World, tables: list[str]
) -> None:
    with across("owner", "which tables the application may change") as cursor:
        cursor.execute(
            """SELECT table_name, privilege_type FROM information_schema.role_table_grants
                WHERE grantee = 'anju_app' AND privilege_type IN ('UPDATE', 'DELETE')"""
        )
        granted = cursor.fetchall()
    tried = 0
    for table, privilege in granted:
        if table not in tables:
            continue
        verb = (
            "DELETE FROM {0}" if privilege == "DELETE" else "UPDATE {0} SET company_id = company_id"
        )
        with acting(world.machine), connection.cursor() as cursor:
            cursor.execute(
                verb.format(table) + " WHERE company_id <> %s", [world.machine.company_id]
            )
            assert cursor.rowcount == 0, (table, privilege)
            tried += 1
    assert tried > 10


def test_no_row_can_be_moved_into_another_company(world: World) -> None:
    foreign = world.people["desk", "foreign"].actor.company_id
    for table in ("access_rolegrant", "places_place", "loop_case"):
        with pytest.raises(DatabaseError), acting(world.machine), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET company_id = %s", [foreign])


def test_no_key_can_point_into_another_company(world: World) -> None:
    """Every foreign key between owned tables that has rows to try it on."""
    ours = world.machine.company_id
    tried, held = 0, []
    with undone() as cursor:
        cursor.execute(KEYS)
        for child, parent, column, key in cursor.fetchall():
            cursor.execute(f"SELECT ctid FROM {child} WHERE company_id = %s LIMIT 1", [ours])
            row = cursor.fetchone()
            cursor.execute(f"SELECT {key} FROM {parent} WHERE company_id <> %s LIMIT 1", [ours])
            theirs = cursor.fetchone()
            if not row or not theirs:
                continue
            tried += 1
            try:
                with transaction.atomic(using="owner"):
                    cursor.execute(
                        f"UPDATE {child} SET {column} = %s WHERE ctid = %s", [theirs[0], row[0]]
                    )
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            except DatabaseError:
                continue
            held.append(f"{child}.{column}")
    assert tried > 10
    assert held == []


HOLES = {
    "no policy": (
        "ALTER TABLE loop_case DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE loop_case ENABLE ROW LEVEL SECURITY",
    ),
    "a policy that lets all in": (
        "CREATE POLICY hole ON people_person USING (true)",
        "DROP POLICY hole ON people_person",
    ),
    "no company is every company": (
        "CREATE POLICY hole ON places_place"
        " USING (nullif(current_setting('anju.company', true), '') IS NULL)",
        "DROP POLICY hole ON places_place",
    ),
}


@pytest.mark.parametrize("hole", HOLES)
def test_a_hole_would_be_seen(world: World, tables: list[str], hole: str) -> None:
    opened, closed = HOLES[hole]
    with across("owner", "a hole in the fence") as cursor:
        cursor.execute(opened)
    held = []
    try:
        for proof in (
            test_no_table_shows_a_row_of_another_company,
            test_outside_a_company_every_table_is_empty,
            test_a_forgotten_filter_changes_nothing_of_another_company,
        ):
            try:
                proof(world, tables)
            except AssertionError:
                continue
            held.append(proof.__name__)
    finally:
        with across("owner", "the hole is closed again") as cursor:
            cursor.execute(closed)
    assert len(held) < 3
    test_no_table_shows_a_row_of_another_company(world, tables)
