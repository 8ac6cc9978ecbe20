"""What is left open at a place or a post, as a change of shift hands it over: each domain tells
what it keeps, and how a matter of its kind reads."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from anju.engine.loop.matters import REASONS, Matter
from anju.foundation.people.models import Post
from anju.foundation.places.models import Place
from anju.foundation.tenancy.actor import Actor


@dataclass(frozen=True)
class Words:
    """A matter as it reads now: what it is, where, where it stands, and whether it is `over`:
    settled, void or missed, so that nothing of it is left to do."""

    title: str
    place: str = ""
    note: Any = ""
    over: bool = False


Find = Callable[[Place | None, Post | None, Actor], Iterable[Matter]]
Read = Callable[[Collection[UUID], Actor], Mapping[UUID, Words]]

_finders: list[Find] = []
_readers: dict[str, Read] = {}


def leave_open(find: Find, **reads: Read) -> None:
    """Tell who knows what is open, and how each kind of matter reads. Called once per domain when
    the app starts."""
    _finders.append(find)
    _readers.update(reads)


def left_open(place: Place | None, post: Post | None, actor: Actor) -> list[Matter]:
    """Everything open at a place (None: all of the company) or, where one is given, at a post,
    each matter once with all its reasons, the gravest first. The queries of whoever is asked."""
    found: dict[tuple[str, UUID], set[str]] = {}
    for find in _finders:
        for one in find(place, post, actor):
            found.setdefault((one.kind, one.id), set()).update(one.why)
    return [
        Matter(kind, id, tuple(name for name in REASONS if name in why))
        for (kind, id), why in found.items()
    ]


def words_of(matters: Iterable[Matter], actor: Actor) -> dict[tuple[str, UUID], Words]:
    """How they read now, by kind and id; those the actor may not see are left out. The queries of
    whoever tells a kind."""
    ids: dict[str, list[UUID]] = {}
    for one in matters:
        ids.setdefault(one.kind, []).append(one.id)
    return {
        (kind, id): words
        for kind, asked in ids.items()
        if kind in _readers
        for id, words in _readers[kind](asked, actor).items()
    }
