"""One process that keeps the house's other processes alive, and takes them along when it ends.

PostgreSQL first, then the web, worker, ticker and live processes. A child that dies is started
again, sooner at first than later. Ctrl-C or SIGTERM ends everyone; `kill -9` of the supervisor
does too, because the kernel tells its children (see `die_with_parent`).
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from anju.foundation.server.account import Account
from anju.foundation.server.cluster import Cluster
from anju.foundation.server.data_dir import DataDir
from anju.foundation.server.errors import Held, Said, ServerError, _
from anju.foundation.server.processes import die_with_parent, end_processes, processes_marked

MARK = "ANJU_SUPERVISED"
FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0  # seconds before a dead child is started again
# Seconds after which a child's earlier deaths are forgotten. What lived this long costs little to
# start again at once, while the longest delay would keep the house shut for everybody.
GOOD_LIFE = 10.0
READY_TRIES, READY_PAUSE = 5, 2.0  # the database may die in the moment the house is ready

Say = Callable[[str], None]


def say(line: str) -> None:
    """Print a status line; a closed terminal must not end the house."""
    with contextlib.suppress(OSError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


@dataclass(frozen=True, kw_only=True)
class Child:
    """A process to keep alive.

    `env` is added to ours. `port` is where it will listen on the loopback: the house is ready
    when all ports answer. `once`: work that ends, started again only when it failed. `account`:
    whom to become when we are root. `patience`: seconds between SIGTERM and SIGKILL.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    once: bool = False
    account: Account | None = None
    patience: float = 10.0


class _StopAsked(Exception):
    """SIGINT, SIGTERM or SIGHUP came."""


class Supervisor:
    """Runs `children`, and `cluster` when the database is embedded, until asked to stop."""

    def __init__(
        self,
        children: Sequence[Child],
        *,
        data: DataDir,
        cluster: Cluster | None = None,
        address: str = "",
        say: Say = say,
    ) -> None:
        self.data = data
        self.cluster = cluster
        self.address = address
        self.say = say
        self._kept = [_Kept(child, data, say) for child in children]
        self._stops = 0
        self._interruptible = False

    def run(
        self,
        *,
        prepare: Callable[[], None] | None = None,
        ready: Callable[[], None] | None = None,
    ) -> int:
        """Run until a signal asks to stop; returns the exit code (0 in good order).

        `prepare` runs when the database is up and before the children start (migrations);
        `ready` once, when every child that has a port answers. Call it in the main thread. Raises
        `Held`, naming process and address, when the data directory is already in use, and
        ServerError when a port is.
        """
        self.data.prepare()
        with self._alone(), self._signals() as woken:
            try:
                self._end_leftovers()
                self._refuse_taken_ports()
                if self.cluster is not None:
                    self.cluster.start(self._progress)
                if prepare is not None:
                    self._interruptible = True
                    prepare()
                    self._interruptible = False
                    self._refuse_taken_ports()  # another house may have come up meanwhile
                self._keep(woken, ready)
            except _StopAsked:
                self.say(Said(_("Stopping.")))
            finally:
                self._interruptible = False
                self._stop_everyone()
        return 0

    # Steps

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        lock = self.data.lock("supervisor")
        holder = lock.acquire(f"process {os.getpid()}, {self.address}".rstrip(", "))
        if holder is not None:
            raise Held(
                _(
                    "Anju already runs on %(path)s (%(holder)s). Use that one, or stop it first "
                    "(Ctrl-C there), or name another data directory and port."
                ),
                path=self.data.path,
                holder=holder,
            )
        try:
            yield
        finally:
            lock.release()

    @contextlib.contextmanager
    def _signals(self) -> Iterator[int]:
        """Count requests to stop; yield a descriptor that becomes readable at every signal."""
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        os.set_blocking(writing, False)

        def asked(number: int, _frame: FrameType | None) -> None:
            if number != signal.SIGCHLD:
                self._stops += 1
                if self._interruptible:
                    raise _StopAsked

        wanted = [signal.SIGINT, signal.SIGTERM, signal.SIGCHLD]
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup wants to be left alone
            wanted.append(signal.SIGHUP)
        before = {number: signal.signal(number, asked) for number in wanted}
        old_descriptor = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        try:
            yield reading
        finally:
            signal.set_wakeup_fd(old_descriptor)
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(reading)
            os.close(writing)

    def _end_leftovers(self) -> None:
        """End children of a killed predecessor that outlived it: they would hold our ports."""
        mark = f"{MARK}={self.data.path}"
        if processes_marked(mark):
            self.say(Said(_("Ending processes that an earlier start left behind.")))
            end_processes(
                lambda: processes_marked(mark), [(signal.SIGTERM, 3), (signal.SIGKILL, 5)]
            )

    def _refuse_taken_ports(self) -> None:
        """A stranger behind our address would be taken for the house being ready."""
        for port in [kept.child.port for kept in self._kept if kept.child.port]:
            try:
                socket.create_server(("127.0.0.1", port)).close()
            except OSError as error:
                raise ServerError(
                    _(
                        "Port %(port)s of this machine cannot be used (%(why)s). Another program "
                        "has it: stop that one, or name another port with --port."
                    ),
                    port=port,
                    why=error.strerror,
                ) from error

    def _keep(self, woken: int, ready: Callable[[], None] | None) -> None:
        """Start everyone and look after them until asked to stop."""
        tries, not_before = READY_TRIES, 0.0
        while True:
            self._refuse_to_go_on_when_asked()
            if self.cluster is not None and not self.cluster.is_running:
                self.say(Said(_("PostgreSQL has ended; starting it again.")))
                self._revive(self.cluster, woken)
            waits = [kept.look_after() for kept in self._kept]
            if ready is not None:
                if time.monotonic() > not_before and all(k.answers() for k in self._kept):
                    tries -= 1
                    ready = self._said_ready(ready, last=not tries)
                    not_before = time.monotonic() + READY_PAUSE
                waits.append(0.05)
            _sleep(woken, min(waits, default=1.0))

    def _said_ready(self, ready: Callable[[], None], *, last: bool) -> Callable[[], None] | None:
        """What is still to be said; raises what was wrong with it the last time."""
        try:
            ready()
        except ServerError as error:
            if last:
                raise
            self.say(error.said)
            return ready
        return None

    def _revive(self, cluster: Cluster, woken: int) -> None:
        try:
            cluster.start(self._progress)
            self.say(Said(_("PostgreSQL runs again.")))
        except ServerError as error:
            self.say(error.said)
            _sleep(woken, LONGEST_DELAY / 3)

    def _progress(self, line: str) -> None:
        self._refuse_to_go_on_when_asked()
        self.say(line)

    def _refuse_to_go_on_when_asked(self) -> None:
        if self._stops:
            raise _StopAsked

    def _stop_everyone(self) -> None:
        """Children first, all at once; then PostgreSQL. A second Ctrl-C kills without waiting."""
        asked_before = self._stops
        for kept in self._kept:
            kept.ask_to_stop()
        began = time.monotonic()
        while any(not kept.has_stopped() for kept in self._kept):
            for kept in self._kept:
                late = time.monotonic() - began > kept.child.patience
                if late or self._stops > max(1, asked_before):
                    kept.kill()
            time.sleep(0.02)
        if self.cluster is not None:
            self.cluster.stop()
        self.say(Said(_("Stopped.")))


class _Kept:
    """One child's life: its process, its deaths, the time of its next start."""

    def __init__(self, child: Child, data: DataDir, say: Say) -> None:
        self.child = child
        self.process: subprocess.Popen[bytes] | None = None
        self._say = say
        self._env = {**os.environ, **child.env, MARK: str(data.path)}
        self._started_at = 0.0
        self._next_start = 0.0
        self._delay = FIRST_DELAY
        self._finished = False

    def look_after(self) -> float:
        """Start the child when it is time; return the seconds until it may need us again."""
        if self.process is not None and self._has_exited(self.process):
            self._bury(self.process)
        if self.process is not None or self._finished:
            return 1.0
        wait = self._next_start - time.monotonic()
        if wait > 0:
            return wait
        self._start()
        return 1.0

    def answers(self) -> bool:
        """Whether something listens on the child's port, as far as it has one."""
        if self.child.port is None:
            return True
        try:
            socket.create_connection(("127.0.0.1", self.child.port), timeout=0.2).close()
        except OSError:
            return False
        return True

    def ask_to_stop(self) -> None:
        self._signal_group(signal.SIGTERM)

    def kill(self) -> None:
        self._signal_group(signal.SIGKILL)

    def has_stopped(self) -> bool:
        """Whether the child and all it started are gone; reaps it."""
        if self.process is not None and self._has_exited(self.process):
            self.kill()
            self.process.wait()
            self.process = None
        return self.process is None

    def _start(self) -> None:
        account = self.child.account
        try:
            self.process = subprocess.Popen(
                self.child.argv,
                env=self._env,
                stdin=subprocess.DEVNULL,
                process_group=0,  # Ctrl-C in the terminal is ours to pass on
                preexec_fn=die_with_parent(os.getpid(), signal.SIGTERM),  # noqa: PLW1509 - it calls prctl and getppid only
                **(account.popen if account else {}),
            )
        except OSError as error:
            self._tell(_("%(name)s: cannot be started (%(why)s)."), why=error)
            self._come_back_later()
            return
        self._started_at = time.monotonic()
        self._tell(_("%(name)s: started, process %(pid)s"), pid=self.process.pid)

    def _bury(self, process: subprocess.Popen[bytes]) -> None:
        self.kill()  # what it left in its group
        code = process.wait()
        self.process = None
        if code == 0 and self.child.once:
            self._finished = True
            self._tell(_("%(name)s: done"))
            return
        if time.monotonic() - self._started_at > GOOD_LIFE:
            self._delay = FIRST_DELAY
        self._tell(
            _("%(name)s: has ended (%(why)s); it is started again in %(seconds)s s"),
            why=f"exit code {code}" if code >= 0 else signal.Signals(-code).name,
            seconds=f"{self._delay:g}",
        )
        self._come_back_later()

    def _tell(self, msgid: str, **values: object) -> None:
        self._say(Said(msgid, name=self.child.name, **values))

    def _come_back_later(self) -> None:
        self._next_start = time.monotonic() + self._delay
        self._delay = min(self._delay * 2, LONGEST_DELAY)

    def _signal_group(self, number: signal.Signals) -> None:
        """Signal the child and all it started.

        The child is not reaped yet, so its number cannot have gone to a stranger.
        """
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    @staticmethod
    def _has_exited(process: subprocess.Popen[bytes]) -> bool:
        look_only = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, process.pid, look_only) is not None


def _sleep(woken: int, seconds: float) -> None:
    """Sleep until a signal comes or the time is over."""
    if select.select([woken], [], [], seconds)[0]:
        with contextlib.suppress(BlockingIOError):
            os.read(woken, 512)
