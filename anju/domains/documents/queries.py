"""Reads of documents, and of what a change of law leaves to be looked at."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from anju.domains.documents.models import Document, Doubt, Law
from anju.domains.documents.rules import names_law
from anju.engine.forms.models import Form
from anju.engine.library.grounds import Resting, resting, seen_of
from anju.engine.procedures.models import Procedure
from anju.engine.standards.models import Standard
from anju.foundation.access.models import Account
from anju.foundation.access.queries import holders
from anju.foundation.people.models import Assignment
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today

PAPERS: dict[str, Any] = {"standard": Standard, "procedure": Procedure, "form": Form}


def paper_in_force(paper: str, *, actor: Actor, drafts: bool = False) -> Any:
    """The version in force of a paper of the house named "procedure:repair", or None; with
    `drafts` the newest one that is not retired. One query."""
    kind, _, code = paper.partition(":")
    model = PAPERS.get(kind)
    if model is None:
        return None
    mine = model.objects.filter(company_id=actor.company_id, code=code)
    if drafts:
        return mine.exclude(state="retired").order_by("-version").first()
    return mine.filter(state="published").first()


def papers_of_the_house(*, actor: Actor) -> list[tuple[str, str]]:
    """What a document may point at: "procedure:repair" and its name. Three queries."""
    found: dict[str, str] = {}
    for kind, model in PAPERS.items():
        mine = model.objects.filter(company_id=actor.company_id).exclude(state="retired")
        for code, name in mine.order_by("code", "version").values_list("code", "name"):
            found[f"{kind}:{code}"] = name
    return list(found.items())


def owners(row: Document, *, actor: Actor) -> set[UUID]:
    """The accounts of whoever keeps the documents and of who holds the owner's post today. Two
    queries."""
    keep = holders("standard.edit", actor=actor)
    if row.owner_id is None:
        return keep
    held = (
        Assignment.objects.on(today(actor.company_id))
        .filter(post_id=row.owner_id)
        .values("person_id")
    )
    mine = Account.objects.filter(
        company_id=actor.company_id, person_id__in=held.order_by(), closed_at=None
    )
    return keep | set(mine.values_list("id", flat=True))


def resting_on(law: Law, papers: Iterable[Resting]) -> list[Resting]:
    """The papers that name a law, and those that rest on it by way of a standard that does."""
    keys = law.keys
    every = list(papers)
    named = {one.key for one in every if any(names_law(ref, keys) for ref in one.refs)}
    through = {
        code for one in every if one.key in named and one.kind == "standard"
        for code in one.standards
    }  # fmt: skip
    return [
        one
        for one in every
        if one.key in named or (one.kind != "standard" and through.intersection(one.standards))
    ]


def open_doubts(*, actor: Actor, kind: str = "", paper: UUID | None = None) -> list[Doubt]:
    """What is still to be looked at: of papers that the actor may see, that are in force or in
    preparation and say what they said then, the newest first. One query where there is none."""
    found = Doubt.objects.seen_by(actor).filter(cleared_at=None).select_related("law")
    if kind:
        found = found.filter(kind=kind)
    if paper:
        found = found.filter(paper=paper)
    rows = list(found.order_by("-at", "kind", "part", "id"))
    if not rows:
        return []
    names = {one.key: one.name for one in resting(actor)}
    seen = seen_of({(row.kind, row.paper) for row in rows}, actor=actor)
    for row in rows:
        row.name = names.get((row.kind, row.paper, row.part, row.mark), "")
    return [row for row in rows if row.name and (row.kind, row.paper) in seen]


def doubts_by_law(*, actor: Actor) -> dict[UUID, int]:
    """How many papers are to be looked at for each law."""
    counts: dict[UUID, int] = defaultdict(int)
    for row in open_doubts(actor=actor):
        counts[row.law_id] += 1
    return counts
