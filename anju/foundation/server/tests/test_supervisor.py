"""Processes kept alive, and none left behind however the house ends."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from anju.foundation.server.cluster import Cluster
from anju.foundation.server.data_dir import DataDir
from anju.foundation.server.errors import ServerError
from anju.foundation.server.processes import processes_in, processes_marked
from anju.foundation.server.supervisor import MARK, Child, Supervisor
from anju.foundation.server.tests.people import WHO, acting, place, start_python_as

HOUSE = "anju.foundation.server.tests.house"


class House:
    """A house started as a process of its own, and what it printed."""

    def __init__(self, directory: Path, who: str = "root") -> None:
        self.directory = directory
        self.port = _free_port()
        self.lines: list[str] = []
        self.process = start_python_as(
            acting(who), "-m", HOUSE, str(directory), str(self.port), PGPASSWORD="unused"
        )

    def wait_for(self, text: str) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if line.startswith(text):
                return line
        raise AssertionError(f"{text!r} was never said:\n" + "\n".join(self.lines))

    def pid_of(self, name: str) -> int:
        return int(
            next(
                line.rsplit(" ", 1)[1]
                for line in reversed(self.lines)
                if line.startswith(f"{name}: started")
            )
        )

    @property
    def everyone(self) -> list[int]:
        return [
            *processes_marked(f"{MARK}={self.directory}"),
            *processes_in(self.directory / "postgres"),
        ]

    @property
    def postmaster(self) -> int:
        return int((self.directory / "postgres" / "postmaster.pid").read_text().split()[0])

    def starts(self) -> int:
        with psycopg.connect(Cluster(self.directory).dsn()) as connection:
            row = connection.execute("SELECT count(*) FROM starts").fetchone()
            assert row is not None
            return int(row[0])


@contextmanager
def house(directory: Path, who: str = "root") -> Iterator[House]:
    running = House(directory, who)
    try:
        running.wait_for("ready")
        yield running
    finally:
        running.process.kill()
        running.process.wait()
        assert running.process.stdout is not None
        running.process.stdout.close()
        _wait(lambda: processes_in(directory / "postgres") == [])
        for pid in running.everyone:
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("who", WHO)
def test_ctrl_c_stops_everyone(who: str) -> None:
    """Children, grandchildren, the stubborn one, PostgreSQL; in good order."""
    with place(acting(who), inside="data") as directory, house(directory, who) as running:
        assert len(running.everyone) > 4
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(20) == 0
        assert running.everyone == []
        assert not (directory / "postgres" / "postmaster.pid").exists()


def test_second_start_is_refused_by_name(made_dir: Path) -> None:
    with house(made_dir) as first:
        second = House(made_dir)
        said = second.wait_for("refused")
        assert f"process {first.process.pid}" in said
        assert f"http://127.0.0.1:{first.port}/" in said
        assert second.process.wait(10) == 3
        assert first.starts() > 0  # undisturbed
        second.process.stdout.close()  # type: ignore[union-attr]  # it was read above


def test_whoever_is_killed_comes_back(made_dir: Path) -> None:
    """Each child, and PostgreSQL; without a restart of the rest. `once` is not repeated."""
    with house(made_dir) as running:
        web = running.pid_of("web")
        os.kill(web, signal.SIGKILL)
        running.wait_for("web: has ended (SIGKILL)")
        running.wait_for("web: started")  # its port is free: the grandchildren went with it
        _wait(lambda: _listens(running.port))

        os.kill(running.postmaster, signal.SIGKILL)
        running.wait_for("PostgreSQL runs again")
        assert running.starts() > 0
        assert sum(line.startswith("once: started") for line in running.lines) == 1
        assert "once: done" in running.lines


def test_killed_supervisor_takes_everyone_along(made_dir: Path) -> None:
    """All but the child that ignores SIGTERM at once; that one at the next start."""
    with house(made_dir) as running:
        stubborn = running.pid_of("stubborn")
        before = running.starts()
        running.process.kill()
        running.process.wait()
        _wait(lambda: processes_in(made_dir / "postgres") == [])
        _wait(lambda: running.pid_of("web") not in running.everyone)
        assert stubborn in running.everyone
        with house(made_dir) as again:
            assert "Ending processes that an earlier start left behind." in again.lines
            assert stubborn not in again.everyone
            assert again.starts() == before + 1


def test_everyone_killed_and_the_next_start_recovers(made_dir: Path) -> None:
    with house(made_dir) as running:
        before = running.starts()
        for pid in [running.process.pid, *running.everyone]:
            with suppress(ProcessLookupError):  # a backend follows its postmaster
                os.kill(pid, signal.SIGKILL)
        running.process.wait()
        with house(made_dir) as again:
            assert again.starts() == before + 1


def test_a_child_that_cannot_live_is_tried_less_and_less_often(
    made_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anju.foundation.server.supervisor.FIRST_DELAY", 0.01)
    said: list[str] = []

    def listen(line: str) -> None:
        said.append(line)
        if sum("started again in" in line for line in said) == 4 and line.startswith("sick"):
            os.kill(os.getpid(), signal.SIGTERM)

    children = [
        Child(name="sick", argv=["false"]),
        Child(name="absent", argv=["/nonexistent/program"]),
    ]
    supervisor = Supervisor(children, data=DataDir(made_dir), say=listen)
    assert supervisor.run() == 0
    delays = [line.rsplit(" ", 2)[1] for line in said if "exit code 1" in line]
    assert delays == ["0.01", "0.02", "0.04", "0.08"]
    assert any(line.startswith("absent: cannot be started") for line in said)


def test_failed_preparation_ends_everything_and_is_told(made_dir: Path) -> None:
    def prepare() -> None:
        raise RuntimeError("migration failed")

    cluster = Cluster(made_dir, fsync=False)
    supervisor = Supervisor([], data=cluster.data, cluster=cluster, say=lambda _line: None)
    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(RuntimeError, match="migration failed"):
        supervisor.run(prepare=prepare)
    assert not cluster.is_running
    assert signal.getsignal(signal.SIGINT) is handler


@pytest.mark.parametrize("fails", [2, 99])
def test_a_house_whose_word_of_welcome_fails_says_it_again(
    made_dir: Path, fails: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database may be killed in that moment; what fails always is an error all the same."""
    monkeypatch.setattr("anju.foundation.server.supervisor.READY_PAUSE", 0.01)
    said: list[str] = []

    def ready() -> None:
        said.append("ready")
        if len(said) <= fails:
            raise ServerError("The database is away.")
        os.kill(os.getpid(), signal.SIGTERM)

    supervisor = Supervisor([], data=DataDir(made_dir), address="here", say=lambda _line: None)
    if fails > 2:
        with pytest.raises(ServerError, match="away"):
            supervisor.run(ready=ready)
        assert len(said) == 5
    else:
        assert supervisor.run(ready=ready) == 0
        assert len(said) == 3


def test_a_taken_port_is_refused_before_anything_starts(made_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        web = Child(name="web", argv=["sleep", "60"], port=port)
        cluster = Cluster(made_dir, fsync=False)
        said: list[str] = []
        supervisor = Supervisor([web], data=cluster.data, cluster=cluster, say=said.append)
        with pytest.raises(ServerError, match=f"Port {port}"):
            supervisor.run()
    assert not any("web" in line for line in said)
    assert processes_in(made_dir / "postgres") == []


def test_a_port_taken_during_the_preparation_is_refused_too(made_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    stranger: list[socket.socket] = []
    said: list[str] = []
    supervisor = Supervisor(
        [Child(name="web", argv=["sleep", "60"], port=port)],
        data=DataDir(made_dir),
        say=said.append,
    )
    try:
        with pytest.raises(ServerError, match=f"Port {port}"):
            supervisor.run(
                prepare=lambda: stranger.append(socket.create_server(("127.0.0.1", port)))
            )
    finally:
        stranger[0].close()
    assert not any("web" in line for line in said)


def test_preparation_can_be_interrupted(made_dir: Path) -> None:
    reached: list[str] = []

    def prepare() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(10)
        reached.append("the end of a long migration")

    supervisor = Supervisor([], data=DataDir(made_dir), say=lambda _line: None)
    assert supervisor.run(prepare=prepare) == 0
    assert reached == []


def test_a_child_lives_as_its_account() -> None:
    """Started as root, web and worker need not be."""
    account = acting("ordinary")
    with place(inside="data") as directory, place(account) as theirs:
        script = f"id -u > {theirs}/uid; kill -TERM {os.getpid()}; sleep 60"
        if account is not None:  # it may not signal root: the mark is enough
            script = f"id -u > {theirs}/uid"
        child = Child(name="child", argv=["sh", "-c", script], once=True, account=account)

        def listen(line: str) -> None:
            if line == "child: done":
                os.kill(os.getpid(), signal.SIGTERM)

        Supervisor([child], data=DataDir(directory), say=listen).run()
        expected = account.uid if account else os.geteuid()
        assert (theirs / "uid").read_text().strip() == str(expected)


def test_leftovers_are_known_by_their_mark(made_dir: Path) -> None:
    marked = subprocess.Popen(["sleep", "60"], env={MARK: str(made_dir)})
    other = subprocess.Popen(["sleep", "60"], env={MARK: f"{made_dir}-other"})
    try:
        _wait(lambda: processes_marked(f"{MARK}={made_dir}") != [])
        assert processes_marked(f"{MARK}={made_dir}") == [marked.pid]
    finally:
        for process in (marked, other):
            process.kill()
            process.wait()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    assert condition()
