"""SMTP that ends in time. `smtplib` waits so long for each read: a server that drips one byte after
the other, a name with several addresses, or both, would hold a send for many times that. Here one
deadline holds for everything: looking up, connecting, TLS, signing in, the mail and its answer."""

import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

TIMEOUT = 12.0  # seconds for each address, and for each time the server is silent
DEADLINE = 60.0  # seconds for everything, however slowly the answers drip; below the lease


@dataclass
class Deadline:
    """Until when; past it, whatever `line` is doing ends."""

    ends: float
    line: "Line | None" = None
    past: threading.Event = field(default_factory=threading.Event)

    def left(self) -> float:
        """Seconds that remain; TimeoutError when none do."""
        rest = self.ends - time.monotonic()
        if rest <= 0 or self.past.is_set():
            raise TimeoutError
        return rest

    def cut(self) -> None:
        """End the conversation from another thread."""
        self.past.set()
        if self.line is not None:
            self.line.cut()


@contextmanager
def deadline(seconds: float) -> Iterator[Deadline]:
    """A deadline from now on."""
    until = Deadline(time.monotonic() + seconds)
    timer = threading.Timer(seconds, until.cut)
    timer.daemon = True
    timer.start()
    try:
        yield until
    finally:
        timer.cancel()


class Line(smtplib.SMTP):
    """A connection that can be cut while it waits, in the middle of a TLS handshake too."""

    def __init__(self, until: Deadline) -> None:
        self.until = until
        self._handle: socket.socket | None = None
        until.line = self
        super().__init__(local_hostname=within(until, socket.getfqdn), timeout=TIMEOUT)

    def open(self, host: str, port: int) -> None:
        """Connect and hear the greeting."""
        self._host = host  # what TLS checks the certificate against
        code, said = self.connect(host, port)
        if code != 220:
            self.close()
            raise smtplib.SMTPConnectError(code, said)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """Called by `connect`, also under TLS."""
        kind = socket.SOCK_STREAM
        found = within(self.until, lambda: socket.getaddrinfo(host, port, type=kind))
        failed: OSError = OSError("no address")
        for family, _kind, proto, _name, address in found:
            made = socket.socket(family, kind, proto)
            made.settimeout(min(timeout, self.until.left()))
            try:
                made.connect(address)
            except OSError as error:
                made.close()
                failed = error
                continue
            made.settimeout(timeout)
            # TLS takes the socket over; a second handle on the same connection stays ours.
            self._handle = made.dup()
            self.until.left()  # cut while it connected: there was nothing to cut yet
            return made
        raise failed

    def cut(self) -> None:
        """Whatever is being read or written ends now."""
        if self._handle is not None:
            with suppress(OSError):  # it ended by itself in the same moment
                self._handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the connection and of our own handle on it."""
        super().close()
        if self._handle is not None:
            self._handle.close()
            self._handle = None


class TlsLine(smtplib.SMTP_SSL, Line):
    """The same with TLS from the first byte."""

    def __init__(self, until: Deadline, context: ssl.SSLContext) -> None:
        self.context = context  # all that SMTP_SSL's own initialiser would add
        Line.__init__(self, until)


def within(until: Deadline, look_up: Callable[[], Any]) -> Any:
    """What `look_up` finds before the deadline: the system's resolver knows none of its own."""
    found: list[Any] = []
    failed: list[OSError] = []

    def run() -> None:
        try:
            found.append(look_up())
        except OSError as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(until.left())
    if failed:
        raise failed[0]
    if not found:
        raise TimeoutError
    return found[0]
