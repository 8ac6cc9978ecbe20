"""Small truths about processes of this machine that the standard library does not know."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PR_SET_PDEATHSIG = 1
LINUX = sys.platform == "linux"
_libc = ctypes.CDLL(None, use_errno=True) if LINUX else None


def die_with_parent(parent: int, death_signal: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends the child this signal when its parent is gone.

    Holds for `kill -9` of the parent too. Start children from the main thread: the kernel counts
    the thread that forked as the parent. On systems other than Linux it does nothing, and a
    killed supervisor's children are found at the next start.
    """

    def arrange() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:  # it died before the line above
                os._exit(1)

    return arrange


def processes_in(directory: Path) -> list[int]:
    """Ids of the processes whose working directory this is: a server's postmaster and backends."""
    return [pid for pid in _all_processes() if _links_to(f"/proc/{pid}/cwd", directory)]


def processes_marked(mark: str) -> list[int]:
    """Ids of the processes, other than this one, that carry `mark` (NAME=value) in their
    environment."""
    wanted = mark.encode()
    found = []
    for pid in _all_processes():
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:  # ended meanwhile, or another user's
            continue
        if pid != os.getpid() and wanted in environment.split(b"\0"):
            found.append(pid)
    return found


def end_processes(find: Callable[[], list[int]], steps: list[tuple[signal.Signals, float]]) -> bool:
    """Send each signal in turn and wait its seconds until `find` finds nobody; True when so."""
    for number, seconds in steps:
        for pid in find():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        if await_end(find, seconds):
            return True
    return not find()


def await_end(find: Callable[[], list[int]], seconds: float) -> bool:
    """Wait until `find` finds nobody, at most so many seconds; True when so."""
    end = time.monotonic() + seconds
    while found := find():
        if time.monotonic() >= end:
            break
        time.sleep(0.02)
    return not found


def _all_processes() -> Iterator[int]:
    if LINUX:
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                yield int(entry)


def _links_to(link: str, directory: Path) -> bool:
    try:
        return os.readlink(link) == str(directory)
    except OSError:
        return False
