"""The evidence of a case as pages show it."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anju.engine.loop.models import Case, Record
from anju.engine.loop.queries import files_of
from anju.foundation.access.queries import names_of
from anju.foundation.files.models import StoredFile
from anju.foundation.kit.parts import Shot
from anju.foundation.tenancy.actor import Actor

_STAGES = {"before": _("before the work"), "after": _("after the work")}


def shots_of(case: Case, actor: Actor) -> list[Shot]:
    """Photos and files in the order they came, each with who added it and when. Three queries."""
    if not actor.may("file.see", case.place.path if case.place else ""):
        return []
    records = [r for r in case.records.order_by("noted_at", "id") if r.file_id]
    if not records:
        return []
    files, names = files_of(records), names_of({r.by for r in records}, actor=actor)
    shown: Sequence[tuple[Record, StoredFile]] = [(r, files[r.file_id]) for r in records]
    return [
        Shot(
            caption=str(_STAGES.get(record.value.get("stage"), file.name)),
            url=f"{_url(case, record)}?size={'1600' if file.is_picture else 'original'}",
            thumb=f"{_url(case, record)}?size=400" if file.is_picture else "",
            note=" · ".join(
                filter(None, [f"{timezone.localtime(record.at):%m-%d %H:%M}", names.get(record.by)])
            ),
        )
        for record, file in shown
        if file.erased_at is None
    ]


def _url(case: Case, record: Record) -> str:
    return reverse("requests:evidence", args=[case.id, record.id])
