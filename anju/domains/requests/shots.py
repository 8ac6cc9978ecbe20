"""The evidence of a case as pages show it."""

from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anju.engine.loop.models import Case, Record
from anju.engine.loop.queries import files_of
from anju.foundation.access.queries import names_of, who_did
from anju.foundation.files.models import StoredFile
from anju.foundation.kit.parts import Shot
from anju.foundation.tenancy.actor import Actor

_STAGES = {"before": _("before the work"), "after": _("after the work")}


def shots_of(case: Case, actor: Actor) -> list[Shot]:
    """Photos and files in the order they came, each with who added it and when. Three queries."""
    return [shot for _record, shot in _of_case(case, case.records.all(), actor)]


def staged_shots(case: Case, work: UUID, actor: Actor) -> dict[str, list[Shot]]:
    """The same of one work order and of what belongs to none, by what they show: "before" and
    "after" the work, "" for the rest. Three queries."""
    found: dict[str, list[Shot]] = {"before": [], "after": [], "": []}
    records = case.records.filter(Q(work_id=work) | Q(work_id=None))
    for record, shot in _of_case(case, records, actor):
        found.setdefault(str(record.value.get("stage", "")), []).append(shot)
    return found


def _of_case(case: Case, rows: QuerySet[Record], actor: Actor) -> Iterable[tuple[Record, Shot]]:
    if not actor.may("file.see", case.place.path if case.place else ""):
        return []
    return shots_among(rows, lambda record: _url(case, record), actor)


def shots_among(
    rows: QuerySet[Record], url: Callable[[Record], str], actor: Actor
) -> list[tuple[Record, Shot]]:
    """Those of these records that have a file, in the order they came, each with what shows it.
    `url`: where its file is. Whether the actor may see files there, the caller asks. Three
    queries."""
    records = list(rows.filter(file_id__isnull=False).order_by("noted_at", "id"))
    if not records:
        return []
    files, names = (
        files_of(records),
        names_of({id for r in records for id in (r.by, r.written_by) if id}, actor=actor),
    )
    shown: Sequence[tuple[Record, StoredFile]] = [(r, files[r.file_id]) for r in records]
    return [
        (
            record,
            Shot(
                caption=str(_STAGES.get(record.value.get("stage"), file.name)),
                url=f"{url(record)}?size={'1600' if file.is_picture else 'original'}",
                thumb=f"{url(record)}?size=400" if file.is_picture else "",
                note=" · ".join(
                    filter(
                        None,
                        [
                            f"{timezone.localtime(record.at):%m-%d %H:%M}",
                            who_did(record.by, record.written_by, names),
                        ],
                    )
                ),
            ),
        )
        for record, file in shown
        if file.erased_at is None
    ]


def _url(case: Case, record: Record) -> str:
    return reverse("requests:evidence", args=[case.id, record.id])
