"""`anju verify`: every stored file is still there, byte for byte."""

import hashlib
from collections.abc import Iterator

from anju.foundation.events.problems import Problem
from anju.foundation.events.registry import Scope, verifies
from anju.foundation.files import store
from anju.foundation.files.models import StoredFile


@verifies("files")
def stored_files(scope: Scope) -> Iterator[Problem]:
    """Contents that are gone or changed; each is read once, `quick` compares sizes only."""
    seen = ""
    mine = StoredFile.objects.using(scope.using).filter(company_id=scope.company, erased_at=None)
    for file in mine.order_by("sha256").iterator(chunk_size=2_000):
        if file.sha256 == seen:
            continue
        seen = file.sha256
        try:
            size, sha256 = _measured(file, quick=scope.quick)
        except FileNotFoundError:
            yield Problem("file.missing", str(file.id))
            continue
        if size != file.size or sha256 not in ("", file.sha256):
            yield Problem("file.changed", str(file.id))


def _measured(file: StoredFile, *, quick: bool) -> tuple[int, str]:
    path = store.content_path(file.company_id, file.sha256)
    if quick:
        return path.stat().st_size, ""
    with path.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        return content.tell(), sha256
