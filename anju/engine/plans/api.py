"""Plans and planned work over the API, and the feed calendars subscribe to."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from anju.engine.loop.commands.readings import note_reading
from anju.engine.loop.models import WORK_STATE_NAMES, WorkOrder
from anju.engine.plans.commands import Planned, begin_plan, make_plan, move_plan
from anju.engine.plans.document import Trigger
from anju.engine.plans.ical import feed_of, rule_of
from anju.engine.plans.models import STATE_NAMES, Plan
from anju.engine.plans.queries import standing_since, subjects_now
from anju.foundation.access.doors import Request, api_door
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.lib import now
from anju.foundation.people.models import Post
from anju.foundation.places.models import Asset, Place
from anju.foundation.places.queries import place_named
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown, known_word
from anju.foundation.tenancy.rows import cursor_page, only

router = Router(tags=["planned work"])
MOST = 200
BEHIND = timedelta(days=31)  # how far back the feed of a calendar goes


class PlanOut(Schema):
    """A plan. `when`: what lets it fall due, on `calendar`. `early`, `late`, `make_up`, `labour`:
    minutes. `carries`: what it carries out of the library, each a fact's id and which of its
    values."""

    id: UUID
    code: str
    name: str
    place_id: UUID
    post_id: UUID | None
    standard: str
    when: dict[str, Any]
    calendar: str
    early: int
    late: int
    make_up: int
    catch_up: str
    labour: int
    carries: list[str]
    state: str
    version: int


class PlanPage(Schema):
    """Plans, the newest first; `next` is the cursor of the page after, null on the last."""

    items: list[PlanOut]
    next: UUID | None


class PlanFilter(Schema):
    """Filters of the list."""

    state: str = ""
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=MOST)


class SubjectIn(Schema):
    """Where it falls due: a place (an id, a path or a code), or the code of a piece of
    equipment."""

    place: str = Field("", max_length=400)
    asset: str = Field("", max_length=80)


class PlanIn(Schema):
    """A plan to be made at the community `place`. `when`: by the calendar, or `by` "after" (days
    after the last was done), "meter", "event" or "hand". `carries`: facts of the library, as in
    a plan."""

    place: str = Field(max_length=400)
    code: str = Field(max_length=16)
    name: str = Field(max_length=120)
    when: Trigger
    subjects: list[SubjectIn] = Field(max_length=500)
    post: UUID | None = None
    standard: str = Field("", max_length=32)
    calendar: str = Field("always", max_length=32)
    early: int = Field(0, ge=0, le=10_080)
    late: int = Field(60, ge=0, le=10_080)
    make_up: int = Field(0, ge=0, le=10_080)
    catch_up: str = Field("none", max_length=4)
    labour: int = Field(0, ge=0, le=10_000)
    carries: list[Annotated[str, Field(max_length=44)]] = Field([], max_length=40)


class PlanMoveIn(Schema):
    """One step: pause, resume or end; `why` for the first and the last."""

    move: str = Field(max_length=12)
    why: str = Field("", max_length=400)


class BeginIn(Schema):
    """Why a plan without a rhythm is to be done now."""

    why: str = Field(max_length=400)


class BegunOut(Schema):
    """How many work orders were made."""

    made: int


class ReadingIn(Schema):
    """What the counter `counter` of a piece of equipment (its code) showed `at` (default now).
    `set_back`: why it shows less than before, for example that it was replaced."""

    asset: str = Field(max_length=80)
    counter: str = Field("hours", pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=24)
    number: float
    at: datetime | None = None
    set_back: str = Field("", max_length=200)


class ReadingOut(Schema):
    """A reading as it is kept."""

    id: UUID
    at: datetime


class WorkOrderOut(Schema):
    """A work order. `case_id`: null for planned work, whose window is `opened_at` to `lapses_at`;
    `occurrence` the time a plan asks for it. `version` is to be sent with a move."""

    id: UUID
    number: str
    title: str
    case_id: UUID | None
    place_id: UUID | None
    asset_id: UUID | None
    post_id: UUID | None
    person_id: UUID | None
    state: str
    version: int
    opened_at: datetime
    lapses_at: datetime | None
    done_at: datetime | None


class WorkPage(Schema):
    """Work orders, the newest first; `next` is the cursor of the page after, null on the last."""

    items: list[WorkOrderOut]
    next: UUID | None


class WorkFilter(Schema):
    """Filters of the list. `planned`: only work of plans, or only work of cases. `to_do`: only what
    can be done now."""

    state: str = ""
    planned: bool | None = None
    to_do: bool = False
    person: UUID | None = None
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=MOST)


@router.get("/plans", response=PlanPage, operation_id="list_plans")
@api_door("plan.see")
def get_plans(request: Request, asked: Query[PlanFilter]) -> PlanPage:
    """Plans the token's owner may see."""
    known_word("state", asked.state, dict(STATE_NAMES))
    found = Plan.objects.seen_by(request.actor).order_by("-id")
    if asked.state:
        found = found.filter(state=asked.state)
    if asked.cursor:
        found = found.filter(id__lt=asked.cursor)
    rows, after = cursor_page(found, asked.limit)
    return PlanPage(items=[PlanOut.from_orm(row) for row in rows], next=after)


@router.post("/plans", response={201: PlanOut}, operation_id="make_plan")
@api_door("plan.edit", scope="write")
def post_plan(request: Request, body: PlanIn) -> tuple[int, PlanOut]:
    """Make a plan; its work stands at once, 35 days ahead."""
    actor = request.actor
    place = place_named(body.place, actor=actor)
    said = Planned(
        name=body.name,
        when=body.when,
        subjects=[_subject(one, place, actor) for one in body.subjects],
        post=_post(body.post, actor),
        standard=body.standard,
        calendar=body.calendar,
        early=body.early,
        late=body.late,
        make_up=body.make_up,
        catch_up=body.catch_up,
        labour=body.labour,
        carries=body.carries,
    )
    return 201, PlanOut.from_orm(make_plan(place, body.code, said, actor=actor))


@router.get("/plans/{uuid:plan_id}", response=PlanOut, operation_id="read_plan")
@api_door("plan.see")
def get_plan(request: Request, plan_id: UUID) -> PlanOut:
    """One plan."""
    return PlanOut.from_orm(_plan(request, plan_id))


@router.post("/plans/{uuid:plan_id}/moves", response=PlanOut, operation_id="move_plan")
@api_door("plan.see", scope="write")
def post_plan_move(request: Request, plan_id: UUID, body: PlanMoveIn) -> PlanOut:
    """Pause a plan, let it go on, or end it."""
    moved = move_plan(plan_id, body.move, actor=request.actor, why=body.why)
    return PlanOut.from_orm(moved)


@router.post("/plans/{uuid:plan_id}/begin", response=BegunOut, operation_id="begin_plan")
@api_door("work.dispatch", scope="write")
def post_begin(request: Request, plan_id: UUID, body: BeginIn) -> BegunOut:
    """Say that a plan without a rhythm is to be done now."""
    return BegunOut(made=begin_plan(plan_id, actor=request.actor, why=body.why))


@router.post("/readings", response={201: ReadingOut}, operation_id="note_reading")
@api_door("record.add", scope="write")
def post_reading(request: Request, body: ReadingIn) -> tuple[int, ReadingOut]:
    """Keep what a counter of equipment shows; plans by meter make their work when it passes a
    mark."""
    kept = note_reading(
        _asset(body.asset, request.actor).id,
        body.counter,
        body.number,
        actor=request.actor,
        at=body.at,
        set_back=body.set_back,
    )
    return 201, ReadingOut.from_orm(kept)


@router.get("/plans/{uuid:plan_id}/calendar.ics", operation_id="plan_calendar")
@api_door("plan.see")
def get_calendar(request: Request, plan_id: UUID) -> HttpResponse:
    """What was and is planned from a month back to the end of what stands, as RFC 5545: an event
    for each time at each place, from when it may begin until it must be done."""
    plan = _plan(request, plan_id)
    rows = standing_since(plan, now() - BEHIND)
    return HttpResponse(feed_of(plan, rows), content_type="text/calendar; charset=utf-8")


@router.get("/plans/{uuid:plan_id}/rule.ics", operation_id="plan_rule")
@api_door("plan.see")
def get_rule(request: Request, plan_id: UUID) -> HttpResponse:
    """One event that recurs by the plan's rule (RFC 5545), to be taken over by others. Where the
    RFC has no words for it (seasons, working days, days off, other than by the calendar) the
    calendar of what stands instead, which says so in X-WR-CALDESC."""
    plan = _plan(request, plan_id)
    places = [str(one.asset or one.place) for one in subjects_now(plan)]
    zone = calendars_of(plan.company_id)(plan.calendar).zone
    said = rule_of(plan, places, zone)
    if said is None:
        note = _("Its rule cannot be said by RFC 5545: these are the times that stand.")
        said = feed_of(plan, standing_since(plan, now() - BEHIND), note=note)
    return HttpResponse(said, content_type="text/calendar; charset=utf-8")


@router.get("/work-orders", response=WorkPage, operation_id="list_work_orders")
@api_door("work.see")
def get_work_orders(request: Request, asked: Query[WorkFilter]) -> WorkPage:
    """Work orders the token's owner may see, of cases and of plans; planned ones stand 35 days
    ahead."""
    known_word("state", asked.state, dict(WORK_STATE_NAMES))
    found = WorkOrder.objects.seen_by(request.actor)
    found = found.to_do(now()) if asked.to_do else found
    wanted = Q()
    if asked.state:
        wanted &= Q(state=asked.state)
    if asked.planned is not None:
        wanted &= Q(case__isnull=asked.planned)
    if asked.person:
        wanted &= Q(person_id=asked.person)
    if asked.cursor:
        wanted &= Q(id__lt=asked.cursor)
    rows, after = cursor_page(found.filter(wanted).order_by("-id"), asked.limit)
    return WorkPage(items=[WorkOrderOut.from_orm(row) for row in rows], next=after)


def _plan(request: Request, plan_id: UUID) -> Plan:
    found = only(Plan.objects.seen_by(request.actor).filter(id=plan_id))
    if found is None:
        raise Unknown(_("There is no such plan, or you may not see it."))
    return found


def _subject(one: SubjectIn, place: Place, actor: Actor) -> tuple[Place, Asset | None]:
    if one.asset:
        asset = _asset(one.asset, actor)
        return asset.place, asset
    return place_named(one.place, actor=actor, at=place), None


def _asset(code: str, actor: Actor) -> Asset:
    known = Asset.objects.seen_by(actor).select_related("place")
    found: Asset | None = known.filter(code=code).first()
    if found is None:
        words = _("No equipment with this code is known here. Check the code on its label.")
        raise NotYet(words, code="unknown_asset", fields={"subjects": words})
    return found


def _post(id: UUID | None, actor: Actor) -> Post | None:
    if id is None:
        return None
    found: Post | None = only(Post.objects.seen_by(actor).filter(id=id))
    if found is None:
        words = _("There is no such post here. Choose one of the community.")
        raise NotYet(words, code="unknown_post", fields={"post": words})
    return found
