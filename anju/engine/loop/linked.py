"""Reads of how cases belong together, and who pays for one."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from anju.engine.loop.models import Case, CaseLink, Record

RECURS_IN = timedelta(days=90)
RECURS = 3  # so often in that time is no accident any more


def alike_before(case: Case) -> QuerySet[Case]:
    """Other cases of the same thing, or of the same place and category, reported within 90 days
    of this one; nothing where neither thing nor category is known. One query."""
    if case.asset_id:
        same = Q(asset_id=case.asset_id)
    elif case.category and case.place_id:
        same = Q(place_id=case.place_id, category=case.category)
    else:
        same = Q(pk__in=[])
    near = Case.objects.filter(same, company_id=case.company_id, place_id__isnull=False)
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
