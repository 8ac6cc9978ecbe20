"""PostgreSQL's own dump and restore, and the count and digest of every table."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from anju.foundation.server.errors import ServerError, _
from anju.foundation.server.programs import MAJOR, installed

# How values are written as text, so that two servers digest alike.
PLAIN_TEXT = (
    "SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'postgres'; "
    "SET bytea_output = 'hex'; SET extra_float_digits = 1; SET statement_timeout = 0; "
    "SET idle_in_transaction_session_timeout = 0; SET row_security = off"
)

TABLES = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.relpersistence <> 't'
      AND n.nspname <> 'information_schema' AND NOT starts_with(n.nspname::text, 'pg_')
    ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Content:
    """How many rows a table has, and the sum of their hashes (the order does not matter)."""

    rows: int
    digest: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@contextmanager
def snapshot(dsn: str) -> Iterator[tuple[psycopg.Connection, str]]:
    """A connection that sees one moment of the database, and the moment's name for others.

    Row security is off, and a login that would see less than everything is refused by PostgreSQL:
    a backup with rows missing is worse than none.
    """
    with psycopg.connect(dsn) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.execute(PLAIN_TEXT)
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None  # noqa: S101 - a SELECT without FROM has one row
        yield connection, row[0]


def contents(connection: psycopg.Connection) -> dict[str, Content]:
    """Every table of the database with its content; reads everything once."""
    found = {}
    for schema, table in connection.execute(TABLES).fetchall():
        counting = sql.SQL(
            "SELECT count(*), coalesce(sum(hashtextextended(anju_row::text, 0)::numeric), 0) "
            "FROM {} anju_row"
        ).format(sql.Identifier(schema, table))
        row = connection.execute(counting).fetchone()
        assert row is not None  # noqa: S101 - an aggregate has one row
        found[f"{schema}.{table}"] = Content(int(row[0]), str(row[1]))
    return found


def dump(dsn: str, *, file: Path, snapshot_name: str, server_version: int) -> None:
    """Write the snapshot into `file` in pg_dump's custom format."""
    arguments = ["--format=custom", "--no-owner", f"--snapshot={snapshot_name}"]
    source, environment = _login(dsn)
    with file.open("xb") as stream:
        result = subprocess.run(
            [*_command("pg_dump", server_version, arguments), source],
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.PIPE,
        )
    if result.returncode != 0:
        raise _failure("pg_dump", result.stderr)


def load(dsn: str, *, file: Path, server_version: int) -> None:
    """Fill the empty database from `file`: all of it, with its grants and sequences, or nothing.

    Everything will belong to the login of `dsn`. The script goes through psql, because
    pg_restore itself sets a parameter that servers before 17 refuse.
    """
    reading = _command("pg_restore", server_version, ["--no-owner", "--file=-", str(file)])
    writing = _command(
        "psql",
        server_version,
        ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"],
    )
    target, environment = _login(dsn)
    with (
        tempfile.TemporaryFile() as words,
        subprocess.Popen(reading, stdout=subprocess.PIPE, stderr=words) as reader,
        subprocess.Popen(
            [*writing, target],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=words,
            env=environment,
        ) as writer,
    ):
        assert reader.stdout is not None  # noqa: S101 - both are pipes
        assert writer.stdin is not None  # noqa: S101
        with suppress(BrokenPipeError):  # psql's own words tell more
            _copy_script(reader.stdout, writer.stdin)
            writer.stdin.flush()
        reader.stdout.close()
        if reader.wait() != 0:
            writer.kill()  # at the end of its input psql would commit half a script
        writer.communicate()
        if reader.returncode or writer.returncode:
            words.seek(0)
            raise _failure("pg_restore", words.read())


def _copy_script(source: IO[bytes], target: IO[bytes]) -> None:
    for line in source:
        if line != b"SET transaction_timeout = 0;\n":
            target.write(line)
        if line.startswith(b"SELECT pg_catalog.set_config("):  # the end of the head
            break
    shutil.copyfileobj(source, target, 1024 * 1024)


def _command(name: str, server_version: int, arguments: list[str]) -> list[str]:
    return [str(_program(name, server_version)), *arguments]


def _login(dsn: str) -> tuple[str, dict[str, str]]:
    """The argument that names the database, and the environment with its password.

    Arguments are seen by every user of the machine; the environment is not.
    """
    given: dict[str, Any] = conninfo_to_dict(dsn)
    environment = {name: value for name, value in os.environ.items() if name[:2] != "PG"}
    if given.get("password"):
        environment["PGPASSWORD"] = given.pop("password")
    return f"--dbname={make_conninfo(**given)}", environment


def _failure(program: str, words: bytes) -> ServerError:
    return ServerError(
        _("%(program)s failed, and nothing was kept of it:\n%(words)s"),
        program=program,
        words=words.decode(errors="replace")[-2000:].strip(),
    )


def _program(name: str, server_version: int) -> Path:
    """The wheel's program; but a dump is the work of the server's own version where it is here.

    A foreign server may be patched further than the wheel, and only its own pg_dump knows which of
    its catalogue's contents other servers must not see.
    """
    wanted = server_version // 10000
    own, system = installed() / name, shutil.which(name)
    if system is not None and name == "pg_dump" and _major(system) == wanted != MAJOR:
        return Path(system)
    if wanted <= MAJOR:
        return own
    if system is not None and _major(system) >= wanted:
        return Path(system)
    raise ServerError(
        _(
            "The server is PostgreSQL %(version)s, and no %(program)s of that version is here. "
            "Install the client programs of PostgreSQL %(version)s."
        ),
        version=wanted,
        program=name,
    )


def _major(program: str) -> int:
    text = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout
    found = re.search(r"\d+", text)
    return int(found[0]) if found else 0


def differences(expected: Mapping[str, Content], found: Mapping[str, Content]) -> list[str]:
    """Names of the tables that are not the same on both sides."""
    names = expected.keys() | found.keys()
    return sorted(name for name in names if expected.get(name) != found.get(name))
