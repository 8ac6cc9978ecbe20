"""Planned visits (走访) of households: who was visited this year, and who was not."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import Min, OuterRef, QuerySet, Subquery

from anju.domains.rounds.shipped import MET, NOT_MET, VISIT, occupied
from anju.engine.loop.models import Record, WorkOrder
from anju.engine.plans.models import Occurrence
from anju.foundation.access.queries import names_of
from anju.foundation.lib import now
from anju.foundation.people.models import Occupancy
from anju.foundation.places.models import Place, PlaceQuery, under
from anju.foundation.places.rules import ancestors
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today, zone_of_company


def homes(actor: Actor) -> PlaceQuery:
    """The rooms that somebody owns or lives in today, where the actor may see plans. No query."""
    return occupied(actor).filter(under(actor.paths("plan.see")))


def _visits(company: UUID) -> QuerySet[WorkOrder]:
    """Visits that were done and at which somebody was met, as was answered last."""
    answers = Record.objects.filter(
        company_id=OuterRef("company_id"), work_id=OuterRef("id"), item=MET
    )
    last = answers.order_by("-at", "-id").values("value__text")[:1]
    done = WorkOrder.objects.filter(company_id=company, case=None, standard__code=VISIT)
    done = done.filter(done_at__isnull=False).exclude(state="void")
    return done.annotate(met=Subquery(last)).exclude(met=NOT_MET)


def visited(company: UUID, day: date) -> QuerySet[WorkOrder]:
    """The visits of the year of a day, so far. No query."""
    first = datetime.combine(day.replace(month=1, day=1), time(), zone_of_company(company))
    after = first.replace(year=first.year + 1)
    return _visits(company).filter(done_at__gte=first, done_at__lt=after)


def that_were(rows: PlaceQuery, how: str, company: UUID, day: date) -> PlaceQuery:
    """Those of many homes that were "visited" in the year of a day, or were "left" out. No
    query."""
    found = visited(company, day).values("place_id")
    return rows.filter(id__in=found) if how == "visited" else rows.exclude(id__in=found)


def left_out(community: Place, actor: Actor, day: date) -> PlaceQuery:
    """The homes of a community that were not visited in the year of a day, in their order."""
    return that_were(homes(actor).below(community.path), "left", actor.company_id, day).order_by(
        "path"
    )


@dataclass(frozen=True)
class Share:
    """Of `n` homes of a community so many were `visited`."""

    place: Place
    n: int
    visited: int

    @property
    def percent(self) -> int:
        """Cut off, so that nobody is counted who was left out."""
        return 100 * self.visited // self.n if self.n else 0


def shares(actor: Actor, day: date) -> list[Share]:
    """Each community that has homes, with how many were visited in the year of a day; those where
    the fewest were on top. Three queries."""
    paths = list(homes(actor).values_list("id", "path"))
    seen = set(visited(actor.company_id, day).values_list("place_id", flat=True))
    communities = Place.objects.filter(company_id=actor.company_id, kind="community")
    by_path = {one.path: one for one in communities}
    counted: dict[str, list[int]] = {}
    for id, path in paths:
        top = next((above for above in ancestors(path) if above in by_path), None)
        if top is not None:
            counted.setdefault(top, []).append(id in seen)
    found = [Share(by_path[path], len(all_), sum(all_)) for path, all_ in counted.items()]
    return sorted(found, key=lambda one: (one.percent, one.place.path))


@dataclass
class Home:
    """What a list shows of a home: since when somebody lives or owns there, when it was visited
    last and by whom, and when the next visit is planned."""

    since: date | None = None
    last: datetime | None = None
    by: str = ""
    ahead: datetime | None = None


def beside(rows: Collection[Place], actor: Actor) -> dict[UUID, Home]:
    """As `Home`, of each. Four queries."""
    found = {place.id: Home() for place in rows}
    held = Occupancy.objects.filter(company_id=actor.company_id, place__in=found)
    held = held.on(today(actor.company_id)).order_by()
    for place, since in held.values_list("place_id").annotate(since=Min("since")):
        found[place].since = since
    done = _visits(actor.company_id).filter(place__in=found).order_by("done_at")
    last = {place: (at, by) for place, at, by in done.values_list("place_id", "done_at", "done_by")}
    names = names_of([by for _at, by in last.values() if by], actor=actor)
    for place, (at, by) in last.items():
        if place is not None:
            found[place].last, found[place].by = at, names.get(by, "") if by else ""
    coming = Occurrence.objects.filter(
        company_id=actor.company_id, plan__standard=VISIT, place__in=found, withdrawn=False,
        closes_at__gt=now(), work__done_at=None,
    )  # fmt: skip
    for place, ahead in coming.order_by().values_list("place_id").annotate(next=Min("at")):
        found[place].ahead = ahead
    return found
