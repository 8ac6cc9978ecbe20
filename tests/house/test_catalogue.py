"""The database's own catalogue: every table is fenced, or stands here with a reason (D10)."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connections

from anju.foundation.tenancy.across import across
from anju.foundation.tenancy.acting import unfenced
from anju.foundation.tenancy.fence import OwnedForeignKey

pytestmark = pytest.mark.house

# Tables without a company, and why they need no policy.
OPEN = {
    "tenancy_company": "names the companies; asked before anyone belongs to one",
    "tenancy_heartbeat": "signs of life of processes that serve all companies",
    "access_try": "failed sign-ins before anyone is known; keyed digests, no names",
    "django_migrations": "which migrations have run",
}
# Tables of libraries: no role of ours but the owner's and the worker's own may touch them.
PREFIXES = {"procrastinate_": "jobs carry a company and ids, never values (D5)"}
# What the application may do to a table without a company.
OPEN_GRANTS = {
    "tenancy_company": {"SELECT", "INSERT"},
    "tenancy_heartbeat": {"SELECT"},
    "access_try": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "django_migrations": {"SELECT"},
}
NEVER_REWRITTEN = ("events_event", "events_seal", "events_position")
# Functions that run with the owner's rights, and why each must.
DEFINER = {
    "access_by_login": "signing in: no company is known yet",
    "access_by_device": "the cookie of a device: as above",
    "access_by_token": "a bearer token: as above",
    "access_is_lost": "a phone whose token was revoked: the token is the key, the answer yes or no",
    "access_by_badge": "the badge held before a shared phone: as above",
    "access_by_phone": "the cookie of a shared phone: as above",
    "access_pin_of": "what a PIN is compared with; the application may not read it",
    "access_by_link": "a one-time link: as above",
    "anju_label": "a scanned label is resolved before anyone has signed in",
    "community_by_link": "a secret link to a case: its holder belongs to no company",
    "community_by_phone": "a helper who comes in by telephone: as below",
    "people_by_phone": "who comes in by telephone: no company is known yet",
    "anju_search": "search operators lose their index under policies; it names the company",
    "events_waiting_since": "how long events wait for their seal, over all companies",
}


def rows(sql: str) -> list[tuple[object, ...]]:
    with across("owner", "the catalogue belongs to no company") as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def is_open(table: str) -> bool:
    return table in OPEN or table.startswith(tuple(PREFIXES))


def test_every_table_has_a_policy_or_a_reason() -> None:
    tables = rows(
        """SELECT c.relname, c.relrowsecurity,
                  EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid
                          AND a.attname = 'company_id' AND NOT a.attisdropped),
                  coalesce(pg_get_expr((SELECT polqual FROM pg_policy p
                     WHERE p.polrelid = c.oid AND p.polname = 'fence'), c.oid), '')
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1"""
    )
    assert len(tables) > 15
    naked = [t for t, secured, _owned, _policy in tables if not secured and not is_open(t)]
    assert naked == []
    for table, secured, owned, policy in tables:
        if secured and owned:
            assert "anju.company" in str(policy), table
            assert "company_id" in str(policy), table


def test_the_application_owns_nothing_and_may_only_what_is_listed() -> None:
    owned = rows(
        """SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
            WHERE r.rolname IN ('anju_app', 'anju_ticker')
              AND c.relpersistence <> 't'"""  # an import's own table, gone with its session
    )
    assert owned == []
    powers = rows(
        """SELECT rolname FROM pg_roles WHERE rolname IN ('anju_app', 'anju_ticker')
            AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)"""
    )
    assert powers == []
    granted: dict[object, set[object]] = {}
    for table, privilege in rows(
        """SELECT table_name, privilege_type FROM information_schema.role_table_grants
            WHERE grantee = 'anju_app' AND table_schema = 'public'"""
    ):
        granted.setdefault(table, set()).add(privilege)
    assert {t: granted.get(t) for t in OPEN_GRANTS} == OPEN_GRANTS
    for table in NEVER_REWRITTEN:
        assert granted.get(table, set()).isdisjoint({"UPDATE", "DELETE", "TRUNCATE"}), table
    assert not [t for t, held in granted.items() if held & {"TRUNCATE", "REFERENCES", "TRIGGER"}]


def test_every_key_between_owned_tables_carries_the_company() -> None:
    keys = rows(
        """SELECT k.conname, k.conrelid::regclass::text, k.confrelid::regclass::text,
                  (SELECT array_agg(a.attname::text ORDER BY n) FROM unnest(k.conkey)
                     WITH ORDINALITY u(num, n) JOIN pg_attribute a
                     ON a.attrelid = k.conrelid AND a.attnum = u.num),
                  (SELECT array_agg(a.attname::text ORDER BY n) FROM unnest(k.confkey)
                     WITH ORDINALITY u(num, n) JOIN pg_attribute a
                     ON a.attrelid = k.confrelid AND a.attnum = u.num)
             FROM pg_constraint k WHERE k.contype = 'f'
              AND k.connamespace = 'public'::regnamespace"""
    )
    assert len(keys) > 5
    for name, child, parent, ours, theirs in keys:
        if is_open(str(child)) or is_open(str(parent)):
            continue
        assert ours[0] == theirs[0] == "company_id", (name, ours, theirs)  # type: ignore[index]  # arrays of names


def test_every_reference_in_the_models_is_a_key_in_the_database() -> None:
    """An owned reference that `Fence` forgot would be a number that points anywhere."""
    kept = {
        (child, column)
        for child, columns in rows(
            """SELECT k.conrelid::regclass::text, (SELECT array_agg(a.attname::text)
                 FROM unnest(k.conkey) u(num) JOIN pg_attribute a
                 ON a.attrelid = k.conrelid AND a.attnum = u.num)
                 FROM pg_constraint k WHERE k.contype = 'f'"""
        )
        for column in columns  # type: ignore[attr-defined]  # an array of names
    }
    missing = [
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, OwnedForeignKey) and (model._meta.db_table, field.column) not in kept
    ]
    assert missing == []


def test_functions_with_the_owners_rights_are_listed_and_have_a_fixed_path() -> None:
    functions = rows(
        """SELECT p.proname, coalesce(p.proconfig, '{search_path=}'),
                  has_function_privilege('public', p.oid, 'EXECUTE')
             FROM pg_proc p WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace
              AND p.proname NOT LIKE 'procrastinate%'"""
    )
    unlisted = {str(name) for name, _c, _p in functions} - set(DEFINER)
    assert unlisted == set()
    for name, config, public in functions:
        path = next(c for c in list(config) if c.startswith("search_path="))  # type: ignore[call-overload]  # an array of names
        assert path.endswith("pg_temp"), name  # else a temporary table would be found first
        assert not public, name


@pytest.mark.parametrize("alias", ["default", "ticker"])
def test_the_settings_log_in_as_the_fenced_roles(alias: str) -> None:
    with unfenced("who am I?"), connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ({"default": "anju_app", "ticker": "anju_ticker"}[alias],)
