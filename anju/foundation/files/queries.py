"""Finding a stored file, and opening its content."""

from typing import BinaryIO
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anju.foundation.files import store
from anju.foundation.files.models import StoredFile
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Unknown
from anju.foundation.tenancy.rows import only


def stored_file(file_id: UUID, *, actor: Actor) -> StoredFile:
    """The file under an id that the caller has found on a row its `seen_by` gave it.

    A file has no place of its own: who may see the row it hangs on may see it. Raises `Unknown`
    when it is not there or was erased.
    """
    mine = StoredFile.objects.filter(company_id=actor.company_id, erased_at=None)
    file = only(mine.filter(id=file_id))
    if file is None:
        raise Unknown(_("There is no such file, or you may not see it."))
    return file


def given_before(sha256: str, *, actor: Actor) -> StoredFile | None:
    """The file of this content that the actor has given before, if it is still there."""
    mine = StoredFile.objects.filter(company_id=actor.company_id, by=actor.id, erased_at=None)
    return mine.filter(sha256=sha256).order_by("made_at").first()


def come_so_far(sha256: str, *, actor: Actor) -> int:
    """How many bytes of a file have come that the actor sends in pieces."""
    path = store.part_path(actor.company_id, actor.id, sha256)
    return path.stat().st_size if path.exists() else 0


def open_content(file: StoredFile) -> BinaryIO:
    """The bytes as they came. Raises FileNotFoundError when they are gone."""
    return store.content_path(file.company_id, file.sha256).open("rb")
