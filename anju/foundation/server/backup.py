"""Backup of a running house, and its return: proved by restoring it before it is called done."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

import psycopg

from anju.foundation.lib import now
from anju.foundation.server.archive import (
    FORMAT,
    Archive,
    hash_of,
    open_archive,
    write_sums,
)
from anju.foundation.server.cluster import Cluster
from anju.foundation.server.connections import dsn, ensure_roles, served
from anju.foundation.server.data_dir import DataDir, data_dir_path, sync_directory, sync_tree
from anju.foundation.server.dump import (
    TABLES,
    contents,
    differences,
    dump,
    load,
    snapshot,
)
from anju.foundation.server.errors import Held, Said, ServerError, _
from anju.foundation.server.lock import Lock

Progress = Callable[[str], None]
MIB = 1024 * 1024
SPARE = 100 * MIB  # a new server's own files, and room for the house to go on
HASH_NAME = re.compile(r"^([0-9a-f]{64})(\.\w+)?$")


@dataclass(frozen=True)
class Outcome:
    """What a backup or a restore did: tables and rows, files and bytes, seconds it took."""

    path: Path
    tables: int
    rows: int
    files: int
    bytes: int
    seconds: float
    damaged: list[str]


def backup(
    to_dir: Path | str, *, env: Mapping[str, str] | None = None, progress: Progress = print
) -> Outcome:
    """Back up the house of `env` (default: the process's) into a new directory below `to_dir`.

    The house keeps running: the database is one moment of it, and every file that moment knows is
    there. The archive is whole, private (0700) and restored once into a temporary server, whose
    tables are compared row by row, before it gets its final name `anju-<UTC time>`; before that,
    or when anything fails, nothing of that name exists. Files that an earlier archive in the same
    place already holds are linked, not copied. Needs space for the database twice.
    """
    env = os.environ if env is None else env
    began = time.monotonic()
    place = Path(to_dir).expanduser().resolve()
    place.mkdir(parents=True, exist_ok=True)
    data = DataDir(data_dir_path(env))
    with _only_backup_in(place), served(env, progress) as owner:
        for left in place.glob(".anju-*"):  # of a backup that was killed
            shutil.rmtree(left)
        stamp = now().strftime("anju-%Y%m%dT%H%M%SZ")
        draft = Path(tempfile.mkdtemp(prefix=".anju-", dir=place))
        try:
            archive = _write(draft, owner, data, progress)
            progress(Said(_("Restoring it into a temporary server to prove it.")))
            _prove(archive, place)
            sync_tree(draft)  # everything on disk before the name says that it is there
            final = draft.rename(_free_name(place / stamp))
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        sync_directory(place)
    return _outcome(Archive(final, archive.manifest), began)


def restore(
    archive: Path | str,
    into_dir: Path | str,
    *,
    env: Mapping[str, str] | None = None,
    progress: Progress = print,
) -> Outcome:
    """Make a house from an archive: in `into_dir`, which must be new or empty.

    With DATABASE_URL in `env` the database goes there, and must be without tables. The archive is
    checked before and the tables are compared after. A restore that was interrupted leaves a
    directory that refuses to start and says why.
    """
    env = os.environ if env is None else env
    began = time.monotonic()
    found = open_archive(Path(archive).expanduser().resolve())
    data = DataDir(into_dir)
    if data.path.exists() and any(data.path.iterdir()):
        raise ServerError(
            _(
                "%(path)s is not empty, and a restore never writes over anything. Name a new "
                "directory; nothing was changed."
            ),
            path=data.path,
        )
    url = env.get("DATABASE_URL")
    if url:
        _refuse_filled(dsn(env))
    data.begin_filling()
    if url:
        ensure_roles(dsn(env))
        _fill(found, dsn(env), progress)
    else:
        with Cluster(data) as cluster:
            _fill(found, cluster.dsn("owner"), progress)
    _return_files(found, data)
    data.end_filling()
    return replace(_outcome(found, began), path=data.path)


# Steps of a backup


@contextmanager
def _only_backup_in(place: Path) -> Iterator[None]:
    lock = Lock(place / "backup.lock")
    holder = lock.acquire(f"process {os.getpid()}")
    if holder is not None:
        raise Held(
            _("Another backup is being written to %(path)s (%(holder)s). Wait for it."),
            path=place,
            holder=holder,
        )
    try:
        yield
    finally:
        lock.release()


def _write(draft: Path, owner: str, data: DataDir, progress: Progress) -> Archive:
    with snapshot(owner) as (connection, snapshot_name):
        version = connection.info.server_version
        _refuse_full_disk(draft, connection, data)
        progress(Said(_("Writing the database.")))
        dump(
            owner,
            file=draft / "database.dump",
            snapshot_name=snapshot_name,
            server_version=version,
        )
        tables = contents(connection)
    # After the snapshot: a file is there before the row that knows it.
    progress(Said(_("Copying the files.")))
    files, damaged = _copy_files(data.files, draft)
    if data.keys.is_dir():
        shutil.copytree(data.keys, draft / "keys")
    manifest = {
        "format": FORMAT,
        "made_at": now().isoformat(),
        "anju": _version(),
        "postgresql": version,
        "tables": {name: content.as_json() for name, content in tables.items()},
        "files": files,
        "damaged": damaged,
    }
    text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False)
    (draft / "manifest.json").write_text(text + "\n")
    write_sums(draft)
    return Archive(draft, manifest)


def _copy_files(source: Path, draft: Path) -> tuple[int, list[str]]:
    """Copy the files, linking what the latest archive beside holds; count them and the damaged."""
    earlier = max(draft.parent.glob("anju-*/files"), default=Path("/nonexistent"))
    target = draft / "files"
    target.mkdir()
    damaged = []
    names = stored_files(source)
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        if not _copy_file(source / name, target / name, earlier / name):
            damaged.append(name)
    return len(names), damaged


def stored_files(source: Path) -> list[str]:
    """Names, below `source`, of all finished files; a name with a leading dot is a draft."""
    found = [
        os.path.relpath(os.path.join(folder, name), source)
        for folder, _folders, names in os.walk(source)
        for name in names
        if not name.startswith(".")
    ]
    return sorted(found)


def _copy_file(source: Path, target: Path, earlier: Path) -> bool:
    """Copy one file; False when its content is not what its name, a hash, says."""
    named = HASH_NAME.match(source.name)
    if named and earlier.is_file():
        with suppress(OSError):  # a file system without links: copied below
            os.link(earlier, target)
            if hash_of(target) == named[1]:
                return True
            target.unlink()  # the earlier archive has decayed
    with suppress(FileNotFoundError):  # erased meanwhile: a person's wish, not a loss
        shutil.copyfile(source, target)
        return not named or hash_of(target) == named[1]
    return True


def _refuse_full_disk(draft: Path, connection: psycopg.Connection, data: DataDir) -> None:
    """Refuse early: half a backup on a full disk helps nobody and may stop the house."""
    row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    database = int(row[0]) if row else 0
    files = sum((data.files / name).stat().st_size for name in stored_files(data.files))
    needed, free = 2 * database + files + SPARE, shutil.disk_usage(draft).free
    if free < needed:
        raise ServerError(
            _(
                "The backup needs %(needed)s MB in %(path)s and %(free)s MB are free. Free some "
                "space or name another place."
            ),
            needed=needed // MIB,
            free=free // MIB,
            path=draft.parent,
        )


def _prove(archive: Archive, place: Path) -> None:
    """Restore the dump into a temporary server and compare every table."""
    with tempfile.TemporaryDirectory(prefix=".anju-proof-", dir=place) as directory:
        with Cluster(directory, fsync=False) as cluster:
            _fill(archive, cluster.dsn("owner"), lambda _line: None)


def _free_name(wanted: Path) -> Path:
    """The name, or the next free one when two backups fall into the same second."""
    names = (wanted.with_name(f"{wanted.name}-{n}") for n in range(2, 1000))
    return wanted if not wanted.exists() else next(name for name in names if not name.exists())


def _version() -> str:
    try:
        return metadata.version("anju")
    except metadata.PackageNotFoundError:  # run from the source tree without an installation
        return "source"


# Steps of a restore


def _refuse_filled(owner: str) -> None:
    with psycopg.connect(owner) as connection:
        if connection.execute(TABLES).fetchone():
            raise ServerError(
                _(
                    "The database named by DATABASE_URL already has tables, and a restore never "
                    "writes over anything. Name an empty database; nothing was changed."
                )
            )


def _fill(archive: Archive, owner: str, progress: Progress) -> None:
    progress(Said(_("Filling the database.")))
    with psycopg.connect(owner) as connection:
        version = connection.info.server_version
    load(owner, file=archive.database, server_version=version)
    progress(Said(_("Comparing every table.")))
    with snapshot(owner) as (connection, _name):
        wrong = differences(archive.tables, contents(connection))
    if wrong:
        raise ServerError(
            _("The restored tables differ from the backup: %(tables)s. Use another backup."),
            tables=", ".join(wrong),
        )


def _return_files(archive: Archive, data: DataDir) -> None:
    for kind, target in (("files", data.files), ("keys", data.keys)):
        source = archive.path / kind
        for name in stored_files(source):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, target / name)
        data.own_tree(target)
        sync_tree(target)


def _outcome(archive: Archive, began: float) -> Outcome:
    return Outcome(
        path=archive.path,
        tables=len(archive.tables),
        rows=archive.rows,
        files=archive.manifest["files"],
        bytes=archive.bytes,
        seconds=time.monotonic() - began,
        damaged=archive.damaged,
    )
