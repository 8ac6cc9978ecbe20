"""Reads of ledgers and their lines."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Max, Q, Value, When
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from anju.domains.ledgers.models import Ledger, Line, Review
from anju.domains.ledgers.rules import value_name
from anju.engine.forms.models import Form
from anju.engine.forms.rules import Form as Sheet
from anju.engine.forms.rules import Item, rows_of
from anju.engine.library.papers import forms
from anju.engine.loop.asked import qualifications_of
from anju.engine.loop.models import VERDICT_NAMES
from anju.foundation.events.models import Event, EventValue
from anju.foundation.lib import now
from anju.foundation.places.models import under
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today, zone_of_company
from anju.foundation.tenancy.errors import NotYet

HIDDEN = "•••"
MONTHS = 12  # how many months back a ledger offers to be looked through


def form_of(code: str, actor: Actor) -> Form | None:
    """The form of this code in force. One query."""
    mine = Form.objects.filter(company_id=actor.company_id, code=code).in_force()
    found: Form | None = mine.first()
    return found


def forms_of(codes: Collection[str], actor: Actor) -> dict[str, Form]:
    """The forms of these codes in force, by code. One query."""
    mine = Form.objects.filter(company_id=actor.company_id, code__in=codes).in_force()
    return {form.code: form for form in mine}


def sheet_of(code: str, actor: Actor) -> Sheet | None:
    """The same as rules understand it, else the form of the library that would be put in force."""
    form = form_of(code, actor)
    return form.sheet if form else forms().get(code)


def form_in_force(code: str, actor: Actor) -> Form:
    """The same; `NotYet` where there is none."""
    form = form_of(code, actor)
    if form is None:
        words = _("The form of this ledger is not in force any more. Put it in force again.")
        raise NotYet(words, code="no_form")
    return form


def holds_certificate(kind: str, actor: Actor) -> bool:
    """Whether the actor holds this kind of certificate, valid today. One query, none without."""
    return bool(kind) and kind in qualifications_of(actor)


@dataclass(frozen=True)
class Figures:
    """What a month of a ledger holds: `n` lines, of which are still `open`, `failed` and
    `unsigned`."""

    n: int
    open: int
    failed: int
    unsigned: int


def month_of(day: date, company_id: UUID) -> tuple[datetime, datetime]:
    """The instants a month begins at and ends before, in the company's zone."""
    zone = zone_of_company(company_id)
    first = day.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    begin, end = (datetime.combine(one, time(), tzinfo=zone) for one in (first, after))
    return begin, end


def figures_by_month(
    ledgers: Sequence[Ledger], begin: datetime, end: datetime
) -> dict[UUID, dict[date, Figures]]:
    """What the months of ledgers hold, of the lines between two instants. One query."""
    if not ledgers:
        return {}
    lines = Line.objects.filter(ledger__in=ledgers, at__gte=begin, at__lt=end)
    month = TruncMonth("at", tzinfo=zone_of_company(ledgers[0].company_id))
    found: dict[UUID, dict[date, Figures]] = {}
    counted = lines.values("ledger_id", month=month).annotate(
        n=Count("id"),
        open=Count("id", filter=Q(ended_at=None)),
        failed=Count("id", filter=Q(failed=True)),
        unsigned=Count("id", filter=Q(ledger__signers__gt=1, signed_by=None)),
    )
    names = ("ledger_id", "month", "n", "open", "failed", "unsigned")
    for ledger, first, *figures in counted.values_list(*names):
        found.setdefault(ledger, {})[first.date()] = Figures(*figures)
    return found


def month_figures(ledger: Ledger, month: date) -> Figures:
    """What a month holds. One query."""
    found = figures_by_month([ledger], *month_of(month, ledger.company_id))
    return found.get(ledger.id, {}).get(month.replace(day=1), Figures(0, 0, 0, 0))


def _past_months(ledgers: Sequence[Ledger]) -> dict[UUID, dict[date, Figures]]:
    """The months that are over and hold lines, the last twelve. One query."""
    if not ledgers:
        return {}
    company = ledgers[0].company_id
    begin, _end = month_of(today(company), company)
    since, _end = month_of((begin - timedelta(days=30 * MONTHS)).date(), company)
    return figures_by_month(ledgers, since, begin)


@dataclass(frozen=True)
class Standing:
    """A ledger in the list of ledgers: its lines still open, those of them overdue, the last line,
    and the months that are over, hold lines, and were looked through by nobody."""

    ledger: Ledger
    open: int
    overdue: int
    last: datetime | None
    unread: int


def ledgers_standing(ledgers: Sequence[Ledger]) -> dict[UUID, Standing]:
    """How each stands now. Three queries."""
    waiting = Q(ended_at=None)
    counted = (
        Line.objects.filter(ledger__in=ledgers)
        .values("ledger_id")
        .annotate(
            last=Max("at"),
            open=Count("id", filter=waiting),
            overdue=Count("id", filter=waiting & Q(due_at__lt=now())),
        )
    )
    found = {row[0]: row for row in counted.values_list("ledger_id", "open", "overdue", "last")}
    unread = _unread(ledgers)
    standing = {}
    for one in ledgers:
        _id, open_, overdue, last = found.get(one.id, (one.id, 0, 0, None))
        standing[one.id] = Standing(one, open_, overdue, last, len(unread.get(one.id, ())))
    return standing


def _unread(ledgers: Sequence[Ledger]) -> dict[UUID, set[date]]:
    """Months that are over and hold lines, and that nobody looked through. Two queries."""
    months = {ledger: set(held) for ledger, held in _past_months(ledgers).items()}
    read = Review.objects.filter(ledger__in=ledgers).values_list("ledger_id", "month")
    for ledger, month in read:
        months.get(ledger, set()).discard(month)
    return months


def typed_of_lines(lines: Collection[Line]) -> dict[UUID, dict[str, str]]:
    """What was typed in these lines, as far as it is still held: by line, then by `value_name`; of
    an item that was answered again, what was typed then. Two queries, none without lines."""
    known = {line.id: line for line in lines}
    found: dict[UUID, dict[str, str]] = {}
    if not known:
        return found
    events = Event.objects.filter(
        company_id=next(iter(lines)).company_id, subject_kind="line", subject_id__in=known
    )
    for event in events.order_by("noted_at", "id").prefetch_related("texts"):
        typed = found.setdefault(event.subject_id, {})
        form = known[event.subject_id].form.sheet
        asked = tuple(value_name(form, str(code), "") for code in event.said.get("items", ()))
        for name in [name for name in typed if name.startswith(asked)] if asked else ():
            del typed[name]
        typed |= {value.name: value.text for value in event.texts.all()}
    return found


@dataclass(frozen=True)
class Told:
    """An answer of a line as it is read. `said`: in words; `files`: its pictures; `bad`: it says
    that something is not right; `case`: the finding that it opened; `before`: what was
    judged or counted of it earlier."""

    item: Item
    said: str = ""
    note: str = ""
    files: tuple[str, ...] = ()
    bad: bool = False
    case: str = ""
    answered: bool = False
    before: tuple[str, ...] = ()


def told_of(line: Line, typed: Mapping[str, str], *, hide: bool, item: Item) -> Told:
    """One answer of a line, read: `typed` as `typed_of_lines` has it for the line."""
    one: Mapping[str, Any] | None = line.answers.get(item.code)
    if one is None:
        return Told(item)
    form = line.form.sheet

    def words(kind: str) -> str:
        text = typed.get(value_name(form, item.code, kind), "")
        return HIDDEN if hide and text else text

    rows = words("rows")
    table = rows if rows == HIDDEN else "；".join("，".join(row) for row in rows_of(rows))
    verdict = str(dict(VERDICT_NAMES).get(one.get("verdict", ""), ""))
    if item.kind == "number":
        said = f"{one.get('number', verdict)} {item.unit}".strip()
    elif item.kind == "pass" or one.get("verdict") == "na":
        said = verdict
    else:
        said = str(one.get("text", "")) or words("text") or table
    if not said and item.kind in ("text", "scan", "table"):
        said = _("erased") if line.erased_at else ""
    return Told(
        item, said, words("note"), tuple(one.get("files", ())), one.get("verdict") == "fail",
        str(one.get("case", "")), answered=True,
        before=tuple(_judged(old, item) for old in one.get("before", ())),
    )  # fmt: skip


def _judged(one: Mapping[str, Any], item: Item) -> str:
    """What is judged or counted of an answer, in words; of words alone, that there were some."""
    verdict = str(dict(VERDICT_NAMES).get(one.get("verdict", ""), ""))
    number = f"{one['number']} {item.unit}".strip() if "number" in one else ""
    return number or str(one.get("text", "")) or verdict or _("otherwise")


def story_of(line: Line) -> list[Event]:
    """What was written of a line, the first on top. One query."""
    return list(Event.objects.about("line", line.id))


def kept_by(actor: Actor, posts: Collection[UUID], *, most: int) -> list[Ledger]:
    """Ledgers the actor writes in, those of their posts first. One query."""
    kept = Ledger.objects.seen_by(actor).select_related("place", "post").filter(
        under(actor.paths("ledger.keep"), "place__path"), state="active"
    )  # fmt: skip
    first = Case(When(post_id__in=posts, then=Value(0)), default=Value(1))
    return list(kept.order_by(first, "name", "id")[:most])


def open_lines(ledgers: Collection[Ledger], *, most: int) -> list[Line]:
    """Lines of them that have not ended, the oldest first. One query."""
    waiting = Line.objects.filter(ledger__in=ledgers).waiting()
    return list(waiting.select_related("ledger", "form", "place").order_by("at", "id")[:most])


def called(line: Line, typed: Mapping[str, str], *, hide: bool = False) -> str:
    """What a line is known by at a glance: the first two answers one may read, if any. `typed`
    as `typed_of_lines`; `hide`: what people typed is not for the reader."""
    told = (told_of(line, typed, hide=hide, item=item) for item in line.form.sheet.items)
    said = [one.said for one in told if one.said and one.item.kind not in ("pass", "table")]
    return " · ".join([one for one in said if one != HIDDEN][:2])


def hides(ledger: Ledger, actor: Actor) -> bool:
    """Whether what was typed is kept from the actor: it names people, and they do not keep it."""
    return ledger.personal and not actor.may("ledger.keep", ledger.place.path)


def found_in(ledger: Ledger, text: str) -> list[UUID]:
    """Lines of a ledger in which this was typed, at most 500, the newest first. One query."""
    company = ledger.company_id
    lines = Line.objects.filter(ledger=ledger).values("id")
    values = EventValue.objects.filter(
        company_id=company, event__subject_kind="line", event__subject_id__in=lines,
        text__icontains=text,
    )  # fmt: skip
    return list(
        values.order_by("-event__noted_at").values_list("event__subject_id", flat=True)[:500]
    )


@dataclass(frozen=True)
class Month:
    """A month of a ledger as it is offered to be looked through."""

    first: date
    figures: Figures
    review: Review | None
    words: str = ""

    @property
    def iso(self) -> str:
        """Its first day as a form sends it."""
        return self.first.isoformat()


def months_of(ledger: Ledger) -> list[Month]:
    """The months that are over and hold lines, the last twelve, the newest first. Three queries."""
    held = _past_months([ledger]).get(ledger.id, {})
    reviews = {one.month: one for one in ledger.reviews.all()}
    said = _words_of(ledger)
    return [
        Month(first, held[first], reviews.get(first), said.get(first, ""))
        for first in sorted(held, reverse=True)
    ]


def _words_of(ledger: Ledger) -> dict[date, str]:
    values = EventValue.objects.filter(
        company_id=ledger.company_id, event__subject_kind="ledger",
        event__subject_id=ledger.id, event__name="ledger.reviewed", name="words",
    ).select_related("event")  # fmt: skip
    return {date.fromisoformat(str(one.event.said["month"])): one.text for one in values}
