"""A thread that writes chunks while the next one is being read and judged."""

from queue import Queue
from threading import Thread
from types import TracebackType

from django.db import connections

from anju.domains.requests.history.commands.bulk import Lines, Stamp, write
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

AHEAD = 2  # chunks that may wait: judging is never far in front of writing


class Writer:
    """Writes chunks in order, each in a transaction of its own, on a connection of its own.

    The first failure stops it: later chunks are dropped and the error is raised where the next
    one is handed over, or at the end.
    """

    def __init__(self, actor: Actor) -> None:
        self.committed = 0
        self._actor = actor
        self._chunks: Queue[tuple[Lines, Stamp] | None] = Queue(AHEAD)
        self._error: BaseException | None = None
        self._thread = Thread(target=self._work, name="history-writer", daemon=True)

    def __enter__(self) -> "Writer":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait until everything handed over is committed."""
        self.finish()
        if error is None:
            self._raise()

    def put(self, lines: Lines, stamp: Stamp) -> None:
        """Hand over a chunk; waits while enough are waiting. Raises the writer's error."""
        self._raise()
        self._chunks.put((lines, stamp))

    def finish(self) -> None:
        """Wait until all chunks are committed, or dropped after an error."""
        if self._thread.is_alive():
            self._chunks.put(None)
            self._thread.join()

    def _raise(self) -> None:
        if self._error:
            raise self._error

    def _work(self) -> None:
        try:
            while chunk := self._chunks.get():
                if self._error is None:
                    self._write(*chunk)
        finally:
            connections.close_all()

    def _write(self, lines: Lines, stamp: Stamp) -> None:
        try:
            with acting(self._actor):
                write(lines, stamp, actor=self._actor)
            self.committed += len(lines.cases)
        except BaseException as error:  # handed to the thread that waits for us
            self._error = error
