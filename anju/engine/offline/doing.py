"""What each command of a device does: it calls the verb of the loop that the pages call, too."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anju.engine.loop.commands.case_moves import move_case
from anju.engine.loop.commands.effort import (
    Material,
    sign_for,
    sign_for_nobody,
    spend_minutes,
    use_material,
)
from anju.engine.loop.commands.evidence import Given, add_evidence, show_work
from anju.engine.loop.commands.judging import answer_item
from anju.engine.loop.commands.work_moves import move_work
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.rules import WORK_MOVES
from anju.foundation.files.models import StoredFile
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refusal, Unknown

STEPS = frozenset(move.name for move in WORK_MOVES.values() if move.permission == "work.do")
ENDS = "finish"


@dataclass(frozen=True)
class Brought:
    """A record of a device on its way into the loop: about which work, what was said, by whom and
    when, and its files by hash."""

    subject: UUID
    said: Mapping[str, Any]
    actor: Actor
    at: datetime
    files: Mapping[str, StoredFile]

    def text(self, name: str) -> str:
        """What was said under a name."""
        return str(self.said.get(name) or "").strip()


def take_step(
    name: str, subject: UUID, said: Mapping[str, Any], *, version: int | None, by: Actor,
    at: datetime,
) -> WorkOrder:  # fmt: skip
    """One of `STEPS`, refused or taken as when it is pressed on a page."""
    return move_work(
        subject, name, actor=by, version=version, said=said, at=_not_before_report(subject, at, by)
    )


def _work(subject: UUID, actor: Actor) -> WorkOrder:
    work = WorkOrder.objects.seen_by(actor).select_related("case").filter(id=subject).first()
    if work is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return work


def _not_before_report(subject: UUID, at: datetime, actor: Actor) -> datetime:
    """A clock that is off puts nothing before the report itself."""
    case = _work(subject, actor).case
    return max(at, case.at) if case else at


def _note(one: Brought) -> None:
    case = _work(one.subject, one.actor).case_id
    if case is None:
        raise NotYet(_("This work belongs to no case."), code="no_case")
    said = {"text": one.text("text")[:4000]}
    move_case(case, "note", actor=one.actor, said=said, at=one.at)


def _evidence(one: Brought) -> None:
    stage = one.text("stage")
    given = [Given(file.name, file, stage) for file in one.files.values()]
    if case := _work(one.subject, one.actor).case_id:
        added = add_evidence(case, given, actor=one.actor, work_id=one.subject, at=one.at)
    else:
        added = show_work(one.subject, given, actor=one.actor, at=one.at)
    if not added.records:
        raise NotYet(_("The file is empty, so there was nothing to keep. Choose it again."))


def _answer(one: Brought) -> None:
    value = one.said.get("value")
    answer_item(
        one.subject, one.text("item"), actor=one.actor, verdict=one.text("verdict"),
        value=value if isinstance(value, dict) else {}, files=list(one.files.values()), at=one.at,
    )  # fmt: skip


def _material(one: Brought) -> None:
    numbers = (_number(one, "quantity", "1"), _number(one, "price", "0"))
    used = Material(one.text("name"), numbers[0], one.text("unit"), numbers[1])
    use_material(one.subject, used, actor=one.actor, at=one.at)


def _number(one: Brought, name: str, usual: str) -> Decimal:
    try:
        return Decimal(one.text(name)[:24] or usual)
    except InvalidOperation:
        return Decimal("NaN")


def _minutes(one: Brought) -> None:
    said = one.text("minutes")
    spent = int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0
    spend_minutes(one.subject, spent, actor=one.actor, at=one.at)


def _signature(one: Brought) -> None:
    if one.said.get("absent"):
        sign_for_nobody(one.subject, one.text("absent"), actor=one.actor, at=one.at)
        return
    for file in one.files.values():
        sign_for(one.subject, file, signer=one.text("signer"), actor=one.actor, at=one.at)
        return
    raise NotYet(_("A signature is a picture. Sign again in the box."), code="bad_value")


# Records: never refused. What does not fit any longer is kept beside the work.
RECORDS: Mapping[str, Callable[[Brought], None]] = MappingProxyType(
    {
        "note": _note,
        "photo": _evidence,
        "voice": _evidence,
        "video": _evidence,
        "answer": _answer,
        "material": _material,
        "minutes": _minutes,
        "signature": _signature,
    }
)


def record(name: str, one: Brought) -> None:
    """One of `RECORDS`; raises a `Refusal` where the loop does not take it."""
    try:
        at = _not_before_report(one.subject, one.at, one.actor)
    except Refusal:
        at = one.at
    RECORDS[name](Brought(one.subject, one.said, one.actor, at, one.files))
