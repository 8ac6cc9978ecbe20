"""Reads of planned work."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from anju.domains.rounds.models import RoundPoint, Route, RoutePoint
from anju.domains.rounds.photos import first_uses, photos_by, visits_kept
from anju.domains.rounds.rules import BEGUN, Standing, Visit, Window, point_window, standing
from anju.engine.clocks.models import Clock
from anju.engine.clocks.rows import LEAST
from anju.engine.loop.asked import typed_of
from anju.engine.loop.models import UNBEGUN, Record, WorkOrder, WorkQuery
from anju.engine.plans.models import Occurrence, Plan, PlanSubject
from anju.engine.plans.queries import subjects_now
from anju.foundation.lib import now
from anju.foundation.people.models import Assignment, Duty
from anju.foundation.places.models import Asset, Label, Place, under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today
from anju.foundation.tenancy.errors import Unknown
from anju.foundation.tenancy.rows import only

AHEAD = timedelta(days=2)
BACK = timedelta(days=15)  # no window with its make-up is longer


def planned_seen(actor: Actor) -> WorkQuery:
    """Planned work orders the actor may see, with what a row shows."""
    seen = WorkOrder.objects.seen_by(actor).select_related("place", "asset", "person", "post")
    return seen.filter(case=None)


def posts_of(actor: Actor, moment: datetime) -> set[UUID]:
    """The posts somebody holds today or is on duty at. Two queries, none for who is no person."""
    if actor.person_id is None:
        return set()
    return _posts(actor.company_id, actor.person_id, moment)


def _posts(company: UUID, person: UUID, moment: datetime) -> set[UUID]:
    held = Assignment.objects.on(today(company)).filter(company_id=company, person_id=person)
    duty = Duty.objects.at_moment(moment).filter(company_id=company, person_id=person)
    return {*held.values_list("post_id", flat=True), *duty.values_list("post_id", flat=True)}


def against_another_post(work: WorkOrder, person: UUID, _actor: Actor) -> list[str]:
    """What speaks against giving planned work to somebody who is not of its post, in words. Two
    queries, none where it is at no post."""
    if work.case_id is not None or work.post is None:
        return []
    if work.post_id in _posts(work.company_id, person, now()):
        return []
    return [_("not of the post %(post)s") % {"post": work.post}]


def rounds_at_hand(
    actor: Actor, posts: Collection[UUID], moment: datetime, *, most: int, **where: UUID | None
) -> list[WorkOrder]:
    """What planned work somebody can do now, anywhere or where it is said (`place_id`, `asset_id`):
    their own, and what waits at a post of theirs (`posts_of`), or at none; the window that opened
    first on top. One query."""
    if actor.person_id is None:
        return []
    lately = Q(opened_at__gt=moment - BACK)
    free = Q(Q(post_id__in=posts) | Q(post=None), person=None, state__in=("waiting", "assigned"))
    mine = Q(lately | Q(state__in=BEGUN), person_id=actor.person_id) | Q(lately, free)
    left = RoundPoint.objects.filter(work_id=OuterRef("id"))
    over = Q(lapses_at__lt=moment) & Exists(left)  # what was left out is a finding by now
    found = planned_seen(actor).to_do(moment).filter(**where).exclude(over)
    return list(found.filter(mine).exclude(state="done").order_by("opened_at", "id")[:most])


def rounds_ahead(actor: Actor, moment: datetime, *, most: int) -> list[WorkOrder]:
    """What planned work of the next two days will be somebody's: their own, and that of posts they
    hold or are on duty at within that time; what opens first on top. Three queries."""
    if actor.person_id is None:
        return []
    until = moment + AHEAD
    rostered = Duty.objects.filter(
        company_id=actor.company_id, person_id=actor.person_id, starts_at__lt=until,
        ends_at__gt=moment, called_off=False,
    )  # fmt: skip
    posts = {*posts_of(actor, moment), *rostered.values_list("post_id", flat=True)}
    mine = Q(person_id=actor.person_id) | Q(person=None, post_id__in=posts)
    found = planned_seen(actor).live().filter(opened_at__gt=moment, opened_at__lte=until)
    return list(found.filter(mine).order_by("opened_at", "id")[:most])


def clocks_of(works: Iterable[WorkOrder]) -> dict[UUID, Clock]:
    """The clock of each piece of planned work whose window has opened. One query."""
    ids = [work.id for work in works]
    found = Clock.objects.filter(case_id=None, work_id__in=ids).order_by("started_at", "id")
    return {clock.work_id: clock for clock in found}


def occurrence_of(work: WorkOrder) -> Occurrence | None:
    """The occurrence of a plan that a work order was made for. One query."""
    made = Occurrence.objects.filter(work_id=work.id).select_related("plan", "work")
    return made.first()


def photos_of(work: WorkOrder) -> int:
    """How many photos a piece of planned work has. One query."""
    return Record.objects.filter(work_id=work.id, kind="photo").count()


def plan_seen(id: UUID, actor: Actor) -> Plan:
    """A plan the actor may see, with its place and post. One query. Raises Unknown."""
    found = only(Plan.objects.seen_by(actor).select_related("place", "post").filter(id=id))
    if found is None:
        raise Unknown(_("There is no such plan, or you may not see it."))
    return found


def subjects_of(plan: Plan) -> list[tuple[Place, Asset | None]]:
    """Where a plan falls due now, in the order of the places. One query."""
    return [(one.place, one.asset) for one in subjects_now(plan)]


@dataclass(frozen=True)
class Turn:
    """An occurrence with its work order and how it stands."""

    made: Occurrence
    work: WorkOrder | None
    standing: Standing


def around(plan: Plan, moment: datetime, *, most: int) -> list[Turn]:
    """The last and the next occurrences of a plan, so many of each, in the order of time. Two
    queries."""
    rows = plan.occurrences.filter(withdrawn=False).select_related(
        "plan", "place", "asset", "work__person", "work__post"
    )
    last = rows.filter(at__lte=moment).order_by("-at", "-id")[:most]
    following = rows.filter(at__gt=moment).order_by("at", "id")[:most]
    found = [*reversed(last), *following]
    return [Turn(one, one.work, standing_of(one, moment)) for one in found]


def standing_of(made: Occurrence, moment: datetime) -> Standing:
    """How an occurrence stands; its work order is read where it was not."""
    work = made.work
    lapses_at = work.lapses_at if work and work.lapses_at else made.closes_at
    window = Window(made.opens_at, made.closes_at, lapses_at)
    return standing(window, work.state if work else "", work.done_at if work else None, moment)


def occurrences_seen(actor: Actor, since: datetime, until: datetime) -> QuerySet[Occurrence]:
    """What was or is planned for [since, until) where the actor may see work, in that order."""
    seen = under(actor.paths("work.see"), "place__path")
    planned = Occurrence.objects.filter(
        seen, company_id=actor.company_id, withdrawn=False, at__gte=since, at__lt=until
    )
    return planned.order_by("at", "id")


def that_stand(rows: QuerySet[Occurrence], how: str, moment: datetime) -> QuerySet[Occurrence]:
    """Those that stand so at `moment`, as `standing` says it, of many rows at once: "ahead",
    "open", "late", "missed", or "done" however. No query."""
    if how == "done":
        return rows.filter(work__done_at__isnull=False)
    owed = rows.filter(work__done_at=None).exclude(work=None).exclude(work__state="void")
    if how == "ahead":
        return owed.filter(opens_at__gt=moment)
    if how == "open":
        return owed.filter(opens_at__lte=moment, closes_at__gte=moment)
    over = owed.filter(closes_at__lt=moment)
    lapsed = Q(work__lapses_at__lt=moment, work__state__in=UNBEGUN)
    return over.filter(lapsed) if how == "missed" else over.exclude(lapsed)


def kept_of(plan: Plan, moment: datetime, *, days: int = 90) -> tuple[int, int]:
    """(kept, judged) of the promises of a plan in the last days: in time or early, out of all
    whose window has closed. Two queries."""
    made = Occurrence.objects.filter(
        plan=plan, withdrawn=False, work__isnull=False, closes_at__lt=moment,
        at__gte=moment - timedelta(days=days),
    ).exclude(work__state="void")  # fmt: skip
    clocks = Clock.objects.filter(
        company_id=plan.company_id, case_id=None, work_id__in=made.values("work_id")
    )
    return clocks.filter(state="kept").count(), made.count()


def points_of(work: WorkOrder) -> list[RoundPoint]:
    """The points of a round in its order, each with its place, thing and plan; none where it has no
    route, or its window has not opened. One query."""
    rows = RoundPoint.objects.filter(work_id=work.id).order_by("turn")
    return list(rows.select_related("point__route__plan", "point__place", "point__asset"))


def rows_of(route: Route, points: Sequence[RoutePoint], one: Occurrence) -> Iterator[RoundPoint]:
    """The points of a round as they are laid when its window opens."""
    work = one.work
    if work is None:
        return
    order = list(points)
    if route.order == "random":  # another one each time, and the same whenever it is asked
        Random(work.id.int).shuffle(order)  # noqa: S311 - the order of a walk is no secret
    whole = Window(one.opens_at, one.closes_at, work.lapses_at or one.closes_at)
    for turn, point in enumerate(order, 1):
        window = point_window(whole, one.at, point.minute, route.slack)
        yield RoundPoint(
            company_id=route.company_id,
            work=work,
            point=point,
            turn=turn,
            opens_at=window.opens_at,
            closes_at=window.closes_at,
            lapses_at=window.lapses_at,
            state="open",
            next_at=window.closes_at + LEAST,
        )


def points_to_come(works: Iterable[WorkOrder]) -> dict[UUID, list[RoundPoint]]:
    """The points that rounds will be laid with whose windows open later, as their routes are now:
    in no table yet, known by the point of the route. Three queries."""
    moment = now()
    later = [one.id for one in works if one.case_id is None and one.opened_at > moment]
    made = list(Occurrence.objects.filter(work_id__in=later).select_related("work__place"))
    routes = {r.plan_id: r for r in Route.objects.filter(plan_id__in={o.plan_id for o in made})}
    points = RoutePoint.objects.filter(route__in=routes.values(), until=None).order_by("n")
    by_route: dict[UUID, list[RoutePoint]] = {}
    for point in points.select_related("route__plan", "place", "asset"):
        by_route.setdefault(point.route_id, []).append(point)
    return {
        one.work_id: list(rows_of(route, by_route.get(route.id, ()), one))
        for one in made
        if one.work_id and (route := routes.get(one.plan_id))
    }


def points_at_hand(
    actor: Actor, posts: Collection[UUID], moment: datetime, label: Label, *, most: int = 50
) -> list[RoundPoint]:
    """The point that hangs at a label, in each of the rounds somebody can do now: the first there
    that nobody has passed, else the last. Two queries."""
    works = {work.id: work for work in rounds_at_hand(actor, posts, moment, most=most)}
    there = Q(point__asset_id=label.asset_id) if label.asset_id else Q(point__asset=None)
    there &= Q(point__place_id=label.place_id) if label.place_id else Q()
    rows = RoundPoint.objects.filter(there, work_id__in=works).order_by("turn")
    found: dict[UUID, RoundPoint] = {}
    for row in rows.select_related("work", "point"):
        if row.work_id not in found or found[row.work_id].at is not None:
            found[row.work_id] = row
    return list(found.values())


def labels_of(rows: Sequence[RoundPoint], *, company: UUID) -> dict[UUID, str]:
    """The code of the label that hangs at each of these points of their route, where there is one.
    One query."""
    hooks = {
        row.point_id: (None, a) if (a := row.point.asset_id) else (row.point.place_id, None)
        for row in rows
    }
    places, assets = ({hook[n] for hook in hooks.values()} - {None} for n in (0, 1))
    there = Q(place_id__in=places) | Q(asset_id__in=assets)
    found = Label.objects.filter(there, company_id=company)
    codes = {(one.place_id, one.asset_id): one.code for one in found}
    return {id: codes[hook] for id, hook in hooks.items() if hook in codes}


def points_by_work(works: Iterable[WorkOrder]) -> dict[UUID, list[RoundPoint]]:
    """The points of each of these rounds that have any, in their order. One query."""
    found: dict[UUID, list[RoundPoint]] = {}
    for row in RoundPoint.objects.filter(work_id__in=[one.id for one in works]).order_by("turn"):
        found.setdefault(row.work_id, []).append(row)
    return found


def left_out(work: WorkOrder) -> dict[str, str]:
    """What a round lacks to be done: its points that nobody has passed. One query."""
    return {row.point.code: row.point.name for row in points_of(work) if row.at is None}


def visits_of(rows: Sequence[RoundPoint], *, company: UUID) -> list[Visit]:
    """Who passed these points, and how, as the rules take it. One query, two more where there are
    photos."""
    passed = passed_at(rows, company=company)
    shas = photos_by([one for one, _row in passed], company=company)
    first = first_uses(set(shas.values()), company)
    return [
        Visit(
            one.id,
            row.id,
            one.at,
            one.by,
            one.verdict,
            str(one.value.get("how", "hand")),
            photo=one.id in shas,
            used=one.id in shas and first[shas[one.id]] < (one.at, str(one.id)),
            read="number" in one.value,
            told=one.written_by is not None,
        )
        for one, row in passed
    ]


def passed_at(rows: Sequence[RoundPoint], *, company: UUID) -> list[tuple[Record, RoundPoint]]:
    """Each time somebody passed one of these points, as it happened. One query."""
    known: dict[tuple[UUID | None, str], RoundPoint] = {
        (row.work_id, row.point.item.code): row for row in rows
    }
    works = {row.work_id for row in rows}
    found = visits_kept(company).filter(work_id__in=works).order_by("at", "id")
    return [(one, row) for one in found if (row := known.get((one.work_id, one.item)))]


def reasons_of(rows: Sequence[RoundPoint], *, company: UUID) -> dict[UUID, str]:
    """Why those of these points that could not be reached could not, as it was said last. Two
    queries, none where all could."""
    barred = [row for row in rows if row.unreached]
    said = passed_at(barred, company=company) if barred else []
    typed = typed_of([one for one, _row in said])
    return {row.id: typed.get(one.id, {}).get("note", "") for one, row in said}


def route_seen(id: UUID, actor: Actor) -> Route:
    """A route the actor may see, with its place and plan. One query. Raises Unknown."""
    seen = Route.objects.seen_by(actor).select_related("place", "plan")
    found: Route | None = only(seen.filter(id=id))
    if found is None:
        raise Unknown(_("There is no such route, or you may not see it."))
    return found


def route_points(route: Route) -> list[RoutePoint]:
    """The points a route has now, in their order. One query."""
    rows = route.points.filter(until=None).select_related("route", "place", "asset")
    return list(rows.order_by("n"))


def points_planned(made: Occurrence) -> list[RoutePoint]:
    """The points that the route of a plan has now. At most two queries."""
    route = Route.objects.filter(company_id=made.company_id, plan_id=made.plan_id).first()
    return route_points(route) if route else []


def routeless(actor: Actor) -> list[Plan]:
    """Plans the actor may change that name one place and have no route yet, by name, at most 500.
    One query."""
    paths = actor.paths("plan.edit")
    mine = Plan.objects.filter(under(paths, "place__path"), company_id=actor.company_id)
    routes = Route.objects.filter(company_id=actor.company_id).values("plan_id")
    standing = mine.exclude(state="ended").exclude(id__in=routes)
    subjects = PlanSubject.objects.filter(company_id=actor.company_id, until=None)
    single = subjects.values("plan_id").annotate(n=Count("id")).filter(n=1).values("plan_id")
    found = standing.filter(id__in=single).select_related("place").order_by("name")
    return list(found[:500])
