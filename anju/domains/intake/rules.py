"""What other systems may say, read strictly: pure functions from bytes to what was meant."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

CODE = 30  # bytes of an address: the company and fourteen at random
LARGEST = 262_144  # bytes of one message
CALL_EVENTS = ("ring", "answer", "abandon", "end")
SOON = timedelta(seconds=15)  # three rings
SAME_CALLER = timedelta(minutes=30)  # missed calls of one number in this time are one matter
URGENCIES: dict[Any, int] = {f"P{n}": n for n in range(1, 5)} | {n: n for n in range(1, 5)}
# What government hotlines call things varies by city; their tickets are matters of these kinds.
USUAL_KIND = {"signed": "enquiry", "government": "complaint"}


class NotUnderstood(Exception):
    """What came cannot be read; `code` says why. It is kept for a person."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Matter:
    """A report of another system. `about`: the number of a case, or the id of an earlier one."""

    outside_id: str
    kind: str
    title: str
    text: str = ""
    category: str = ""
    urgency: int = 3
    place: str = ""
    name: str = ""
    phone: str = ""
    about: str = ""
    at: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class CallEvent:
    """One step of a call."""

    outside_id: str
    event: str
    number: str
    at: datetime | None


def code_for(company: UUID, random: bytes) -> str:
    """The last part of a source's address: it names the company, for nobody has signed in, and
    cannot be guessed."""
    return urlsafe_b64encode(company.bytes + random).decode()


def company_of(code: str) -> UUID | None:
    """The company an address names; None for what is no address of ours."""
    try:
        raw = urlsafe_b64decode(code.encode())
    except ValueError:
        return None
    return UUID(bytes=raw[:16]) if len(raw) == CODE else None


@dataclass(frozen=True)
class Mailbox:
    """A folder of an IMAP server. Without TLS only where the operator allows the network."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    tls: bool = True


def mailbox_of(url: str) -> Mailbox | None:
    """imaps://user:password@host[:993][/folder], or imap:// without TLS; None for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
        return None
    if any(ord(sign) < 33 or sign == "\x7f" for sign in url):
        return None
    return Mailbox(
        host=parts.hostname,
        port=port or (993 if parts.scheme == "imaps" else 143),
        user=unquote(parts.username),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        tls=parts.scheme == "imaps",
    )


def said_of(body: bytes) -> dict[str, Any]:
    """The object that was sent; raises `NotUnderstood` for anything else."""
    try:
        said = json.loads(body.decode())
    except (ValueError, RecursionError) as error:
        raise NotUnderstood("not_json") from error
    if not isinstance(said, dict):
        raise NotUnderstood("not_json")
    return said


def id_of(body: bytes) -> str:
    """The outside id of whatever came: the one it names, else one made of its content."""
    try:
        said = said_of(body)
        named = _text(said, "id", 120) or _text(said, "number", 120)
    except NotUnderstood:
        named = ""
    return named or f"sha256:{hashlib.sha256(body).hexdigest()}"


def matter_of(body: bytes, source_kind: str) -> Matter:
    """A report as it was meant; raises `NotUnderstood`."""
    said = said_of(body)
    reporter = said.get("reporter") or {}
    if not isinstance(reporter, dict):
        raise NotUnderstood("reporter")
    urgency = said.get("urgency", 3)
    if not isinstance(urgency, str | int) or urgency not in URGENCIES:
        raise NotUnderstood("urgency")
    text, title = _text(said, "text", 20_000), _text(said, "title", 300)
    title = title or " ".join(text.split())[:60]
    if not title:
        raise NotUnderstood("title")
    return Matter(
        outside_id=id_of(body),
        kind=_text(said, "kind", 12) or USUAL_KIND[source_kind],
        title=title,
        text=text,
        category=_text(said, "category", 120),
        urgency=URGENCIES[urgency],
        place=_text(said, "place", 400),
        name=_text(reporter, "name", 80),
        phone=_text(reporter, "phone", 32),
        about=_text(said, "about", 120),
        at=_time(said, "at"),
        due_at=_time(said, "due"),
    )


def call_of(body: bytes) -> CallEvent:
    """A step of a call; raises `NotUnderstood`."""
    said = said_of(body)
    event, call = _text(said, "event", 12), _text(said, "call", 120)
    if event not in CALL_EVENTS or not call:
        raise NotUnderstood("call")
    return CallEvent(call, event, _text(said, "number", 32), _time(said, "at"))


def _text(said: dict[str, Any], name: str, most: int) -> str:
    value = said.get(name, "")
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or len(value) > most:
        raise NotUnderstood(name)
    if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
        raise NotUnderstood(name)
    return value.strip()


def _time(said: dict[str, Any], name: str) -> datetime | None:
    value = said.get(name)
    if value in (None, ""):
        return None
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise NotUnderstood(name) from error
    if at.tzinfo is None or not 1990 < at.year < 2200:
        raise NotUnderstood(name)
    return at
