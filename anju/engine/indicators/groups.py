"""One figure by category, community or team (planned work: by standard), each with its n.

The same value that makes a group keeps its rows apart, so what is behind a group is its number.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, UUIDField
from django.db.models.functions import Coalesce

from anju.engine.indicators.figures import Definition, Reading, behind
from anju.engine.loop.models import WorkOrder
from anju.engine.standards.models import Standard
from anju.foundation.people.models import Assignment, Team
from anju.foundation.places.models import Place, inside

By = Literal["category", "community", "team", "standard"]


@dataclass(frozen=True)
class Group:
    """One figure of one group; the key and the name are empty where it was not recorded."""

    key: str
    name: str
    reading: Reading


def ways(rows: QuerySet[Any]) -> Sequence[By]:
    """What these rows can be grouped by; the first where nothing is said."""
    return ("standard" if rows.model is WorkOrder else "category", "community", "team")


def grouped(rows: QuerySet[Any], by: By, communities: Collection[Place]) -> QuerySet[Any]:
    """Cases, or planned work, with the `group` each belongs to; `communities`: which there are."""
    how: dict[By, Any] = {
        "category": F("category"),
        "community": inside([place.path for place in communities], "place__path"),
        "team": _team(rows),
        "standard": F("standard__code"),
    }
    found: QuerySet[Any] = rows.annotate(group=how[by])
    return found


def in_group(
    rows: QuerySet[Any], by: By, key: str, communities: Collection[Place]
) -> QuerySet[Any]:
    """Those of one group; of an empty key those whose group was not recorded."""
    found = grouped(rows, by, communities)
    return found.filter(group=key) if key else found.filter(unrecorded(by))


def unrecorded(by: By) -> Q:
    """Whose group was not recorded."""
    return Q(group="") if by == "category" else Q(group=None)


def by_group(
    rows: QuerySet[Any], definition: Definition, by: By, communities: Collection[Place]
) -> list[Group]:
    """One figure by group, the largest first, what was not recorded last. Two queries."""
    found = (
        grouped(behind(rows, definition, hits=None), by, communities)
        .order_by()
        .values("group")
        .annotate(n=Count("id"), hits=Count("id", filter=definition.hit))
    )
    counted = {str(row["group"] or ""): Reading(definition, row["hits"], row["n"]) for row in found}
    names = _names(by, counted, communities)
    groups = [Group(key, names.get(key, key), reading) for key, reading in counted.items()]
    return sorted(groups, key=lambda one: (not one.key, -one.reading.n, one.name))


def _names(by: By, keys: Collection[str], communities: Collection[Place]) -> dict[str, str]:
    known = [key for key in keys if key]
    if by == "community":
        return {place.path: place.name for place in communities}
    if by == "team":
        return {str(id): name for id, name in Team.objects.filter(
            id__in=known).values_list("id", "name")}  # fmt: skip
    if by == "standard":
        named = Standard.objects.filter(code__in=known).order_by("version")
        return dict(named.values_list("code", "name"))
    return {}


def _team(rows: QuerySet[Any]) -> Any:
    """The team of planned work, or of the work of a case that was finished last."""
    if rows.model is WorkOrder:
        return _team_of_work()
    mine = {"company_id": OuterRef("company_id"), "case_id": OuterRef("id")}
    last = WorkOrder.objects.filter(**mine).exclude(state="void")
    ordered = last.order_by(F("done_at").desc(nulls_last=True), "-id")
    return Subquery(ordered.annotate(team=_team_of_work()).values("team")[:1])


def _team_of_work() -> Coalesce:
    """The team of the post that work was given to, else of the post that whoever does it held on
    the day it opened."""
    held = Assignment.objects.filter(
        Q(since=None) | Q(since__lte=OuterRef("opened_at__date")),
        Q(until=None) | Q(until__gte=OuterRef("opened_at__date")),
        company_id=OuterRef("company_id"),
        person_id=OuterRef("person_id"),
        post__team__isnull=False,
    )
    ordered = held.order_by(F("since").desc(nulls_last=True), "id")
    theirs = Subquery(ordered.values("post__team_id")[:1])
    return Coalesce("post__team_id", theirs, output_field=UUIDField())
