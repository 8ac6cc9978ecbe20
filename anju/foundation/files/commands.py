"""Keeping, erasing and sweeping files."""

import hashlib
import io
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.files import store
from anju.foundation.files.models import StoredFile
from anju.foundation.files.queries import given_before
from anju.foundation.files.rules import (
    HEAD,
    MAX_PIXELS,
    MB,
    MOST,
    XLSX,
    Kind,
    clean_name,
    is_workbook,
    kind_of,
)
from anju.foundation.lib import now, uuid7
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only

Content = bytes | BinaryIO | StoredFile
PARTS_KEPT = timedelta(days=30)  # a phone may be without a signal for long
LEFT_ALONE = timedelta(days=1)  # what is younger may belong to a transaction still open


def keep_file(content: Content, *, actor: Actor, name: str) -> StoredFile:
    """Keep a file for good: its content on the disk, flushed, then its row, and `file.kept` told.
    One that is kept already is given back.

    The kind is told by the bytes; pictures are decoded in a process of their own and drawn
    smaller without their metadata. Refuses (`NotYet`, field `file`) an empty file, a kind that is
    not on the list, one that is too large, damaged, or has more than 50 million pixels. Whether
    the actor may hang a file on something is asked by the command that calls this one.
    """
    if isinstance(content, StoredFile):
        return content
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    head = stream.read(HEAD)
    kind = kind_of(head)
    if kind is None:
        raise _refusal(head)
    try:
        with store.receiving(actor.company_id, head, stream, kind.limit) as received:
            return _kept(received, kind, actor, name)
    except store.TooLarge as error:
        raise _refused(
            _(
                "The file is larger than %(limit)s MB, the limit for its kind (%(kind)s), so it "
                "was not kept. Make it smaller and send it again."
            )
            % {"limit": kind.limit // MB, "kind": kind.ending.upper()}
        ) from error


def keep_piece(
    sha256: str, piece: store.Readable, *, actor: Actor, start: int, total: int, name: str
) -> StoredFile | int:
    """Add a piece of a file that comes by its hash, from byte `start` of `total`: the file when it
    is whole and kept, else how many bytes there are now. A piece that begins elsewhere adds
    nothing. Refuses as `keep_file`, and (`NotYet`) more than `total` bytes or another content than
    was announced: then it begins anew."""
    with acting(actor):
        if kept := given_before(sha256, actor=actor):
            return kept
    path = store.part_path(actor.company_id, actor.id, sha256)
    try:
        have = store.add_part(path, start, piece, min(total, MOST))
    except store.TooLarge as error:
        raise _refused(_("More came than was announced, so it was not kept.")) from error
    if have < total:
        return have
    try:
        with path.open("rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() != sha256:
                text = _("What came is not what was announced. It is sent once more.")
                raise NotYet(text, code="hash", fields={"file": text})
            content.seek(0)
            return keep_file(content, actor=actor, name=name)
    finally:
        path.unlink(missing_ok=True)


def _kept(received: store.Received, kind: Kind, actor: Actor, name: str) -> StoredFile:
    facts = _checked(received, kind)
    with acting(actor):
        _alone_with(received.sha256, actor)
        store.settle(actor.company_id, received)
        kept = StoredFile.objects.create(
            id=uuid7(),
            company_id=actor.company_id,
            sha256=received.sha256,
            size=received.size,
            kind=kind.mime,
            name=clean_name(name, kind),
            by=actor.id,
            made_at=now(),
            **facts,
        )
        tell(
            "file.kept",
            subject=("file", kept.id),
            actor=actor,
            said={"sha256": kept.sha256, "size": kept.size, "kind": kept.kind},
            wrote=written(kept),
        )
    return kept


def _checked(received: store.Received, kind: Kind) -> dict[str, Any]:
    """What the content says of itself; refuses what is not what it seems."""
    if kind is XLSX:
        with received.path.open("rb") as file:
            if not is_workbook(file):
                raise _not_taken()
    if not kind.picture:
        return {}
    found = store.looked_at(received, kind)
    problem = found.get("problem")
    if problem == "pixels":
        raise _refused(
            _(
                "The picture has more than %(millions)s million pixels or needs too much work to "
                "open, so it was not kept. Send it in a smaller size."
            )
            % {"millions": MAX_PIXELS // 1_000_000}
        )
    if problem:
        raise _refused(
            _(
                "The picture is damaged or did not arrive whole, so it was not kept. "
                "Take or choose it again and send it once more."
            )
        )
    return found


def _refusal(head: bytes) -> NotYet:
    if not head:
        return _refused(_("The file is empty, so there was nothing to keep. Choose it again."))
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"hevc"):
        return _refused(
            _(
                "HEIC pictures cannot be checked here, so it was not kept. Send it as JPEG: on an "
                "iPhone choose Settings, Camera, Formats, Most Compatible."
            )
        )
    return _not_taken()


def _not_taken() -> NotYet:
    return _refused(
        _(
            "This kind of file is not taken, so it was not kept. Send a picture (JPEG, PNG, WebP), "
            "a PDF, an Excel file (.xlsx, without macros), a video (MP4, WebM) or a sound (M4A)."
        )
    )


def _refused(message: Any) -> NotYet:
    return NotYet(message, code="file", fields={"file": message})


def erase_file(file_id: UUID, *, actor: Actor, reason: str) -> None:
    """Remove a file's content and name for good; its row, size and fingerprint stay.

    Tells `file.erased` with the reason. The content goes when the transaction has committed, and
    only if no other row of the company has the same. Refuses (`Unknown`) what is not there and
    (`Conflict`) what has been erased.
    """
    with acting(actor):
        mine = StoredFile.objects.filter(company_id=actor.company_id)
        file = only(mine.filter(id=file_id))
        if file is None:
            raise Unknown(_("There is no such file, or you may not see it."))
        at = now()
        if not mine.filter(id=file_id, erased_at=None).update(
            erased_at=at, name="", taken="", dhash=""
        ):
            raise Conflict(_("This file has been erased already. There is nothing left to do."))
        file.erased_at, file.name, file.taken = at, "", ""
        tell(
            "file.erased",
            subject=("file", file.id),
            actor=actor,
            said={"reason": reason},
            wrote=written(file),
        )
        transaction.on_commit(lambda: _discard(file.sha256, actor))


def sweep_files(*, actor: Actor) -> int:
    """Remove contents older than a day that no row names, and what never finished arriving.

    They come from crashes between the disk and the database, and from erasures. Returns how many
    were removed. Safe to repeat and to run at any time.
    """
    company, removed = actor.company_id, 0
    old = now() - LEFT_ALONE
    for folder in store.unfinished(company):
        if _changed_at(folder) < old:
            store.remove_unfinished(folder)
            removed += 1
    for part in store.parts(company):
        if _changed_at(part) < now() - PARTS_KEPT:
            part.unlink(missing_ok=True)
            removed += 1
    for content in store.contents(company):
        if _changed_at(content) >= old:
            continue
        removed += _discard(content.name, actor)
    return removed


def _discard(sha256: str, actor: Actor) -> bool:
    """Remove a content unless a row still names it."""
    with acting(actor):
        _alone_with(sha256, actor)
        if StoredFile.objects.filter(
            company_id=actor.company_id, sha256=sha256, erased_at=None
        ).exists():
            return False
        store.discard(actor.company_id, sha256)
        return True


def _alone_with(sha256: str, actor: Actor) -> None:
    """Wait until no other transaction keeps or discards this content: until this one ends."""
    key = hashlib.sha256(f"{actor.company_id}{sha256}".encode()).digest()[:8]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(key, "big", signed=True)]
        )


def _changed_at(path: Any) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:  # its own process has finished with it meanwhile
        return now()
