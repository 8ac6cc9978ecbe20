"""Standards over the API: the versions, their text, their steps, and which one would rule."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from anju.engine.standards.commands import move_standard
from anju.engine.standards.models import STATES, Standard
from anju.engine.standards.queries import matches
from anju.engine.standards.rules import CASE_KINDS, Subject
from anju.foundation.access.doors import Request, api_door
from anju.foundation.places.queries import place_named
from anju.foundation.tenancy.errors import NotYet, Unknown, known_word
from anju.foundation.tenancy.rows import cursor_page, only
from anju.foundation.texts import plain

router = Router(tags=["standards"])
MOST = 200


class StandardOut(Schema):
    """A version without its text. `review_on`: the day by which somebody looks at it again."""

    id: UUID
    code: str
    version: int
    name: str
    kinds: list[str]
    state: str
    published_at: datetime | None
    retired_at: datetime | None
    review_on: date | None


class StandardWhole(StandardOut):
    """A version with its text: the JSON of `standard/1`, as its schema describes it."""

    document: dict[str, Any]


class StandardPage(Schema):
    """Versions, the newest first; `next` is the cursor of the page after, null on the last."""

    items: list[StandardOut]
    next: UUID | None


class StandardFilter(Schema):
    """Filters of the list."""

    code: str = ""
    state: str = ""
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=MOST)


class MoveIn(Schema):
    """One step: submit, send_back, try, publish, confirm or retire. `places`: paths, for `try`."""

    move: str
    why: str = Field(max_length=300)
    places: list[str] = []


class MatchIn(Schema):
    """A case as it might be reported."""

    kind: str
    category: str = ""
    urgency: int = Field(3, ge=1, le=4)
    place: str


class MatchOut(Schema):
    """A standard in force for the kind. `why`: rules, less_specific, other_place, other_category or
    other_urgency."""

    standard: StandardOut
    rules: bool
    why: str


class Matched(Schema):
    """Which version would rule, null where none would; `considered` with the reason for each."""

    standard: StandardOut | None
    considered: list[MatchOut]


@router.get("/standards", response=StandardPage, operation_id="list_standards")
@api_door("standard.see")
def get_standards(request: Request, asked: Query[StandardFilter]) -> StandardPage:
    """The versions of all standards, or of one `code`, or in one `state`."""
    known_word("state", asked.state, dict(STATES))
    found = Standard.objects.seen_by(request.actor).order_by("-id")
    for name in ("code", "state"):
        if value := getattr(asked, name):
            found = found.filter(**{name: value})
    if asked.cursor:
        found = found.filter(id__lt=asked.cursor)
    rows, after = cursor_page(found, asked.limit)
    return StandardPage(items=[StandardOut.from_orm(row) for row in rows], next=after)


@router.get("/standards/match", response=Matched, operation_id="match_standard")
@api_door("standard.see")
def get_match(request: Request, asked: Query[MatchIn]) -> Matched:
    """Which version would rule such a case reported now, and why."""
    if asked.kind not in CASE_KINDS:
        words = _("This must be one of: %(expected)s.") % {"expected": ", ".join(CASE_KINDS)}
        raise NotYet(words, code="bad_value", fields={"kind": words})
    place = place_named(asked.place, actor=request.actor)
    subject = Subject(asked.category, asked.urgency, place.path)
    found = matches(asked.kind, subject, actor=request.actor)
    considered = [
        MatchOut(standard=StandardOut.from_orm(m.standard), rules=m.rules, why=m.why) for m in found
    ]
    ruling = next((m.standard for m in considered if m.rules), None)
    return Matched(standard=ruling, considered=considered)


@router.get("/standards/{uuid:standard_id}", response=StandardWhole, operation_id="read_standard")
@api_door("standard.see")
def get_standard(request: Request, standard_id: UUID) -> StandardWhole:
    """One version with its text."""
    found = only(Standard.objects.seen_by(request.actor).filter(id=standard_id))
    if found is None:
        raise Unknown(_("There is no such standard, or you may not see it."))
    head = StandardOut.from_orm(found).dict()
    return StandardWhole(**head, document=plain(found.document))


@router.post(
    "/standards/{uuid:standard_id}/moves", response=StandardOut, operation_id="move_standard"
)
@api_door("standard.edit")
def post_move(request: Request, standard_id: UUID, body: MoveIn) -> StandardOut:
    """Take a version one step on. What was published rules cases opened from now on."""
    moved = move_standard(
        standard_id, body.move, actor=request.actor, why=body.why, places=body.places
    )
    return StandardOut.from_orm(moved)
