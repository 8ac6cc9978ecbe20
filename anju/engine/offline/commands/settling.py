"""What is received becomes what is done: at once, or when the last file has come."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anju.engine.loop.commands.aside import keep_aside
from anju.engine.loop.commands.work_moves import may_do
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.rules import WORK_MOVES, moves_from
from anju.engine.offline.doing import ENDS, RECORDS, STEPS, Brought, record, take_step
from anju.engine.offline.models import Delivery, Stream
from anju.engine.offline.queries import files_here
from anju.engine.offline.rules import SEEN, WAIVE, State, step_turn, version_meant
from anju.foundation.access.queries import actor_then
from anju.foundation.events.commands import tell
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refusal, Unknown

LOST = "lost"


def take(made: Delivery, stream: Stream) -> None:
    """Do what a delivery says as far as it can be done now; state and receipt say what became of
    it. The caller holds the stream and writes both rows.

    No actor: it acts as who made the delivery, with the roles held when it was made.
    """
    by = actor_then(made.who, made.at, company=made.company_id)
    if made.name == SEEN:
        if str(stream.refused) == str(made.said.get("of")):
            stream.refused = None
        _became(made, "taken")
    elif made.name == WAIVE:
        _waives(made, stream, by)
    elif made.name in RECORDS:
        _record(made, by)
    elif made.name in STEPS:
        _step(made, stream, by)
    else:
        text = _("There is no command called %(name)s.") % {"name": made.name}
        _refused(made, stream, NotYet(text, code="unknown_command"), by)


def _record(made: Delivery, by: Actor, *, why: str = "") -> None:
    """A record is never refused: what does not fit is kept beside the work (`why` is known where a
    file of it is lost)."""
    if made.lacks:
        _became(made, "waiting")
        return
    wanted = _hashes(made.said)
    files = files_here(wanted, who=made.who, company=made.company_id)
    told = {k: v for k, v in made.said.items() if k not in ("file", "files")}
    subject = made.stream.subject
    if not why:
        try:
            with acting(by):
                record(made.name, Brought(subject, told, by, made.at, files))
        except Refusal as refusal:
            why = refusal.code
        else:
            _became(made, "taken")
            return
    keep_aside(subject, told, actor=by, why=why, at=made.at, files=files.values())
    _became(made, "aside", code=why)


def _hashes(said: Any) -> list[str]:
    many = said.get("files")
    named = [said.get("file"), *(many if isinstance(many, list) else ())]
    return [str(one)[:64].lower() for one in named if one]


def _step(made: Delivery, stream: Stream, by: Actor) -> None:
    before = Delivery.objects.filter(company_id=made.company_id, stream=stream, seq__lt=made.seq)
    names = list(before.waiting().values_list("name", flat=True))
    records = sum(name in RECORDS for name in names)
    turn = step_turn(
        stream.known, records=records, steps=len(names) - records, ends=made.name == ENDS
    )
    if turn == "behind":
        _became(made, "waiting")
    elif turn == "blocked":
        _became(made, "blocked", code="blocked", of=str(stream.refused))
    else:
        version = version_meant(stream.known, made.base)
        try:
            with acting(by):
                work = take_step(
                    made.name, stream.subject, made.said, version=version, by=by, at=made.at
                )
        except Refusal as refusal:
            _refused(made, stream, refusal, by)
        else:
            stream.version = work.version
            _became(made, "taken", work=work)


def _refused(made: Delivery, stream: Stream, refusal: Refusal, by: Actor) -> None:
    """What was refused, why, what is still missing, and what can be done now."""
    stream.refused = made.command
    work = WorkOrder.objects.seen_by(by).filter(id=stream.subject).first()
    possible = moves_from(WORK_MOVES, work.state) if work else ()
    _became(
        made,
        "refused",
        work=work,
        code=refusal.code,
        text=str(refusal.message),
        remains=[str(said) for said in refusal.fields.values()],
        next=[move.name for move in possible if move.name in STEPS],
    )


def _became(made: Delivery, state: State, *, work: WorkOrder | None = None, **more: Any) -> None:
    """Write down what became of it; what was said is not needed any more unless it waits."""
    made.state = state
    if state != "waiting":
        made.said, made.lacks = {}, []
    stood = {"state": work.state, "version": work.version} if work else {}
    made.receipt = {
        "id": str(made.command),
        "status": state,
        "number": made.id.hex[-8:].upper(),
        "at": made.at.isoformat(),
        **stood,
        **more,
    }


def receipt_of(made: Delivery) -> dict[str, Any]:
    """The receipt of a delivery; of one that waits, with how many files are still to come.

    No actor: it is read out to who brought it.
    """
    if made.state != "waiting":
        return dict(made.receipt)
    before = Delivery.objects.filter(
        company_id=made.company_id, stream_id=made.stream_id, seq__lte=made.seq
    )
    n = len({one for lacks in before.waiting().values_list("lacks", flat=True) for one in lacks})
    text = ngettext(
        "Received. It waits for %(n)d photo.", "Received. It waits for %(n)d photos.", n
    )
    return {**made.receipt, "waiting_for": n, "text": text % {"n": n}}


def settle(stream_id: UUID, *, actor: Actor) -> None:
    """Do what waited for files that are here now, then the steps behind them, in their order."""
    with acting(actor):
        mine = Stream.objects.filter(company_id=actor.company_id, id=stream_id)
        stream = mine.select_for_update().get()
        _go_on(stream)
        stream.save()


def _go_on(stream: Stream) -> None:
    """The caller holds the stream and writes it."""
    rows = Delivery.objects.filter(company_id=stream.company_id, stream=stream)
    for made in list(rows.waiting().order_by("seq")):
        made.stream = stream
        if made.name in RECORDS:
            here = files_here(made.lacks, who=made.who, company=stream.company_id)
            made.lacks = [one for one in made.lacks if one not in here]
        take(made, stream)
        made.save()


def files_came(sha256: str, *, actor: Actor) -> None:
    """A file of the actor's has come: do what waited for it."""
    with acting(actor):
        mine = Delivery.objects.seen_by(actor).waiting()
        waits = mine.filter(lacks__contains=[sha256]).values_list("stream_id", flat=True)
        streams = sorted(set(waits))
    for stream in streams:
        settle(stream, actor=actor)


def waive_files(command_id: UUID, *, actor: Actor, reason: str) -> None:
    """The files of one command are lost with their device: go on without them, on the actor's name
    and with a reason. What was said with them is kept beside the work. Refuses (`Refused`) who may
    not dispatch there, (`NotYet`) no reason, (`Unknown`) what waits for nothing."""
    reason = _given(reason)
    with acting(actor):
        rows = Delivery.objects.filter(company_id=actor.company_id, command=command_id)
        made = rows.waiting().exclude(lacks=[]).select_related("stream").first()
        works = WorkOrder.objects.seen_by(actor).select_related("place", "case")
        work = works.filter(id=made.stream.subject).first() if made else None
        if made is None or work is None:
            raise Unknown(_("There is no such record, or you may not see it."))
        may_do(work, "work.dispatch", actor=actor)
        streams = Stream.objects.filter(company_id=actor.company_id, id=made.stream_id)
        stream = streams.select_for_update().get()
        made = rows.waiting().exclude(lacks=[]).select_related("stream").first()
        if made is None:  # the file came while we waited for the stream
            return
        _waived(made, work, reason, actor)
        settle(stream.id, actor=actor)


def _given(reason: str) -> str:
    if not reason.strip():
        text = _("Write why the photos will not come, for example: the telephone is lost.")
        raise NotYet(text, code="missing", fields={"reason": text})
    return reason.strip()[:400]


def _waived(made: Delivery, work: WorkOrder, reason: str, actor: Actor) -> None:
    tell(
        "device.waived",
        subject=("case", work.case_id) if work.case_id else ("work", work.id),
        actor=actor,
        said={"files": len(made.lacks), "work": str(work.id)},
        values={"reason": reason},
        whose=work.case.reporter_id if work.case else None,
    )
    made.lacks = []
    by = actor_then(made.who, made.at, company=made.company_id)
    _record(made, by, why=LOST)
    made.save()


def _waives(made: Delivery, stream: Stream, by: Actor) -> None:
    """Who made a record says that its files will not come (`of`: its command; `reason`). What came
    meanwhile, or is not theirs, stays as it is."""
    try:
        reason = _given(str(made.said.get("reason") or ""))
    except NotYet as refusal:
        _refused(made, stream, refusal, by)
        return
    rows = Delivery.objects.seen_by(by).waiting().filter(stream=stream).exclude(lacks=[])
    lost = next((one for one in rows if str(one.command) == str(made.said.get("of"))), None)
    works = WorkOrder.objects.filter(company_id=by.company_id, id=stream.subject)
    work = works.select_related("case").first()
    _became(made, "taken")
    if lost and work:
        lost.stream = stream
        _waived(lost, work, reason, by)
        _go_on(stream)
