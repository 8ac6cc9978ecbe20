"""Where Django and our commands find the database: embedded, or named by DATABASE_URL.

Three aliases: `default` (anju_app, behind row-level security), `ticker` (anju_ticker, only the
ticker process), `owner` (owns the tables: migrations, backup, verify). Without DATABASE_URL they
lie in the cluster of the data directory (`ANJU_DATA`; see `data_dir_path`), and nothing is
created or contacted by asking. With it, any PostgreSQL from 15 on: the given login owns, and the
other two are the same login set to their role.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from anju.foundation.server.cluster import DATABASE, Cluster, Role
from anju.foundation.server.data_dir import DataDir, data_dir_path
from anju.foundation.server.errors import Held, Said, ServerError, _

OLDEST_SERVER = 15
ROLES = ("anju_app", "anju_ticker")
ALIASES: dict[str, Role] = {"default": "app", "ticker": "ticker", "owner": "owner"}


def databases(env: Mapping[str, str], *, name: str | None = None) -> dict[str, dict[str, Any]]:
    """Django's DATABASES for `default`, `ticker` and `owner`; `name` is another database there."""
    return {alias: _for_django(dsn(env, alias, name=name)) for alias in ALIASES}


def dsn(env: Mapping[str, str], alias: str = "owner", *, name: str | None = None) -> str:
    """libpq connection string of one alias, for use without Django."""
    role = ALIASES[alias]
    url = env.get("DATABASE_URL")
    if not url:
        cluster = Cluster(data_dir_path(env))
        return cluster.dsn(role, database=name or DATABASE)
    try:
        given: dict[str, Any] = conninfo_to_dict(url)
    except psycopg.Error as error:
        # The parser's own words may quote the password.
        raise ServerError(
            _(
                "DATABASE_URL cannot be read. It looks like "
                "postgresql://user:password@host:5432/name."
            )
        ) from error
    if name is not None:
        given["dbname"] = name
    if alias != "owner":
        given["options"] = f"{given.get('options', '')} -c role=anju_{role}".strip()
    return make_conninfo(**given)


@contextmanager
def served(env: Mapping[str, str], progress: Callable[[str], None] = print) -> Iterator[str]:
    """The owner's connection string, with its server running for as long as the block lasts.

    For commands that work beside a running house and without one alike: when the embedded server
    is not running it is started, and stopped after the last command that came to use it.
    """
    if env.get("DATABASE_URL"):
        yield dsn(env)
        return
    data = DataDir(data_dir_path(env))
    data.prepare()
    cluster = Cluster(data)
    users = data.lock("users")
    users.share()
    try:
        _start_unless_running(cluster, progress)
        yield cluster.dsn("owner")
    finally:
        if cluster.is_running:  # ours, and others may have come to use it
            users.await_others()
            cluster.stop()
        users.release()


def _start_unless_running(cluster: Cluster, progress: Callable[[str], None]) -> None:
    while True:
        try:
            psycopg.connect(cluster.dsn("owner"), connect_timeout=10).close()
        except psycopg.OperationalError as error:
            try:
                cluster.start(progress)
            except Held:  # somebody is just starting it
                progress(Said(_("Waiting for the database: %(why)s"), why=error))
                time.sleep(0.5)
                continue
        return


def _for_django(conninfo: str) -> dict[str, Any]:
    given = conninfo_to_dict(conninfo)
    known = {
        "NAME": "dbname",
        "USER": "user",
        "PASSWORD": "password",
        "HOST": "host",
        "PORT": "port",
    }
    # Django leaves an empty password out, and then PGPASSWORD would win (see Cluster.dsn).
    empty = {"password": ""} if given.get("password") == "" else {}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{key: str(given.pop(name, "") or "") for key, name in known.items()},
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,  # one round trip a request; else each thread fails once
        "ATOMIC_REQUESTS": False,  # after PostgreSQL was restarted
        "OPTIONS": given | empty,
    }


def ensure_roles(owner_dsn: str) -> None:
    """Make sure that this login can be set to `anju_app` and `anju_ticker`; safe to repeat.

    For servers named by DATABASE_URL; the embedded one makes its roles itself. Where the login may
    not make roles or join them, raises ServerError with the two SQL lines for a superuser.
    """
    with psycopg.connect(owner_dsn, autocommit=True) as owner:
        version = owner.info.server_version // 10000
        if version < OLDEST_SERVER:
            raise ServerError(
                _("The server is PostgreSQL %(found)s; Anju needs %(oldest)s or newer."),
                found=version,
                oldest=OLDEST_SERVER,
            )
        login = owner.info.user
        try:
            for role in ROLES:
                _ensure_role(owner, role, login)
        except psycopg.errors.InsufficientPrivilege as error:
            raise ServerError(
                _(
                    "The database login %(login)s may not make the two roles that keep companies "
                    "apart. Let a superuser of that server run these two lines, then start again:\n"
                    "%(lines)s"
                ),
                login=login,
                lines="\n".join(lines_for_superuser(login)),
            ) from error
        owner.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO anju_app, anju_ticker").format(
                sql.Identifier(owner.info.dbname)
            )
        )


def lines_for_superuser(login: str) -> tuple[str, str]:
    """The two SQL lines that make the roles and let the login be set to them."""
    quoted = '"' + login.replace('"', '""') + '"'
    return (
        "CREATE ROLE anju_app NOLOGIN; CREATE ROLE anju_ticker NOLOGIN;",
        f"GRANT anju_app, anju_ticker TO {quoted};",
    )


def _ensure_role(owner: psycopg.Connection, role: str, login: str) -> None:
    name = sql.Identifier(role)
    if not owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        owner.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(name))
    try:  # the real test; membership without the right to be set to it would not do
        owner.execute(sql.SQL("SET ROLE {}").format(name))
        owner.execute("RESET ROLE")
    except psycopg.errors.InsufficientPrivilege:
        owner.execute(sql.SQL("GRANT {} TO {}").format(name, sql.Identifier(login)))
