"""A proxy on the loopback that loses, repeats, cuts and holds back what goes through it."""

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from random import Random
from socketserver import BaseRequestHandler, TCPServer, ThreadingMixIn
from typing import Any

FAULTS = ("lost", "reply lost", "twice", "cut", "late")


class Proxy(ThreadingMixIn, TCPServer):
    """One request a connection. `faulty`: the share that goes wrong; `held`: what arrives late."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behind, self.faulty = port, 0.0
        self.rng, self.did = Random(0), Counter[str]()
        self.held: list[bytes] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks is what it is for."""

    def forwards(self, request: bytes) -> bytes:
        """To the server and back, in full."""
        with socket.create_connection(("127.0.0.1", self.behind), timeout=30) as there:
            there.sendall(request)
            answer = b""
            while piece := there.recv(65536):
                answer += piece
            return answer

    def releases(self) -> None:
        """What was held back arrives now; nobody reads the answers."""
        held, self.held = self.held, []
        for request in held:
            self.forwards(request)


class Handler(BaseRequestHandler):
    """What becomes of one request."""

    server: Proxy

    def handle(self) -> None:
        proxy, request = self.server, _whole(self.request)
        fault = ""
        if proxy.rng.random() < proxy.faulty:
            fault = proxy.rng.choice(FAULTS)
        proxy.did[fault or "passed"] += 1
        if fault == "lost":
            return
        if fault == "late":
            proxy.held.append(request)
            return
        if fault == "cut":
            with socket.create_connection(("127.0.0.1", proxy.behind), timeout=30) as there:
                there.sendall(request[: len(request) - max(1, len(request) // 5)])
            return
        if fault == "twice":
            other = threading.Thread(target=proxy.forwards, args=(request,))
            other.start()
            answer = proxy.forwards(request)
            other.join()
        else:
            answer = proxy.forwards(request)
        if fault != "reply lost":
            self.request.sendall(answer)


def _whole(there: socket.socket) -> bytes:
    """A request with its body."""
    there.settimeout(30)
    got = b""
    while b"\r\n\r\n" not in got:
        piece = there.recv(65536)
        if not piece:
            return got
        got += piece
    head, _blank, body = got.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while len(body) < length:
        body += there.recv(65536)
    return head + b"\r\n\r\n" + body


@contextmanager
def a_proxy(port: int) -> Iterator[Proxy]:
    """Before the server on `port`."""
    with Proxy(port) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield proxy
        finally:
            with suppress(OSError):
                proxy.releases()
            proxy.shutdown()
            thread.join()
