"""Reads of how cases belong together, and who pays for one."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from anju.engine.loop.models import Case, CaseLink, Record, WorkOrder
from anju.foundation.tenancy.days import day_of

RECURS_IN = timedelta(days=90)
RECURS = 3  # so often in that time is no accident any more
NOT_OURS = ("developer", "owner")  # who repairs what is not done again for nothing


def alike_before(case: Case) -> QuerySet[Case]:
    """Other cases of the same thing, or of the same place and category, reported within 90 days
    of this one; nothing where neither thing nor category is known. One query."""
    near = Case.objects.filter(_same(case), company_id=case.company_id, place_id__isnull=False)
    within = near.filter(at__range=(case.at - RECURS_IN, case.at + RECURS_IN))
    merged = CaseLink.objects.filter(
        company_id=OuterRef("company_id"), case_id=OuterRef("id"), kind="merged"
    )
    return (
        within.exclude(id=case.id)
        .exclude(state="void")
        .exclude(kind__in=("finding", "praise"))
        .exclude(Exists(merged))
        .order_by("-at", "-id")[:20]
    )


def _same(case: Case, of: str = "") -> Q:
    """Of the same thing, or of the same place and category; `of`: the way to the case."""
    if case.asset_id:
        return Q(**{f"{of}asset_id": case.asset_id})
    if case.category and case.place_id:
        return Q(**{f"{of}place_id": case.place_id, f"{of}category": case.category})
    return Q(pk__in=[])


@dataclass(frozen=True)
class Warranted:
    """Work that was done under a `case`, and `until` when it is done again for nothing."""

    case: Case
    until: date


def warranted(case: Case) -> Warranted | None:
    """The newest finished work within whose warranty a case was reported: of the same category, at
    the same thing or place, under a standard that says how many days it is good for; not what was
    settled to be repaired by somebody else. One query, and one for each of what was found."""
    if not case.category:
        return None
    known = WorkOrder.objects.filter(
        _same(case, "case__"), company_id=case.company_id, case__category=case.category,
        case__kind__in=("repair", "finding"), case__at__lt=case.at, done_at__lte=case.at,
        case__standard__method__warranty__gt=0,
    )  # fmt: skip
    done = known.exclude(case=case.id).exclude(state="void").exclude(case__state="void")
    for work in done.select_related("case__standard").order_by("-done_at", "-id")[:20]:
        before = work.case
        if before is None or before.standard is None or work.done_at is None:
            continue
        paid = settled(before)
        if paid and paid.value.get("repairer") in NOT_OURS:
            continue
        days = timedelta(days=int(before.standard.method["warranty"]))
        until = day_of(work.done_at, case.company_id) + days
        if case.day <= until:
            return Warranted(before, until)
    return None


def links_of(case: Case) -> list[CaseLink]:
    """What points from this case and to it, oldest first. One query."""
    both = CaseLink.objects.filter(Q(case_id=case.id) | Q(other_id=case.id))
    return list(both.select_related("case", "other").order_by("at", "id"))


def merged_into(case: Case) -> QuerySet[CaseLink]:
    """The links of cases that ended in this one and were somebody else's report: who reported them
    is told what is told here."""
    links = CaseLink.objects.filter(other_id=case.id, kind="merged", case__state="closed")
    return links.filter(case__reporter__isnull=False).exclude(case__reporter=case.reporter_id)


def untold_along(case: Case) -> bool:
    """Whether who reported a case that was merged into this one was not told since. One query."""
    return merged_into(case).filter(case__told_at=None).exists()


def settled(case: Case) -> Record | None:
    """The newest decision who pays. One query."""
    return case.records.filter(kind="liability").order_by("-noted_at", "-id").first()
