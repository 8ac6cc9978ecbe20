"""`anju up`: the whole product under one supervisor."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from anju.foundation.server.cluster import Cluster
from anju.foundation.server.connections import dsn, ensure_roles
from anju.foundation.server.data_dir import DataDir, data_dir_path
from anju.foundation.server.errors import ServerError
from anju.foundation.server.processes import die_with_parent
from anju.foundation.server.supervisor import Child, Supervisor, say

LOOPBACK = ("127.0.0.1", "localhost", "::1")
EXIT_REFUSED = 2
# Of each web process. The server counts a browser's idle connections too, up to six of each: with
# fewer than there are, people wait for others to go away while nothing works.
CONNECTIONS = 4096


def run_up(argv: Sequence[str]) -> int:
    """Start PostgreSQL, migrate, and keep web, live, worker and ticker running until stopped."""
    parser = argparse.ArgumentParser(prog="anju up", description=__doc__)
    parser.add_argument("--demo", action="store_true", help="load the demo company at first start")
    parser.add_argument("--host", default=os.environ.get("ANJU_HOST", "127.0.0.1"))
    parser.add_argument("--workers", type=int, default=1, help="web processes")
    asked = parser.parse_args(argv)
    port = int(os.environ.get("ANJU_PORT", "8000"))
    url = os.environ.setdefault("ANJU_URL", f"http://{asked.host}:{port}").rstrip("/")
    if asked.demo and not _on_loopback(asked.host, url):
        say(
            "The demo company has published passwords and is only served on this machine "
            "(127.0.0.1). Start without --demo, or without --host and ANJU_URL."
        )
        return EXIT_REFUSED
    data = DataDir(data_dir_path(os.environ))
    os.environ["ANJU_DATA"] = str(data.path)
    embedded = not os.environ.get("DATABASE_URL")
    supervisor = Supervisor(
        _children(asked, port),
        data=data,
        cluster=Cluster(data.path) if embedded else None,
        address=url,
    )
    try:
        if not embedded:
            ensure_roles(dsn(os.environ))
        return supervisor.run(
            prepare=lambda: _anju("prepare", *(["--demo"] if asked.demo else [])),
            ready=lambda: _anju("welcome"),
        )
    except ServerError as error:
        say(str(error))
        return EXIT_REFUSED


def _on_loopback(host: str, url: str) -> bool:
    return host in LOOPBACK and (urlsplit(url).hostname or "") in LOOPBACK


def _anju(*arguments: str) -> None:
    """Run one of our own commands to its end, in a process of its own: its memory goes with it.

    It ends when we do, also by `kill -9`: the next start must not migrate beside it.
    """
    done = subprocess.run(
        [*_ourselves(), *arguments],
        check=False,
        preexec_fn=die_with_parent(os.getpid(), signal.SIGTERM),
    )
    if done.returncode:
        raise ServerError(f"anju {' '.join(arguments)}: exit code {done.returncode}")


def _ourselves() -> list[str]:
    return [sys.executable, "-m", "anju.faces.cli.main"]


def web_command(
    *, host: str, port: int, workers: int, application: str = "anju.faces.wsgi:application"
) -> list[str]:
    """How the pages are served; a benchmark's floor is served in the same way."""
    return _served(
        application, "wsgi", host, port, "--workers", str(workers), "--blocking-threads", "4",
        "--backpressure", str(CONNECTIONS), "--workers-kill-timeout", "10",
    )  # fmt: skip


def live_command(*, host: str, port: int) -> list[str]:
    """How the live process is served."""
    return _served(
        "anju.faces.live:application", "asginl", host, port, "--workers", "1",
        "--workers-kill-timeout", "2",
    )  # fmt: skip


def _served(application: str, interface: str, host: str, port: int, *more: str) -> list[str]:
    return [
        str(Path(sys.executable).with_name("granian")), application, "--interface", interface,
        "--host", host, "--port", str(port), "--log-level", "warning", "--no-ws", *more,
    ]  # fmt: skip


def _children(asked: argparse.Namespace, port: int) -> list[Child]:
    host = asked.host
    web = web_command(host=host, port=port, workers=asked.workers)
    children = [
        Child(name="web", argv=web, port=port),
        Child(name="live", argv=live_command(host=host, port=port + 1), port=port + 1),
        Child(name="worker", argv=[*_ourselves(), "work"]),
        Child(name="ticker", argv=[*_ourselves(), "tick"]),
    ]
    if asked.demo:
        children.append(Child(name="demo", argv=[*_ourselves(), "demo", "--fill"], once=True))
    return children
