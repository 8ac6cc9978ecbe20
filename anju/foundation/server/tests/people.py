"""Who acts in these tests: root or an ordinary user, and a stranger of the same machine."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from anju.foundation.server.account import Account

ROOT = os.geteuid() == 0
SOURCE = Path(__file__).resolve().parents[4]


def person(name: str) -> Account:
    """A user of this machine, as somebody root can become."""
    found = pwd.getpwnam(name)
    return Account(name, found.pw_uid, found.pw_gid, dropped=True)


ORDINARY = person("nobody") if ROOT else None  # None: whoever runs the tests
STRANGER = person("daemon")
WHO = ["root", "ordinary"] if ROOT else ["ordinary"]


@cache
def python_for(account: Account | None) -> tuple[str, dict[str, str]]:
    """An interpreter this user may run, and the environment it needs.

    The test run's own may lie in a closed home; then the machine's does, with our packages.
    """
    site = Path(sys.modules["psycopg"].__file__).parents[1]
    env = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": f"{SOURCE}:{site}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    for program in (sys.executable, shutil.which("python3.11", path="/usr/bin:/usr/local/bin")):
        if program is None:
            continue
        tried = [program, "-c", "import psycopg"]
        with suppress(OSError):
            subprocess.run(
                tried, check=True, env=env, cwd="/", **(account.popen if account else {})
            )
            return program, env
    raise AssertionError(f"no python3.11 that {account} may run; install Debian's")


def python_as(account: Account | None, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python as that user to its end."""
    program, env = python_for(account)
    return subprocess.run(
        [program, *arguments],
        env=env,
        cwd="/",
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        **(account.popen if account else {}),
    )


def start_python_as(account: Account | None, *arguments: str, **env: str) -> subprocess.Popen[str]:
    """Start Python as that user, its output readable."""
    program, needed = python_for(account)
    return subprocess.Popen(
        [program, "-u", *arguments],
        env=needed | env,
        cwd="/",
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        **(account.popen if account else {}),
    )


def acting(who: str) -> Account | None:
    """The account to start a process as: `root` is ourselves, so is an ordinary tester."""
    return ORDINARY if who == "ordinary" else None


@contextmanager
def place(account: Account | None = None, *, inside: str = "") -> Iterator[Path]:
    """A new directory of that user, short in name and outside any closed home.

    In memory where there is room: making a server writes 40 MB, and these tests make twenty.
    """
    top = Path(tempfile.mkdtemp(prefix="aj", dir=_roomy_memory() or "/tmp"))
    top.chmod(0o755)
    try:
        if account is not None:
            os.chown(top, account.uid, account.gid)
        yield top / inside
    finally:
        shutil.rmtree(top, ignore_errors=True)


def _roomy_memory() -> str | None:
    try:
        return "/dev/shm" if shutil.disk_usage("/dev/shm").free > 2 * 1024**3 else None
    except OSError:
        return None
