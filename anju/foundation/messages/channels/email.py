"""Email by SMTP, with the server of ANJU_SMTP_URL.

smtp://user:password@host:587      STARTTLS, required unless the host is this machine
smtps://user:password@host         TLS from the first byte (port 465)
...?from=anju@example.com          the sender (default anju@<host of ANJU_URL>)
...?tls=off                        no TLS, for a relay in a trusted network
"""

import contextlib
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from anju.foundation.access.rules import is_loopback
from anju.foundation.lib import now
from anju.foundation.messages.channels.base import Parcel, Undeliverable
from anju.foundation.messages.channels.smtp import (
    DEADLINE,
    TIMEOUT,
    Deadline,
    Line,
    TlsLine,
    deadline,
)
from anju.foundation.messages.models import Message
from anju.foundation.messages.queries import addresses_of
from anju.foundation.messages.registry import words_of
from anju.foundation.messages.rules.outbox import DELIVERED, Outcome
from anju.foundation.tenancy.actor import Actor

PERMANENT = 500


@dataclass(frozen=True)
class MailServer:
    """The server that takes our mail."""

    host: str
    port: int
    sender: str
    implicit_tls: bool = False
    starttls: bool = True
    user: str = ""
    password: str = field(default="", repr=False)


def mail_server() -> MailServer | None:
    """The server of the settings; None when none is set up. Raises ValueError for a bad URL."""
    return _server_of(settings.SMTP_URL, settings.URL) if settings.SMTP_URL else None


@lru_cache(maxsize=8)
def _server_of(url: str, own: str) -> MailServer:
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("ANJU_SMTP_URL looks like smtp://user:password@host:587")
    asked = parse_qs(parts.query)
    implicit = parts.scheme == "smtps"
    near = parts.hostname == "localhost" or is_loopback(parts.hostname)
    return MailServer(
        host=parts.hostname,
        port=parts.port or (465 if implicit else 587),
        sender=asked.get("from", [f"anju@{urlsplit(own).hostname or 'localhost'}"])[0],
        implicit_tls=implicit,
        starttls=not (implicit or near or asked.get("tls") == ["off"]),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


class Email:
    """One connection for a batch of mails."""

    def __init__(self) -> None:
        self._line: Line | None = None

    @staticmethod
    def parcel(message: Message, *, actor: Actor) -> Parcel:
        """The mail in the language of the address; the address is in no message row."""
        server = mail_server()
        if server is None:
            raise Undeliverable("not_set_up")
        to = message.account_id
        address = addresses_of([to], "email", actor=actor).get(to) if to else None
        if address is None:
            raise Undeliverable("no_address")
        with translation.override(address.language):
            mail = _mail(message, server, address.text)
        return Parcel(target=server.host, to=address.text, body=mail)

    def send(self, parcel: Parcel) -> Outcome:
        """Hand one mail over within `smtp.DEADLINE`, however slowly the server answers. "unclear"
        only after its text has been on the way."""
        server = mail_server()
        if server is None:
            return Outcome("permanent", "not_set_up")
        with deadline(DEADLINE) as until:
            return self._send(parcel, server, until)

    def _send(self, parcel: Parcel, server: MailServer, until: Deadline) -> Outcome:
        try:
            line = self._connected(server, until)
        except smtplib.SMTPAuthenticationError as error:
            return self._broken(Outcome("temporary", f"sign_in:{error.smtp_code}", True))
        except (OSError, smtplib.SMTPException) as error:
            return self._broken(Outcome("temporary", _why(error, until), True))
        try:
            for code, _text in (line.mail(server.sender), line.rcpt(parcel.to)):
                if code >= 400:
                    self._reset()
                    return _refusal(code)
        except (OSError, smtplib.SMTPException) as error:
            return self._broken(Outcome("temporary", _why(error, until), True))
        try:
            code, _text = line.data(parcel.body)
        except smtplib.SMTPDataError as error:  # refused before the text was sent
            return self._broken(_refusal(error.smtp_code))
        except (OSError, smtplib.SMTPException):
            return self._broken(Outcome("unclear", "lost"))
        if code >= 400:
            self._reset()
            return _refusal(code)
        return DELIVERED

    def close(self) -> None:
        """Say goodbye, if there is anybody."""
        if self._line is not None:
            with deadline(TIMEOUT) as until, contextlib.suppress(OSError, smtplib.SMTPException):
                until.line = self._line
                self._line.quit()
            self._line.close()
            self._line = None

    def _connected(self, server: MailServer, until: Deadline) -> Line:
        if self._line is not None:
            until.line = self._line
            return self._line
        tls = ssl.create_default_context()
        line = self._line = TlsLine(until, tls) if server.implicit_tls else Line(until)
        line.open(server.host, server.port)
        line.ehlo_or_helo_if_needed()
        if server.starttls:
            line.starttls(context=tls)
            line.ehlo()
        if server.user:
            line.login(server.user, server.password)
        return line

    def _reset(self) -> None:
        """Make the connection ready for the next mail, or drop it."""
        if self._line is not None:
            try:
                self._line.rset()
            except (OSError, smtplib.SMTPException):
                self._line.close()
                self._line = None

    def _broken(self, outcome: Outcome) -> Outcome:
        if self._line is not None:
            self._line.close()
            self._line = None
        return outcome


def _why(error: Exception, until: Deadline) -> str:
    """The code of what stopped us before the text was on the way."""
    if until.past.is_set() or isinstance(error, TimeoutError):
        return "timeout"
    return "tls" if isinstance(error, ssl.SSLError) else "unreachable"


def _refusal(code: int) -> Outcome:
    if code >= PERMANENT:
        return Outcome("permanent", f"refused:{code}")
    return Outcome("temporary", f"smtp:{code}")


def _mail(message: Message, server: MailServer, to: str) -> bytes:
    """The mail in bytes. Its Message-ID is the message's own id: a mail that was sent twice after
    a crash is the same mail, and mail systems that look for doubles find it."""
    words = words_of(message.kind, message.version, message.facts)
    link = f"{settings.URL}/messages/{message.id}"
    pages = [f"{label}: {settings.URL}{path}" for label, path in words.links]
    lines = [*words.lines, *pages, "", _("Open it in Anju: %(link)s") % {"link": link}]
    if words.why:
        lines += ["", "-- ", words.why]
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = " ".join(words.subject.split())
    mail["From"] = formataddr((_("Anju"), server.sender))
    mail["To"] = to
    mail["Date"] = format_datetime(now())
    mail["Message-ID"] = f"<{message.id}@{urlsplit(settings.URL).hostname or 'localhost'}>"
    mail["Auto-Submitted"] = "auto-generated"
    if message.priority == 1:
        mail["X-Priority"] = "1"
    mail.set_content("\n".join(lines), cte="base64")
    return mail.as_bytes()
