"""Who listens to events, and who verifies more than the events themselves.

An app registers its listeners in its room `tasks.py` and its verifiers in its room
`verifying.py`; both rooms are imported on first need, so a web process pays for neither.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from anju.foundation.events.models import Event
from anju.foundation.events.problems import Problem
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.rooms import load_rooms

Handler = Callable[[Actor, Sequence[Event]], int | None]
Verifier = Callable[["Scope"], Iterable[Problem]]


@dataclass(frozen=True)
class Listener:
    """A reader of the memory: gets batches in order, in the transaction that moves its cursor."""

    name: str
    handler: Handler
    names: tuple[str, ...]
    heeds: Callable[[Actor], bool] | None = None


@dataclass(frozen=True)
class Scope:
    """What a verifier looks at: one company, through the database alias `using`.

    `quick`: leave out what reads every byte of every file.
    """

    company: UUID
    using: str = "owner"
    quick: bool = False


_listeners: dict[str, Listener] = {}
_verifiers: dict[str, Verifier] = {}


def listen(
    name: str,
    handler: Handler,
    *,
    names: Iterable[str] = (),
    heeds: Callable[[Actor], bool] | None = None,
) -> None:
    """Register `handler(actor, events)` under a stable `name` (it names the cursor).

    It is called inside `acting(actor)`, where `actor` is the machine of that name in the company
    of the events, oldest event first, from the company's first event on. With `names` it gets
    only events of those names. `heeds(actor)` is asked before a batch is read: while it says no,
    the batch is passed over. It writes through commands and must be safe to repeat: a crash
    rolls back its writes together with the cursor, but not what it did outside the database. A
    handler that has done enough for one transaction returns the position it has come to, the
    place of one of its events: it gets what comes behind in the next.
    """
    known = _listeners.get(name)
    if known and known.handler is not handler:
        raise ValueError(f"two listeners are called {name}")
    _listeners[name] = Listener(name, handler, tuple(names), heeds)


def listeners() -> dict[str, Listener]:
    """All listeners by name."""
    load_rooms("tasks")
    return _listeners


def verifies(name: str) -> Callable[[Verifier], Verifier]:
    """Register a function that yields the problems of one company (`anju verify` runs it)."""

    def register(verifier: Verifier) -> Verifier:
        _verifiers[name] = verifier
        return verifier

    return register


def verifiers() -> dict[str, Verifier]:
    """All verifiers by name."""
    load_rooms("verifying")
    return _verifiers
