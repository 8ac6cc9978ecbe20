"""Importing a file of past cases: judged like live work, every row accounted for."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _

from anju.domains.requests.history.account import Account
from anju.domains.requests.history.commands.placing import open_places
from anju.domains.requests.history.commands.run import Run
from anju.domains.requests.history.commands.writing import Writer
from anju.domains.requests.history.mapping import MappingFile
from anju.domains.requests.history.queries import ground_of
from anju.domains.requests.history.reading import table
from anju.domains.requests.history.rows import RowReader
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict

CHUNK = 5000


def import_cases(
    path: Path,
    file: MappingFile,
    *,
    actor: Actor,
    dry_run: bool = False,
    progress: Callable[[Account], None] | None = None,
    chunk: int = CHUNK,
) -> Account:
    """Import a table of past cases through a mapping; says what became of every row.

    Each row is imported, already there (same key, same content) or rejected with its reason; a
    second run imports nothing and rejects the same. Cases keep their original times, get settled
    clocks and one event each, and send no message. Written in chunks: an interruption (Ctrl-C, a
    crash) leaves whole chunks behind, and the same command goes on from there.

    Raises `Unreadable` and `BadText` before anything is written, `Refused` without
    `import.run`, `Conflict` while another import of the same source runs, and `Interrupted`.
    """
    actor.require("import.run")
    how = file.mapping
    with table(path, sheet=how.sheet, header=how.header, delimiter=how.delimiter) as found:
        file.check_columns(found.header)
        with acting(actor):
            ground = ground_of(file, actor=actor)
        reader = RowReader(how, found.header, now=now())
        with _alone(how.source, actor):
            places = open_places(file, actor=actor, dry_run=dry_run)
            with Writer(actor) as writer:
                run = Run(
                    file=file,
                    actor=actor,
                    ground=ground,
                    reader=reader,
                    places=places,
                    writer=None if dry_run else writer,
                    account=Account(path.name, dry_run=dry_run),
                    digest=_digest(path),
                )
                return run.over(found.rows, size=chunk, progress=progress)


@contextmanager
def _alone(source: str, actor: Actor) -> Iterator[None]:
    """Hold the source for this process: two imports of it would only get in each other's way."""
    name = f"{actor.company_id}:{source}".encode()
    key = int.from_bytes(hashlib.sha256(name).digest()[:8], signed=True)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        if not cursor.fetchone()[0]:
            raise Conflict(
                _(
                    "Another import of '%(source)s' is running. Nothing was changed. "
                    "Wait until it has finished, then start this one again."
                )
                % {"source": source}
            )
    try:
        yield
    finally:
        with acting(actor), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
