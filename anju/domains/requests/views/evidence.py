"""Photos of a case: adding, showing; and the archive of a case."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.requests.forms import PhotosForm
from anju.domains.requests.views.pages import case_page, the_case
from anju.engine.loop.commands.evidence import Added, Given, add_evidence
from anju.engine.loop.commands.exporting import export_case
from anju.engine.loop.models import Case, WorkOrder
from anju.foundation.access.doors import Request, door
from anju.foundation.files.queries import stored_file
from anju.foundation.files.views import Size, file_response
from anju.foundation.kit.forms import show_refusal
from anju.foundation.tenancy.errors import NotYet, Unknown
from anju.foundation.tenancy.rows import only

SIZES: dict[str, Size] = {"400": "400", "1600": "1600"}


@door("record.add")
def photos(request: Request, id: UUID) -> HttpResponse:
    """Add photos to a case: the good ones are kept, the others are named with what is wrong."""
    back = HttpResponseRedirect(f"{reverse('requests:case', args=[id])}#evidence")
    if request.method != "POST":
        return back
    shown = the_case(request, id)
    form = PhotosForm(request.POST, request.FILES)
    if not form.is_valid():
        return case_page(request, shown, form=form, status=422)
    try:
        added = add(request, shown, form.cleaned_data["photos"])
    except NotYet as refusal:
        show_refusal(form, refusal)
        return case_page(request, shown, form=form, status=422)
    if not added.refused:
        return back
    # Those kept stay kept, so the act is done: sending the same again would keep them twice.
    status = 200 if added.records else 422
    return case_page(request, shown, form=wrong_in(form, added.refused), status=status)


def add(
    request: Request, shown: Case, files: Iterable[Any], *, work: WorkOrder | None = None
) -> Added:
    """Hand uploaded files (Django's UploadedFile) to the command."""
    given = [Given(str(file.name), file) for file in files]
    return add_evidence(shown.id, given, actor=request.actor, work_id=work.id if work else None)


def wrong_in(form: PhotosForm, refused: Sequence[tuple[str, Any]]) -> PhotosForm:
    """Each refused file by its name, beside the field."""
    form.errors.clear()
    for name, why in refused:
        form.add_error("photos", f"{name}: {why}" if name else str(why))
    return form


@door("file.see", methods="GET")
def evidence(request: Request, id: UUID, record: UUID) -> HttpResponseBase:
    """One file of a case, for who may see the case: drawn smaller, or the original to keep."""
    shown = the_case(request, id)
    request.actor.require("file.see", shown.place.path if shown.place else "")
    found = only(shown.records.filter(id=record, file_id__isnull=False))
    if found is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    file = stored_file(found.file_id, actor=request.actor)
    return file_response(file, size=SIZES.get(request.GET.get("size", ""), "original"))


@door("journal.see", methods="POST")
def archive(request: Request, id: UUID) -> HttpResponseBase:
    """The archive of a case as a ZIP that proves itself."""
    shown, content = export_case(id, actor=request.actor)
    return FileResponse(
        content,
        as_attachment=True,
        filename=f"{shown.number}.zip",
        content_type="application/zip",
    )
