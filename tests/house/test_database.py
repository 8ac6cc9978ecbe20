"""What the house forbids to the database itself."""

from __future__ import annotations

import pytest
from django.db import connections, transaction

pytestmark = pytest.mark.house

NOTIFYING = """
    SELECT t.tgrelid::regclass::text, t.tgname
    FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND p.prosrc ~* '(pg_notify|\\mnotify\\M)'
"""
SEEDED = """
    CREATE TABLE seeded_notice (id int);
    CREATE FUNCTION seeded_tell() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_notify('seeded', ''); RETURN NULL; END $$;
    CREATE TRIGGER seeded AFTER INSERT ON seeded_notice EXECUTE FUNCTION seeded_tell();
"""


def notifying_triggers() -> list[tuple[str, str]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(NOTIFYING)
        return cursor.fetchall()


def test_no_table_notifies() -> None:
    """A NOTIFY makes every commit of the database wait for one lock; triggers would hide it."""
    assert notifying_triggers() == []


def test_a_notifying_trigger_would_be_seen() -> None:
    with transaction.atomic(using="owner"):
        connections["owner"].cursor().execute(SEEDED)
        assert notifying_triggers() == [("seeded_notice", "seeded")]
        transaction.set_rollback(True, using="owner")
