"""The embedded server: who may reach it, and that nothing which is killed stays lost."""

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from anju.foundation.server import programs
from anju.foundation.server.cluster import Cluster
from anju.foundation.server.data_dir import LONGEST_SOCKET_DIR, DataDir, data_dir_path
from anju.foundation.server.errors import Held, ServerError
from anju.foundation.server.processes import processes_in
from anju.foundation.server.tests.people import (
    ROOT,
    SOURCE,
    STRANGER,
    WHO,
    acting,
    place,
    python_as,
    start_python_as,
)

HOUSE = "anju.foundation.server.tests.house"
LONG = "长" * 60 + "/" + "x" * 120
CASES = [(who, where) for who in WHO for where in ("short", "long")]
CASES += [("root", "closed")] if ROOT else []
needs_root = pytest.mark.skipif(not ROOT, reason="only root can act as another user")

# Run by another user of the machine: tries everything, prints what succeeded.
BREAK_IN = """
import json, os, sys, psycopg
target = json.loads(sys.argv[1])
won = []
for attempt in ({}, {"password": ""}, {"password": "guess"}, {"user": "postgres"},
                {"password": target["password"]}):
    try:
        psycopg.connect(**{**target["dsn"], **attempt}, connect_timeout=3)
        won.append(["connected", attempt])
    except psycopg.OperationalError:
        pass
for path in target["paths"]:
    for look in (os.listdir, open):
        try:
            look(path)
            won.append(["read", path])
        except OSError:
            pass
print(json.dumps(won))
"""


@pytest.mark.parametrize(("who", "where"), CASES)
def test_serves_its_own_roles_and_no_other_user(who: str, where: str) -> None:
    account = acting(who)
    inside = {"short": "data", "long": LONG, "closed": "closed/data"}[where]
    with place(account, inside=inside) as directory:
        if where == "closed":  # as below root's home: others cannot pass through
            directory.parent.mkdir()
            directory.parent.chmod(0o700)
            if account is not None:
                os.chown(directory.parent, account.uid, account.gid)
        house = start_python_as(account, "-m", HOUSE, str(directory))
        try:
            assert house.stdout is not None
            first = house.stdout.readline()
            assert first.startswith("ready"), first + house.stdout.read()
            data = DataDir(directory)
            assert len(os.fsencode(data.socket_dir)) <= LONGEST_SOCKET_DIR
            cluster = Cluster(directory)
            owner = Path(f"/proc/{first.split()[1]}").stat().st_uid
            assert owner != 0
            if ROOT:  # who else may read the password files
                for role in ("owner", "app", "ticker"):
                    with psycopg.connect(cluster.dsn(role)) as connection:
                        row = connection.execute("SELECT current_user").fetchone()
                        assert row == (f"anju_{role}",)
                assert directory.stat().st_uid == owner
                _let_stranger_try(cluster)
        finally:
            house.kill()
            house.wait()
            house.stdout.close()
            _wait_until_empty(directory / "postgres")
            if where == "long":  # a killed starter leaves it, the next one takes it
                DataDir(directory).socket_dir.rmdir()


def _let_stranger_try(cluster: Cluster) -> None:
    data = cluster.data
    secret = data.password("anju_owner")
    target = {
        "dsn": {k: v for k, v in conninfo_to_dict(cluster.dsn()).items() if k != "passfile"},
        "password": secret,  # even a stolen password does not open the socket
        "paths": [
            str(path)
            for path in (
                data.path,
                data.secrets,
                data.postgres,
                data.files,
                data.socket_dir,
                data.password_file("anju_owner"),
                data.postgres / "PG_VERSION",
            )
        ],
    }
    tried = python_as(STRANGER, "-c", BREAK_IN, json.dumps(target))
    assert tried.returncode == 0, tried.stderr
    assert json.loads(tried.stdout) == []


def test_loopback_wants_the_password(made_dir: Path) -> None:
    """pg_hba trusts nobody, not even over TCP when a port was asked for."""
    port = _free_port()
    with Cluster(made_dir, port=port, fsync=False) as cluster:
        tcp = {"host": "127.0.0.1", "port": port, "dbname": "anju", "user": "anju_owner"}
        for attempt in ({}, {"password": "guess"}, {"user": "anju_admin"}):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(**(tcp | attempt))
        good = {"password": cluster.data.password("anju_owner")}
        psycopg.connect(**(tcp | good)).close()


def test_there_is_no_tcp_by_default(own_cluster: Cluster) -> None:
    with psycopg.connect(own_cluster.dsn()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        hba = connection.execute("SELECT count(*) FROM pg_roles WHERE rolsuper").fetchone()
        assert hba == (1,)


def test_roles_own_and_may_only_what_they_should(own_cluster: Cluster) -> None:
    with psycopg.connect(own_cluster.dsn("app"), autocommit=True) as app:
        app.execute("CREATE TEMPORARY TABLE t (a int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE public.t (a int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("SET ROLE anju_owner")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(own_cluster.dsn("app", database="postgres"))


def test_text_sorts_by_code_point_and_lowers_unicode(own_cluster: Cluster) -> None:
    with psycopg.connect(own_cluster.dsn()) as connection:
        row = connection.execute(
            "SELECT current_setting('server_encoding'), lower('ÀÉ'), 'Z' < 'a', '一' < '安'"
        ).fetchone()
    assert row == ("UTF8", "àé", True, True)


def test_databases_are_made_from_a_template_and_dropped(own_cluster: Cluster) -> None:
    with psycopg.connect(own_cluster.dsn()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS copied (a int)")
    own_cluster.create_database("copy", template="anju")
    connection = psycopg.connect(own_cluster.dsn(database="copy"))
    assert connection.execute("SELECT count(*) FROM copied").fetchone() == (0,)
    own_cluster.drop_database("copy")  # although somebody is connected
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(own_cluster.dsn(database="copy"))


def test_second_start_is_refused_and_leaves_the_first_alone(own_cluster: Cluster) -> None:
    with pytest.raises(Held, match=f"process {os.getpid()}"):
        Cluster(own_cluster.data.path, fsync=False).start()
    psycopg.connect(own_cluster.dsn()).close()


def test_recovers_from_every_kill(made_dir: Path) -> None:
    """A postmaster killed under a busy backend, twice; a stranger's pid file. Nothing committed
    is lost, nothing else appears."""
    cluster = Cluster(made_dir).start()
    with psycopg.connect(cluster.dsn()) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    busy = psycopg.connect(cluster.dsn())
    busy.execute("INSERT INTO kept VALUES (-1)")  # never committed

    for n, kill in enumerate([_kill_postmaster, _kill_postmaster, _leave_foreign_pid_file]):
        with psycopg.connect(cluster.dsn()) as connection:
            connection.execute("INSERT INTO kept VALUES (%s)", [n])
        kill(cluster)
        cluster.stop()
        cluster = Cluster(made_dir).start()
    with psycopg.connect(cluster.dsn()) as connection:
        rows = connection.execute("SELECT n FROM kept ORDER BY n").fetchall()
    assert rows == [(0,), (1,), (2,)]
    cluster.stop()
    assert processes_in(made_dir / "postgres") == []


def test_stops_while_it_recovers_from_the_death_of_a_backend(made_dir: Path) -> None:
    """PostgreSQL 18 never ends when it is asked for a fast shutdown then; nothing is lost."""
    with Cluster(made_dir) as cluster:
        with psycopg.connect(cluster.dsn(), autocommit=True) as owner:
            owner.execute("CREATE TABLE acknowledged AS SELECT 1 AS id")
            os.kill(owner.info.backend_pid, signal.SIGKILL)
            _wait_for_log(made_dir, "reinitializing")
        began = time.monotonic()
        cluster.stop()
        assert time.monotonic() - began < 30
    with Cluster(made_dir) as again, psycopg.connect(again.dsn()) as owner:
        assert owner.execute("SELECT id FROM acknowledged").fetchall() == [(1,)]
        owner.execute("DROP TABLE acknowledged")


def _wait_for_log(directory: Path, word: str) -> None:
    end = time.monotonic() + 20
    while not any(word in log.read_text() for log in (directory / "log").glob("postgresql*.log")):
        assert time.monotonic() < end
        time.sleep(0.002)


def test_ends_the_server_of_a_killed_starter(made_dir: Path) -> None:
    """Where the kernel does not tell children (not Linux), or a child did not listen."""
    house = start_python_as(
        None,
        "-c",
        f"import {HOUSE} as h, anju.foundation.server.cluster as c\n"
        "c.die_with_parent = lambda *_: None\n"
        f"h.run_cluster({str(made_dir)!r})",
    )
    assert house.stdout is not None
    assert house.stdout.readline().startswith("ready")
    house.kill()
    house.wait()
    house.stdout.close()
    left = processes_in(made_dir / "postgres")
    assert left
    told: list[str] = []
    with Cluster(made_dir, fsync=False).start(told.append) as cluster:
        psycopg.connect(cluster.dsn()).close()
        assert not set(left) & set(processes_in(made_dir / "postgres"))
    assert told == ["Ending the database server that an earlier start left behind."]


def test_unfinished_initdb_is_begun_again() -> None:
    with place(inside="data") as directory:
        data = DataDir(directory)
        data.prepare()
        (directory / "postgres.new").mkdir()
        (directory / "postgres.new" / "PG_VERSION").write_text("18\n")
        with Cluster(directory, fsync=False) as cluster:
            psycopg.connect(cluster.dsn()).close()
        assert not (directory / "postgres.new").exists()


def test_a_long_path_leaves_nothing_in_tmp() -> None:
    with place(inside=LONG) as directory:
        with Cluster(directory, fsync=False) as cluster:
            assert cluster.data.socket_dir.is_dir()
            assert cluster.data.socket_dir.parent == Path("/tmp")
        assert not cluster.data.socket_dir.exists()


def test_other_versions_data_is_refused() -> None:
    with place(inside="data") as directory:
        DataDir(directory).prepare()
        (directory / "postgres").mkdir()
        (directory / "postgres" / "PG_VERSION").write_text("17\n")
        with pytest.raises(ServerError, match=r"PostgreSQL 17.*backup"):
            Cluster(directory).start()


def test_failure_to_start_quotes_the_server(made_dir: Path) -> None:
    (made_dir / "postgres.local.conf").write_text("shared_buffers = 'rubbish'\n")
    (made_dir / "postgres.local.conf").chmod(0o644)
    with pytest.raises(ServerError, match="rubbish"):
        Cluster(made_dir, fsync=False).start()
    (made_dir / "postgres.local.conf").unlink()
    assert processes_in(made_dir / "postgres") == []


def test_nothing_of_others_is_taken_over() -> None:
    with place() as directory:
        (directory / "letter.txt").write_text("mine")
        before = directory.stat()
        with pytest.raises(ServerError, match="holds other things"):
            Cluster(directory).start()
        assert os.listdir(directory) == ["letter.txt"]
        assert directory.stat().st_mode == before.st_mode


@needs_root
def test_another_users_directory_is_refused() -> None:
    with place(STRANGER) as directory:
        with pytest.raises(ServerError, match="belongs to another user"):
            Cluster(directory).start()
        assert directory.stat().st_uid == STRANGER.uid


@needs_root
@pytest.mark.parametrize("trap", ["directory", "link"])
def test_a_squatted_socket_directory_is_refused(trap: str) -> None:
    with place(inside=LONG) as directory, place(STRANGER) as theirs:
        socket_dir = DataDir(directory).socket_dir
        assert socket_dir.parent == Path("/tmp")
        if trap == "directory":
            socket_dir.mkdir()
            os.chown(socket_dir, STRANGER.uid, STRANGER.gid)
        else:
            socket_dir.symlink_to(theirs)
        try:
            with pytest.raises(ServerError, match=str(socket_dir)):
                Cluster(directory).start()
            assert os.listdir(theirs) == []
        finally:
            socket_dir.rmdir() if trap == "directory" else socket_dir.unlink()


@needs_root
def test_programs_out_of_reach_are_copied_for_the_account(
    made_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The repository below /root: the server's own user cannot run what lies there."""
    with place(inside="cache") as copies, place(inside="closed") as closed:
        closed.mkdir(mode=0o700)
        site = programs.installed().parents[2]
        install = programs.installed().parent
        for source in (install, site / f"{programs.PACKAGE}.libs"):
            target = closed / source.relative_to(site)
            target.parent.mkdir(exist_ok=True)
            subprocess.run(["cp", "-r", str(source), str(target)], check=True)
        hidden = closed / programs.installed().relative_to(site)
        monkeypatch.setattr(programs, "COPIES", copies)
        monkeypatch.setattr(programs, "installed", lambda: hidden)
        with Cluster(made_dir, fsync=False) as cluster:
            psycopg.connect(cluster.dsn()).close()
            assert cluster.process is not None
            running = os.readlink(f"/proc/{cluster.process.pid}/exe")
            assert running.startswith(str(copies))


def test_the_data_directory_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    assert data_dir_path({"ANJU_DATA": "/srv/anju"}) == Path("/srv/anju")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert data_dir_path({}) == Path("/var/lib/anju")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert data_dir_path({"XDG_DATA_HOME": "/home/x/data"}) == Path("/home/x/data/anju")


def test_keys_are_made_once_and_private() -> None:
    with place(inside="data") as directory:
        made = DataDir(directory).key("django")
        assert len(made) == 64
        assert DataDir(directory).key("django") == made
        assert (directory / "keys" / "django").stat().st_mode & 0o777 == 0o600


def _kill_postmaster(cluster: Cluster) -> None:
    assert cluster.process is not None
    cluster.process.kill()
    cluster.process.wait()


def _leave_foreign_pid_file(cluster: Cluster) -> None:
    """After a reboot the old number may belong to a living stranger of the same user."""
    cluster.stop()
    stranger = os.getpid()
    text = f"{stranger}\n{cluster.data.postgres}\n1\n5432\n\n\n"
    (cluster.data.postgres / "postmaster.pid").write_text(text)
    (cluster.data.socket_dir / ".s.PGSQL.5432.lock").write_text(text)


def _wait_until_empty(directory: Path) -> None:
    end = time.monotonic() + 10
    while processes_in(directory) and time.monotonic() < end:
        time.sleep(0.02)
    assert processes_in(directory) == []


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_source_is_importable_by_the_ordinary_user() -> None:
    """Else every test above about ordinary users would prove nothing."""
    ran = python_as(acting("ordinary"), "-c", "import os, anju; print(os.geteuid())")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() != "0"
    assert SOURCE.is_dir()
