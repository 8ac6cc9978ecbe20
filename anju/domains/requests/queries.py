"""Reads of requests that join or summarise."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Min, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Left

from anju.domains.requests.certificates import held, needed, unfit
from anju.domains.requests.paying import Liability, Part, done_again, liability
from anju.domains.requests.rules import Hand
from anju.domains.requests.sameness import Likeness, Near, Said, ranked
from anju.domains.requests.suggesting import BEGINNING, MOST, Learnt
from anju.engine.clocks.models import Clock
from anju.engine.loop.linked import warranted
from anju.engine.loop.models import Case, Record, WorkOrder
from anju.engine.loop.owned import owned_by
from anju.engine.loop.queries import had_part
from anju.engine.loop.rules import CASE_LIVE, WORK_LIVE
from anju.foundation.access.queries import without_right
from anju.foundation.entries.queries import Found
from anju.foundation.events.models import EventValue
from anju.foundation.lib import now
from anju.foundation.people.models import Duty, Person, Qualification
from anju.foundation.people.queries import on_duty
from anju.foundation.places.models import Place, under
from anju.foundation.places.queries import chain, place_named
from anju.foundation.places.rules import ancestors
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today
from anju.foundation.tenancy.errors import NotYet

SOON = timedelta(minutes=15)  # what is due within this is about to break
NEWS = timedelta(days=1)  # how long what neighbours reported may be the same matter
LATELY = timedelta(days=7)  # an open case older than this is hardly what rings now
COMPARED = 200  # open cases a report is held against, the newest
SKILLED_BY = timedelta(days=90)  # what someone did in these tells what they can do


def found_cases(text: str, actor: Actor) -> Iterator[Found]:
    """The case with the number that was typed, or the one of a work order's number. One look at a
    unique key, none for what is no number."""
    number = text.strip().upper()
    if number.count("-") < 2 or not number[-1].isdigit():
        return
    meant = Case.objects.seen_by(actor).filter(number__in=[number, number.rpartition("-")[0]])
    for case in meant.order_by("number"):
        yield Found("case", case.id, case.number, case.title)


def owed_clocks(case: str = "id") -> QuerySet[Clock]:
    """The clocks of the outer row's case that still run towards a deadline, or have passed it."""
    return Clock.objects.filter(
        company_id=OuterRef("company_id"),
        case_id=OuterRef(case),
        state__in=["running", "broken"],
        stopped_at=None,
    )


def cases_owing(actor: Actor, **what: Any) -> QuerySet[Clock, Any]:
    """The ids of the cases with a live clock of which `what` is true, as a query. One look at the
    index of what is due, whatever the number of cases: asked of each case apart it would be one
    for every live case."""
    owed = Clock.objects.filter(
        company_id=actor.company_id, state__in=["running", "broken"], stopped_at=None, **what
    )
    return owed.order_by().values("case_id")


def _first_due(case: str = "id") -> Subquery:
    owed = owed_clocks(case).order_by().values("case_id")
    return Subquery(owed.annotate(first=Min("due_at")).values("first"))


def _works() -> "Prefetch[Any]":
    works = WorkOrder.objects.select_related("person", "post").order_by("id")
    return Prefetch("work", queryset=works, to_attr="works")


def cases_with_due(actor: Actor) -> QuerySet[Case]:
    """Cases the actor may see, with what a row shows; `due` is the first live deadline. Two
    queries: the work orders of a page come apart, as `works`."""
    return (
        Case.objects.seen_by(actor)
        .select_related("place", "reporter")
        .prefetch_related(_works())
        .annotate(due=_first_due())
    )


def cases_due_first(actor: Actor) -> QuerySet[Case]:
    """The live cases the actor may see, what is due first on top; as `cases_with_due`."""
    live = cases_with_due(actor).filter(state__in=CASE_LIVE)
    return live.order_by(F("due").asc(nulls_last=True), "at", "id")


def _mine(actor: Actor) -> Q:
    return Q(pk__in=owned_by(actor.person_id))


def queue(actor: Actor, show: str = "all", *, mine: bool = False) -> QuerySet[Case]:
    """The queue of a desk, what is due first on top: `show` is one of the numbers of `Glance`;
    `mine`: only what the actor owns."""
    cases, moment = cases_due_first(actor), now()
    if mine:
        cases = cases.filter(_mine(actor))
    match show:
        case "late":
            return cases.filter(pk__in=cases_owing(actor, due_at__lt=moment))
        case "soon":
            soon = cases_owing(actor, due_at__range=(moment, moment + SOON))
            return cases.filter(pk__in=soon).exclude(pk__in=cases_owing(actor, due_at__lt=moment))
        case "fresh":
            return cases.filter(pk__in=cases_owing(actor, kind="respond"))
    return cases


def cases_nearby(place: Place, actor: Actor) -> QuerySet[Case]:
    """Live cases in the building of `place` that were reported within a day, the newest first,
    without those of the place itself: neighbours may have reported the same. Three queries."""
    above = Place.objects.filter(path__in=ancestors(place.path), kind__in=("building", "community"))
    building = max(above.values_list("path", flat=True), key=len, default=place.path)
    fresh = cases_with_due(actor).filter(state__in=CASE_LIVE, at__gte=now() - NEWS)
    return fresh.filter(under([building], "place__path")).exclude(place=place).order_by("-at", "id")


def cases_alike(
    title: str, place: Place, actor: Actor, *, category: str = "", most: int = 5
) -> list[tuple[Case, Likeness]]:
    """Live cases of the community that are likely the matter that is being reported at `place`,
    the likeliest first. Four queries; looks at the newest 200 of the last seven days."""
    above = dict(Place.objects.filter(path__in=ancestors(place.path)).values_list("path", "kind"))
    top = min((path for path, kind in above.items() if kind == "community"), default=place.path)
    moment = now()
    fresh = cases_with_due(actor).filter(state__in=CASE_LIVE, at__gte=moment - LATELY)
    inside = fresh.filter(under([top], "place__path")).prefetch_related(None).order_by("-at", "id")
    others = list(inside[:COMPARED])
    compared = [
        (
            Said(case.title, _called(case.place), case.category),
            nearness(place.path, case.place.path if case.place else "", above),
            (moment - case.at).total_seconds() / 60,
        )
        for case in others
    ]
    found = ranked(Said(title, _called(place), category), compared, most=most)
    chosen = {others[n].pk: like for n, like in found}
    whole = cases_with_due(actor).in_bulk(list(chosen))
    return [(whole[id], like) for id, like in chosen.items() if id in whole]


def nearness(path: str, other: str, above: Mapping[str, str]) -> Near:
    """How near two places are: by the kind of the last place both stand in. `above`: the kinds of
    what `path` stands in, by path. A building's own matter is near to every home of it."""
    if path == other:
        return "place"
    both = [one for one in ancestors(other) if one in above]
    kind = above[both[-1]] if both else "region"
    if kind == "building":
        return "unit" if both[-1] in (path, other) else "building"
    return "community" if kind == "community" else "apart" if kind == "region" else "unit"


def _called(place: Place | None) -> str:
    return f"{place.full_code} {place.name}" if place else ""


def categorised_cases(actor: Actor) -> list[Learnt]:
    """Cases that have a category, the newest 10,000 first, as suggestions learn them. One query."""
    known = Case.objects.seen_by(actor).exclude(category="").exclude(state="void")
    beginning = Left("text", 2 * BEGINNING)  # not 10,000 letters of 20,000 signs each
    rows = known.order_by("-at", "-id").values_list("title", beginning, "category")
    return [Learnt(title, text, category) for title, text, category in rows[:MOST]]


def categorised_since(moment: datetime, actor: Actor) -> int:
    """How many such cases were noted since `moment`. One query."""
    return Case.objects.seen_by(actor).exclude(category="").filter(noted_at__gt=moment).count()


def category_seen(category: str, actor: Actor) -> bool:
    """Whether the actor may see a case of this category: its word tells nothing new then."""
    return Case.objects.seen_by(actor).filter(category=category).exists()


def works_seen(actor: Actor) -> QuerySet[WorkOrder]:
    """Work orders the actor may see, with what a row shows; `due`: the case's first deadline."""
    return (
        WorkOrder.objects.seen_by(actor)
        .select_related("place", "person", "post")
        .annotate(due=_first_due("case_id"))
    )


def cases_due_by(moment: Any, actor: Actor, *, most: int) -> tuple[dict[UUID, Case], list[Clock]]:
    """The live cases with a deadline up to `moment`, and for each its first such clock, earliest
    first; at most `most` of them. Three queries; looks at the first 200 clocks, so that a company
    with thousands of late cases pays for those it is shown."""
    seen = Case.objects.seen_by(actor).live()
    clocks = Clock.objects.filter(
        company_id=actor.company_id,
        state__in=["running", "broken"],
        stopped_at=None,
        due_at__lte=moment,
        case_id__in=seen.values("id"),
    )
    first: dict[UUID, Clock] = {}
    for clock in clocks.order_by("due_at", "id")[:200]:
        first.setdefault(clock.case_id, clock)
    shown = list(first.values())[:most]
    whole = seen.select_related("place", "standard").prefetch_related(_works())
    cases = whole.in_bulk([clock.case_id for clock in shown])  # one may be closed by now
    return cases, [clock for clock in shown if clock.case_id in cases]


@dataclass(frozen=True)
class Glance:
    """How many live cases there are: past a deadline, due within a quarter of an hour, nobody has
    answered yet, all."""

    late: int
    soon: int
    fresh: int
    live: int


def at_a_glance(actor: Actor, *, mine: bool = False) -> Glance:
    """The four numbers of a desk, over what the actor may see, or owns (`mine`). One query."""
    moment = now()
    late = Q(pk__in=cases_owing(actor, due_at__lt=moment))
    soon = Q(pk__in=cases_owing(actor, due_at__range=(moment, moment + SOON))) & ~late
    fresh = Q(pk__in=cases_owing(actor, kind="respond"))
    counted = (
        Case.objects.seen_by(actor)
        .live()
        .filter(_mine(actor) if mine else Q())
        .aggregate(
            late=Count("id", filter=late),
            soon=Count("id", filter=soon),
            fresh=Count("id", filter=fresh),
            live=Count("id"),
        )
    )
    return Glance(**counted)


def places_below(words: str, actor: Actor) -> Any:
    """The places under the one named by its code or name, with its community where several have
    it; None when there is none."""
    with suppress(NotYet):
        return Place.objects.below(place_named(words, actor=actor).path).values("id")
    seen = Place.objects.seen_by(actor)
    top = seen.filter(Q(full_code=words) | Q(code=words) | Q(name=words)).order_by("path").first()
    return Place.objects.below(top.path).values("id") if top else None


def staff_to_send(actor: Actor) -> QuerySet[Person]:
    """Colleagues, those on duty first: each with the post and the work orders in hand."""
    duty = Duty.objects.at_moment(now()).filter(
        company_id=OuterRef("company_id"), person_id=OuterRef("id")
    )
    mine = WorkOrder.objects.filter(company_id=OuterRef("company_id"), person_id=OuterRef("id"))
    count = mine.to_do(now()).order_by().values("person_id").annotate(n=Count("id")).values("n")
    return (
        Person.objects.seen_by(actor)
        .filter(kind="staff", erased_at=None)
        .annotate(
            in_hand=Coalesce(Subquery(count), 0),
            on_duty=Subquery(duty.order_by("-starts_at").values("post__name")[:1]),
        )
        .order_by(F("on_duty").asc(nulls_last=True), "pinyin", "id")
    )


def works_on_board(actor: Actor) -> QuerySet[WorkOrder]:
    """Live work that is not done yet, at places where the actor hands it out; what is due first on
    top. One query."""
    handed_out = under(actor.paths("work.dispatch"), "place__path")
    return (
        works_seen(actor)
        .filter(handed_out, state__in=WORK_LIVE - {"done"}, case__isnull=False)
        .select_related("case__place", "case__standard")
        .order_by(F("due").asc(nulls_last=True), "id")
    )


def works_to_verify(actor: Actor) -> QuerySet[WorkOrder]:
    """Finished work that the actor may pass or send back, what is due first on top: never work
    they had a part in. One query."""
    own = Record.objects.filter(
        had_part(actor.id), company_id=OuterRef("company_id"), work_id=OuterRef("id"), kind="result"
    )
    return (
        works_seen(actor)
        .filter(under(actor.paths("record.judge"), "place__path"), state="done", case__isnull=False)
        .exclude(Exists(own))
        .select_related("case__place", "case__standard")
        .order_by(F("due").asc(nulls_last=True), "id")
    )


def crew_on_duty(actor: Actor) -> list[Hand]:
    """Who is on duty now where the actor sees staff, with what they have in hand and have done in
    the last 90 days and their certificates in date. Five queries."""
    duties = {duty.person_id: duty for duty in on_duty(actor=actor).select_related("post__place")}
    mine = WorkOrder.objects.filter(company_id=actor.company_id, person_id__in=duties)
    in_hand = dict(
        mine.to_do(now())
        .exclude(state="done")
        .order_by()
        .values_list("person_id")
        .annotate(n=Count("id"))
    )
    lately = mine.filter(done_at__gte=now() - SKILLED_BY, case__isnull=False).order_by()
    done: dict[UUID, dict[str, int]] = defaultdict(dict)
    counts = lately.values_list("person_id", "case__category").annotate(n=Count("id"))
    for person, category, n in counts:
        done[person][category] = n
    holds = certificates_of(duties, actor=actor)
    idle = without_right("work.do", duties, actor=actor)
    return [
        Hand(
            id=id,
            name=duty.person.name_for(actor),
            in_hand=in_hand.get(id, 0),
            path=duty.post.place.path,
            done=done.get(id, {}),
            holds=holds.get(id, frozenset()),
            works=id not in idle and not duty.post.desk,
        )
        for id, duty in duties.items()
    ]


def certificates_of(people: Iterable[UUID], *, actor: Actor) -> dict[UUID, frozenset[str]]:
    """The codes of the certificates in date today, by person. One query."""
    found: dict[UUID, list[tuple[str, date | None]]] = defaultdict(list)
    rows = Qualification.objects.filter(person_id__in=list(people))
    for person, type, until in rows.values_list("person_id", "type", "expires_on"):
        found[person].append((type, until))
    day = today(actor.company_id)
    return {person: held(known, on=day) for person, known in found.items()}


def reasons_against(work: WorkOrder, person: UUID, actor: Actor) -> list[str]:
    """Why this person should not be sent: off duty while others are on in that community, or
    without the certificate the job needs; who takes it is there, on duty or not. Planned work says
    by its post who may do it: to look at a lift is no work on a lift. Three queries."""
    if work.case is None:
        return []
    asks = needed(work.case.category, work.title)
    roster = dict(on_duty(actor=actor).values_list("person_id", "post__place__path"))
    above = ancestors(work.place.path) if work.place else []
    tops = Place.objects.filter(path__in=above, kind="community").values_list("path", flat=True)
    here = [path for path in roster.values() for top in tops if path.startswith(top)]
    has = certificates_of([person], actor=actor).get(person, frozenset())
    absent = bool(here) and person not in roster and person != actor.person_id
    against = unfit(asks, has=has, off_duty=absent)
    return [str(why) % {"name": asks.name if asks else ""} for why in against]


def work_by_case(cases: Iterable[Case]) -> dict[UUID | None, list[WorkOrder]]:
    """The work orders of cases the caller may see. One query."""
    found: dict[UUID | None, list[WorkOrder]] = {}
    works = WorkOrder.objects.filter(case__in=list(cases)).select_related("person", "post")
    for one in works.order_by("id"):
        found.setdefault(one.case_id, []).append(one)
    return found


def told_by_case(cases: Iterable[Case]) -> dict[UUID, list[EventValue]]:
    """What the reporters of cases the caller may see were told, latest first. One query."""
    said = EventValue.objects.filter(
        event__name__in=("case.tell", "case.told_along", "case.merge"),
        event__subject_kind="case",
        event__subject_id__in=[case.id for case in cases],
        name="text",
    )
    found: dict[UUID, list[EventValue]] = {}
    for value in said.select_related("event").order_by("-event__at", "-event__id"):
        found.setdefault(value.event.subject_id, []).append(value)
    return found


def liabilities_of(case: Case, parts: Iterable[Part], *, major: bool) -> list[Liability]:
    """Who pays, if a case is about one of these parts: nobody where we did it and it is still good,
    else by the day its place, or the nearest above that has one, was delivered. Four queries."""
    if ours := warranted(case):
        to = ours.number if ours.work.case else str(ours.work.id)
        return [done_again(part, ours.number, ours.until, to=to) for part in parts]
    above = chain(case.place) if case.place else []
    delivered = next((p.delivered_on for p in reversed(above) if p.delivered_on), None)
    return [liability(part, delivered=delivered, reported=case.day, major=major) for part in parts]
