"""Reads of standards: which version would rule a case, and why."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from anju.engine.standards.models import Manual, Standard
from anju.engine.standards.rules import Subject
from anju.engine.standards.scope import Rank, Scope, ruling
from anju.foundation.files.models import StoredFile
from anju.foundation.lib import now
from anju.foundation.tenancy.across import across
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.rows import only

Why = Literal["rules", "less_specific", "other_place", "other_category", "other_urgency"]


@dataclass(frozen=True)
class Match:
    """A standard in force for the kind: whether it rules the case, or what keeps it from that."""

    standard: Standard
    why: Why
    rank: Rank | None

    @property
    def rules(self) -> bool:
        """Whether it is the one."""
        return self.why == "rules"


def waiting_for_manuals() -> list[UUID]:
    """The companies with a manual to be made, over all of the installation; one look at an index.
    For the worker."""
    with across("ticker", "whose manual is to be made") as cursor:
        cursor.execute(
            "SELECT DISTINCT company_id FROM standards_manual WHERE due_at <= %s", [now()]
        )
        return [row[0] for row in cursor.fetchall()]


def file_of(manual: Manual) -> StoredFile | None:
    """The file of a manual the caller may see; None until it is made. One query."""
    return only(StoredFile.objects.filter(id=manual.file_id, erased_at=None))


def told_before_by(code: str, *, actor: Actor) -> int:
    """How many hours before it begins a standard in force asks that those it touches are told; 0
    where it asks no such thing, or there is none. At most one query."""
    mine = Standard.objects.filter(company_id=actor.company_id, code=code)
    found = mine.in_force().order_by("-published_at").first() if code else None
    return found.document.method.told if found else 0


def matches(kind: str, subject: Subject, *, actor: Actor) -> list[Match]:
    """Every standard in force for `kind`, the one that rules `subject` first. One query."""
    standing = [
        s
        for s in Standard.objects.seen_by(actor).in_force().order_by("-published_at")
        if kind in s.kinds
    ]
    chosen = ruling([(s.id, s.where) for s in standing], subject)
    found = [
        Match(s, _why(s.where, subject, s.id == chosen), s.where.rank_for(subject))
        for s in standing
    ]
    return sorted(found, key=lambda m: (not m.rules, m.standard.code))


def _why(scope: Scope, subject: Subject, chosen: bool) -> Why:
    if chosen:
        return "rules"
    if scope.rank_for(subject) is not None:
        return "less_specific"
    if Scope(places=scope.places).rank_for(subject) is None:
        return "other_place"
    if Scope(categories=scope.categories).rank_for(subject) is None:
        return "other_category"
    return "other_urgency"
