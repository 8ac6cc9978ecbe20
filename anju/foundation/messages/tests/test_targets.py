"""Where a webhook can never go: the inside of a network, however the address is written (P16)."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from anju.foundation.messages.channels import transport
from anju.foundation.messages.channels.transport import Blocked, literal_is_inside, post, resolve
from anju.foundation.messages.rules.targets import networks_of, pinned, target_of
from anju.foundation.messages.testing import HookSink

LOOPBACK = networks_of("127.0.0.0/8")


@contextmanager
def canary() -> Iterator[tuple[int, list[object]]]:
    """Something on the loopback that counts who comes."""
    came: list[object] = []
    with socket.create_server(("", 0), family=socket.AF_INET6, dualstack_ipv6=True) as server:
        server.settimeout(0.05)
        over = threading.Event()

        def listen() -> None:
            while not over.is_set():
                try:
                    peer, address = server.accept()
                except TimeoutError:
                    continue
                came.append(address)
                peer.close()

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield server.getsockname()[1], came
        finally:
            time.sleep(0.1)
            over.set()
            thread.join()


INSIDE = """
127.0.0.1 127.1 127.0.1 127.255.255.254 0.0.0.0 0 2130706433 017700000001 0177.0.0.1 0x7f000001
0x7f.0.0.1 0x7f.1 127.0.0.1. 127.000.000.001 localhost LOCALHOST localhost. localhost.localdomain
[::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:0:127.0.0.1] [::127.0.0.1]
[0:0:0:0:0:0:0:1] [64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1] [2002:7f00:1::]
[2001:0:7f00:1::] [fe80::1] [fe80::1%25lo] [fc00::1] [fd00:ec2::254] [ff02::1] [::1%25lo]
10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 169.254.169.254 100.64.0.1
192.0.0.192 198.18.0.1 192.0.2.1 224.0.0.1 240.0.0.1 255.255.255.255 100.100.100.200
127。0。0。1 １２７.0.0.1 ①②⑦.⓪.⓪.① ⑫7.0.0.1 127%2e0%2e0%2e1 %31%32%37.0.0.1
""".split()
WRITTEN = (
    "http://example.com@127.0.0.1:{port}/", "http://127.0.0.1:{port}#@example.com/",
    "http://example.com:80@127.0.0.1:{port}/", "http://127.0.0.1:{port}\\@example.com/",
    "http:\\\\127.0.0.1:{port}/", "http:/127.0.0.1:{port}/", "http:127.0.0.1:{port}/",
    "http:///127.0.0.1:{port}/", "//127.0.0.1:{port}/", "127.0.0.1:{port}", "",
    " http://127.0.0.1:{port}/", "http://127.0.0.1:{port}/ ", "http://127.0.0.1 :{port}/",
    "http://127.0.0.1:{port}/\r\nHost: a", "http://127.0.0.1\r\n:{port}/", "http://a\tb:{port}/",
    "http://127.0.0.1:{port}/\x00", "ftp://127.0.0.1:{port}/", "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_x", "javascript:alert(1)", "unix:///run/x", "http://",
    "http://:{port}/", "http://.:{port}/", "http://-a:{port}/", "http://127.0.0.1:0{port}/",
    "http://127.0.0.1:99999/", "http://127.0.0.1:-1/", "http://[127.0.0.1]:{port}/",
    "http://[::1:{port}/", "http://::1:{port}/", "http://127.0.0.1,example.com:{port}/",
    "http://a_b:{port}/", "http://a$b:{port}/", "http://127.0.0.1:{port}/?a=b#c",
    "http://user:pass@localhost:{port}/", "http://localhost:{port}:80/", "http://" + "a" * 600,
)  # fmt: skip
TRICKS = [
    f"{scheme}://{host}:{{port}}/hook" for host in INSIDE for scheme in ("http", "https")
] + list(WRITTEN)


def test_no_trick_reaches_the_inside() -> None:
    """Each of these must end before a connection, whoever would answer."""
    assert len(TRICKS) >= 120
    let_in = []
    with canary() as (port, came):
        for trick in TRICKS:
            try:
                post(trick.replace("{port}", str(port)), b"{}", {})
                let_in.append(trick)
            except (Blocked, socket.gaierror):
                continue
        assert came == []
    assert let_in == []


def test_the_canary_sings() -> None:
    """The same transport does reach it where the network is allowed: the test above can fail."""
    with canary() as (port, came):
        with pytest.raises(OSError, match=r"no HTTP answer|reset|pipe"):
            post(f"http://127.0.0.1:{port}/", b"{}", {}, allowed=LOOPBACK)
    assert len(came) == 1


def answers(*rounds: Sequence[str]) -> Callable[[str, int], Sequence[str]]:
    left = list(rounds)
    return lambda host, port: left.pop(0) if left else ["127.0.0.1"]


def test_a_name_that_changes_its_address_is_asked_once() -> None:
    """DNS rebinding: public when it is judged, the loopback when it is connected to."""
    asked = []
    public = "203.0.113.7"

    def look_up(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["8.8.8.8"] if len(asked) == 1 else ["127.0.0.1"]

    went = []
    with pytest.MonkeyPatch.context() as patch:

        def connect(address: tuple[str, int], timeout: float) -> socket.socket:
            went.append(address)
            raise TimeoutError

        patch.setattr(transport.socket, "create_connection", connect)
        with pytest.raises(TimeoutError):
            post("https://rebind.example/", b"{}", {}, look_up=look_up)
    assert asked == ["rebind.example"]
    assert went == [("8.8.8.8", 443)]
    assert public not in str(went)


@pytest.mark.parametrize(
    "found", [["8.8.8.8", "127.0.0.1"], ["::1", "2606:4700::1"], [], ["no address"]]
)
def test_one_bad_address_among_good_ones_stops_all(found: list[str]) -> None:
    assert pinned(found) is None
    with canary() as (port, came):
        with pytest.raises(Blocked):
            post(f"https://mixed.example:{port}/", b"{}", {}, look_up=answers(found))
        assert came == []


def test_plain_http_is_for_the_allow_list_only() -> None:
    with pytest.raises(Blocked):
        post("http://example.com/", b"{}", {}, look_up=answers(["8.8.8.8"]))
    assert pinned(["8.8.8.8"]) == "8.8.8.8"
    assert pinned(["10.1.2.3"], networks_of("10.1.2.0/24, 10.9.0.0/16")) == "10.1.2.3"
    assert pinned(["10.1.3.3"], networks_of("10.1.2.0/24")) is None


def test_a_redirect_is_not_followed(receiver: HookSink) -> None:
    with canary() as (port, came):
        receiver.status, receiver.location = 307, f"http://127.0.0.1:{port}/"
        assert post(receiver.url, b"{}", {}, allowed=LOOPBACK) == 307
        assert came == []


def test_no_proxy_of_the_environment_is_asked(
    receiver: HookSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    with canary() as (port, came):
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
        assert post(receiver.url, b"{}", {}, allowed=LOOPBACK) == 204
        assert came == []


def test_a_dripping_answer_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "DEADLINE", 1.0)
    over = threading.Event()

    def drip() -> None:
        peer, _address = server.accept()
        with peer:
            while not over.wait(0.2):
                try:
                    peer.sendall(b"H")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(TimeoutError):
            url = f"http://127.0.0.1:{server.getsockname()[1]}/"
            post(url, b"{}", {}, allowed=LOOPBACK)
        over.set()
        thread.join()


def test_a_certificate_that_does_not_fit_is_refused(receiver: HookSink) -> None:
    with pytest.raises(ssl.SSLError):
        post(receiver.url.replace("http:", "https:"), b"{}", {}, allowed=LOOPBACK)


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://example.com", "example.com", 443, "/"),
        ("HTTPS://Example.COM:8443/Hook/A?x=1&y=%20", "example.com", 8443, "/Hook/A?x=1&y=%20"),
        ("https://[2606:4700::1111]/h", "2606:4700::1111", 443, "/h"),
        ("http://10.1.2.3:80/", "10.1.2.3", 80, "/"),
    ],
)
def test_plain_addresses_are_understood(url: str, host: str, port: int, path: str) -> None:
    target = target_of(url)
    assert target is not None
    assert (target.host, target.port, target.path) == (host, port, path)


def test_literal_addresses_inside_are_known_at_once() -> None:
    assert literal_is_inside("0x7f.1", "")
    assert literal_is_inside("169.254.169.254", "")
    assert not literal_is_inside("8.8.8.8", "")
    assert not literal_is_inside("10.0.0.1", "10.0.0.0/8")
    assert resolve("127.0.0.1", 80) == ["127.0.0.1"]
