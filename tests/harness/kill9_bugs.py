"""The bugs that kill -9 must find, and how they get into processes the harness does not start.

The harness puts a folder with a `sitecustomize` module on the PYTHONPATH of the house; Python
imports it first in every process, and it calls `sow`. The owner of a bug is therefore named, as
"module" or "module:Class", and is changed at the moment that process imports it. This module is
imported before everything else, so it imports nothing of the product at its top.
"""

import importlib.abc
import importlib.util
import sys
import time
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from tests.harness.seeding import Bug

Right = Callable[..., Any]
A_MOMENT = 0.08  # seconds a wrong order leaves open


def on_import(name: str, act: Callable[[ModuleType], None]) -> None:
    """Call `act` with the module as soon as this process has imported it."""
    sys.meta_path.insert(0, _Watch(name, act))


class _Watch(importlib.abc.MetaPathFinder):
    def __init__(self, name: str, act: Callable[[ModuleType], None]) -> None:
        self._name, self._act = name, act

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self._name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            load, act = spec.loader.exec_module, self._act

            def exec_module(module: ModuleType) -> None:
                load(module)
                act(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]  # of this one module
        return spec


def sow(name: str) -> None:
    """Put the bug into this process, as soon as it imports what the bug is in."""
    bug = (BUGS | BACKUP_BUGS)[name]
    module, _colon, inside = bug.owner.partition(":")

    def act(imported: ModuleType) -> None:
        owner = getattr(imported, inside) if inside else imported
        setattr(owner, bug.name, bug.wrong(getattr(owner, bug.name)))

    on_import(module, act)


def _later_in_a_thread(right: Right) -> Right:
    """The case is answered for at once and written in the background."""
    from threading import Timer  # nothing but this bug needs it

    def insert(opened: Any) -> None:
        from anju.foundation.tenancy.acting import acting  # needs Django set up
        from anju.foundation.tenancy.actor import Actor  # needs Django set up

        def write() -> None:
            with acting(Actor.machine(opened.case.company_id, "late")):
                right(opened)

        Timer(2 * A_MOMENT, write).start()

    return insert


def _after_the_commit(actor_of: Callable[..., Any]) -> Callable[[Right], Right]:
    """It is written in a transaction of its own, a moment after the one it belongs to."""

    def wrong(right: Right) -> Right:
        def late(*args: Any, **named: Any) -> None:
            from django.db import transaction  # needs Django set up

            from anju.foundation.tenancy.acting import acting  # needs Django set up

            def write() -> None:
                time.sleep(A_MOMENT)
                with acting(actor_of(*args)):
                    right(*args, **named)

            transaction.on_commit(write)

        return late

    return wrong


def _of_the_key(key: Any) -> Any:
    from anju.foundation.tenancy.actor import Actor  # needs Django set up

    return Actor.machine(key.company, "late")


def _never_again(right: Right) -> Right:
    def later(self: Any) -> None:
        right(self)
        self._next_start = float("inf")

    return later


def _ledger_later(right: Right) -> Right:
    """A chunk's cases are committed first, its keys after them."""

    def write(lines: Any, stamp: Any, *, actor: Any) -> None:
        from django.db import transaction  # needs Django set up

        from anju.domains.requests.history.commands import bulk  # needs Django set up
        from anju.foundation.tenancy.acting import acting  # needs Django set up

        every = bulk._HOPS

        def keys() -> None:
            time.sleep(A_MOMENT)
            bulk._HOPS = every[-1:]
            with acting(actor):
                right(lines, stamp, actor=actor)
            bulk._HOPS = every

        bulk._HOPS = every[:-1]
        right(lines, stamp, actor=actor)
        transaction.on_commit(keys)

    return write


def _places_first(right: Right) -> Right:
    """The sealer commits the places of the events before their seal."""

    def write(cursor: Any, taken: Any, seals: Any) -> None:
        execute = cursor.executemany

        def after_a_commit(*args: Any) -> Any:
            cursor.execute("COMMIT")
            time.sleep(A_MOMENT)
            cursor.execute("BEGIN")
            return execute(*args)

        cursor.executemany = after_a_commit
        right(cursor, taken, seals)

    return write


def _of_a_later_moment(right: Right) -> Right:
    """The tables are dumped as they are a little after they were counted."""

    def dump(dsn: str, *, snapshot_name: str, **named: Any) -> None:
        from anju.foundation.server.dump import snapshot  # only once this module is there

        time.sleep(5 * A_MOMENT)
        with snapshot(dsn) as (_connection, later):
            right(dsn, snapshot_name=later, **named)

    return dump


def _without_its_end(right: Right) -> Right:
    """What was written last is not restored, and nobody compares."""

    def fill(archive: Any, owner: str, progress: Any) -> None:
        import psycopg  # nothing but this bug needs it

        right(archive, owner, progress)
        with psycopg.connect(owner) as db:
            db.execute("DELETE FROM clocks_clock WHERE case_id = (SELECT max(id::text)::uuid"
                       " FROM loop_case WHERE NOT history)")  # fmt: skip

    return fill


BUGS = {
    "answered-first": Bug(
        "what is acknowledged is there", "anju.engine.loop.commands.opening", "_insert",
        _later_in_a_thread,
    ),
    "event-later": Bug(
        "nothing changes without its event", "anju.engine.loop.commands.case_moves",
        "finish_taking", _after_the_commit(lambda taking, _name: taking.actor),
    ),
    "answer-kept-later": Bug(
        "one key, one effect", "anju.foundation.access.doors", "keep",
        _after_the_commit(_of_the_key),
    ),
    "left-dead": Bug(
        "whoever is killed comes back", "anju.foundation.server.supervisor:_Kept",
        "_come_back_later", _never_again,
    ),
    "keys-later": Bug(
        "a row is imported once", "anju.domains.requests.history.commands.writing", "write",
        _ledger_later,
    ),
    "placed-before-sealed": Bug(
        "the seals are whole", "anju.foundation.events.commands.sealing", "_write", _places_first,
    ),
}  # fmt: skip

BACKUP_BUGS = {
    "of-a-later-moment": Bug(
        "a backup is one moment", "anju.foundation.server.backup", "dump", _of_a_later_moment
    ),
    "restored-unlooked": Bug(
        "a restored house is whole", "anju.foundation.server.backup", "_fill", _without_its_end
    ),
}
