"""Checking an archive with nothing but the file. Pure: no database, no settings, no models."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from anju.foundation.events.problems import Problem
from anju.foundation.events.rules import (
    SealForm,
    Value,
    leaf_of,
    root_from_proof,
    row_digest,
)

FORMAT = "anju-archive-1"
LARGEST_JSON = 256 * 1024 * 1024
MEMBERS = 100_000
CHUNK = 256 * 1024
DOCUMENTS = ("README.txt", "archive.json", "shown.json", "rows.json", "events.json", "seals.json")
# What the readers of ZIP and JSON, and our own reading of their content, raise on foreign bytes.
BROKEN = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, LookupError, TypeError,
    AttributeError, ArithmeticError, RuntimeError,
)  # fmt: skip


@dataclass
class Checked:
    """What an archive says and whether it holds: `seals` by number, for comparing with anchors."""

    title: str = ""
    company: UUID | None = None
    events: int = 0
    values: int = 0
    rows: int = 0
    files: int = 0
    seals: dict[int, SealForm] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def check_archive(path: Path) -> list[Problem]:
    """Everything in the archive that is not as it was sealed; empty when all of it holds.

    Never raises on a damaged or hostile file, and never unpacks one: it says what is wrong.
    """
    return read_archive(path).problems


def read_archive(path: Path) -> Checked:
    """The same, with what the archive says of itself."""
    checked = Checked()
    try:
        with zipfile.ZipFile(path) as archive:
            checked.problems += _members(archive)
            if not any(p.code == "archive.broken" for p in checked.problems):
                _contents(archive, checked)
    except BROKEN as error:
        checked.problems.append(Problem("archive.broken", f"{type(error).__name__}"))
    return checked


def _members(archive: zipfile.ZipFile) -> Iterator[Problem]:
    """The members against the manifest: none missing, none too many, none changed."""
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(names) > MEMBERS or len(set(names)) != len(names):
        yield Problem("archive.broken", "members")
        return
    manifest: dict[str, dict[str, Any]] = _load(archive, "manifest.json")
    for name in sorted({*manifest, *DOCUMENTS} ^ ({*names} - {"manifest.json"})):
        yield Problem("archive.member", name)
    for name in sorted(manifest.keys() & {*names}):
        said = manifest[name]
        size = archive.getinfo(name).file_size
        if size != said["size"] or _sha256(archive, name) != said["sha256"]:
            yield Problem("archive.member", name)


def _load(archive: zipfile.ZipFile, name: str) -> Any:
    if archive.getinfo(name).file_size > LARGEST_JSON:
        raise ValueError(name)
    return json.loads(archive.read(name))


def _sha256(archive: zipfile.ZipFile, name: str) -> str:
    sha256 = hashlib.sha256()
    with archive.open(name) as member:
        while chunk := member.read(CHUNK):
            sha256.update(chunk)
    return sha256.hexdigest()


def _contents(archive: zipfile.ZipFile, checked: Checked) -> None:
    head = _load(archive, "archive.json")
    if head["format"] != FORMAT:
        raise ValueError("format")
    checked.title, checked.company = str(head["title"]), UUID(head["company"])
    rows, events = _load(archive, "rows.json"), _load(archive, "events.json")
    checked.events, checked.rows = len(events), len(rows)
    for seal in _load(archive, "seals.json"):
        checked.problems += _seal(seal, checked.company, checked.seals)
    for event in events:
        checked.problems += _event(event, checked)
    checked.problems += _rows(rows, events)
    names = [n for n in archive.namelist() if n.startswith("files/")]
    checked.files = len(names)
    checked.problems += _files(archive, names, head, rows)


def _seal(seal: Mapping[str, Any], company: UUID, seals: dict[int, SealForm]) -> Iterator[Problem]:
    form = SealForm(
        company=company,
        n=int(seal["n"]),
        first=int(seal["first"]),
        last=int(seal["last"]),
        root=bytes.fromhex(seal["root"]),
        previous=bytes.fromhex(seal["previous"]),
        at=datetime.fromisoformat(seal["at"]),
    )
    seals[form.n] = form
    if form.digest.hex() != seal["digest"]:
        yield Problem("archive.seal", str(form.n))


def _event(event: Mapping[str, Any], checked: Checked) -> Iterator[Problem]:
    where, leaf = str(event["id"]), bytes.fromhex(event["leaf"])
    form: Any = SimpleNamespace(
        **{k: event[k] for k in ("id", "name", "subject_kind", "subject_id", "by")},
        **{k: event[k] for k in ("said", "wrote", "values")},
        company_id=checked.company,
        at=datetime.fromisoformat(event["at"]),
        noted_at=datetime.fromisoformat(event["noted_at"]),
    )
    if leaf_of(form) != leaf:
        yield Problem("archive.leaf", where)
    seal = checked.seals.get(event["seal"])
    proof = [bytes.fromhex(sibling) for sibling in event["proof"]]
    if seal is None or seal.root != root_from_proof(
        leaf, event["position"] - seal.first, seal.last - seal.first + 1, proof
    ):
        yield Problem("archive.proof", where)
    for name, held in event["held"].items():
        checked.values += 1
        value = Value(name, bytes.fromhex(held["salt"]), held["text"])
        if event["values"].get(name) != value.commitment:
            yield Problem("archive.value", where, facts={"name": name})


def _rows(rows: Mapping[str, Any], events: list[dict[str, Any]]) -> Iterator[Problem]:
    """Each row as the last event in here wrote it, and each was written by one."""
    last: dict[str, str] = {}
    for event in sorted(events, key=lambda e: int(e["position"])):
        last.update(event["wrote"])
    for key, fields in rows.items():
        if last.get(key) != row_digest(fields):
            yield Problem("archive.row", key)


def _files(
    archive: zipfile.ZipFile, names: list[str], head: Mapping[str, Any], rows: Mapping[str, Any]
) -> Iterator[Problem]:
    """Each file is the content it is named after, and a sealed row knows that content."""
    known = {fields.get("sha256") for fields in rows.values() if isinstance(fields, dict)}
    here = set()
    for name in names:
        sha256 = _sha256(archive, name)
        here.add(sha256)
        if name.removeprefix("files/").partition(".")[0] != sha256 or sha256 not in known:
            yield Problem("archive.file", name)
    for file in head["files"]:
        if file["sha256"] not in here:
            yield Problem("archive.member", f"files/{file['sha256']}")
