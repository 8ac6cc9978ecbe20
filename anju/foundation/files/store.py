"""Where the bytes lie: one folder per company, each content once, named by its SHA-256.

    FILES_ROOT/<company>/sha256/aa/bb/<sha256>        the bytes as they came
    FILES_ROOT/<company>/small/aa/bb/<sha256>.<edge>  pictures drawn smaller, 1600 and 400
    FILES_ROOT/<company>/coming/                      not finished yet
    FILES_ROOT/<company>/parts/<account>.<sha256>     the beginning of one that comes in pieces

A file is written beside its place, flushed to the disk and renamed: whoever opens it finds all of
it. Companies share nothing, so erasing in one never asks about another.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from uuid import UUID

from django.conf import settings

from anju.foundation.files import picture
from anju.foundation.files.rules import MAX_PIXELS, Kind

CHUNK = 256 * 1024
PATIENCE = 20  # seconds of the clock for a child that may use ten of the processor
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


class TooLarge(Exception):
    """More bytes than the kind of file may have."""


@dataclass(frozen=True)
class Received:
    """Bytes that have come, in their folder; `sha256` in hex."""

    folder: Path
    path: Path
    sha256: str
    size: int


def company_folder(company: UUID) -> Path:
    """All files of one company."""
    return Path(settings.FILES_ROOT) / str(company)


def content_path(company: UUID, sha256: str) -> Path:
    """Where the bytes lie as they came."""
    return company_folder(company) / "sha256" / sha256[:2] / sha256[2:4] / sha256


def small_path(company: UUID, sha256: str, edge: int) -> Path:
    """Where the picture lies whose longer side is at most `edge` pixels."""
    return company_folder(company) / "small" / sha256[:2] / sha256[2:4] / f"{sha256}.{edge}"


@contextmanager
def receiving(company: UUID, head: bytes, rest: BinaryIO, limit: int) -> Iterator[Received]:
    """Write `head` and `rest` into a folder of their own, removed at the end with what is in it.

    Raises `TooLarge` as soon as there are more than `limit` bytes.
    """
    coming = company_folder(company) / "coming"
    coming.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = Path(tempfile.mkdtemp(dir=coming))
    try:
        sha256, size, path = hashlib.sha256(), 0, folder / "content"
        with path.open("xb") as file:
            chunk = head
            while chunk:
                size += len(chunk)
                if size > limit:
                    raise TooLarge
                sha256.update(chunk)
                file.write(chunk)
                chunk = rest.read(CHUNK)
            file.flush()
            os.fsync(file.fileno())
        yield Received(folder, path, sha256.hexdigest(), size)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def looked_at(received: Received, kind: Kind) -> dict[str, Any]:
    """What a child process found in a picture (see `picture`); the small ones lie beside it."""
    command = [sys.executable, "-I", str(Path(picture.__file__)), str(received.path)]
    try:
        child = subprocess.run(
            [*command, FORMATS[kind.mime], str(received.folder), str(MAX_PIXELS)],
            capture_output=True,
            timeout=PATIENCE,
            check=True,
            env={},
        )
        found: dict[str, Any] = json.loads(child.stdout)
        return found
    except subprocess.CalledProcessError as error:
        # Ended by a limit or by a crash of its decoder; a limit means that it was too much.
        return {"problem": "pixels" if error.returncode < 0 else "damaged"}
    except (subprocess.TimeoutExpired, ValueError):
        return {"problem": "pixels"}


def settle(company: UUID, received: Received) -> None:
    """Move the bytes, and the small pictures if there are any, to their place for good."""
    for edge in picture.EDGES:
        small = received.folder / f"{edge}.webp"
        if small.exists():
            _move(small, small_path(company, received.sha256, edge))
    _move(received.path, content_path(company, received.sha256))


def _move(source: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    source.chmod(0o600)
    source.replace(place)  # the same content again: the younger copy, so no sweep takes it for old
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def part_path(company: UUID, by: UUID, sha256: str) -> Path:
    """Where the beginning of a file lies that an account sends in pieces."""
    return company_folder(company) / "parts" / f"{by.hex}.{sha256}"


class Readable(Protocol):
    """What bytes can be read from: a file, a request."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most so many; none at the end."""
        ...


def add_part(path: Path, start: int, piece: Readable, limit: int) -> int:
    """Append to what has come so far; how much there is then. What begins elsewhere than at its
    end changes nothing. Raises `TooLarge` when there would be more than `limit` bytes."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = file.seek(0, os.SEEK_END)
        if size != start:
            return size
        while chunk := piece.read(CHUNK):
            size += len(chunk)
            if size > limit:
                file.truncate(start)
                raise TooLarge
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return size


def parts(company: UUID) -> Iterator[Path]:
    """The beginnings of files that have not come whole."""
    folder = company_folder(company) / "parts"
    return iter(sorted(folder.iterdir())) if folder.is_dir() else iter(())


def discard(company: UUID, sha256: str) -> None:
    """Remove a content and its small pictures; nothing happens when it is not there."""
    for edge in picture.EDGES:
        small_path(company, sha256, edge).unlink(missing_ok=True)
    content_path(company, sha256).unlink(missing_ok=True)


def contents(company: UUID) -> Iterator[Path]:
    """Every content that lies in a company's folder, one sub-folder at a time."""
    root = company_folder(company) / "sha256"
    for folder in sorted(root.glob("??/??")):
        yield from sorted(folder.iterdir())


def unfinished(company: UUID) -> Iterator[Path]:
    """Folders of what was being received, the dead ones of crashed processes among them."""
    coming = company_folder(company) / "coming"
    return iter(sorted(coming.iterdir())) if coming.is_dir() else iter(())


def remove_unfinished(folder: Path) -> None:
    """Remove what a crashed process left behind while it received."""
    shutil.rmtree(folder, ignore_errors=True)
