"""The words of messages, kind by kind and version by version, and where their links lead.

An app declares what it sends in its room `notices.py`, imported on first need:

    @says("clock.broken", label=_("promise broken"), ttl=timedelta(days=1))
    def _broken(facts): return Words(subject=..., lines=(...), why=...)

Words change by a new version; an old one stays as long as messages of it may be read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse

from anju.foundation.messages.models import Message
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.rooms import load_rooms

Facts = Mapping[str, Any]
HIDDEN = "••••••"


@dataclass(frozen=True)
class Words:
    """A message as people read it: what happened, what it means and what to do, why it came.
    `links`: what each leads to, and the path of a page of ours. `spoken`: what a call reads out."""

    subject: str
    lines: tuple[str, ...] = ()
    why: str = ""
    links: tuple[tuple[str, str], ...] = ()
    spoken: str = ""


@dataclass(frozen=True)
class Notice:
    """One kind of message in one version. After `ttl` it is of no use and not sent any more.

    `secret` adds to the facts what only the recipient may read (a one-time code); everywhere but
    on its way to them it reads as `HIDDEN`.
    """

    kind: str
    version: int
    label: Any
    ttl: timedelta
    write: Callable[[Facts], Words]
    secret: Callable[[Facts], Facts] | None = None


_notices: dict[tuple[str, int], Notice] = {}
_newest: dict[str, Notice] = {}
_pages: dict[str, tuple[str, bool]] = {}
_answered: dict[str, Callable[[Message, Actor], bool]] = {}


def says(
    kind: str,
    *,
    label: Any,
    ttl: timedelta,
    version: int = 1,
    secret: Callable[[Facts], Facts] | None = None,
) -> Callable[[Callable[[Facts], Words]], Callable[[Facts], Words]]:
    """Register the words of `kind`: called in the reader's language, pure, facts to words."""

    def register(write: Callable[[Facts], Words]) -> Callable[[Facts], Words]:
        notice = Notice(kind, version, label, ttl, write, secret)
        known = _notices.setdefault((kind, version), notice)
        if known.write is not write:
            raise ValueError(f"two texts are called {kind} version {version}")
        if kind not in _newest or _newest[kind].version < version:
            _newest[kind] = notice
        return write

    return register


def opens(subject_kind: str, url_name: str, *, by_id: bool = True) -> None:
    """The page of a subject of this kind: a URL name that takes its id, or none."""
    _pages[subject_kind] = (url_name, by_id)


def ends_calls(subject_kind: str, by: Callable[[Message, Actor], bool]) -> None:
    """What says whether a person has answered, so that nobody is called about this any more."""
    _answered[subject_kind] = by


def is_answered(message: Message, *, actor: Actor) -> bool:
    """Whether a call would come after somebody has answered; asked right before each try."""
    load_rooms("notices")
    ends = _answered.get(message.subject_kind)
    return ends is not None and ends(message, actor)


def page_of(subject_kind: str, subject_id: UUID | None) -> str:
    """The path of the page of a subject; "" when it has none."""
    load_rooms("notices")
    name, by_id = _pages.get(subject_kind, ("", False))
    if not name or subject_id is None:
        return ""
    return reverse(name, args=[subject_id] if by_id else [])


def newest(kind: str) -> Notice:
    """The words that new messages of this kind get; KeyError for a kind nobody declared."""
    load_rooms("notices")
    return _newest[kind]


def labels() -> dict[str, Any]:
    """Kind -> what people call it."""
    load_rooms("notices")
    return {kind: notice.label for kind, notice in sorted(_newest.items())}


def words_of(kind: str, version: int, facts: Facts, *, sending: bool = False) -> Words:
    """The text in the active language; the bare kind where its words are gone. `sending`: on its
    way to its recipient, so its secret is filled in."""
    load_rooms("notices")
    notice = _notices.get((kind, version))
    if notice is None:
        return Words(subject=kind)
    if notice.secret is None:
        return notice.write(facts)
    secret = notice.secret(facts)
    return notice.write({**facts, **(secret if sending else dict.fromkeys(secret, HIDDEN))})
