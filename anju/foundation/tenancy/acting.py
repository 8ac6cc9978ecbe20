"""The only opener of transactions, and the lock on the door of the database (D9, D10)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection, transaction

from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import OutsideFence

_UNFENCED = "unfenced"
_inside: ContextVar[UUID | str | None] = ContextVar("anju_inside", default=None)


@contextmanager
def acting(actor: Actor, *, savepoint: bool = True) -> Iterator[None]:
    """Open a transaction in which only the actor's company exists.

    Inside itself, for the same company, it opens a savepoint, so a refused command leaves no
    trace even when its caller goes on. `savepoint=False` is for a command whose refusals all come
    before its one statement that writes: it needs none. For another company: `OutsideFence`.
    """
    held = _inside.get()
    # After the commit of the outer block its hooks still run inside it, but the database has
    # forgotten the company: they begin anew.
    if held == actor.company_id and connection.in_atomic_block:
        if not savepoint:
            yield
            return
        with transaction.atomic():
            yield
        return
    if held is not None and held != actor.company_id:
        raise OutsideFence(f"already acting for {held}; one transaction is for one company")
    token = _inside.set(actor.company_id)
    try:
        with transaction.atomic():  # sends `beginning()`
            yield
    finally:
        _inside.reset(token)


@contextmanager
def unfenced(reason: str) -> Iterator[None]:
    """Allow queries on the few global tables (accounts, devices, tokens, companies).

    Company-owned tables stay empty in here: no company is set. `reason` is for the reader.
    """
    if not reason:
        raise ValueError("say why the fence is left")
    token = _inside.set(_UNFENCED)
    try:
        with transaction.atomic():
            yield
    finally:
        _inside.reset(token)


def company_inside() -> UUID | None:
    """The company of the enclosing `acting`, or None."""
    held = _inside.get()
    return held if isinstance(held, UUID) else None


def beginning() -> str:
    """What begins a transaction here: the fence goes up with it, in one round trip."""
    company = company_inside()
    return f"BEGIN; SET LOCAL anju.company = '{company}'" if company else "BEGIN"


def prepared(sql: str, params: Sequence[Any] | Mapping[str, Any]) -> psycopg.Cursor[Any]:
    """Run a statement of a hot path inside `acting`: bound and planned by the server, once per
    connection, where Django would write the values into the text and have it planned each time.
    """
    if _inside.get() is None:
        raise OutsideFence(f"query outside `with acting(...)`: {sql[:80]}")
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return psycopg.Cursor(connection.connection).execute(sql, params, prepare=True)


def looked_up(sql: str, params: Sequence[Any], *, reason: str) -> tuple[Any, ...] | None:
    """One row from outside any company and any transaction, in one round trip: for functions that
    answer about one exact key before the company is known. `reason` is for the reader.
    """
    if not reason:
        raise ValueError("say why the fence is left")
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        found = psycopg.Cursor(connection.connection).execute(sql, params, prepare=True)
        return found.fetchone()


# Django decides what an execute wrapper is called with.
def guard(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Database execute wrapper of the `default` connection: no fence, no query."""
    if _inside.get() is None:
        raise OutsideFence(f"query outside `with acting(...)`: {sql[:80]}")
    return execute(sql, params, many, context)
