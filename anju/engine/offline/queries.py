"""Reads: what is still to come for a piece of work."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from anju.engine.loop.models import WorkOrder
from anju.engine.offline.doing import ENDS, OWN, Step, Whose
from anju.engine.offline.models import Delivery, DeliveryQuery, Device
from anju.foundation.files.models import StoredFile
from anju.foundation.places.models import under
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
    ended = {row.stream_id: row.at for row in rows if row.name in ENDS}
    return [
        Awaited(row.command, row.who, row.at, tuple(row.lacks), ended.get(row.stream_id))
        for row in rows
        if row.lacks
    ]


@dataclass(frozen=True)
class Late:
    """Files that are still on a phone, with the work they belong to, or what else they do."""

    awaited: Awaited
    work: WorkOrder | None = None
    whose: Whose | None = None


def phones_of(actor: Actor, *, most: int) -> list[Device]:
    """Phones of those whom the actor hands out work to: those that still hold something first, the
    longest unheard on top. One query."""
    seen = Device.objects.seen_by(actor).filter(lost_at=None)
    holding = list(seen.filter(left__gt=0).order_by("heard_at", "id")[:most])
    rest = seen.filter(left=0).order_by("-heard_at", "id")[: most - len(holding)]
    return [*holding, *rest]


def late_files(actor: Actor, *, most: int) -> list[Late]:
    """What still waits for files where the actor hands out work, the oldest first. Three queries,
    and two for each kind of step that is about no work."""
    seen = WorkOrder.objects.seen_by(actor).filter(
        under(actor.paths("work.dispatch"), "place__path")
    )
    waits = Delivery.objects.filter(company_id=actor.company_id).waiting().exclude(lacks=[])
    own = {name: _handed(step, waits.filter(name=name), actor) for name, step in OWN.items()}
    mine = Q(stream__subject__in=seen.order_by().values("id"))
    for name, whose in own.items():
        mine |= Q(("name", name), (f"said__{OWN[name].key}__in", list(whose)))
    rows = list(waits.filter(mine).select_related("stream").order_by("at", "id")[:most])
    named = seen.select_related("place", "case").in_bulk([row.stream.subject for row in rows])
    found = []
    for row in rows:
        awaited = Awaited(row.command, row.who, row.at, tuple(row.lacks), None)
        if work := named.get(row.stream.subject):
            found.append(Late(awaited, work))
        else:
            found.append(Late(awaited, whose=own[row.name][row.said[OWN[row.name].key]]))
    return found


def _handed(step: Step, waits: DeliveryQuery, actor: Actor) -> dict[str, Whose]:
    """What these belong to, by what was said, as far as the actor hands out work there."""
    said = waits.values_list(f"said__{step.key}", flat=True).distinct()
    whose = step.whose([one for one in said if isinstance(one, str)], actor)
    return {one: of for one, of in whose.items() if actor.may("work.dispatch", of.path)}


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
