"""A mail server that answers, but so slowly that every single wait is within its limit: the whole
sending ends at its deadline all the same, on a real connection, wherever the server drips."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from django.conf import settings

from anju.foundation.messages.channels import email, smtp
from anju.foundation.messages.channels.base import Parcel
from anju.foundation.messages.channels.email import Email
from anju.foundation.messages.testing import a_mail_server

SHORT = 0.6  # stands for the deadline of a minute
GRACE = 0.6  # a busy machine
MAIL = Parcel(target="127.0.0.1", to="a@example.com", body=b"Subject: x\r\n\r\nx\r\n")
TALK = {"greeting": 0, "EHLO": 1, "MAIL": 2, "RCPT": 3, "DATA": 4, "the text": 5}


def drip(line: socket.socket, at: int) -> None:
    """Speak SMTP up to answer number `at`, then one byte of it every fiftieth of a second."""
    answers = [b"220 here", b"250 fine", b"250 fine", b"250 fine", b"354 go on", b"250 taken"]
    heard = line.makefile("rb")
    for n, answer in enumerate(answers):
        if n == 5:
            while heard.readline().strip() != b".":
                pass
        elif n:
            heard.readline()
        if n < at:
            line.sendall(answer + b"\r\n")
            continue
        while True:  # an answer of many lines that never comes to its last one
            for byte in b"250-and so on":
                line.sendall(bytes([byte]))
                time.sleep(0.02)


@contextmanager
def a_dripping_server(at: int, scheme: str = "smtp") -> Iterator[str]:
    """The address of a server that drips from answer number `at` on."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    line, _peer = server.accept()
                    with line:
                        drip(line, at)
                except OSError:
                    if server.fileno() < 0:
                        return

        threading.Thread(target=serve, daemon=True).start()
        yield f"{scheme}://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email, "DEADLINE", SHORT)


def took(url: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str, float]:
    monkeypatch.setattr(settings, "SMTP_URL", url)
    began = time.monotonic()
    channel = Email()
    outcome = channel.send(MAIL)
    lasted = time.monotonic() - began
    channel.close()
    return outcome.result, outcome.error, lasted


@pytest.mark.parametrize("where", TALK)
def test_a_dripping_server_is_left_at_the_deadline(
    monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    with a_dripping_server(TALK[where]) as url:
        result, error, lasted = took(url, monkeypatch)
    assert (result, error) == (
        ("unclear", "lost") if where in ("DATA", "the text") else ("temporary", "timeout")
    )
    assert SHORT - 0.1 < lasted < SHORT + GRACE


def test_a_dripping_tls_handshake_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _peer = server.accept()
            with closing(line):
                for byte in b"\x16\x03\x03\x40\x00" + b"\x02" * 300:  # a record that never ends
                    try:
                        line.sendall(bytes([byte]))
                    except OSError:
                        return
                    time.sleep(0.02)

        threading.Thread(target=serve, daemon=True).start()
        result, error, lasted = took(f"smtps://127.0.0.1:{server.getsockname()[1]}", monkeypatch)
    assert (result, error) == ("temporary", "timeout")
    assert lasted < SHORT + GRACE


def test_many_silent_addresses_share_one_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as full:  # its queue is full: who connects hears nothing
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        at = full.getsockname()
        waiting = [socket.socket() for _n in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(at)
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", at)] * 8
        monkeypatch.setattr(smtp, "TIMEOUT", 0.4)
        monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: found)
        result, error, lasted = took("smtp://mail.example.com?tls=off", monkeypatch)
        for one in waiting:
            one.close()
    assert (result, error) == ("temporary", "timeout")
    assert lasted < SHORT + GRACE


def test_a_resolver_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: time.sleep(3))
    result, error, lasted = took("smtp://mail.example.com?tls=off", monkeypatch)
    assert (result, error) == ("temporary", "timeout")
    assert lasted < SHORT + GRACE


def test_a_connection_outlives_the_deadline_of_its_first_mail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with a_mail_server() as sink:
        monkeypatch.setattr(settings, "SMTP_URL", sink.url)
        channel = Email()
        assert channel.send(MAIL).result == "delivered"
        time.sleep(SHORT + 0.1)
        assert channel.send(MAIL).result == "delivered"
        channel.close()
        assert len(sink.mails) == 2
