"""What no plan covers, and where a plan and its standard, or the library, disagree about how
often."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import F, Q

from anju.engine.library.models import Adopted
from anju.engine.library.often import Doing, at_once, doing_of, doings_held
from anju.engine.plans.document import Trigger, When
from anju.engine.plans.models import Plan, PlanSubject
from anju.engine.plans.rules import planned_between
from anju.engine.plans.triggers import After
from anju.engine.standards.models import Standard
from anju.foundation.calendars.rules import WorkCalendar
from anju.foundation.lib import now
from anju.foundation.places.models import Asset, Place, under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import zone_of_company

YEAR = timedelta(days=365)
TOLERATED = 0.05  # of the year: leap days, holidays


@dataclass(frozen=True)
class Gap:
    """What a community has no plan for: a standard in force that says how often (`times` a year),
    equipment of a system that is planned for elsewhere in the company, or what it took over from
    the library that says how often: `doings`, one piece of work."""

    place: Place
    standard: Standard | None = None
    times: float = 0
    system: str = ""
    assets: tuple[Asset, ...] = ()
    doings: tuple[Doing, ...] = ()


def gaps(actor: Actor) -> list[Gap]:
    """What no plan covers in the communities whose plans the actor may see, in their order. Six
    queries."""
    standing = Place.objects.filter(under(actor.paths("plan.see"), "path")).standing()
    communities = list(standing.filter(kind="community").order_by("path"))
    living = Plan.objects.filter(company_id=actor.company_id).exclude(state="ended")
    return [
        *_by_standard(communities, living, actor),
        *_by_system(communities, living, actor),
        *_by_fact(communities, living, actor),
    ]


def _by_fact(communities: Iterable[Place], living: Iterable[Plan], actor: Actor) -> Iterable[Gap]:
    """What the grade of a community, or a piece that was taken over for all of them, asks for."""
    carried = {(plan.place_id, key) for plan in living for key in plan.carries}
    held = held_at(communities, actor)
    for place in communities:
        left = [one for one in held[place.id] if (place.id, one.key) not in carried]
        for doings in at_once(left):
            yield Gap(place, times=doings[0].times, doings=doings)


def held_at(communities: Iterable[Place], actor: Actor) -> dict[UUID, list[Doing]]:
    """What communities hold of the library that is done again and again; what one took over for
    itself goes before what the company took over for all. One query."""
    found: dict[UUID, list[Doing]] = {place.id: [] for place in communities}
    rows = Adopted.objects.filter(company_id=actor.company_id)
    rows = rows.filter(Q(place=None) | Q(place__in=found))
    own: set[tuple[UUID, str]] = set()
    for row in rows.order_by(F("place_id").asc(nulls_last=True), "piece", "item"):
        doings = list(doings_held(row.item, row.values))
        for id in found if row.place_id is None else (row.place_id,):
            if (id, row.item) not in own:
                found[id] += doings
        if row.place_id is not None:
            own.add((row.place_id, row.item))
    return found


def facts_without_plan(place: Place, actor: Actor) -> list[Doing]:
    """The same of one community, what no plan of it carries out. Two queries."""
    living = Plan.objects.filter(company_id=actor.company_id, place=place).exclude(state="ended")
    carried = {key for keys in living.values_list("carries", flat=True) for key in keys}
    return [one for one in held_at([place], actor)[place.id] if one.key not in carried]


def _by_standard(
    communities: Iterable[Place], living: Iterable[Plan], actor: Actor
) -> Iterable[Gap]:
    kept = {(plan.place_id, plan.standard) for plan in living}
    in_force = Standard.objects.filter(company_id=actor.company_id).in_force()
    often = [(one, float(one.method.get("times_a_year") or 0)) for one in in_force]
    for place in communities:
        for standard, times in often:
            if times and (place.id, standard.code) not in kept:
                yield Gap(place, standard, times)


def _by_system(communities: Iterable[Place], living: Iterable[Plan], actor: Actor) -> Iterable[Gap]:
    planned = PlanSubject.objects.filter(
        company_id=actor.company_id, until=None, asset__isnull=False
    ).exclude(plan__state="ended")
    rows = list(planned.values_list("asset_id", "asset__system"))
    covered, systems = {asset for asset, _system in rows}, {system for _asset, system in rows}
    things = Asset.objects.filter(company_id=actor.company_id, system__in=systems).kept()
    alone = things.exclude(id__in=covered).select_related("place").order_by("system", "code")
    found: dict[tuple[UUID, str], list[Asset]] = defaultdict(list)
    by_path = [(place.path, place) for place in communities]
    for asset in alone if systems else ():
        home = next((place for path, place in by_path if asset.place.path.startswith(path)), None)
        if home is not None:
            found[home.id, asset.system].append(asset)
    places = {place.id: place for _path, place in by_path}
    for (place_id, system), assets in found.items():
        yield Gap(places[place_id], system=system, assets=tuple(assets))


def times_a_year(trigger: Trigger, calendar: WorkCalendar, company: UUID) -> float | None:
    """How often a plan falls due at each of its places in the year from now on; None where it
    cannot be known."""
    if isinstance(trigger, After):
        return YEAR / timedelta(days=trigger.days)
    if not isinstance(trigger, When):
        return None
    first = now().astimezone(zone_of_company(company)).replace(tzinfo=None)
    table = trigger.timetable(calendar.zone)
    return float(len(planned_between(table, calendar, first, first + YEAR)))


def disagreement(plan: Plan, calendar: WorkCalendar) -> tuple[float, float] | None:
    """(times a year that the plan comes to, that its standard in force asks for), where they are
    not the same. One query, none where the plan keeps no standard."""
    if not plan.standard:
        return None
    asked = Standard.objects.filter(company_id=plan.company_id, code=plan.standard).in_force()
    standard = asked.first()
    wanted = float(standard.method.get("times_a_year") or 0) if standard else 0.0
    has = times_a_year(plan.trigger, calendar, plan.company_id) if wanted else None
    if has is None or abs(has - wanted) <= max(1.0, wanted * TOLERATED):
        return None
    return has, wanted


def too_seldom(plan: Plan, calendar: WorkCalendar) -> list[Doing]:
    """What a plan carries out of the library less often than is asked there; of suggestions
    nothing. No query."""
    asked = [one for key in plan.carries if (one := doing_of(key)) and one.feeds]
    has = times_a_year(plan.trigger, calendar, plan.company_id) if asked else None
    if has is None:
        return []
    return [one for one in asked if has < one.times - max(1.0, one.times * TOLERATED)]
