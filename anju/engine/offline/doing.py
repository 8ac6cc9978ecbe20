"""What each command of a device does: it calls the verb of the loop that the pages call, too."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anju.engine.loop.asked import asked_of, shaped
from anju.engine.loop.commands.effort import (
    Material,
    sign_for,
    sign_for_nobody,
    spend_minutes,
    use_material,
)
from anju.engine.loop.commands.evidence import Given, add_evidence, show_work
from anju.engine.loop.commands.judging import answer_item
from anju.engine.loop.commands.noting import note_work
from anju.engine.loop.commands.work_moves import finish_planned, hold_planned, move_work
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.presets import result_in_words
from anju.engine.loop.rules import WORK_MOVES
from anju.foundation.access.standing_in import written_for
from anju.foundation.files.models import StoredFile
from anju.foundation.lib import given_id
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refusal, Unknown
from anju.foundation.tenancy.rows import only

DONE = "done"  # planned work, in one press
STEPS = frozenset(
    {*(move.name for move in WORK_MOVES.values() if move.permission == "work.do"), DONE}
)
ENDS = ("finish", DONE)
FOR = "for"  # the account of who did it, where somebody else writes it down


@dataclass(frozen=True)
class Brought:
    """What a device brings on its way in: about which subject, what was said, by whom and when, its
    files by hash, and the version of the subject that its maker saw."""

    subject: UUID
    said: Mapping[str, Any]
    actor: Actor
    at: datetime
    files: Mapping[str, StoredFile]
    version: int | None = None

    def text(self, name: str) -> str:
        """What was said under a name."""
        return str(self.said.get(name) or "").strip()


@dataclass(frozen=True)
class Stood:
    """How a subject stands after a step."""

    state: str
    version: int


@dataclass(frozen=True)
class Whose:
    """What a step of a domain belongs to: the subject its events are told of, what it is called,
    the path of its place."""

    kind: str
    id: UUID
    name: str
    path: str


@dataclass(frozen=True)
class Step:
    """A step of a domain about a subject of its own: what `does` it, and `whose` each is by what
    was said under `key` (those that the actor sees; many are asked at once)."""

    does: Callable[[Brought], Stood]
    key: str
    whose: Callable[[Iterable[str], Actor], Mapping[str, Whose]]


_OWN: dict[str, Step] = {}
OWN: Mapping[str, Step] = MappingProxyType(_OWN)


def step_by(name: str, step: Step) -> None:
    """Let a domain take a kind of step that devices bring; at most 12 letters. It is judged as the
    steps of work are, and waits for its files. Called once per domain when the app starts."""
    if _OWN.setdefault(name, step) is not step:
        raise ValueError(f"{name} is taken already")


def takes_files(name: str) -> bool:
    """Whether a command waits for the files it names."""
    return name in RECORDS or name in OWN


def whose_of(name: str, said: Mapping[str, Any], actor: Actor) -> Whose | None:
    """What a step of a domain belongs to; None of every other command."""
    if name not in OWN:
        return None
    given = str(said.get(OWN[name].key) or "")
    return OWN[name].whose([given], actor).get(given)


def take_own(name: str, one: Brought) -> Stood:
    """One of `OWN`, refused or taken as when it is pressed on a page."""
    if given := str(one.said.get(FOR) or ""):
        mine = whose_of(name, one.said, one.actor)
        one = replace(
            one, actor=written_for(given, mine.path if mine else "", actor=one.actor, at=one.at)
        )
    return OWN[name].does(one)


def take_step(
    name: str, subject: UUID, said: Mapping[str, Any], *, version: int | None, by: Actor,
    at: datetime,
) -> WorkOrder:  # fmt: skip
    """One of `STEPS`, refused or taken as when it is pressed on a page. What ends planned work, or
    stops it, is judged by its state alone: the steps before it are taken with it."""
    by = _who(subject, said, by, at)
    work = _work(subject, by)
    told = {key: str(value or "").strip() for key, value in said.items() if key != FOR}
    if name == "finish":
        words = result_in_words(
            told.get("result", ""), remark=told.get("remark", ""), without=told.get("without", "")
        )
        told = {**told, "result": words if told.get("result") else ""}
    if work.case is None and name == DONE:
        remark, without = told.get("remark", ""), told.get("without", "")
        words = result_in_words("", remark=remark, without=without)
        return finish_planned(
            subject, actor=by, result=words or gettext("Done"), label=told.get("label", ""),
            reason=remark, without=without, at=at,
        )  # fmt: skip
    if work.case is None and name == "hold":
        return hold_planned(subject, actor=by, reason=told.get("reason", ""), at=at)
    at = max(at, work.case.at) if work.case else at
    return move_work(subject, name, actor=by, version=version, said=told, at=at)


def _work(subject: UUID, actor: Actor) -> WorkOrder:
    work = only(WorkOrder.objects.seen_by(actor).select_related("case").filter(id=subject))
    if work is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return work


def _who(subject: UUID, said: Mapping[str, Any], by: Actor, at: datetime) -> Actor:
    """Who did it: whoever brought it, or (`for`) the one they wrote it down for."""
    given = str(said.get(FOR) or "")
    if not given:
        return by
    place = _work(subject, by).place
    return written_for(given, place.path if place else "", actor=by, at=at)


def doer_of(subject: UUID, said: Mapping[str, Any], by: Actor, at: datetime) -> Actor:
    """Whose a record is that fits no longer: whoever did it, or who brought it (`by`) where that
    one may not be written for."""
    try:
        with acting(by):
            return _who(subject, said, by, at)
    except Refusal:
        return by


def _not_before_report(subject: UUID, at: datetime, actor: Actor) -> datetime:
    """A clock that is off puts nothing before the report itself."""
    case = _work(subject, actor).case
    return max(at, case.at) if case else at


def _note(one: Brought) -> None:
    note_work(one.subject, one.text("text")[:4000], actor=one.actor, at=one.at)


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
    value, code = one.said.get("value"), one.text("item")
    if not isinstance(value, dict):
        item = asked_of(_work(one.subject, one.actor)).items.get(code)
        value = shaped(item, one.text("value"), note=one.text("note"))
    answer_item(
        one.subject, code, actor=one.actor, verdict=one.text("verdict"), value=value,
        files=list(one.files.values()), at=one.at,
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
        sign_for(
            one.subject, file, signer=one.text("signer"), name=one.text("name"),
            person=given_id(one.text("person")) if one.said.get("person") else None,
            actor=one.actor, at=one.at,
        )  # fmt: skip
        return
    raise NotYet(_("A signature is a picture. Sign again in the box."), code="bad_value")


# Records: never refused. What does not fit any longer is kept beside the work.
_RECORDS: dict[str, Callable[[Brought], None]] = {
    "note": _note,
    "photo": _evidence,
    "voice": _evidence,
    "video": _evidence,
    "answer": _answer,
    "material": _material,
    "minutes": _minutes,
    "signature": _signature,
}
RECORDS: Mapping[str, Callable[[Brought], None]] = MappingProxyType(_RECORDS)


def record_by(name: str, does: Callable[[Brought], None]) -> None:
    """Let a domain take a kind of record that devices bring; at most 12 letters. Called once per
    domain when the app starts."""
    if _RECORDS.setdefault(name, does) is not does:
        raise ValueError(f"{name} is taken already")


def record(name: str, one: Brought) -> None:
    """One of `RECORDS`; raises a `Refusal` where the loop does not take it."""
    try:
        at = _not_before_report(one.subject, one.at, one.actor)
    except Refusal:
        at = one.at
    actor = _who(one.subject, one.said, one.actor, at)
    RECORDS[name](Brought(one.subject, one.said, actor, at, one.files))
