"""Reads: what is still to come for a piece of work."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anju.engine.loop.models import WorkOrder
from anju.engine.offline.doing import ENDS
from anju.engine.offline.models import Delivery
from anju.foundation.files.models import StoredFile
from anju.foundation.tenancy.actor import Actor


@dataclass(frozen=True)
class Awaited:
    """Files of a piece of work that are still on somebody's device: `command` brought word of
    them, `files` by hash. `finished_at`: the work was finished there, and is done with them."""

    command: UUID
    who: UUID
    at: datetime
    files: tuple[str, ...]
    finished_at: datetime | None


def awaited_for(work_id: UUID, *, actor: Actor) -> list[Awaited]:
    """What work that the caller sees still waits for, in the order it was made. One query."""
    mine = Delivery.objects.filter(company_id=actor.company_id, stream__subject=work_id)
    rows = list(mine.waiting().order_by("at", "id"))
    ended = {row.stream_id: row.at for row in rows if row.name == ENDS}
    return [
        Awaited(row.command, row.who, row.at, tuple(row.lacks), ended.get(row.stream_id))
        for row in rows
        if row.lacks
    ]


def subject_of(work_id: UUID, *, actor: Actor) -> tuple[str, UUID]:
    """What events about a piece of work are told of: its case where it has one. One query."""
    works = WorkOrder.objects.filter(company_id=actor.company_id, id=work_id)
    case = works.values_list("case_id", flat=True).first()
    return ("case", case) if case else ("work", work_id)


def files_here(wanted: Iterable[str], *, who: UUID, company: UUID) -> dict[str, StoredFile]:
    """Those of the hashes that `who` has given us, by hash. One query."""
    kept = StoredFile.objects.filter(company_id=company, by=who, erased_at=None)
    found = kept.filter(sha256__in=list(wanted)).order_by("-made_at")
    return {file.sha256: file for file in found}
