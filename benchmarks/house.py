"""A house to measure: `anju up` on a data directory of its own, gone when the block ends.

The benchmark's own process sets Django up on that house's database, so it can fill and check it.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg

from anju.faces.cli.up import web_command
from anju.foundation.server.connections import dsn

STARTED = re.compile(r"^Anju .*http", re.M)


@dataclass
class House:
    """A running house. `pid` is its supervisor's; `ready_after` seconds until it said so."""

    data: Path
    port: int
    pid: int
    log: Path
    ready_after: float = 0.0

    def owner(self) -> psycopg.Connection[Any]:
        """A connection as the owner of the tables, autocommitting."""
        return psycopg.connect(dsn(os.environ), autocommit=True)

    def set_postgres(self, **settings: str) -> None:
        """Let the server read these settings (an empty mapping: its own again)."""
        lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
        target = self.data / "postgres.local.conf"
        target.write_text(lines)
        target.chmod(0o644)
        postmaster = int((self.data / "postgres/postmaster.pid").read_text().splitlines()[0])
        os.kill(postmaster, signal.SIGHUP)
        time.sleep(0.5)


def free_ports() -> int:
    """A port whose next one is free as well (the live process takes it)."""
    for _ in range(100):
        with socket.create_server(("127.0.0.1", 0)) as found:
            port = int(found.getsockname()[1])
            try:
                socket.create_server(("127.0.0.1", port + 1)).close()
            except OSError:
                continue
            return port
    raise RuntimeError("no two free ports beside each other")


@contextmanager
def running(*arguments: str, ready: float = 180.0) -> Iterator[House]:
    """`anju up` with these arguments until the block ends. Sets ANJU_DATA and ANJU_PORT here."""
    folder = Path(tempfile.mkdtemp(prefix="anju-bench-"))
    folder.chmod(0o755)
    port = free_ports()
    os.environ.pop("DATABASE_URL", None)
    os.environ["ANJU_DATA"] = str(folder / "data")
    os.environ["ANJU_PORT"] = str(port)
    os.environ["DJANGO_SETTINGS_MODULE"] = "anju.settings"
    log = folder / "log.txt"
    began = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "anju.faces.cli.main", "up", *arguments],
            stdout=out, stderr=subprocess.STDOUT, process_group=0,
        )  # fmt: skip
    house = House(folder / "data", port, process.pid, log)
    try:
        _await_page(process, house, ready)
        house.ready_after = time.monotonic() - began
        yield house
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _await_page(process: subprocess.Popen[bytes], house: House, seconds: float) -> None:
    """Until the sign-in page (or the set-up page) comes whole."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urlopen(f"http://127.0.0.1:{house.port}/sign-in", timeout=5) as page:
                if page.status == 200 and STARTED.search(house.log.read_text(errors="replace")):
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"the house did not start:\n{house.log.read_text(errors='replace')[-2000:]}")


@contextmanager
def served(application: str, *, workers: int) -> Iterator[tuple[int, int]]:
    """Another WSGI application under the same server as the house's web; (port, process id)."""
    port = free_ports()
    command = web_command(application=application, host="127.0.0.1", port=port, workers=workers)
    process = subprocess.Popen(command)
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
                break
            except OSError:
                time.sleep(0.05)
        time.sleep(1.0)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)
