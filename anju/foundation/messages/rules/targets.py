"""Which addresses a webhook may have: the outside world, never the inside of a network (P16).

The text is taken apart strictly, so that no second reader can understand it otherwise; the
addresses a name leads to are judged after it was looked up, and the one that was judged is the
one that is connected to.
"""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LONGEST = 500
URL = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<path>/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?",
    re.ASCII,
)
# Addresses that carry another one inside them: what counts is where they lead.
NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
# Written out, because `is_global` of a Python release knows only the lists of its year, and
# because clouds keep their keys at addresses that look public (168.63.129.16).
INSIDE = tuple(
    map(
        ipaddress.ip_network,
        """0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16
        172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24
        192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3
        2001::/23 2001:db8::/32 2620:4f:8000::/48 3fff::/20 5f00::/16""".split(),
    )
)
UNICAST = ipaddress.IPv6Network("2000::/3")  # everything public of IPv6 lies in here


@dataclass(frozen=True)
class Target:
    """A URL taken apart. `host` is a name or a literal address without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def header(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"http": 80, "https": 443}[self.scheme]
        return host if self.port == usual else f"{host}:{self.port}"


def target_of(url: str) -> Target | None:
    """The URL taken apart; None for anything but plain http(s)://host[:port][/path].

    No user name, no fragment, no escapes or letters beyond ASCII in the host, no control
    characters anywhere.
    """
    if len(url) > LONGEST:
        return None
    head, slashes, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    found = URL.fullmatch(head.lower() + slashes + host.lower() + slash + path)
    if found is None:
        return None
    scheme, port = found["scheme"], int(found["port"] or (443 if head.lower() == "https" else 80))
    return (
        None
        if port > 65535
        else Target(scheme, found["host"].strip("[]"), port, found["path"] or "/")
    )


def networks_of(text: str) -> tuple[Network, ...]:
    """The networks of a setting, separated by commas or blanks; raises ValueError."""
    return tuple(ipaddress.ip_network(part) for part in re.split(r"[,\s]+", text.strip()) if part)


def is_open(address: Address, allowed: Iterable[Network] = ()) -> bool:
    """Whether a webhook may connect to this address: a public one, or one on the allow-list."""
    if any(address in network for network in allowed):
        return True
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _nat64(address)
        if inner is not None:
            return is_open(inner, allowed)
        if address.scope_id or address not in UNICAST:
            return False
    return address.is_global and not any(address in network for network in INSIDE)


def _nat64(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if any(address in network for network in NAT64):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def pinned(found: Sequence[str], allowed: Iterable[Network] = ()) -> str | None:
    """The address to connect to, of all that a name leads to; None when any of them is inside.

    One bad address among good ones is a trap or a mistake; either way nothing is sent.
    """
    try:
        addresses = [ipaddress.ip_address(text) for text in found]
    except ValueError:
        return None
    allowed = tuple(allowed)
    if not addresses or not all(is_open(address, allowed) for address in addresses):
        return None
    return str(addresses[0])
