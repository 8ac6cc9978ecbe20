"""Answering items: records, and the finding a failing verdict opens (law 1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from anju.engine.forms.rules import FILED, Given, Item, answer_of, parted
from anju.engine.loop.asked import asked_of
from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.ground import happened, the_one
from anju.engine.loop.commands.opening import Report, report
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import Case, Record, WorkOrder
from anju.engine.loop.queries import had_part
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.files.commands import Content, keep_file
from anju.foundation.files.models import StoredFile
from anju.foundation.places.models import Asset, Place
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet

VERDICTS = ("pass", "fail", "na")
MOST_PICTURES = 9  # of one answer


@dataclass(frozen=True)
class Answer:
    """One answer to one item, about a place or a thing at it. `at`: when it was found (UTC).
    `work`: in the course of which; `files`: its pictures; `facts`: how it was found, kept beside
    what is judged; `seen_by`: the account of who was there, where a machine says it of them."""

    item: Item
    verdict: str
    place: Place
    asset: Asset | None = None
    value: Mapping[str, Any] = field(default_factory=dict)
    judge: str = "person"
    at: datetime | None = None
    work: WorkOrder | None = None
    files: Sequence[Content] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    seen_by: UUID | None = None


def judge(answer: Answer, *, actor: Actor) -> tuple[Record, Case | None]:
    """Record a verdict; a failing one of an item that asks for it opens, or re-opens, one finding.

    Returns the record and the finding it belongs to, if any. However many fail at once about the
    same item and subject, there is one open finding: the later records join it. A passing one
    found after that checks it: work that is done is passed, unless whoever judges did it, and
    the finding is closed where nothing else is owed. What was typed freely stands beside the event,
    where it can be erased.
    """
    if answer.verdict not in VERDICTS:
        text = _("The verdict is pass, fail or not applicable.")
        raise NotYet(text, fields={"verdict": text})
    actor.require("record.add", answer.place.path)
    with acting(actor):
        case = None
        if answer.item.on_fail == "case" and answer.verdict == "fail":
            case = _finding(answer, actor)
        elif answer.item.on_fail == "case" and answer.verdict == "pass":
            case = _live_finding(answer)
        kept, typed = parted(answer.item, Given(answer.verdict, answer.value))
        pictures = _pictures(answer.files, answer.item.code, actor)
        record = Record.objects.create(
            company_id=actor.company_id,
            case=case,
            place=answer.place,
            asset=answer.asset,
            work=answer.work,
            kind="check",
            item=answer.item.code,
            verdict=answer.verdict,
            judge=answer.judge,
            value={**kept, **answer.facts},
            file_id=pictures[0].id if pictures else None,
            by=actor.id,
            written_by=actor.written_by,
            at=happened(answer.at, None),
        )
        beside = [_beside(record, one, actor) for one in pictures[1:]]
        _told(record, case, actor, typed=typed, beside=beside)
        if case is not None and answer.verdict == "pass":
            _checked(case, record, actor, answer.seen_by or actor.id)
    return record, case


def _checked(case: Case, record: Record, actor: Actor, by: UUID) -> None:
    """What had failed is found good again: whoever found it so (`by`) checks the work that is done
    (law 2). Work that is under way goes on."""
    if case.records.filter(verdict="fail", at__gt=record.at).exists():
        return  # news of before it failed once more
    machine = Actor.machine(actor.company_id, "finding")  # as it is opened
    works = list(WorkOrder.objects.filter(case_id=case.id).live())
    results = Record.objects.filter(work_id__in=[one.id for one in works], kind="result")
    own = any(results.filter(had_part(one)).exists() for one in {by, record.written_by or by})
    if not works or any(one.state != "done" for one in works) or own:
        return
    for one in works:
        move_work(one.id, "pass", actor=machine)
    try:
        move_case(case.id, "close", actor=machine)
    except NotYet:  # somebody still waits for a word of it
        return


def answer_item(
    work_id: UUID,
    code: str,
    *,
    actor: Actor,
    verdict: str = "",
    value: Mapping[str, Any],
    files: Sequence[Content] = (),
    at: datetime | None = None,
) -> Record:
    """Answer one of the questions a work order is asked, by its standard or a form.

    `at`: when it was answered (UTC; default now). The verdict of a number follows from its limits.
    `files`: the pictures that are the answer, or its evidence, at most nine; the record of the
    answer holds the first, each further one has a record of its own beside it. A failing verdict
    of an item that asks for it opens, or re-opens, one finding (`judge`). What was typed (note,
    words, cells of a table) goes when the reporter of the case is erased; the record keeps what is
    judged. Refuses (`NotYet`) an item that is not asked, an answer that does not fit it, a missing
    picture or too many, and work that is over.
    """
    with acting(actor):
        seen = WorkOrder.objects.seen_by(actor).select_related("case__standard", "standard")
        work: WorkOrder = the_one(seen.select_related("place", "asset"), work_id)
        actor.require("record.add", work.place.path if work.place else "")
        asked = asked_of(work)
        item = asked.items.get(code)
        if item is None:
            raise NotYet(_("The standard of this work has no such item. Look at its list again."))
        if work.state in ("passed", "void"):
            raise NotYet(_("This work is over: nothing can be added to it any more."))
        given = _fitting(item, verdict, value, pictured=bool(files))
        kept, typed = parted(item, given)
        if version := asked.version_of(code):
            kept["version"] = version
        case = work.case
        opens = given.verdict == "fail" and item.on_fail == "case" and work.place is not None
        if opens and work.place:
            named = item.model_copy(update={"code": code})
            case = _finding(Answer(named, "fail", work.place, work.asset), actor)
        pictures = _pictures(files, code, actor)
        record = Record.objects.create(
            company_id=actor.company_id,
            case=case,
            place=work.place if opens else None,
            asset=work.asset,
            work=work,
            kind="check" if opens else "answer",
            item=code,
            verdict=given.verdict,
            value=kept,
            file_id=pictures[0].id if pictures else None,
            by=actor.id,
            written_by=actor.written_by,
            at=happened(at, work.case),
        )
        beside = [_beside(record, one, actor) for one in pictures[1:]]
        whose = work.case.reporter_id if work.case else None
        _told(record, case, actor, typed=typed, whose=whose, beside=beside)
    return record


def _beside(record: Record, picture: StoredFile, actor: Actor) -> Record:
    """One more picture of an answer."""
    return Record.objects.create(
        company_id=actor.company_id,
        case_id=record.case_id,
        work_id=record.work_id,
        kind="photo",
        item=record.item,
        file_id=picture.id,
        by=actor.id,
        written_by=actor.written_by,
        at=record.at,
    )


def _pictures(files: Sequence[Content], code: str, actor: Actor) -> list[StoredFile]:
    if len(files) > MOST_PICTURES:
        words = _("At most %(n)d pictures belong to one answer. Choose fewer.")
        raise _missing(words % {"n": MOST_PICTURES})
    kept = [keep_file(one, actor=actor, name=f"{code}.jpg") for one in files]
    if not all(one.is_picture for one in kept):
        raise _missing(_("This is no picture. Take it again."))
    return kept


def _fitting(item: Item, verdict: str, value: Mapping[str, Any], *, pictured: bool) -> Given:
    """The answer as it is kept; refused when it does not fit the item."""
    given, wrong = answer_of(item, verdict, value)
    if wrong:
        raise NotYet(wrong, code="bad_value", fields={"value": wrong})
    if given.verdict != "na" and not pictured and (item.kind in FILED or item.evidence):
        raise _missing(_("A picture is needed here. Take it, then answer again."))
    return given


def _missing(words: Any) -> NotYet:
    return NotYet(words, code="no_picture", fields={"picture": words})


def _told(
    record: Record,
    case: Case | None,
    actor: Actor,
    *,
    typed: Mapping[str, str],
    whose: UUID | None = None,
    beside: Sequence[Record] = (),
) -> None:
    tell(
        "record.made",
        subject=("case", case.id) if case else ("record", record.id),
        actor=actor,
        at=record.at,
        said={"kind": record.kind, "item": record.item, "verdict": record.verdict},
        wrote=written(record, *beside),
        values=typed,
        whose=whose,
    )


def _finding(answer: Answer, actor: Actor) -> Case:
    """The one open finding of this item and subject; opened or re-opened when there is none."""
    machine = Actor.machine(actor.company_id, "finding")  # a cleaner may fail an item and no more
    for _attempt in range(3):
        live = _live_finding(answer)
        if live is not None and live.state == "open":
            return live
        if live is not None:
            said = {"reason": answer.item.text}
            return move_case(live.id, "reopen", actor=machine, said=said)
        try:
            with acting(actor):  # a savepoint: the loser of the race goes on
                opened = report(
                    Report(
                        kind="finding",
                        title=answer.item.text,
                        place=answer.place,
                        asset=answer.asset,
                        channel="sensor" if answer.judge == "machine" else "patrol",
                        item=answer.item.code,
                        at=answer.at,
                    ),
                    actor=machine,
                )
            return opened.case
        except IntegrityError:
            continue
    raise NotYet(_("The finding could not be opened just now. Send the answer again."))


def _live_finding(answer: Answer) -> Case | None:
    return (
        Case.objects.select_for_update()
        .filter(item=answer.item.code, place=answer.place, asset=answer.asset)
        .live()
        .first()
    )
