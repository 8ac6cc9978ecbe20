"""The whole product as a user starts it, and its processes as somebody with `kill -9` sees them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from random import Random, SystemRandom

from anju.foundation.server.connections import dsn
from anju.foundation.server.processes import processes_in, processes_marked
from anju.foundation.server.supervisor import MARK

FIRST_START = 180.0  # seconds: the database is made and migrated in them
ANJU = [sys.executable, "-m", "anju.faces.cli.main"]
ROOT = Path(__file__).resolve().parents[2]
SITE = "from tests.harness.kill9_bugs import sow\n\nsow({name!r})\n"
PARTS = ("web", "web's worker", "live", "live's worker", "worker", "ticker", "postgres")
HELD = ("already run by another", "Anju already runs on")  # a command, or who is just dying


class Late(Exception):
    """The house did not come back, or did not answer, in time."""


class Up:
    """`anju up` on a data folder of its own. `bug`: sown into every process it starts. `like`: the
    folder begins as a copy of this one (see `tests.ready`)."""

    def __init__(self, *, bug: str = "", patience: float = 60.0, like: str = "") -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="anju-kill9-"))
        self.folder.chmod(0o755)  # the server's own user walks through it
        self.data, self.log = self.folder / "data", self.folder / "log.txt"
        if like:
            _copied(Path(like), self.data)
        self.port, self.patience = _two_free_ports(), patience
        self.env = _environment(self.folder, self.data, self.port, bug)
        self.process: subprocess.Popen[bytes] | None = None
        self.waited_for_a_command = 0

    # Life

    def start(self, *arguments: str) -> None:
        """`anju up`; see `await_back`."""
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [*ANJU, "up", *arguments], env=self.env, cwd=ROOT, stdout=out,
                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, process_group=0,
            )  # fmt: skip

    def command(self, *arguments: str) -> subprocess.Popen[str]:
        """Another command of `anju` on this house."""
        return subprocess.Popen(
            [*ANJU, *arguments], env=self.env, cwd=ROOT, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def said(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def words(self, count: int = 12) -> str:
        """Its last lines for people."""
        lines = [line for line in self.said().splitlines() if not line.startswith("{")]
        return "\n".join(f"  | {line}" for line in lines[-count:])

    def interrupt(self) -> int:
        """Ctrl-C, and what it ended with."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(self.patience)

    def everyone(self) -> list[int]:
        """All processes of this house."""
        mine = [self.process.pid] if self.process and self.process.poll() is None else []
        marked = processes_marked(f"{MARK}={self.data}")
        return [*mine, *marked, *processes_in(self.data / "postgres")]

    def leave(self) -> None:
        """End everything that still runs, and remove the folder."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
        kill(self.everyone())
        if self.process is not None:
            self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)

    # Who there is

    def parts(self) -> dict[str, int]:
        """The running processes by what they are; a part that is down is missing."""
        if self.process is None or self.process.poll() is not None:
            return {}
        found = {"supervisor": self.process.pid}
        for pid, words in _children(self.process.pid).items():
            if name := _name_of(words):
                found[name] = pid
                for child in _children(pid) if name in ("web", "live") else ():
                    found[f"{name}'s worker"] = child
        return found

    def backends(self) -> list[int]:
        """The server's processes that work for somebody."""
        below = _children(self.parts().get("postgres", 0))
        return [pid for pid, words in below.items() if "anju_" in words[0]]

    def await_back(self, gone: Iterable[int] = (), *, patience: float = 0.0) -> float:
        """Wait until every part runs, none of them one of `gone`, and web and live answer.

        Where `anju up` was refused because a command still holds the database, it is started
        again, as its message asks. Seconds it took; raises `Late`.
        """
        begun, dead, patience = time.monotonic(), set(gone), patience or self.patience
        while True:
            missing = self._missing(dead)
            if not missing:
                return time.monotonic() - begun
            if self.process is not None and self.process.poll() is not None:
                self._start_anew()
            if time.monotonic() - begun > patience:
                raise Late(f"not back after {patience:.0f} s: {', '.join(missing)}")
            time.sleep(0.06)

    def _missing(self, dead: set[int]) -> list[str]:
        there = self.parts()
        missing = [name for name in PARTS if there.get(name, -1) in {-1, *dead}]
        if not missing and self.answer("/readyz") != 200:
            missing.append("an answer of the web process")
        if not missing and self.answer("/healthz", live=True) == 0:
            missing.append("an answer of the live process")
        return missing

    def _start_anew(self) -> None:
        last = self.said().strip().splitlines()[-1:]
        if not any(word in line for word in HELD for line in last):
            raise Late(f"anju up ended with {self.process and self.process.returncode}: {last}")
        self.waited_for_a_command += 1
        time.sleep(0.2)
        self.start()

    def answer(self, path: str, *, live: bool = False) -> int:
        """The status of a page; 0 for no answer."""
        connection = HTTPConnection("127.0.0.1", self.port + live, timeout=2)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def owner(self) -> str:
        """How to connect as the owner of the tables."""
        return dsn({"ANJU_DATA": str(self.data)})


def kill(pids: Iterable[int]) -> list[int]:
    """SIGKILL; those that were there."""
    killed = []
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
    return killed


def strike(house: Up, what: str, rng: Random) -> list[int]:
    """Kill one part of the house, or all of it in any order."""
    there = house.parts()
    if what == "all":
        victims = house.everyone()
        rng.shuffle(victims)
    elif what == "backend":
        victims = rng.sample(found, 1) if (found := house.backends()) else []
    else:
        victims = [there[what]] if what in there else []
    killed = kill(victims)
    if house.process is not None and house.process.pid in killed:
        house.process.wait(10)
    return killed


@contextmanager
def a_house(*, bug: str = "", patience: float = 60.0, like: str = "") -> Iterator[Up]:
    """A house that is not running yet; nothing of it is left behind."""
    house = Up(bug=bug, patience=patience, like=like)
    try:
        yield house
    finally:
        house.leave()


def _copied(folder: Path, to: Path) -> None:
    """With its owners: the server's folder belongs to the server's user."""
    subprocess.run(["cp", "-a", folder, to], check=True)


def _environment(folder: Path, data: Path, port: int, bug: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ANJU_", "DJANGO_"))}
    kept |= {"ANJU_DATA": str(data), "ANJU_PORT": str(port), "LC_ALL": "C.UTF-8"}
    kept.pop("DATABASE_URL", None)
    if bug:  # Python imports `sitecustomize` before anything of ours
        site = folder / "site"
        site.mkdir()
        (site / "sitecustomize.py").write_text(SITE.format(name=bug))
        kept["PYTHONPATH"] = os.pathsep.join([str(site), str(ROOT)])
    return kept


def _two_free_ports() -> int:
    """Below the ports that outgoing connections take: a client that asks again while nobody
    listens would sooner or later be connected to itself, and hold the port."""
    for _try in range(100):
        port = SystemRandom().randrange(20_000, 32_000)
        try:
            for one in (port, port + 1):
                socket.create_server(("127.0.0.1", one)).close()
        except OSError:
            continue
        return port
    raise RuntimeError("no two free ports beside each other")


def _children(parent: int) -> dict[int, list[str]]:
    """The living children of a process and their command lines."""
    found = {}
    for threads in Path("/proc").glob(f"{parent}/task/*/children"):
        with suppress(OSError):  # ended meanwhile
            for pid in threads.read_text().split():
                words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
                if words:  # else it is dead already, and waits to be buried
                    found[int(pid)] = words.split("\0")
    return found


def _name_of(words: list[str]) -> str:
    known = {
        "anju.faces.wsgi:application": "web",
        "anju.faces.live:application": "live",
        "work": "worker",
        "tick": "ticker",
    }
    if words[0].endswith("postgres"):
        return "postgres"
    return next((name for word, name in known.items() if word in words), "")
