"""What is new, asked for all open pages together, when the sealer says so.

One thread waits for the sealer's NOTIFY and asks the database once per company; it writes
nothing. What it finds is handed to the pages in the event loop.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

import psycopg
import structlog
from django.db import DatabaseError, InterfaceError, connections

from anju.engine.loop.models import Case, WorkOrder
from anju.foundation.events.models import Event
from anju.foundation.events.queries import events_after, sealed_up_to
from anju.foundation.messages.queries import unread_counts
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

log = structlog.get_logger("live")
CHANNEL = "anju_sealed"  # the sealer's
QUIET = 0.5  # seconds between two looks, however fast seals come
LONGEST_WAIT = 20.0  # seconds without a seal after which we look all the same
MOST_EVENTS = 500  # looked through at once; who missed more is told of one change and no more
# What may be watched, and the permission to be told of it (at its place, where it has one).
WATCHED = {"case": "case.see", "work": "work.see", "message": "outbox.see"}


@dataclass(frozen=True)
class News:
    """What a page is told: the position it now knows, changed subjects, unread messages."""

    n: int
    changed: int = 0
    bell: int | None = None

    def and_then(self, later: "News") -> "News":
        """Both in one, for a page that is slow to take them."""
        bell = self.bell if later.bell is None else later.bell
        return News(later.n, self.changed + later.changed, bell)


class Watcher:
    """One open page: whose, what it is about, and how far it has been told (a position)."""

    def __init__(self, actor: Actor, about: frozenset[str], n: int | None = None) -> None:
        self.actor, self.about, self.n = actor, about, n
        self.bell: int | None = None

    def cares(self, event: Event) -> bool:
        """Whether the page is about it and somebody else did it."""
        named = {event.subject_kind, f"{event.subject_kind}:{event.subject_id}"}
        return event.by != self.actor.id and not self.about.isdisjoint(named)

    def tell(self, news: News) -> None:
        """Called in the hub's thread."""
        raise NotImplementedError

    def close(self) -> None:
        """Called when the page has to give way."""
        raise NotImplementedError


@dataclass
class Hub:
    """The open pages of this process, and the thread that looks for them."""

    watchers: dict[Watcher, None] = field(default_factory=dict)  # in the order they came
    _looking: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to wait for seals, once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._wait, name="hub", daemon=True)
            self._thread.start()

    def look(self, watchers: Iterable[Watcher]) -> None:
        """Tell each of these pages what is new for it; called in a thread, never in the loop."""
        by_company = defaultdict(list)
        for watcher in watchers:
            by_company[watcher.actor.company_id].append(watcher)
        with self._looking:  # a page that has just come and the seal that follows
            for company, pages in by_company.items():
                look_for(company, pages)

    def _wait(self) -> None:
        while True:
            try:
                self._listen()
            except (DatabaseError, InterfaceError, psycopg.Error) as error:
                log.warning("looking again", error=type(error).__name__)
                connections["default"].close()
                time.sleep(1.0)

    def _listen(self) -> None:
        params = connections["default"].get_connection_params()
        own = {k: v for k, v in params.items() if k not in ("cursor_factory", "context")}
        with psycopg.connect(**own, autocommit=True) as waiting:
            waiting.execute(f"LISTEN {CHANNEL}")
            self.look(list(self.watchers))  # what was sealed while nobody listened
            while True:
                said = [n.payload for n in waiting.notifies(timeout=LONGEST_WAIT, stop_after=1)]
                named = {c for payload in said for c in payload.split(",")}
                everybody = not said or "*" in named
                self.look(
                    [
                        w
                        for w in list(self.watchers)
                        if everybody or str(w.actor.company_id) in named
                    ]
                )
                time.sleep(QUIET)


def look_for(company: UUID, watchers: Collection[Watcher]) -> None:
    """One look into a company for its open pages: at most five queries, however many they are."""
    machine = Actor.machine(company, "live")
    with acting(machine):
        last = sealed_up_to(company)
        bells = unread_counts({w.actor.id for w in watchers}, actor=machine)
        known = [w.n for w in watchers if w.n is not None and w.about]
        start = max(min(known, default=last), last - MOST_EVENTS)
        events = events_after(company, start, limit=MOST_EVENTS)[1] if start < last else []
        wanted = [e for e in events if any(w.cares(e) for w in watchers)]
        paths = places_of(wanted, machine)
    for watcher in watchers:
        before = last if watcher.n is None else watcher.n
        changed = {
            (e.subject_kind, e.subject_id)
            for e in wanted
            if e.position > before and watcher.cares(e) and _may(watcher.actor, e, paths)
        }
        bell = bells[watcher.actor.id]
        news = News(last, len(changed), bell if bell != watcher.bell else None)
        watcher.n, watcher.bell = last, bell
        if news.changed or news.bell is not None:
            watcher.tell(news)


def places_of(events: Iterable[Event], machine: Actor) -> dict[UUID, str]:
    """Subject -> the path of its place, for those that stand at one. A query per kind."""
    ids = defaultdict(set)
    for event in events:
        ids[event.subject_kind].add(event.subject_id)
    paths: dict[UUID, str] = {}
    for kind, rows in (
        ("case", Case.objects.seen_by(machine)),
        ("work", WorkOrder.objects.seen_by(machine)),
    ):
        if ids[kind]:
            found = rows.filter(id__in=ids[kind]).values_list("id", "place__path")
            paths.update((id, path or "") for id, path in found)
    return paths


def _may(actor: Actor, event: Event, paths: dict[UUID, str]) -> bool:
    permission = WATCHED.get(event.subject_kind)
    return permission is not None and actor.may(permission, paths.get(event.subject_id, ""))
