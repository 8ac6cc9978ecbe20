"""A backup on disk: what lies in it, and whether it is still what was written.

manifest.json    time, versions, rows and digest of each table, number of files
database.dump    pg_dump, custom format
files/  keys/    copies
SHA256SUMS       every file above, as `sha256sum -c` reads it
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anju.foundation.server.dump import Content
from anju.foundation.server.errors import ServerError, _

FORMAT = 1
SUMS = "SHA256SUMS"


@dataclass(frozen=True)
class Archive:
    """One backup."""

    path: Path
    manifest: dict[str, Any]

    @property
    def database(self) -> Path:
        return self.path / "database.dump"

    @property
    def tables(self) -> dict[str, Content]:
        return {name: Content(**content) for name, content in self.manifest["tables"].items()}

    @property
    def rows(self) -> int:
        return sum(content.rows for content in self.tables.values())

    @property
    def bytes(self) -> int:
        return sum((self.path / name).stat().st_size for name in members(self.path))

    @property
    def damaged(self) -> list[str]:
        """Files that no longer were what their name says when the backup copied them."""
        return list(self.manifest["damaged"])


def open_archive(path: Path) -> Archive:
    """Read the archive at `path` and compare every byte with the hashes written down.

    Raises ServerError, naming what differs, when it is not whole.
    """
    try:
        written = read_sums(path)
        found = {name: hash_of(path / name) for name in members(path)}
        manifest = json.loads((path / "manifest.json").read_text())
        if manifest["format"] != FORMAT:
            raise ServerError(
                _("The backup %(path)s was made by a newer Anju. Restore it with that one."),
                path=path,
            )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ServerError(
            _("%(path)s is not a whole backup of Anju (%(why)s). Use another one."),
            path=path,
            why=error,
        ) from error
    wrong = sorted(name for name in written | found if written.get(name) != found.get(name))
    if wrong:
        raise ServerError(
            _(
                "The backup %(path)s is damaged: %(count)s of its files are missing or not what "
                "was written, the first is %(first)s. Use another backup."
            ),
            path=path,
            count=len(wrong),
            first=wrong[0],
        )
    return Archive(path, manifest)


def members(path: Path) -> list[str]:
    """Names of all files in the archive but the list of sums."""
    names = [
        os.path.relpath(os.path.join(folder, name), path)
        for folder, _folders, files in os.walk(path)
        for name in files
    ]
    return sorted(name for name in names if name != SUMS)


def hash_of(file: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_sums(path: Path) -> dict[str, str]:
    """Hash by name, as written; ValueError when a line is not one."""
    pairs = [line.split("  ", 1) for line in (path / SUMS).read_text().splitlines()]
    return {name: digest for digest, name in pairs}


def write_sums(path: Path) -> None:
    """Write the hashes of all files of the archive."""
    lines = [f"{hash_of(path / name)}  {name}\n" for name in members(path)]
    (path / SUMS).write_text("".join(lines))
