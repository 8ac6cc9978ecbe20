"""What a piece of work is asked: the items of its standard, of the form the standard names, and of
the forms named by those steps of its procedure that are done by who does the work.

Both are those in force when the case was noted, or the window of planned work opened (law 6), so a
later version asks nothing of it. An item of a form is known in the record as `form.item`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from anju.engine.forms.models import Form
from anju.engine.forms.rules import MOST_ROWS, Given, Item, Score, score
from anju.engine.forms.rules import Form as Sheet
from anju.engine.loop.models import Case, Record, WorkOrder
from anju.engine.procedures.models import Procedure
from anju.engine.procedures.record import Trace
from anju.engine.standards.models import Standard
from anju.foundation.access.rules import ROLES
from anju.foundation.events.models import Event, EventValue
from anju.foundation.events.sealed import row_key
from anju.foundation.people.models import Qualification
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.days import today

ANSWERS = ("answer", "check")  # kinds of record that answer an item


@dataclass(frozen=True)
class Group:
    """Questions that belong together, by the code their answers carry. `sheet` and `version`: of
    the form they stand in, if any. `step`: the name of the step of the procedure that asks them."""

    items: Mapping[str, Item]
    sheet: Sheet | None = None
    version: int = 0
    step: str = ""


@dataclass(frozen=True)
class Asked:
    """Every question of a piece of work: what its standard asks, then step by step."""

    groups: tuple[Group, ...] = ()

    @property
    def items(self) -> Mapping[str, Item]:
        """All of them by their codes."""
        return {code: item for group in self.groups for code, item in group.items.items()}

    @property
    def needed(self) -> Mapping[str, Item]:
        """Those without which the work is not done: the standard's own. A step lies on one of
        several ways perhaps, so its form never holds the work up."""
        own = [group.items for group in self.groups if not group.step]
        return {code: i for items in own for code, i in items.items() if i.required}

    def version_of(self, code: str) -> int:
        """The version of the form a question stands in; 0 where it stands in none."""
        return next((g.version for g in self.groups if code in g.items), 0)


def ruling_of(work: WorkOrder) -> tuple[Standard | None, datetime]:
    """The version of a standard that a piece of work is done under, and since when it was owed: its
    case's since that was noted, that of planned work since its window opened."""
    if work.case is not None:
        return work.case.standard, work.case.noted_at
    return work.standard, work.opened_at


def asked_of(work: WorkOrder) -> Asked:
    """What a piece of work is asked. One query where its standard names a form; where it names
    a procedure one, and one more where steps of it name forms; else none."""
    standard, since = ruling_of(work)
    if standard is None:
        return Asked()
    own = {item.code: item for item in standard.questions}
    form: Form | None = _in_force(Form, standard, since)
    groups = [Group(own)] if own else []
    if form is not None:
        groups.append(_group(form))
    return Asked((*groups, *_of_steps(standard, since, form.code if form else "")))


def photos_asked(work: WorkOrder) -> tuple[str, ...]:
    """The photos ("before", "after") without which, or a reason, work is not done. No query more
    than its standard costs."""
    standard, _since = ruling_of(work)
    return tuple((standard.method or {}).get("photos", ())) if standard else ()


def signature_asked(work: WorkOrder) -> bool:
    """Whether whoever receives the work signs for it before it is done. No query more than its
    standard costs."""
    standard, _since = ruling_of(work)
    return bool((standard.method or {}).get("received")) if standard else False


def asks_nothing(work: WorkOrder) -> bool:
    """Whether its standard asks for no item, photo or signature: a round of such work is done with
    its last point. No query more than its standard costs, but those of `asked_of` where it names a
    procedure."""
    standard, _since = ruling_of(work)
    if standard is None:
        return True
    method = standard.method or {}
    if standard.questions or method.get("form") or photos_asked(work) or signature_asked(work):
        return False
    return not (method.get("procedure") and asked_of(work).items)


def signer_of(record: Record) -> str:
    """The name of who signed, as far as it is still held. One query."""
    about = [id for id in (record.case_id, record.work_id) if id]
    values = EventValue.objects.filter(
        event__subject_id__in=about, event__name="record.made",
        event__wrote__has_key=row_key(record), name="signer",
    )  # fmt: skip
    return values.values_list("text", flat=True).first() or ""


def told_before(work: WorkOrder) -> int:
    """How many hours before it begins those it touches are told; 0 where its standard asks no such
    thing. No query more than its standard costs."""
    standard, _since = ruling_of(work)
    return int((standard.method or {}).get("told", 0)) if standard else 0


def _group(form: Form, step: str = "") -> Group:
    sheet: Sheet = form.sheet
    items = {f"{form.code}.{item.code}": item for item in sheet.items}
    return Group(items, sheet, form.version, step)


def _of_steps(standard: Standard, since: datetime, asked: str) -> list[Group]:
    """The forms of the steps that are done by who does the work, each once, at its first step;
    `asked`: the one the standard asks for already."""
    procedure: Procedure | None = _in_force(Procedure, standard, since)
    named: dict[str, str] = {}
    for step in procedure.text.steps if procedure else ():
        if step.form and step.form != asked and "work.do" in ROLES.get(step.role, ()):
            named.setdefault(step.form, step.name)
    if not named:
        return []
    mine = Form.objects.filter(company_id=standard.company_id, code__in=named)
    newest = {one.code: one for one in mine.in_force_at(since).order_by("version")}
    return [_group(newest[code], step) for code, step in named.items() if code in newest]


def procedure_of(work: WorkOrder) -> Procedure | None:
    """How a piece of work is done, where its standard names a procedure. At most one query."""
    standard, since = ruling_of(work)
    if standard is None:
        return None
    found: Procedure | None = _in_force(Procedure, standard, since)
    return found


def _in_force(model: type[Form | Procedure], standard: Standard, since: datetime) -> Any:
    code = (standard.method or {}).get(model.__name__.lower(), "")
    if not code:
        return None
    mine = model.objects.filter(company_id=standard.company_id, code=code)
    return mine.in_force_at(since).order_by("-version").first()


def answers_of(work_id: UUID) -> dict[str, Record]:
    """The answer of a piece of work to each item: the last one given. One query."""
    given = Record.objects.filter(work_id=work_id, kind__in=ANSWERS).exclude(item="")
    return {record.item: record for record in given.order_by("noted_at", "id")}


def shaped(item: Item | None, typed: str, *, note: str = "") -> dict[str, Any]:
    """What was typed in answer to an item, as its answer is kept. A table has one row a line, its
    cells parted by a comma; what is left out at the end of a row is empty."""
    value: dict[str, Any] = {}
    if item and item.kind == "number":
        value = {"number": typed}
    elif item and item.kind == "table":
        lines = [line for line in typed.replace("，", ",").splitlines() if line.strip()]
        cut = [[cell.strip() for cell in line.split(",")] for line in lines[: MOST_ROWS + 1]]
        value = {"rows": [row + [""] * (len(item.columns) - len(row)) for row in cut]}
    elif item and item.kind in ("text", "choice", "scan"):
        value = {"text": typed}
    if note.strip():
        value["note"] = note.strip()[:400]
    return value


def pictures_of(work_id: UUID) -> dict[str, int]:
    """How many pictures were given with the answers to each item of a piece of work. One query."""
    given = Record.objects.filter(work_id=work_id, file_id__isnull=False).exclude(item="")
    return Counter(given.values_list("item", flat=True))


def events_of(records: Iterable[Record]) -> QuerySet[Event]:
    """The events that told of answers, also of those that stand with a finding."""
    told = list(records)
    return Event.objects.filter(
        subject_id__in=[record.case_id or record.id for record in told],
        name="record.made",
        wrote__has_any_keys=[row_key(record) for record in told],
    )


def typed_of(records: Collection[Record]) -> dict[UUID, dict[str, str]]:
    """What was typed with answers, as far as it is still held: by record, then `note`, `text` or
    `rows` (`parted`). One query."""
    by_key = {row_key(record): record.id for record in records}
    found: dict[UUID, dict[str, str]] = {}
    if not by_key:
        return found
    values = EventValue.objects.filter(event__in=events_of(records)).select_related("event")
    for value in values:
        for key in by_key.keys() & value.event.wrote.keys():
            found.setdefault(by_key[key], {})[value.name] = value.text
    return found


def score_of(group: Group, answers: Mapping[str, Record]) -> Score | None:
    """What the answers to a form come to; None where there is no form or it has no points."""
    if group.sheet is None:
        return None
    head = f"{group.sheet.code}."
    given = {
        code.removeprefix(head): Given(record.verdict, record.value)
        for code, record in answers.items()
        if code.startswith(head)
    }
    return score(group.sheet, given)


def qualifications_of(actor: Actor) -> frozenset[str]:
    """Kinds of certificate the actor holds that are valid today. One query."""
    if actor.person_id is None:
        return frozenset()
    own = Qualification.objects.filter(company_id=actor.company_id, person_id=actor.person_id)
    day = today(actor.company_id)
    held = own.exclude(expires_on__lt=day).exclude(issued_on__gt=day)
    return frozenset(held.values_list("type", flat=True))


def traces_of(procedure: Procedure, *, actor: Actor, most: int = 1_000) -> list[Trace]:
    """The moves of the last cases the actor may see that were begun under this version, each in
    its order. Two queries."""
    mine = Case.objects.seen_by(actor).filter(
        standard__method__procedure=procedure.code, noted_at__gte=procedure.published_at,
        history=False,
    )  # fmt: skip
    if procedure.retired_at:
        mine = mine.filter(noted_at__lt=procedure.retired_at)
    cases = list(mine.order_by("-id").values_list("id", flat=True)[:most])
    names = [step.shown_by for step in procedure.text.steps if step.shown_by]
    told = Event.objects.filter(
        company_id=actor.company_id, subject_kind="case", subject_id__in=cases, name__in=names
    )
    moves: dict[UUID, list[tuple[str, datetime]]] = {case: [] for case in cases}
    for case, name, at in told.order_by("at", "id").values_list("subject_id", "name", "at"):
        moves[case].append((name, at))
    return list(moves.values())


def notes_of(work: WorkOrder) -> list[str]:
    """What was noted about planned work, as far as it is still held, in its order. Two queries."""
    noted = list(Record.objects.filter(work_id=work.id, kind="note").order_by("at", "id"))
    typed = typed_of(noted)
    return [words for one in noted if (words := typed.get(one.id, {}).get("text"))]
