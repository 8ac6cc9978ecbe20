"""Ledgers and their lines over the API."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from anju.domains.ledgers.commands import Said, write_line
from anju.domains.ledgers.models import Ledger, Line
from anju.domains.ledgers.queries import hides, told_of, typed_of_lines
from anju.foundation.access.doors import Request, api_door
from anju.foundation.lib import now
from anju.foundation.places.queries import place_named
from anju.foundation.tenancy.errors import Unknown
from anju.foundation.tenancy.rows import cursor_page, only

router = Router(tags=["ledgers"])
MOST = 200


class LedgerOut(Schema):
    """A ledger. `form`: the code of its form; `within`: minutes a line has to end; `signers`: how
    many sign a line; `lines`: how many it has."""

    id: UUID
    code: str
    name: str
    place_id: UUID
    form: str
    ends_with: str
    within: int
    signers: int
    personal: bool
    state: str
    lines: int


class Ledgers(Schema):
    """All ledgers the token may see, by name."""

    items: list[LedgerOut]


class LineOut(Schema):
    """A line. `at`: when it happened, `noted_at`: when it was written (UTC). `answers`: by the code
    of each item, in words; "•••" where the token may not read what was typed. `standing`: whole,
    open, overdue, unsigned or faulty."""

    id: UUID
    n: int
    place_id: UUID
    at: datetime
    noted_at: datetime
    ended_at: datetime | None
    answers: dict[str, str]
    standing: str
    version: int


class LinePage(Schema):
    """Lines, the newest first; `next` is the cursor of the page after, null on the last."""

    items: list[LineOut]
    next: UUID | None


class LineFilter(Schema):
    """Filters of the list. `open`: only those that have not ended."""

    open: bool = False
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=MOST)


class AnswerIn(Schema):
    """The answer to an item: `verdict` of one that is passed or failed, else its value."""

    verdict: str = Field("", max_length=4)
    number: str = Field("", max_length=40)
    text: str = Field("", max_length=2_000)
    note: str = Field("", max_length=400)
    rows: list[list[str]] | None = None


class LineIn(Schema):
    """A line to be written. `place`: an id, a path or a code (default: the community); `at`: when
    it happened (default: now). Pictures are added on the page."""

    place: str = Field("", max_length=400)
    at: datetime | None = None
    answers: dict[str, AnswerIn]


@router.get("/ledgers", response=Ledgers, operation_id="list_ledgers")
@api_door("ledger.see")
def list_ledgers(request: Request) -> dict[str, object]:
    """At most 200."""
    mine = Ledger.objects.seen_by(request.actor).order_by("name", "id")[:MOST]
    return {"items": [_ledger(one) for one in mine]}


@router.get("/ledgers/{uuid:ledger_id}/lines", response=LinePage, operation_id="list_ledger_lines")
@api_door("ledger.see")
def list_lines(request: Request, ledger_id: UUID, asked: Query[LineFilter]) -> dict[str, object]:
    """Lines of one ledger."""
    ledger = _the_ledger(request, ledger_id)
    found = ledger.lines.select_related("form", "ledger__place").order_by("-n")
    if asked.open:
        found = found.waiting()
    if asked.cursor:
        before = ledger.lines.filter(id=asked.cursor).values_list("n", flat=True).first()
        found = found.filter(n__lt=before or 0)
    rows, after = cursor_page(found, asked.limit)
    typed, hidden = typed_of_lines(rows), hides(ledger, request.actor)
    return {
        "items": [_line(line, typed.get(line.id, {}), hidden) for line in rows],
        "next": after,
    }


@router.post(
    "/ledgers/{uuid:ledger_id}/lines", response={201: LineOut}, operation_id="write_ledger_line"
)
@api_door("ledger.keep", scope="write")
def write(request: Request, ledger_id: UUID, said: LineIn) -> tuple[int, dict[str, object]]:
    """Write a line. What does not fit is refused, item by item."""
    actor, ledger = request.actor, _the_ledger(request, ledger_id)
    place = place_named(said.place, actor=actor, at=ledger.place) if said.place else None
    given = {code: _said(one) for code, one in said.answers.items()}
    line = write_line(ledger_id, given, actor=actor, place=place, at=_aware(said.at))
    return 201, _line(line, typed_of_lines([line]).get(line.id, {}), hides(ledger, actor))


def _aware(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=now().tzinfo) if at is not None and at.tzinfo is None else at


def _said(one: AnswerIn) -> Said:
    value: dict[str, Any] = {
        name: text for name in ("number", "text", "note") if (text := getattr(one, name))
    }
    return Said(one.verdict, value | ({"rows": one.rows} if one.rows else {}))


def _the_ledger(request: Request, id: UUID) -> Ledger:
    mine = Ledger.objects.seen_by(request.actor).select_related("place")
    found = only(mine.filter(id=id))
    if found is None:
        raise Unknown(_("There is no such ledger, or you may not see it."))
    return found


def _ledger(one: Ledger) -> dict[str, object]:
    names = ("id", "code", "name", "place_id", "form", "ends_with", "within", "signers",
             "personal", "state")  # fmt: skip
    return {name: getattr(one, name) for name in names} | {"lines": one.count}


def _line(line: Line, typed: dict[str, str], hidden: bool) -> dict[str, object]:
    told = (told_of(line, typed, hide=hidden, item=item) for item in line.form.sheet.items)
    return {
        "id": line.id, "n": line.n, "place_id": line.place_id, "at": line.at,
        "noted_at": line.noted_at, "ended_at": line.ended_at, "version": line.version,
        "answers": {
            one.item.code: f"{one.said} {one.note}".strip() for one in told if one.answered
        },
        "standing": line.standing(now()),
    }  # fmt: skip
