"""Other systems for tests: they sign what they say; a mailbox on a real IMAP server."""

import imaplib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

from anju.domains.intake.commands import Received, add_source, receive
from anju.domains.intake.models import Source
from anju.domains.intake.queries import source_secrets
from anju.foundation.lib import now
from anju.foundation.messages.rules.signing import signature
from anju.foundation.places.models import Place
from anju.foundation.tenancy.actor import Actor


def a_source(actor: Actor, kind: str, place: Place, name: str = "外部系统") -> Source:
    """A system that may tell us."""
    return add_source(kind, actor=actor, name=f"{name} {kind}", place=place.id)


def signed(source: Source, body: bytes, at: datetime | None = None) -> str:
    """The header a system sends with this body."""
    return signature(body, source_secrets(source)[:1], at=at or now())


def told(source: Source, said: Any, at: datetime | None = None) -> Received:
    """What becomes of a message of the system, sent at `at`."""
    body = said if isinstance(said, bytes) else json.dumps(said, ensure_ascii=False).encode()
    return receive(source.code, body, signed(source, body, at))


@dataclass
class MailHost:
    """A mailbox of a real IMAP server, as a mail client sees it."""

    port: int

    @property
    def url(self) -> str:
        """What people enter."""
        return f"imap://demouser:demopass@127.0.0.1:{self.port}/INBOX"

    def put(self, mail: EmailMessage | bytes) -> None:
        """A mail arrives."""
        raw = mail if isinstance(mail, bytes) else mail.as_bytes()
        with imaplib.IMAP4("127.0.0.1", self.port) as client:
            client.login("demouser", "demopass")
            state, _said = client.append("INBOX", "", "", raw)
            assert state == "OK"


@contextmanager
def a_mail_host() -> Iterator[MailHost]:
    """pymap, an IMAP server of its own, in a process of its own on the loopback."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    pymap = str(Path(sys.executable).with_name("pymap"))
    ran = subprocess.Popen(
        [pymap, "--host", "127.0.0.1", "--port", str(port), "dict"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _try in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield MailHost(port)
    finally:
        ran.terminate()
        ran.wait()


def a_mail(subject: str, text: str = "楼道灯不亮", **headers: str) -> EmailMessage:
    """A mail of somebody outside."""
    mail = EmailMessage()
    mail["Subject"] = subject
    mail["From"] = "王女士 <wang@example.com>"
    mail["Message-ID"] = f"<{uuid4()}@example.com>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail
