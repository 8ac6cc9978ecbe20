"""The embedded PostgreSQL: one cluster in one data directory, run as a child of this process.

    with Cluster(directory) as cluster:
        psycopg.connect(cluster.dsn("owner"))

Four roles, each with a password of its own in a 0600 file: `anju_admin` (the only superuser, used
by this module alone), `anju_owner` (owns the database; migrates and dumps), `anju_app` and
`anju_ticker` (own nothing; row-level security holds them).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from anju.foundation.server.configuration import HBA, configuration, memory_of_machine
from anju.foundation.server.data_dir import DataDir, write_private
from anju.foundation.server.errors import Held, Said, ServerError, _
from anju.foundation.server.lock import Lock
from anju.foundation.server.processes import (
    LINUX,
    await_end,
    die_with_parent,
    end_processes,
    processes_in,
)
from anju.foundation.server.programs import MAJOR, programs_for

Role = Literal["admin", "owner", "app", "ticker"]
Progress = Callable[[str], None]

DATABASE = "anju"
IN_CRASH_RECOVERY = 4  # of PostgreSQL's DBState
OPEN_ROLES: tuple[Role, ...] = ("owner", "app", "ticker")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _in_silence(_line: str) -> None:
    """The progress of nobody who looks."""


class Cluster:
    """A PostgreSQL server of our own.

    `port`: also listen on 127.0.0.1 there; without it the server has no TCP at all.
    `fsync=False`: for tests only, a power cut may ruin the data.
    """

    def __init__(
        self, data_dir: DataDir | Path | str, *, port: int | None = None, fsync: bool = True
    ) -> None:
        self.data = data_dir if isinstance(data_dir, DataDir) else DataDir(data_dir)
        self.port = port
        self.fsync = fsync
        self.process: subprocess.Popen[bytes] | None = None
        self._lock: Lock | None = None

    # Where it is

    def dsn(self, role: Role = "owner", *, database: str = DATABASE) -> str:
        """libpq connection string of a role; it names the password file, never the password."""
        return make_conninfo(
            host=str(self.data.socket_dir),
            port=self.port or 5432,
            dbname=database,
            user=f"anju_{role}",
            password="",  # else PGPASSWORD in the environment would win over the file
            passfile=str(self.data.password_file(f"anju_{role}")),
        )

    @property
    def is_running(self) -> bool:
        """Whether the server this object started still runs."""
        return self.process is not None and self.process.poll() is None

    # Life

    def start(self, progress: Progress = _in_silence) -> Cluster:
        """Start the server and return when it takes connections; makes everything at first.

        Waits for crash recovery as long as it takes and tells `progress` about once a second what
        the server does. Whatever a killed predecessor left running is ended first. Raises `Held`
        when another process runs this cluster, ServerError when it cannot start.
        """
        if self.is_running:
            return self
        self.data.prepare()
        self._lock = self._lock or self.data.lock("postgres")
        holder = self._lock.acquire(f"process {os.getpid()}")
        if holder is not None:
            raise Held(
                _(
                    "The database in %(path)s is already run by another %(holder)s. Stop it "
                    "first, or name another data directory."
                ),
                path=self.data.path,
                holder=holder,
            )
        try:
            self._end_predecessor(progress)
            if not self._version_file.exists():
                progress(Said(_("Making the database.")))
                self._initialise()
            self._check_version()
            self._configure()
            self.process = self._launch()
            self._await_ready(self.process, progress)
            self._ensure_roles_and_database()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop the server: in good order (sessions ended, a checkpoint written), else at once."""
        process = self.process
        if process is not None:
            for number, seconds in ((signal.SIGINT, 60), (signal.SIGQUIT, 10), (signal.SIGKILL, 5)):
                process.send_signal(number)  # sends nothing where it has ended
                end = time.monotonic() + seconds
                while process.poll() is None and time.monotonic() < end:
                    if number == signal.SIGINT and self._is_recovering:
                        break
                    time.sleep(0.01)
            await_end(self._processes, 5)  # the logger ends a little after the postmaster
            self.process = None
            if not self._near:  # made by prepare in /tmp, and made again at the next start
                with contextlib.suppress(OSError):
                    self.data.socket_dir.rmdir()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Cluster:
        return self.start()

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    @property
    def _near(self) -> bool:
        return self.data.socket_dir.parent == self.data.path

    # Databases

    def create_database(self, name: str, *, template: str | None = None) -> None:
        """Make a database owned by `anju_owner`, empty or as a copy of `template`.

        The copy needs the template to have no sessions.
        """
        statement = sql.SQL("CREATE DATABASE {} OWNER anju_owner").format(sql.Identifier(name))
        if template is not None:
            statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        with psycopg.connect(self.dsn("admin", database="postgres"), autocommit=True) as admin:
            admin.execute(statement)
            _open_database(admin, name)

    def drop_database(self, name: str) -> None:
        """Remove a database and end its sessions; none there is fine."""
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        with psycopg.connect(self.dsn("admin", database="postgres"), autocommit=True) as admin:
            admin.execute(statement)

    def _processes(self) -> list[int]:
        return processes_in(self.data.postgres)

    # Steps of start

    @property
    def _version_file(self) -> Path:
        return self.data.postgres / "PG_VERSION"

    @property
    def _is_recovering(self) -> bool:
        """Whether the server recovers from a crash, as its control file says.

        Then it has nothing to put in order, and PostgreSQL 18 that is asked to do so while it
        recovers from the death of a backend never ends: it is stopped at once, and recovers anew.
        """
        try:
            with (self.data.postgres / "global" / "pg_control").open("rb") as control:
                state = control.read(20)[16:]  # behind the identifier and two versions
        except OSError:
            return False
        return int.from_bytes(state, sys.byteorder) == IN_CRASH_RECOVERY

    def _end_predecessor(self, progress: Progress) -> None:
        """End what runs on these files although nobody holds their lock.

        That is a server whose supervisor was killed, or backends whose postmaster was. Then also
        remove its pid files: after a reboot their number may belong to a stranger, and PostgreSQL
        would refuse to start because of it.
        """
        if not LINUX:
            return  # PostgreSQL's own check of its pid file has to do
        left = self._processes
        if left():
            progress(Said(_("Ending the database server that an earlier start left behind.")))
            postmaster = _first_number(self.data.postgres / "postmaster.pid")
            # Only the postmaster may be asked politely: its children know SIGINT otherwise.
            end_processes(
                lambda: [p for p in left() if p == postmaster and not self._is_recovering],
                [(signal.SIGINT, 30)],
            )
            if not end_processes(left, [(signal.SIGQUIT, 3), (signal.SIGKILL, 20)]):
                raise ServerError(
                    _(
                        "Processes of an earlier start still work on %(path)s and "
                        "cannot be ended: %(pids)s. End them, or restart the machine."
                    ),
                    path=self.data.postgres,
                    pids=", ".join(map(str, left())),
                )
        stale = [self.data.postgres / "postmaster.pid", *self.data.socket_dir.glob(".s.PGSQL.*")]
        for file in stale:
            file.unlink(missing_ok=True)

    def _initialise(self) -> None:
        """Run initdb beside the final place and move the result there: whole or not at all."""
        draft = self.data.path / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if self.data.account.dropped:
            os.chown(draft, self.data.account.uid, self.data.account.gid)
        password = self.data.secrets / "initdb"
        password.unlink(missing_ok=True)
        write_private(password, self.data.password("anju_admin") + "\n", self.data.account)
        command = [
            str(programs_for(self.data.account) / "initdb"),
            "--pgdata",
            self._name_of(draft),
            *("--username", "anju_admin", "--pwfile", "../secrets/initdb"),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"),
            *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
            *self._syncing(),
        ]
        result = subprocess.run(
            command,
            check=False,
            cwd=draft,
            capture_output=True,
            text=True,
            env=ENVIRONMENT,
            **self.data.account.popen,
        )
        password.unlink()
        if result.returncode != 0:
            raise ServerError(
                _("The database could not be made in %(path)s:\n%(output)s"),
                path=self.data.path,
                output=(result.stdout + result.stderr)[-2000:],
            )
        draft.rename(self.data.postgres)

    def _syncing(self) -> list[str]:
        """How initdb makes its thousand files outlive a power cut: at once where that is known,
        which takes a third of the time of one by one."""
        if not self.fsync:
            return ["--no-sync"]
        return ["--sync-method=syncfs"] if LINUX else []

    def _check_version(self) -> None:
        version = self._version_file.read_text().strip()
        if version != str(MAJOR):
            raise ServerError(
                _(
                    "The database in %(path)s was made by PostgreSQL %(found)s, and "
                    "this Anju brings %(ours)s. Start it with the Anju that made it, take a "
                    "backup, and restore it with this one."
                ),
                path=self.data.path,
                found=version,
                ours=MAJOR,
            )

    def _configure(self) -> None:
        # A relative socket directory also works where the account cannot spell the full path.
        text = configuration(
            memory=memory_of_machine(),
            port=self.port,
            fsync=self.fsync,
            socket_dir="../run" if self._near else str(self.data.socket_dir),
        )
        for name, content in (("postgresql.conf", text), ("pg_hba.conf", HBA)):
            file = self.data.postgres / name
            file.unlink(missing_ok=True)
            write_private(file, content, self.data.account)

    def _name_of(self, directory: Path) -> str:
        """How the server calls a directory that is its working directory.

        Below a directory the account cannot enter (root's home, say) the plain path would fail;
        this one leads to the working directory without walking there.
        """
        return str(directory) if self.data.reachable else "/proc/self/cwd"

    def _launch(self) -> subprocess.Popen[bytes]:
        server = [
            str(programs_for(self.data.account) / "postgres"),
            "-D",
            self._name_of(self.data.postgres),
        ]
        log = os.open(
            self.data.log / "start.log",
            os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW,
            0o600,
        )
        try:
            return subprocess.Popen(
                server,
                cwd=self.data.postgres,
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the supervisor
                preexec_fn=die_with_parent(os.getpid(), signal.SIGINT),  # noqa: PLW1509 - it calls prctl and getppid only
                **self.data.account.popen,
            )
        finally:
            os.close(log)

    def _await_ready(self, process: subprocess.Popen[bytes], progress: Progress) -> None:
        """Wait until the pid file says ready, however long recovery takes."""
        told = time.monotonic()
        while True:
            if process.poll() is not None:
                raise ServerError(
                    _("PostgreSQL did not start. Its last words:\n%(words)s"),
                    words="\n".join(self._last_words(12)),
                )
            lines = _lines(self.data.postgres / "postmaster.pid")
            mine = lines[:1] == [str(process.pid)]
            if mine and len(lines) >= 8 and lines[7].strip() == "ready":
                return
            if time.monotonic() - told >= 1:
                told = time.monotonic()
                words = " ".join(self._last_words(1))
                progress(Said(_("The database is starting: %(words)s"), words=words))
            time.sleep(0.01)

    def _last_words(self, count: int) -> list[str]:
        logs = sorted(self.data.log.glob("*.log"), key=lambda file: file.stat().st_mtime)
        return [line for log in logs[-2:] for line in _lines(log)][-count:]

    def _ensure_roles_and_database(self) -> None:
        """Make what is missing and give each role the password of its file; safe to repeat."""
        with psycopg.connect(self.dsn("admin", database="postgres"), autocommit=True) as admin:
            there = {name for (name,) in admin.execute("SELECT rolname FROM pg_roles")}
            for role in OPEN_ROLES:
                name = f"anju_{role}"
                verb = sql.SQL("ALTER" if name in there else "CREATE")
                admin.execute(
                    sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                        verb, sql.Identifier(name), sql.Literal(self.data.password(name))
                    )
                )
            if not admin.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone():
                admin.execute("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC")
                admin.execute(
                    sql.SQL("CREATE DATABASE {} OWNER anju_owner").format(sql.Identifier(DATABASE))
                )
            _open_database(admin, DATABASE)


def _open_database(admin: psycopg.Connection, name: str) -> None:
    """Let our roles in and nobody else; temporary tables are where bulk writes begin."""
    database = sql.Identifier(name)
    admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    admin.execute(
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO anju_app, anju_ticker").format(database)
    )


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(errors="replace").splitlines()
    except OSError:
        return []


def _first_number(file: Path) -> int:
    first = _lines(file)[:1]
    return int(first[0]) if first and first[0].strip().isdigit() else 0
