"""Photos and other files as evidence of a case: records, each with its file."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anju.engine.loop.commands.ground import happened, the_one
from anju.engine.loop.models import Case, Record, WorkOrder
from anju.engine.loop.rules import CASE_LIVE
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.files.commands import Content, keep_file
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refusal

MOST = 20
STAGES = ("before", "after")
_KINDS = {"image": "photo", "video": "video", "audio": "audio"}


@dataclass(frozen=True)
class Given:
    """A file somebody sends: its name and its bytes, read once, or the file as it is kept already.
    `stage`: a photo of the work shows the state "before" or "after" it; else empty."""

    name: str
    content: Content
    stage: str = ""


@dataclass
class Added:
    """What became of the files: the records made, and (name, why not) for the others."""

    records: list[Record] = field(default_factory=list)
    refused: list[tuple[str, Any]] = field(default_factory=list)


def add_evidence(
    case_id: UUID,
    given: Iterable[Given],
    *,
    actor: Actor,
    work_id: UUID | None = None,
    at: datetime | None = None,
) -> Added:
    """Keep files as evidence of a live case, told as one event; a bad one does not cost the others.

    `work_id`: the case's work order they are about. `at`: when they were taken (UTC; default now).
    Refuses (`NotYet`) a case that is closed or
    void and more than 20 files at once; what is wrong with one file stands in `refused`.
    """
    with acting(actor):
        case: Case = the_one(Case.objects.seen_by(actor).select_related("place"), case_id)
        actor.require("record.add", case.place.path if case.place else "")
        if case.state not in CASE_LIVE:
            text = _("This case is over: no evidence can be added. Reopen it first.")
            raise NotYet(text, code="over")
        work: WorkOrder | None = the_one(case.work.all(), work_id) if work_id else None
        return _added(list(given), _Of(("case", case.id), case, work, at), actor)


def show_work(
    work_id: UUID, given: Iterable[Given], *, actor: Actor, at: datetime | None = None
) -> Added:
    """The same for planned work, which belongs to no case. Refuses (`NotYet`) what is void."""
    with acting(actor):
        planned = WorkOrder.objects.seen_by(actor).filter(case=None).select_related("place")
        work: WorkOrder = the_one(planned, work_id)
        actor.require("record.add", work.place.path if work.place else "")
        if work.state == "void":
            raise NotYet(_("This work is over: nothing can be added to it any more."), code="over")
        return _added(list(given), _Of(("work", work.id), None, work, at), actor)


@dataclass(frozen=True)
class _Of:
    """What files are evidence of, and when they were taken."""

    subject: tuple[str, UUID]
    case: Case | None
    work: WorkOrder | None
    at: datetime | None


def _added(files: list[Given], of: _Of, actor: Actor) -> Added:
    if len(files) > MOST:
        text = _("These are more than %(most)s files. Send them in several goes.")
        raise NotYet(text % {"most": MOST}, code="too_many")
    added = Added()
    for one in files:
        try:
            added.records.append(_kept(one, of, actor))
        except Refusal as refusal:
            added.refused.append((one.name, refusal.message))
    if added.records:
        _told(added.records, of.subject, actor)
    return added


def _kept(given: Given, of: _Of, actor: Actor) -> Record:
    with acting(actor):  # a savepoint of its own
        file = keep_file(given.content, actor=actor, name=given.name)
        return Record.objects.create(
            company_id=actor.company_id,
            case=of.case,
            work=of.work,
            kind=_KINDS.get(file.kind.partition("/")[0], "document"),
            file_id=file.id,
            value={"stage": given.stage} if given.stage in STAGES else {},
            by=actor.id,
            written_by=actor.written_by,
            at=happened(of.at, of.case),
        )


def _told(records: list[Record], subject: tuple[str, UUID], actor: Actor) -> None:
    tell(
        "record.made",
        subject=subject,
        actor=actor,
        at=records[-1].at,
        said={"kind": records[0].kind, "count": len(records)},
        wrote=written(*records),
    )
