"""Finding: one box for rooms, names, pinyin, telephones, plates, codes and numbers."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from anju.foundation.events.models import Event
from anju.foundation.lib.search import asked
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

FIRST_LOOK = 200
LAST_LOOK = 2000


@dataclass(frozen=True)
class Found:
    """One hit as a list shows it: `title` and `detail` are already masked for the actor.

    `page` is (kind, id) of what to open, where that is not the hit itself.
    """

    kind: str
    id: UUID
    title: str
    detail: str = ""
    page: tuple[str, UUID] | None = None


Show = Callable[[Iterable[UUID], Actor], Mapping[UUID, Found]]
Find = Callable[[str, Actor], Iterable[Found]]
_shows: dict[str, Show] = {}
_finds: list[Find] = []


def show_found(kind: str, show: Show) -> None:
    """Tell how subjects of a kind are read again: `show(ids, actor)` returns those the actor may
    see (its own `seen_by`). Called once per kind when the app starts."""
    _shows[kind] = show


def find_numbered(find: Find) -> None:
    """Tell how subjects are found by the number people write down, without a row in the index:
    `find(text, actor)` asks a unique key under its own `seen_by`. Called when the app starts."""
    _finds.append(find)


def found(text: str, *, actor: Actor, limit: int = 20) -> list[Found]:
    """What `text` finds for the actor, at most `limit`; nothing for an empty question.

    What is numbered so comes first; then one index look-up, and one query per kind found. The
    index knows the company only, so the answer is read again under the actor's places; if too few
    remain, a deeper look follows.
    """
    query = asked(text)
    if not query:
        return []
    with acting(actor):
        numbered = [hit for find in _finds for hit in find(text, actor)]
        for look in (FIRST_LOOK, LAST_LOOK):
            hits = _matches(query, actor, look)
            seen = _seen(hits, actor)
            if len(seen) >= limit or len(hits) < look:
                break
    return [*numbered, *seen][:limit]


def story_of(kind: str, id: UUID, *, most: int = 30) -> list[Event]:
    """The last events about an entry, newest first: its own story needs no right to the journal,
    so ask only about what was read under `seen_by`."""
    return list(Event.objects.about(kind, id).reverse()[:most])


def _matches(query: str, actor: Actor, limit: int) -> list[tuple[str, UUID]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, subject_id FROM anju_search(%s, %s, %s)",
            [actor.company_id, query, limit],
        )
        return [(str(kind), id) for kind, id in cursor.fetchall()]


def _seen(hits: list[tuple[str, UUID]], actor: Actor) -> list[Found]:
    kinds: dict[str, list[UUID]] = {}
    for kind, id in hits:
        kinds.setdefault(kind, []).append(id)
    shown: dict[tuple[str, Any], Found] = {}
    for kind, ids in kinds.items():
        if kind in _shows:
            shown |= {(kind, id): hit for id, hit in _shows[kind](ids, actor).items()}
    return [shown[hit] for hit in hits if hit in shown]
