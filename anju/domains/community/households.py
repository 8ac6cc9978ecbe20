"""Who lives with whom, and which matters are theirs: all a resident may see follows from it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from anju.domains.community.models import Proxy
from anju.engine.loop.models import Case
from anju.foundation.lib import now
from anju.foundation.people.models import Occupancy, Person
from anju.foundation.places.models import Place
from anju.foundation.places.rules import ancestors
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.rows import only

# What concerns a home itself; what others said about it is theirs.
OF_THE_HOME = ("repair",)
ALLOWED = ("case.see", "case.report", "case.note", "case.reopen", "record.add", "file.see")


@dataclass(frozen=True)
class Home:
    """A place that `owner` lives in today, since when, and who lives there with them."""

    place: Place
    owner: Person
    since: date | None
    mates: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Household:
    """A resident with all their homes. `actor` is who is signed in. `helps`: those who live here
    and asked this person to act for them; their homes are among the homes."""

    person: Person
    actor: Actor
    homes: tuple[Home, ...] = field(default=())
    helps: tuple[Person, ...] = field(default=())

    def acting_for(self, place: Place) -> Person:
        """In whose name something at a place is reported: whoever lives there, or nearest to it."""
        near = (home.owner for home in self.homes if home.place.path.startswith(place.path))
        return next(near, self.person)

    def hand(self, path: str) -> Actor:
        """The same person, allowed at one place what a resident may do with a matter that is
        theirs. Ask `matters` first whether it is."""
        return Actor(
            id=self.actor.id,
            name=self.actor.name,
            company_id=self.actor.company_id,
            grants=dict.fromkeys(ALLOWED, (path,)),
            kind="resident",
            person_id=self.person.id,
        )


def path_of(case: Case) -> str:
    """Where a matter stands, for asking what may be done there; nobody's path without a place."""
    return case.place.path if case.place else "-"


def household_of(actor: Actor) -> Household | None:
    """The household of whoever is signed in; None for an account without a person. 4 queries."""
    if actor.person_id is None:
        return None
    person = only(Person.objects.filter(company_id=actor.company_id, id=actor.person_id))
    if person is None:
        return None
    asked = Proxy.objects.standing().filter(company_id=actor.company_id, helper=person)
    helps = tuple(row.helped for row in asked.select_related("helped").order_by("since", "id"))
    today = timezone.localtime(now()).date()
    lived = Occupancy.objects.filter(company_id=actor.company_id, person__in=[person, *helps])
    held = list(lived.on(today).select_related("place", "person").order_by("since", "id"))
    held.sort(key=lambda one: one.person_id != person.id)  # one's own home first
    mates: dict[UUID, set[UUID]] = defaultdict(set)
    ids = [one.place_id for one in held]
    living = Occupancy.objects.filter(company_id=actor.company_id, place_id__in=ids).on(today)
    for place, mate in living.values_list("place_id", "person_id"):
        mates[place].add(mate)
    homes = {
        one.place_id: Home(one.place, one.person, one.since, frozenset(mates[one.place_id]))
        for one in reversed(held)
    }
    return Household(person, actor, tuple(homes[id] for id in dict.fromkeys(ids)), helps)


def matters(household: Household) -> QuerySet[Case]:
    """The cases a resident may see: their own, and those of the homes they live in since they
    moved in: reported by who lives there now, or repairs nobody in particular reported. What a
    neighbour said about a home is the neighbour's."""
    mine = Q(reporter__in=[household.person, *household.helps])
    for home in household.homes:
        shared = Q(reporter_id__in=home.mates) | Q(reporter=None, kind__in=OF_THE_HOME)
        since = Q(day__gte=home.since) if home.since else Q()
        mine |= Q(place=home.place) & shared & since
    seen = Case.objects.filter(mine, company_id=household.person.company_id).exclude(state="void")
    return seen.select_related("place", "standard", "reporter")


def places_to_report(household: Household) -> list[Place]:
    """Where a resident may report: the homes, and the buildings and communities around them. One
    query."""
    homes = [home.place for home in household.homes]
    above = {path for home in homes for path in ancestors(home.path)}
    around = Place.objects.filter(
        company_id=household.person.company_id,
        path__in=above,
        kind__in=("building", "community"),
        retired_on=None,
    )
    return [*homes, *around.order_by("-path")]
