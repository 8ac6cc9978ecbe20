"""Handing a file out. The page that calls this has asked whether its reader may have it."""

from typing import Literal

from django.http import FileResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from anju.foundation.files import store
from anju.foundation.files.models import StoredFile
from anju.foundation.files.rules import KINDS
from anju.foundation.tenancy.errors import Unknown

Size = Literal["original", "1600", "400"]
NOTHING_RUNS = "default-src 'none'; style-src 'none'; script-src 'none'; sandbox"


def file_response(file: StoredFile, *, size: Size = "original") -> FileResponse:
    """The file as a download, or a picture drawn smaller, without its metadata, to be shown.

    Whatever its bytes hold, a browser does not run them: the type is ours and not guessed, the
    original is never shown inside a page, and the answer is a sandbox of its own. Raises `Unknown`
    when the content is gone or the file has no smaller pictures.
    """
    shown = size != "original" and file.is_picture
    path = (
        store.small_path(file.company_id, file.sha256, int(size))
        if shown
        else store.content_path(file.company_id, file.sha256)
    )
    try:
        content = path.open("rb")
    except FileNotFoundError as error:
        raise Unknown(_("There is no such file, or you may not see it.")) from error
    known = KINDS.get(file.kind)
    mime = known.mime if known else "application/octet-stream"
    response = FileResponse(content, content_type="image/webp" if shown else mime)
    name = content_disposition_header(not shown, file.name or file.sha256)
    response["Content-Disposition"] = name or "attachment"
    response["Content-Length"] = path.stat().st_size
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = NOTHING_RUNS
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, max-age=300"
    return response
