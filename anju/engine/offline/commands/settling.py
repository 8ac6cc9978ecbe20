"""What is received becomes what is done: at once, or when the last file has come."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anju.engine.loop.commands.aside import LOST, UNSIGNED, keep_aside
from anju.engine.loop.commands.work_moves import may_do
from anju.engine.loop.models import WorkOrder
from anju.engine.loop.rules import WORK_MOVES, moves_from
from anju.engine.offline.doing import (
    ENDS,
    OWN,
    RECORDS,
    STEPS,
    Brought,
    Stood,
    Whose,
    doer_of,
    record,
    take_own,
    take_step,
    takes_files,
    whose_of,
)
from anju.engine.offline.models import Delivery, Stream
from anju.engine.offline.queries import files_here
from anju.engine.offline.rules import AGAIN, SEEN, WAIVE, State, step_turn, version_meant
from anju.foundation.access.queries import actor_then
from anju.foundation.events.commands import tell
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Refusal, Unknown
from anju.foundation.tenancy.rows import only


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
    elif made.name in STEPS or made.name in OWN:
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
    text = ""
    if not why:
        try:
            with acting(by):
                record(made.name, Brought(subject, told, by, made.at, files))
        except Refusal as refusal:
            why, text = refusal.code, str(refusal.message)
        else:
            _became(made, "taken")
            return
    who = doer_of(subject, told, by, made.at)
    keep_aside(subject, told, actor=who, why=why, at=made.at, files=files.values())
    _became(made, "aside", code=why, text=text)


def _hashes(said: Any) -> list[str]:
    many = said.get("files")
    named = [said.get("file"), *(many if isinstance(many, list) else ())]
    return [str(one)[:64].lower() for one in named if one]


def _step(made: Delivery, stream: Stream, by: Actor) -> None:
    before = Delivery.objects.filter(company_id=made.company_id, stream=stream, seq__lt=made.seq)
    if stream.refused:
        tried = before.filter(command=stream.refused, who=made.who, name=made.name)
        if tried.filter(receipt__code__in=AGAIN).exists():
            stream.refused = None  # another label for it, also from before this was heard
    names = list(before.waiting().values_list("name", flat=True))
    records = sum(name in RECORDS for name in names)
    turn = step_turn(
        stream.known, records=records, steps=len(names) - records, ends=made.name in ENDS
    )
    if turn == "blocked":
        _became(made, "blocked", code="blocked", of=str(stream.refused))
    elif turn == "behind" or made.lacks:
        _became(made, "waiting")
    else:
        try:
            with acting(by):
                stood = _taken(made, stream, by)
        except Refusal as refusal:
            _refused(made, stream, refusal, by)
        else:
            stream.version = stood.version
            _became(made, "taken", stood=stood)


def _taken(made: Delivery, stream: Stream, by: Actor) -> Stood:
    version = version_meant(stream.known, made.base)
    if made.name in OWN:
        files = files_here(_hashes(made.said), who=made.who, company=made.company_id)
        given = Brought(stream.subject, made.said, by, made.at, files, version)
        return take_own(made.name, given)
    work = take_step(made.name, stream.subject, made.said, version=version, by=by, at=made.at)
    return Stood(work.state, work.version)


def _refused(made: Delivery, stream: Stream, refusal: Refusal, by: Actor) -> None:
    """What was refused, why, what is still missing, and what can be done now."""
    stream.refused = made.command
    work = only(WorkOrder.objects.seen_by(by).filter(id=stream.subject))
    possible = moves_from(WORK_MOVES, work.state) if work else ()
    _became(
        made,
        "refused",
        stood=Stood(work.state, work.version) if work else None,
        code=refusal.code,
        text=str(refusal.message),
        remains=[str(said) for said in refusal.fields.values()],
        next=[move.name for move in possible if move.name in STEPS],
    )


def _became(made: Delivery, state: State, *, stood: Stood | None = None, **more: Any) -> None:
    """Write down what became of it; what was said is not needed any more unless it waits."""
    made.state = state
    if state != "waiting":
        made.said, made.lacks = {}, []
    now_is = {"state": stood.state, "version": stood.version} if stood else {}
    made.receipt = {
        "id": str(made.command),
        "status": state,
        "number": made.id.hex[-8:].upper(),
        "at": made.at.isoformat(),
        **now_is,
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
        if takes_files(made.name):
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
        work = only(works.filter(id=made.stream.subject)) if made else None
        of = work or (whose_of(made.name, made.said, actor) if made else None)
        if made is None or of is None:
            raise Unknown(_("There is no such record, or you may not see it."))
        if isinstance(of, Whose):
            actor.require("work.dispatch", of.path)
        else:
            may_do(of, "work.dispatch", actor=actor)
        streams = Stream.objects.filter(company_id=actor.company_id, id=made.stream_id)
        stream = streams.select_for_update().get()
        made = rows.waiting().exclude(lacks=[]).select_related("stream").first()
        if made is None:  # the file came while we waited for the stream
            return
        _waived(made, of, reason, actor)
        settle(stream.id, actor=actor)


def _given(reason: str) -> str:
    if not reason.strip():
        text = _("Write why the photos will not come, for example: the telephone is lost.")
        raise NotYet(text, code="missing", fields={"reason": text})
    return reason.strip()[:400]


def _waived(
    made: Delivery, of: WorkOrder | Whose, reason: str, actor: Actor, *, why: str = LOST
) -> None:
    """A record is kept beside its work without them; a step of a domain (`Whose`) is taken as if
    they had not been given, or refused, when its turn comes."""
    case = None if isinstance(of, Whose) else of.case
    own = (of.kind, of.id) if isinstance(of, Whose) else ("work", of.id)
    tell(
        "device.waived",
        subject=("case", case.id) if case else own,
        actor=actor,
        said={"files": len(made.lacks), "work": str(of.id)},
        values={"reason": reason},
        whose=case.reporter_id if case else None,
    )
    made.lacks = []
    if made.name in RECORDS:
        by = actor_then(made.who, made.at, company=made.company_id)
        _record(made, by, why=why)
    made.save()


def _waives(made: Delivery, stream: Stream, by: Actor) -> None:
    """Who made a record says that its files will not come (`of`: its command; `reason`). What came
    meanwhile, or is not theirs, stays as it is. A phone says so by itself: that is no word of
    anybody why work is handed over unsigned."""
    try:
        reason = _given(str(made.said.get("reason") or ""))
    except NotYet as refusal:
        _refused(made, stream, refusal, by)
        return
    rows = Delivery.objects.seen_by(by).waiting().filter(stream=stream).exclude(lacks=[])
    lost = next((one for one in rows if str(one.command) == str(made.said.get("of"))), None)
    works = WorkOrder.objects.filter(company_id=by.company_id, id=stream.subject)
    of = works.select_related("case").first() or (
        whose_of(lost.name, lost.said, by) if lost else None
    )
    _became(made, "taken")
    if lost and of:
        lost.stream = stream
        _waived(lost, of, reason, by, why=UNSIGNED if lost.name == "signature" else LOST)
        _go_on(stream)
