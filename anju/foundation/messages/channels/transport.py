"""A POST that cannot be led inside (P16): looked up once, connected to what was judged, no
redirects, no proxy of the environment, bounded in time and size."""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from anju.foundation.messages.rules.targets import (
    Network,
    Target,
    is_open,
    networks_of,
    pinned,
    target_of,
)

TIMEOUT = 8.0  # seconds to connect, and for each answer
DEADLINE = 20.0  # seconds for everything, however slowly the answer drips
Resolver = Callable[[str, int], Sequence[str]]


class Blocked(Exception):
    """The address is malformed or leads inside; nothing was connected to."""


class Lost(OSError):
    """It was sent and no answer came: the other side may have taken it."""


class Late(Lost, TimeoutError):
    """As `Lost`, because the other side took too long."""


@dataclass(frozen=True)
class Answer:
    """What came back: a status, and the beginning of a body where it was asked for."""

    status: int
    body: bytes = field(default=b"", repr=False)


def resolve(host: str, port: int) -> Sequence[str]:
    """Every address of a host name; OSError when there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [str(entry[4][0]) for entry in found]


def literal_is_inside(host: str, allowed: str) -> bool:
    """Whether `host` is written as an address, in any of the old spellings, that webhooks may not
    reach. Names are judged when something is sent."""
    try:
        address: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(host)
    except ValueError:
        try:  # 2130706433, 0x7f.1 and 0177.0.0.1 are 127.0.0.1 to the C library
            address = ipaddress.IPv4Address(socket.inet_aton(host))
        except OSError:
            return host in ("localhost",) or host.endswith(".localhost")
    return not is_open(address, networks_of(allowed))


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed: Iterable[Network] = (),
    look_up: Resolver = resolve,
) -> int:
    """Send `body` and return the status; the answer itself is not read. Raises as `ask` does."""
    return ask(url, body, headers, allowed=allowed, look_up=look_up, most=0).status


def ask(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    query: str = "",
    allowed: Iterable[Network] = (),
    look_up: Resolver = resolve,
    most: int = 65_536,
) -> Answer:
    """Send `body` and return the status with the first `most` bytes of the answer.

    `query` (escaped) is added to the address. Raises `Blocked` before anything is connected,
    OSError (TimeoutError, ssl.SSLError) when it does not get through, `Lost` when it was sent and
    no answer came. Plain http is for networks on the allow-list only.
    """
    target = target_of(url)
    allowed = tuple(allowed)
    if target is None:
        raise Blocked
    address = pinned(look_up(target.host, target.port), allowed)
    if address is None or (target.scheme == "http" and not _listed(address, allowed)):
        raise Blocked
    path = target.path + (("&" if "?" in target.path else "?") + query if query else "")
    connection = _Pinned(target, address)
    late, sent = threading.Event(), False
    timer = threading.Timer(DEADLINE, _cut, (connection, late))
    timer.daemon = True
    timer.start()
    try:
        # Given whole: http.client would let a header of ours name another host.
        connection.putrequest("POST", path, skip_host=True, skip_accept_encoding=True)
        for name, value in {"Host": target.header, **headers}.items():
            connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body)))
        connection.putheader("Connection", "close")
        connection.endheaders(body)
        sent = True
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(most) if most else b"")
    except (http.client.HTTPException, OSError) as error:
        failure = _failure(error, sent=sent, late=late.is_set())
        raise failure from None if failure is error else error
    finally:
        timer.cancel()
        connection.close()


def _failure(error: Exception, *, sent: bool, late: bool) -> Exception:
    """What is told of a connection that broke: too slow or not, before or after it was sent."""
    if late or isinstance(error, TimeoutError):
        return Late() if sent else TimeoutError()
    if sent:
        return Lost("no HTTP answer")
    return error if isinstance(error, OSError) else OSError("no HTTP answer")


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was judged, in the name of the host that was asked for."""

    def __init__(self, target: Target, address: str) -> None:
        super().__init__(target.host, target.port, timeout=TIMEOUT)
        self._target, self._address = target, address

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self._target.port), TIMEOUT)
        if self._target.scheme == "https":
            self.sock = _tls().wrap_socket(self.sock, server_hostname=self._target.host)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _listed(address: str, allowed: Iterable[Network]) -> bool:
    return any(ipaddress.ip_address(address) in n for n in allowed)


def _cut(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    """The deadline: whatever the other side is doing, our read ends now."""
    late.set()
    sock = connection.sock
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it ended by itself in the same moment
