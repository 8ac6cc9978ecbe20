"""The minutes as the desk reads them, with what is proposed for each item."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery

from anju.domains.requests.learning import model_of
from anju.domains.requests.meetings.models import Minutes, MinutesItem
from anju.domains.requests.meetings.rules import Draft, Item, draft_of
from anju.engine.loop.models import Case
from anju.foundation.places.models import Place, under
from anju.foundation.tenancy.actor import Actor


@dataclass(frozen=True)
class Proposed:
    """An item, what is proposed for it, where it stands, and its likely category."""

    item: MinutesItem
    draft: Draft
    place: str
    category: str


def minutes_counted(actor: Actor) -> QuerySet[Minutes]:
    """The minutes with how many items they have (`found`) and how many became cases (`opened`)."""
    items = MinutesItem.objects.filter(company_id=OuterRef("company_id"), minutes=OuterRef("id"))
    became = items.filter(case__isnull=False)
    # A table's key is (company, id): PostgreSQL cannot group by id alone, so these are subqueries.
    counted = {"found": _count(items), "opened": _count(became)}
    return Minutes.objects.seen_by(actor).select_related("place").annotate(**counted)


def _count(items: QuerySet[MinutesItem]) -> Subquery:
    return Subquery(items.order_by().values("minutes").annotate(n=Count("*")).values("n"))


def proposed_for(minutes: Minutes, actor: Actor) -> list[Proposed]:
    """Every item. What names no place of this community stands at the community
    itself. Two queries."""
    items = list(minutes.items.select_related("case").order_by("n"))
    drafts = [draft_of(Item(one.text, one.under)) for one in items]
    codes = {code for draft in drafts for code in draft.places}
    here = Place.objects.seen_by(actor).standing().filter(under([minutes.place.path], "path"))
    known = set(here.filter(full_code__in=codes).values_list("full_code", flat=True))
    model = model_of(actor.company_id)
    found = []
    for item, draft in zip(items, drafts, strict=True):
        named = next((code for code in draft.places if code in known), "")
        likely = model.suggest(draft.title, draft.text) if model else None
        place = f"{minutes.place.code} {named}" if named else minutes.place.full_code
        found.append(Proposed(item, draft, place, likely.category if likely else ""))
    return found


def minutes_of(case: Case, actor: Actor) -> Minutes | None:
    """The minutes a case came from, where the actor may read them. One query."""
    if case.channel != "meeting":
        return None
    named = MinutesItem.objects.filter(company_id=case.company_id, case_id=case.id)
    return Minutes.objects.seen_by(actor).filter(id__in=named.values("minutes_id")).first()
