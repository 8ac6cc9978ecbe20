"""The product for a browser: served by threads of this process, or by its real processes."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application

from anju.faces.cli.up import live_command, web_command


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """The product logs its requests itself."""


@pytest.fixture(scope="session")
def base() -> Iterator[str]:
    """The address of the product, served by threads of this process."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    settings.LIVE_URL = address  # the pages ask there for news, and the tests answer
    try:
        yield address
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


def two_ports() -> int:
    """A free port whose next one is free as well."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port = int(first.getsockname()[1])
            try:
                with socket.create_server(("127.0.0.1", port + 1)):
                    return port
            except OSError:
                continue


GATHER = """
import django; django.setup()
from anju.faces.cli.prepare import gather_statics; gather_statics()
"""


def _gather_statics() -> None:
    """What the real processes serve: once per run, also when two workers want it at once."""
    with (settings.DATA / "gathering").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        subprocess.run([sys.executable, "-c", GATHER], check=True)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The product as `anju up` starts it."""
    with served() as found:
        yield found


@contextmanager
def served(**more: str) -> Iterator[str]:
    """The pages on one port, from two processes, the live process on the next; `more` goes into
    their environment."""
    port = two_ports()
    env = {**os.environ, "ANJU_PORT": str(port), "ANJU_URL": f"http://127.0.0.1:{port}", **more}
    _gather_statics()
    commands = (
        web_command(host="127.0.0.1", port=port, workers=2),
        live_command(host="127.0.0.1", port=port + 1),
    )
    processes = [subprocess.Popen(command, env=env) for command in commands]
    try:
        for at in (port, port + 1):
            deadline = time.monotonic() + 30
            while True:
                try:
                    httpx.get(f"http://127.0.0.1:{at}/healthz")
                    break
                except httpx.TransportError:
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(15)
