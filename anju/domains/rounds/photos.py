"""The photos of points: the same content used before, and what only looks like an earlier one."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from anju.domains.rounds.models import RoundPoint
from anju.domains.rounds.rules import are_alike
from anju.engine.loop.models import Record, WorkOrder
from anju.engine.plans.models import Occurrence
from anju.foundation.files.models import StoredFile

ALIKE_FOR = timedelta(days=90)
AROUND = timedelta(days=15)  # no window with its make-up is longer


def visits_kept(company: UUID) -> QuerySet[Record]:
    passed = Record.objects.filter(company_id=company, kind="check", judge="person")
    return passed.filter(work__isnull=False, work__case=None)


def photos_by(records: Collection[Record], *, company: UUID) -> dict[UUID, str]:
    """The content (SHA-256) of the photo of each of these, where it has one. At most one query."""
    ids = {one.file_id: one.id for one in records if one.file_id}
    files = StoredFile.objects.filter(company_id=company, id__in=ids) if ids else ()
    return {ids[file.id]: file.sha256 for file in files}


def first_uses(shas: Collection[str], company: UUID) -> dict[str, tuple[datetime, str]]:
    """When each content was the photo of a visit first. At most one query."""
    files = StoredFile.objects.filter(company_id=company, sha256__in=shas)
    content = dict(files.values_list("id", "sha256")) if shas else {}
    found: dict[str, tuple[datetime, str]] = {}
    for one in visits_kept(company).filter(file_id__in=content) if content else ():
        mine = (one.at, str(one.id))
        found[content[one.file_id]] = min(found.get(content[one.file_id], mine), mine)
    return found


def works_with_photos(record: Record, *, company: UUID) -> list[WorkOrder]:
    """The rounds in which a later visit used the photo of this one. At most two queries."""
    if record.file_id is None:
        return []
    mine = StoredFile.objects.filter(company_id=company, id=record.file_id).values("sha256")
    same = StoredFile.objects.filter(company_id=company, sha256__in=mine).values("id")
    later = visits_kept(company).filter(file_id__in=same, at__gte=record.at).exclude(id=record.id)
    works = WorkOrder.objects.filter(company_id=company, id__in=later.values("work_id"))
    return list(works.order_by("id"))


def alike(passed: Sequence[tuple[Record, RoundPoint]], *, company: UUID) -> dict[UUID, Record]:
    """The earlier visit whose photo that of a visit looks like: the last one of the same person at
    the same point in another round, within 90 days before. A weak hint: who photographs the same
    thing from the same place comes near it honestly, so it is shown to who checks, decides nothing
    and is kept nowhere. The same content is told by the flag "photo" instead. Three queries, none
    without photos."""
    shown = [one for one, _row in passed if one.file_id]
    if not shown:
        return {}
    since, until = min(one.at for one in shown) - ALIKE_FOR, max(one.at for one in shown)
    rounds = Occurrence.objects.filter(
        company_id=company, plan_id__in={row.point.route.plan_id for _one, row in passed},
        at__gte=since - AROUND, at__lte=until + AROUND,
    )  # fmt: skip
    earlier = visits_kept(company).filter(
        work_id__in=rounds.values("work_id"), at__gte=since, at__lt=until,
        by__in={one.by for one in shown}, item__in={one.item for one in shown},
    ).exclude(file_id=None)  # fmt: skip
    before: dict[tuple[str, UUID], list[Record]] = {}
    for one in earlier.order_by("-at", "-id"):
        before.setdefault((one.item, one.by), []).append(one)
    pictures = _pictures([*shown, *earlier], company)
    found = {}
    for one in shown:
        mine = pictures.get(one.file_id)
        for other in before.get((one.item, one.by), ()) if mine else ():
            theirs = pictures.get(other.file_id)
            near = one.at - ALIKE_FOR <= other.at < one.at and other.work_id != one.work_id
            if near and mine and theirs and mine[0] != theirs[0] and are_alike(mine[1], theirs[1]):
                found[one.id] = other
                break
    return found


def _pictures(records: Collection[Record], company: UUID) -> dict[UUID, tuple[str, str]]:
    """Content and dHash of the photos of these, where they have one that says something. One
    query."""
    ids = {one.file_id for one in records}
    files = StoredFile.objects.filter(company_id=company, id__in=ids).exclude(dhash="")
    return {id: (sha, runs) for id, sha, runs in files.values_list("id", "sha256", "dhash")}
