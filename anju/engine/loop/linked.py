"""Reads of how cases belong together, and who pays for one."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform

from anju.engine.loop.models import Case, CaseLink, Record, WorkOrder
from anju.engine.standards.models import Standard
from anju.engine.standards.rules import above
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
    """Finished `work` of a case or of a plan, and `until` when it is done again for nothing."""

    work: WorkOrder
    until: date

    @property
    def number(self) -> str:
        """The number of the case it was done under; its own, where a plan asked for it."""
        return self.work.case.number if self.work.case else self.work.number


def warranted(case: Case) -> Warranted | None:
    """The newest finished work within whose warranty a case was reported: of the same category, at
    the same thing or place, under a standard that says how many days it is good for. Three queries,
    and one for each case that was found."""
    if not case.category:
        return None
    found = [one for one in (_reported(case), _planned(case)) if one]
    return max(found, key=lambda one: (one.work.done_at, one.work.id), default=None)


def _reported(case: Case) -> Warranted | None:
    """Of work under cases; not what was settled to be repaired by somebody else."""
    known = WorkOrder.objects.filter(
        _same(case, "case__"), company_id=case.company_id, case__category=case.category,
        case__kind__in=("repair", "finding"), case__at__lt=case.at, done_at__lte=case.at,
        case__standard__method__warranty__gt=0,
    )  # fmt: skip
    done = known.exclude(case=case.id).exclude(state="void").exclude(case__state="void")
    for work in done.select_related("case__standard").order_by("-done_at", "-id")[:20]:
        paid = settled(work.case) if work.case else None
        if paid and paid.value.get("repairer") in NOT_OURS:
            continue
        if found := _good(work, work.case and work.case.standard, case):
            return found
    return None


def _planned(case: Case) -> Warranted | None:
    """Of planned work; of what kind it is say the categories its standard names."""
    kinds = Q(pk__in=[])
    for one in above(case.category):
        kinds |= Q(scope__contains={"categories": [one]})
    under = Standard.objects.filter(
        kinds, company_id=case.company_id, method__warranty__gt=0
    ).values_list("id", flat=True)
    if case.asset_id:
        at = Q(asset_id=case.asset_id)
    elif case.place_id:
        at = Q(place_id=case.place_id)
    else:
        return None
    if not (ids := list(under)):
        return None
    done = WorkOrder.objects.filter(
        at, company_id=case.company_id, case=None, done_at__lte=case.at, standard_id__in=ids
    ).exclude(state="void")
    for work in done.select_related("standard").order_by("-done_at", "-id")[:20]:
        if found := _good(work, work.standard, case):
            return found
    return None


def _good(work: WorkOrder, standard: Standard | None, case: Case) -> Warranted | None:
    """The work, where a case was reported while it was still good."""
    if standard is None or work.done_at is None:
        return None
    days = timedelta(days=int(standard.method["warranty"]))
    until = day_of(work.done_at, case.company_id) + days
    return Warranted(work, until) if case.day <= until else None


def links_of(case: Case) -> list[CaseLink]:
    """What points from this case and to it, oldest first. One query."""
    both = CaseLink.objects.filter(Q(case_id=case.id) | Q(other_id=case.id))
    return list(both.select_related("case", "other", "work").order_by("at", "id"))


def done_again_as(work: WorkOrder) -> list[Case]:
    """The cases under which planned work was done again within its warranty. One query."""
    links = CaseLink.objects.filter(work_id=work.id).exclude(case__state="void")
    return [link.case for link in links.select_related("case").order_by("at", "id")]


def done_again(**to: OuterRef) -> Exists:
    """Whether something was done again within its warranty: a case that points to it (`to`: which
    column of a link leads there) stands, and it was decided last that we pay for that ourselves."""
    links = CaseLink.objects.filter(company_id=OuterRef("company_id"), kind="rework", **to)
    paid = links.exclude(case__state="void").annotate(paid=decided("payer", "case_id"))
    return Exists(paid.filter(paid="ours"))


def decided(name: str, case: str = "id") -> Subquery:
    """What was decided last of a case, `payer` or `repairer`; `case`: the column of its id."""
    of = {"company_id": OuterRef("company_id"), "case_id": OuterRef(case)}
    found = Record.objects.filter(**of, kind="liability").order_by("-noted_at", "-id")
    return Subquery(found.annotate(decided=KeyTextTransform(name, "value")).values("decided")[:1])


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
