"""The ticker's part of the memory: seal what waits, let the listeners read on."""

import logging
from collections.abc import Callable

from anju.foundation.events.commands import advance, seal_once
from anju.foundation.events.queries import listeners_behind
from anju.foundation.events.registry import listeners

log = logging.getLogger(__name__)


def seal_waiting(limit: int = 5_000) -> int:
    """Seal everything that waits now; the number of events. Call it at least every 250 ms."""
    total = 0
    while sealed := seal_once(limit):
        total += sealed
        if sealed < limit:
            break
    return total


def read_on(limit: int = 200, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Give every listener that is behind one batch of each company; how many positions in all.

    Returns at once when nobody is behind, and begins no other batch once `stopping` says so: of a
    thousand companies that would outlast the patience of who asked. What one listener cannot do is
    logged and tried again with the next call; it does not keep the others from reading.
    """
    known = listeners()
    moved = 0
    for behind in listeners_behind(list(known)):
        if stopping():
            break
        try:
            moved += advance(known[behind.listener], behind.company, limit)
        except Exception:  # whatever it is: one listener must not stop the others
            log.exception("listener %s could not read on", behind.listener)
    return moved
