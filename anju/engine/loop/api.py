"""REST: cases and work orders. Parse, call one command, answer."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticKnownError

from anju.engine.clocks.models import Clock
from anju.engine.clocks.queries import clocks_of_case, explained
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.opening import Opened, Report, report
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case, WorkOrder
from anju.engine.loop.queries import Spot, opening_facts_at
from anju.engine.loop.rules import CASE_STATES
from anju.engine.standards.rules import CASE_KINDS
from anju.foundation.access.doors import Request, api_door
from anju.foundation.people.commands import contact_for
from anju.foundation.people.models import Person
from anju.foundation.places.models import Asset, Place
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown, known_word
from anju.foundation.tenancy.rows import cursor_page, only

router = Router(tags=["cases"])
MOST = 200
USUAL = 3  # P3, normal: where nobody says how urgent it is


def _urgency(given: Any) -> Any:
    """1 to 4, also as people write it: P1 to P4; null is the usual one."""
    if given is None:
        return USUAL
    return URGENCY_WORDS.get(given, given) if isinstance(given, str) else given


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError as error:  # the first hours of year 1 east of Greenwich, the last west
        raise PydanticKnownError("datetime_parsing", {"error": "not in UTC"}) from error


URGENCY_WORDS: dict[Any, int] = {f"P{n}": n for n in range(1, 5)}
Urgency = Annotated[
    int,
    Field(ge=1, le=4),
    BeforeValidator(
        _urgency,
        json_schema_input_type=Annotated[int, Field(ge=1, le=4)]
        | Literal["P1", "P2", "P3", "P4"]
        | None,
    ),
]
Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class ReporterIn(Schema):
    """Who reports: the id of a known person, or a name with a phone number."""

    id: UUID | None = None
    name: str = Field("", max_length=80)
    phone: str = Field("", max_length=32)


class CaseIn(Schema):
    """A report. `place`: an id, a path of the tree or a code such as 3-2-1201. `asset`: its code or
    id. `urgency`: 1 to 4 or P1 to P4. `at`: with zone."""

    kind: str = Field(max_length=12)
    category: str = Field("", max_length=120)
    title: str = Field(max_length=300)
    text: str = Field("", max_length=20_000)
    urgency: Urgency = USUAL
    place: str = Field(max_length=400)
    asset: str | None = Field(None, max_length=80)
    reporter: ReporterIn | None = None
    channel: str = Field("api", max_length=12)
    at: Instant | None = None


class ClockOut(Schema):
    """A promise: times in UTC, `minutes` on `calendar`."""

    id: UUID
    kind: str
    state: str
    minutes: int
    calendar: str
    started_at: datetime
    due_at: datetime | None
    stopped_at: datetime | None


class SpanOut(Schema):
    """A stretch of a clock's life, counted or not, and why."""

    since: datetime
    until: datetime
    counted: bool
    why: str
    note: str


class ExplainedClockOut(ClockOut):
    """A promise with every interval that was counted or not."""

    spans: list[SpanOut]


class CaseOut(Schema):
    """A case. `version` is to be sent with a move."""

    id: UUID
    number: str
    kind: str
    category: str
    title: str
    urgency: int
    place_id: UUID | None
    channel: str
    state: str
    version: int
    at: datetime


class OpenedOut(Schema):
    """A case just opened."""

    id: UUID
    number: str
    state: str
    version: int
    clocks: list[ClockOut]


class WorkOut(Schema):
    """A work order of a case."""

    id: UUID
    number: str
    title: str
    state: str
    version: int
    person_id: UUID | None
    post_id: UUID | None


class CaseWhole(CaseOut):
    """A case with its work orders and clocks."""

    text: str
    work: list[WorkOut]
    clocks: list[ClockOut]


class Page(Schema):
    """One page of cases, newest first; `next` is the cursor of the following page."""

    items: list[CaseOut]
    next: UUID | None = None


class MoveIn(Schema):
    """One step. `version`: the version you saw; `said`: what the step needs."""

    name: str = Field(max_length=20)
    version: int | None = Field(None, ge=1)
    at: Instant | None = None
    said: dict[str, Any] = Field(default_factory=dict)


class MovedOut(Schema):
    """The state after the step."""

    id: UUID
    state: str
    version: int


class CaseFilter(Schema):
    """Filters of the list."""

    state: str = ""
    kind: str = ""
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=MOST)


@router.post("/cases", response={201: OpenedOut}, operation_id="report_case")
@api_door("case.report")
def post_case(request: Request, body: CaseIn) -> HttpResponse:
    """Open a case: its clocks run from `at` under the standard in force."""
    actor = request.actor
    facts = opening_facts_at(body.place, body.kind, actor=actor)
    opened = report(
        Report(
            kind=body.kind,
            title=body.title,
            place=facts.place,
            category=body.category,
            text=body.text,
            urgency=body.urgency,
            asset=_asset(body.asset, actor) if body.asset else None,
            reporter=_reporter(body.reporter, facts.place, actor) if body.reporter else None,
            channel=body.channel,
            at=body.at,
        ),
        actor=actor,
        facts=facts,
    )
    return HttpResponse(_opened(opened), status=201, content_type="application/json")


def _opened(opened: Opened) -> str:
    """`OpenedOut` as JSON: values of our own making need no second validation."""
    case = opened.case
    clocks = [
        ClockOut.model_construct(**{name: getattr(clock, name) for name in ClockOut.model_fields})
        for clock in opened.clocks
    ]
    return OpenedOut.model_construct(
        id=case.id, number=case.number, state=case.state, version=case.version, clocks=clocks
    ).model_dump_json()


@router.get("/cases", response=Page, operation_id="list_cases")
@api_door("case.see")
def get_cases(request: Request, asked: Query[CaseFilter]) -> Page:
    """Cases the token's owner may see, newest first."""
    for name, known in (("state", CASE_STATES), ("kind", CASE_KINDS)):
        known_word(name, getattr(asked, name), known)
    found: QuerySet[Case] = Case.objects.seen_by(request.actor).order_by("-id")
    if asked.state:
        found = found.filter(state=asked.state)
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.cursor:
        found = found.filter(id__lt=asked.cursor)
    rows, after = cursor_page(found, asked.limit)
    return Page(items=[CaseOut.from_orm(case) for case in rows], next=after)


@router.get("/cases/{uuid:case_id}", response=CaseWhole, operation_id="read_case")
@api_door("case.see")
def get_case(request: Request, case_id: UUID) -> CaseWhole:
    """One case with its work orders and clocks."""
    case = _case(request, case_id)
    return CaseWhole(
        **CaseOut.from_orm(case).dict(),
        text=case.text,
        work=[WorkOut.from_orm(w) for w in case.work.order_by("id")],
        clocks=[ClockOut.from_orm(c) for c in _clocks(case)],
    )


@router.get(
    "/cases/{uuid:case_id}/clocks", response=list[ExplainedClockOut], operation_id="explain_clocks"
)
@api_door("case.see")
def get_clocks(request: Request, case_id: UUID) -> list[ExplainedClockOut]:
    """The promises of a case, each with every counted and uncounted interval."""
    return [
        ExplainedClockOut(
            **ClockOut.from_orm(clock).dict(),
            spans=[SpanOut.from_orm(span) for span in explained(clock)],
        )
        for clock in _clocks(_case(request, case_id))
    ]


@router.post("/cases/{uuid:case_id}/moves", response=MovedOut, operation_id="move_case")
@api_door("case.see", scope="write")
def post_case_move(request: Request, case_id: UUID, body: MoveIn) -> Case:
    """Take one step of a case; which ones there are stands in docs/clocks.md."""
    return move_case(
        case_id, body.name, actor=request.actor, version=body.version, said=body.said, at=body.at
    )


@router.post("/work-orders/{uuid:work_id}/moves", response=MovedOut, operation_id="move_work")
@api_door("work.see", scope="write")
def post_work_move(request: Request, work_id: UUID, body: MoveIn) -> WorkOrder:
    """Take one step of a work order."""
    return move_work(
        work_id, body.name, actor=request.actor, version=body.version, said=body.said, at=body.at
    )


def _case(request: Request, case_id: UUID) -> Case:
    case = only(Case.objects.seen_by(request.actor).filter(id=case_id))
    if case is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return case


def _clocks(case: Case) -> QuerySet[Clock]:
    return clocks_of_case(case.id)


def _asset(code: str, actor: Actor) -> Asset:
    named = Q(code=code)
    with suppress(ValueError):
        named |= Q(id=UUID(code))
    asset = Asset.objects.seen_by(actor).filter(named).first()
    if asset is None:
        text = _("No equipment with this code is known here. Check the code on its label.")
        raise NotYet(text, code="unknown_asset", fields={"asset": text})
    return asset


def _reporter(given: ReporterIn, spot: Spot | None, actor: Actor) -> Person:
    if given.id is None:
        home = only(Place.objects.seen_by(actor).filter(id=spot.id)) if spot else None
        return contact_for(given.name, given.phone, actor=actor, place=home)
    person = only(Person.objects.seen_by(actor).filter(id=given.id))
    if person is None:
        text = _("No such person is known here. Give a name and a phone number instead.")
        raise NotYet(text, code="unknown_person", fields={"reporter": text})
    return person
