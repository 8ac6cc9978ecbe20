"""What an operator should know about the ground the house stands on."""

from __future__ import annotations

import ctypes
import os
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import psycopg

from anju.foundation.lib import now
from anju.foundation.server.connections import OLDEST_SERVER, dsn, served
from anju.foundation.server.data_dir import DataDir, data_dir_path
from anju.foundation.server.errors import Said, ServerError, _

LEAST_FREE = 0.15  # of the disk; or this many bytes, whatever is less
LEAST_FREE_BYTES = 20 * 1024**3
CLOCKS_APART = 1.0  # seconds between the database's clock and ours


class Check(NamedTuple):
    """One finding: `ok`, what was seen, and what to do about it (empty when nothing)."""

    name: Said
    ok: bool
    message: Said
    advice: Said


NOTHING = Said("")


def doctor_checks(
    env: Mapping[str, str] | None = None, progress: Callable[[str], None] = print
) -> list[Check]:
    """Look at directory, disk, server, durability, roles and clock.

    Starts the embedded server for the time of looking when it is not running.
    """
    env = os.environ if env is None else env
    data = DataDir(data_dir_path(env))
    if not env.get("DATABASE_URL") and not data.path.exists():
        return [
            Check(
                Said(_("data directory")),
                False,
                Said(_("%(path)s does not exist yet."), path=data.path),
                Said(_("Start Anju once (`anju up`), or name the right one with --data.")),
            )
        ]
    checks = [_disk(data), _system_clock()]
    if data.path.exists():
        checks.insert(0, _directory(data))
    try:
        with served(env, progress) as owner, psycopg.connect(owner) as connection:
            checks += [_version(connection), _durability(connection), _clock(connection)]
            checks += _roles(env, connection)
    except (ServerError, psycopg.Error) as error:
        checks.append(
            Check(
                Said(_("database")),
                False,
                Said(_("The database cannot be used: %(why)s"), why=str(error).strip()),
                Said(_("Read the log in %(log)s, or check DATABASE_URL."), log=data.log),
            )
        )
    return checks


def _directory(data: DataDir) -> Check:
    name = Said(_("data directory"))
    try:
        open_paths = [str(path) for path, mode in _private_paths(data) if mode & 0o077]
    except OSError as error:
        return Check(
            name,
            False,
            Said(_("The data directory cannot be read: %(why)s"), why=error),
            Said(_("Run this as root or as the user that owns %(path)s."), path=data.path),
        )
    if open_paths:
        return Check(
            name,
            False,
            Said(_("Other users of this machine may enter %(path)s."), path=open_paths[0]),
            Said(_("Run `chmod -R go-rwx %(path)s`."), path=data.path),
        )
    return Check(name, True, Said(_("%(path)s is closed to others."), path=data.path), NOTHING)


def _private_paths(data: DataDir) -> Iterator[tuple[object, int]]:
    secret = [*data.secrets.iterdir(), *data.keys.iterdir()]
    for path in (data.path, data.secrets, data.keys, data.files, data.socket_dir, *secret):
        if path.exists():
            yield path, stat.S_IMODE(path.stat().st_mode)


def _disk(data: DataDir) -> Check:
    place = next(path for path in (data.path, *data.path.parents) if path.exists())
    usage = shutil.disk_usage(place)
    share = usage.free / usage.total if usage.total else 1.0
    return Check(
        Said(_("disk")),
        share >= LEAST_FREE or usage.free >= LEAST_FREE_BYTES,
        Said(
            _("%(free).1f GB of %(total).1f GB are free."),
            free=usage.free / 1e9,
            total=usage.total / 1e9,
        ),
        NOTHING
        if share >= LEAST_FREE
        else Said(_("Photographs come first to a full disk: move or enlarge it in time.")),
    )


def _version(connection: psycopg.Connection) -> Check:
    found = connection.info.server_version
    return Check(
        Said(_("server version")),
        found // 10000 >= OLDEST_SERVER,
        Said(_("PostgreSQL %(major)s.%(minor)s."), major=found // 10000, minor=found % 10000),
        NOTHING
        if found // 10000 >= OLDEST_SERVER
        else Said(_("Anju needs %(oldest)s or newer."), oldest=OLDEST_SERVER),
    )


def _durability(connection: psycopg.Connection) -> Check:
    off = [
        name
        for name in ("fsync", "full_page_writes", "synchronous_commit")
        if connection.execute("SELECT current_setting(%s)", [name]).fetchone() == ("off",)
    ]
    if off:
        return Check(
            Said(_("durability")),
            False,
            Said(
                _("%(settings)s is off: a power cut loses acknowledged work."),
                settings=", ".join(off),
            ),
            Said(_("Turn it on in the server's configuration and restart the server.")),
        )
    return Check(
        Said(_("durability")), True, Said(_("Every acknowledged write is on disk.")), NOTHING
    )


def _roles(env: Mapping[str, str], owner: psycopg.Connection) -> list[Check]:
    checks = []
    for alias, role in (("default", "anju_app"), ("ticker", "anju_ticker")):
        owned = """
            SELECT rolsuper OR rolbypassrls
                OR EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid)
            FROM pg_roles WHERE rolname = %s"""
        row = owner.execute(owned, [role]).fetchone()
        try:
            with psycopg.connect(dsn(env, alias)) as connection:
                acting = connection.execute("SELECT current_user").fetchone()
        except psycopg.Error:
            acting = None
        fenced = row == (False,) and acting == (role,)
        checks.append(
            Check(
                Said(_("role %(role)s"), role=role),
                fenced,
                Said(_("%(role)s can connect and owns nothing."), role=role)
                if fenced
                else Said(
                    _(
                        "%(role)s is missing, cannot connect, or stands above the rules that "
                        "keep companies apart."
                    ),
                    role=role,
                ),
                NOTHING
                if fenced
                else Said(
                    _("Start Anju again: it makes the role, or prints the two SQL lines that do.")
                ),
            )
        )
    return checks


def _clock(connection: psycopg.Connection) -> Check:
    before = time.monotonic()
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    travelled = time.monotonic() - before
    apart = abs((now() - row[0]).total_seconds()) if row else 0.0
    return Check(
        Said(_("clock of the database")),
        apart <= CLOCKS_APART + travelled,
        Said(_("The database's clock and ours are %(apart).2f s apart."), apart=apart),
        NOTHING
        if apart <= CLOCKS_APART + travelled
        else Said(_("Let both machines follow the same time server.")),
    )


def _system_clock() -> Check:
    """Whether the kernel believes that its clock follows a time server; only advice."""
    unsynchronised = False
    if sys.platform == "linux":
        # struct timex is 208 bytes; zeroed, `adjtimex` only reads. 5 is TIME_ERROR.
        unsynchronised = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(256)) == 5
    if unsynchronised:
        return Check(
            Said(_("clock of the machine")),
            True,
            Said(_("It is not known to follow a time server.")),
            Said(_("Time limits are judged by it: install one, for instance chrony.")),
        )
    return Check(
        Said(_("clock of the machine")), True, Said(_("It follows a time server.")), NOTHING
    )
