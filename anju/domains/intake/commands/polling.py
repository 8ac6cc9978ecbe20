"""Asking the mailboxes: IMAP, by the number of the last mail that was taken."""

import imaplib
import re
import socket
import ssl
from uuid import UUID

from django.conf import settings

from anju.domains.intake.commands.mail import take_mail
from anju.domains.intake.models import Source
from anju.domains.intake.rules import Mailbox, mailbox_of
from anju.foundation.lib import now
from anju.foundation.messages.channels.hook import allowed_networks
from anju.foundation.messages.channels.sealing import unseal
from anju.foundation.messages.channels.transport import resolve
from anju.foundation.messages.rules.targets import pinned
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

TIMEOUT = 12.0  # seconds for each answer of the server
AT_ONCE = 20  # mails of one asking
LARGEST = 26_214_400  # bytes of a mail; a larger one is kept by its head


class _Trouble(Exception):
    """Why a mailbox could not be read; its text is a code of `models.TROUBLES`."""


class _Line(imaplib.IMAP4):
    """IMAP to the address that was judged, in the name of the host that was asked for."""

    def __init__(self, box: Mailbox, address: str) -> None:
        self._box, self._address = box, address
        super().__init__(box.host, box.port, TIMEOUT)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        sock = socket.create_connection((self._address, self._box.port), timeout)
        if not self._box.tls:
            return sock
        return ssl.create_default_context().wrap_socket(sock, server_hostname=self._box.host)


def poll_mailbox(source_id: UUID, *, actor: Actor) -> int:
    """Take in what is new in a mailbox; how many mails. Nothing in the mailbox is changed.

    The first time only its end is noted: what lay there before is not ours. A mail counts as taken
    only after it was kept, so that a death in between takes it again, and its id makes it one.
    Refuses nothing: what stands in the way is noted with the source.
    """
    with acting(actor):
        source = Source.objects.select_related("place").get(
            company_id=actor.company_id, id=source_id
        )
    taken, trouble = 0, ""
    try:
        taken = _read(source, actor)
    except _Trouble as error:
        trouble = str(error)
    except ssl.SSLError:
        trouble = "tls"
    except imaplib.IMAP4.error:
        trouble = "mailbox"
    except OSError:
        trouble = "unreachable"
    with acting(actor):
        Source.objects.filter(company_id=actor.company_id, id=source_id).update(
            polled_at=now(), trouble=trouble
        )
    return taken


def _read(source: Source, actor: Actor) -> int:
    try:
        box = mailbox_of(unseal(source.sealed, of=source.id)["url"])
    except (ValueError, KeyError) as error:
        raise _Trouble("key") from error
    if box is None:
        raise _Trouble("key")
    allowed = allowed_networks(settings.WEBHOOK_NETWORKS)
    address = pinned(resolve(box.host, box.port), allowed)
    if address is None:
        raise _Trouble("blocked")
    line = _Line(box, address)
    try:
        try:
            line.login(box.user, box.password)
        except imaplib.IMAP4.error as error:
            raise _Trouble("sign_in") from error
        state, _count = line.select(_quoted(box.folder), readonly=True)
        if state != "OK":
            raise _Trouble("mailbox")
        return _taken(line, source, actor)
    finally:
        line.shutdown()


def _taken(line: _Line, source: Source, actor: Actor) -> int:
    validity = _number(line.response("UIDVALIDITY")[1])
    following = _number(line.response("UIDNEXT")[1])
    if source.uid_validity is None:
        _note(source, validity, following - 1, actor)
        return 0
    last = source.uid_last or 0
    if source.uid_validity != validity:  # the mailbox was made anew: known mails are found by id
        last = 0
    taken = 0
    for uid in _new(line, last)[:AT_ONCE]:
        take_mail(source, _fetched(line, uid), actor=actor)
        _note(source, validity, uid, actor)
        taken += 1
    return taken


def _new(line: _Line, last: int) -> list[int]:
    """Numbers above `last`; the server names the last one always, even when it is not."""
    state, found = line.uid("SEARCH", f"UID {last + 1}:*")
    if state != "OK":
        raise _Trouble("mailbox")
    text = (found[0] or b"").decode("ascii", "replace")
    return sorted(n for n in map(int, re.findall(r"\d+", text)) if n > last)


def _fetched(line: _Line, uid: int) -> bytes:
    state, parts = line.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{LARGEST}>)")
    if state != "OK":
        raise _Trouble("mailbox")
    return b"".join(bytes(p[1]) for p in parts if isinstance(p, tuple))


def _note(source: Source, validity: int, uid: int, actor: Actor) -> None:
    with acting(actor):
        Source.objects.filter(company_id=actor.company_id, id=source.id).update(
            uid_validity=validity, uid_last=uid
        )


def _number(given: list[bytes | None]) -> int:
    found = [int(part) for part in given if part and part.isdigit()]
    if not found:
        raise _Trouble("mailbox")
    return found[-1]


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
