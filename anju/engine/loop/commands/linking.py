"""How cases belong together: merged, linked, split, explained by one problem record; who pays.

Each is a step of `move_case`; the effects stand here. Links are never removed: what was said then
is part of the history.
"""

from typing import Any, cast
from uuid import UUID

from django.utils.translation import gettext as _

from anju.engine.loop.commands.ground import Taking, record, set_state, the_one, void_work
from anju.engine.loop.commands.opening import Report, report
from anju.engine.loop.linked import alike_before, merged_into
from anju.engine.loop.models import CHANNEL_NAMES, Case, CaseLink, WorkOrder
from anju.engine.loop.queries import owes_reply
from anju.engine.loop.rules import CASE_LIVE
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.tenancy.errors import NotYet

LIVE = ("open", "answered")
BEGUN = ("arrived", "doing", "held", "done")
CHANNELS = tuple(dict(CHANNEL_NAMES))


def merge(taking: Taking, version: int | None) -> None:
    """The same matter as another case: this one closes into it, and its reporter is told so.

    What was late by then stays late, everything else is owed by the first case, which is neither
    closed nor voided before this reporter, too, was told. Refuses a case whose work has begun, and
    one that is over.

    No actor: the taking names one.
    """
    case = cast(Case, taking.case)
    first = _other(taking, "into")
    # Both held, in one order: of two that are merged into each other at once, one stays.
    both = Case.objects.select_for_update().filter(id__in=[case.id, first.id]).order_by("id")
    first = next(held for held in both if held.id == first.id)
    if first.state not in CASE_LIVE:
        raise _wrong("into", _("That case is over, so nothing can be merged into it. Reopen it."))
    if WorkOrder.objects.filter(case_id=case.id, state__in=BEGUN).exists():
        text = _(
            "Work for this case has begun. Merge the other case into this one instead, or finish "
            "or void the work first."
        )
        raise _wrong("into", text)
    if owes_reply(case.id):
        text = _(
            "Somebody outside waits for a reply to this case. Merge the other case into this one "
            "instead, or send the reply first."
        )
        raise _wrong("into", text)
    if taking.said["channel"] not in CHANNELS:
        raise _wrong("channel", _("Choose how the reporter was told."))
    void_work(taking, waiting_only=False)
    at = taking.at
    set_state(case, version, "closed", closed_at=at, told_at=None)
    _linked(taking, first, "merged")
    taking.said = {name: taking.said[name] for name in ("text", "channel")}
    # Who was merged into this one before belongs to the first now: links lead there in one step.
    for link in CaseLink.objects.filter(other_id=case.id, kind="merged").select_related("case"):
        _made(taking, link.case, first, "merged")


def link(taking: Taking, version: int | None) -> None:
    """Another case has to do with this one: each shows the other.

    No actor: the taking names one.
    """
    _refresh(taking)
    _linked(taking, _other(taking, "to"), "related")
    taking.said = {}


def settle(taking: Taking, version: int | None) -> None:
    """Who pays and who repairs, as decided: a record, so that a change of mind stays in sight.

    `advised`: who a rule said should pay; where somebody decided otherwise, `reason` says why.
    `to`: the number of the case whose work is done again, or the id of planned work that is; this
    one points there.

    No actor: the taking names one.
    """
    case, said = cast(Case, taking.case), taking.said
    names = ("payer", "repairer", "part", "basis", "until", "advised")
    value = {name: str(said.get(name) or "")[:120] for name in names}
    record(taking, "liability", value=value)
    taking.facts |= {name: value[name][:12] for name in ("payer", "repairer", "part")}
    if said.get("to"):
        _done_again(taking, str(said["to"]))
    taking.said = {"reason": said.get("reason", "")}
    set_state(case, version, case.state)


def _done_again(taking: Taking, to: str) -> None:
    try:
        id = UUID(to)
    except ValueError:
        return _linked(taking, _other(taking, "to"), "rework")
    work: WorkOrder = the_one(WorkOrder.objects.seen_by(taking.actor).filter(case=None), id)
    taking.facts["to"] = work.number
    return _made(taking, cast(Case, taking.case), work, "rework")


def split(taking: Taking, version: int | None) -> None:
    """A second matter was reported with this one: it gets its own case, owed since the same
    report, so its clocks begin where those of this case began.

    No actor: the taking names one.
    """
    case = cast(Case, taking.case)
    said = taking.said
    set_state(case, version, case.state)
    opened = report(
        Report(
            kind=case.kind,
            title=str(said["title"])[:300],
            place=case.place,
            category=str(said.get("category") or "")[:120],
            text=_("Split from %(number)s.") % {"number": case.number},
            urgency=case.urgency,
            asset=case.asset,
            reporter=case.reporter,
            channel=case.channel,
            at=case.at,
        ),
        actor=taking.actor,
    )
    taking.facts["to"] = opened.case.number
    _made(taking, opened.case, case, "split")


def problem(taking: Taking, version: int | None) -> None:
    """The trouble recurs: one problem record says why, and every case of it points there.

    Cases of the same asset, or of the same place and category, within 90 days come along. Where
    one of them has a live problem record already, the others join that. Refuses (`NotYet`) to
    explain such a record by another.

    No actor: the taking names one.
    """
    case = cast(Case, taking.case)
    _refresh(taking)
    if case.place is None:
        raise _wrong("cause", _("This case has no place, so nothing can recur there."))
    if CaseLink.objects.filter(other_id=case.id, kind="problem").exists():
        said = _(
            "This is the record that says why the trouble recurs. Write what you found as a "
            "note on it, or say it of the newest of its cases."
        )
        raise _wrong("cause", said)
    before = list(alike_before(case))
    ids = [case.id, *(other.id for other in before)]
    held = CaseLink.objects.filter(case_id__in=ids, kind="problem", other__state__in=LIVE)
    known = held.select_related("other").first()
    cause = known.other if known else _opened(case, taking)
    taking.facts["to"] = cause.number
    for one in (case, *before):
        _made(taking, one, cause, "problem")
    tell(
        "case.cause",
        subject=("case", cause.id),
        actor=taking.actor,
        at=taking.at,
        said={"cases": len(ids)},
        wrote=written(cause),
        values={"cause": str(taking.said["cause"])},
        whose=None,
    )


def _opened(case: Case, taking: Taking) -> Case:
    named = case.category.rpartition("/")[2] or case.title
    title = _("Recurring: %(what)s") % {"what": named}
    said = Report(
        kind="finding",
        title=title[:300],
        place=case.place,
        category=case.category,
        asset=case.asset,
        channel="staff",
    )
    return report(said, actor=taking.actor).case


def tell_along(taking: Taking) -> None:
    """Who reported the same matter is told what the reporter of the first case is told.

    No actor: it is part of the step being taken, which names one.
    """
    case = cast(Case, taking.case)
    for link in merged_into(case).select_related("case").order_by("id"):
        set_state(link.case, None, "closed", told_at=link.case.told_at or taking.at)
        said = {k: taking.said[k] for k in ("substance", "channel") if k in taking.said}
        tell(
            "case.told_along",
            subject=("case", link.case_id),
            actor=taking.actor,
            at=taking.at,
            said={**said, "to": case.number},
            wrote=written(link.case),
            values={"text": str(taking.said["text"])},
            whose=link.case.reporter_id,
        )


def _other(taking: Taking, name: str) -> Case:
    """The case whose number was given: one the actor may see, and not this one."""
    given = str(taking.said[name]).strip().upper()[:32]
    seen = Case.objects.seen_by(taking.actor)
    other = seen.filter(number=given).first()
    if other is None:
        raise _wrong(name, _("No case with this number is known here. Check it and try again."))
    if other.id == cast(Case, taking.case).id:
        raise _wrong(name, _("This is the same case. Give the number of the other one."))
    return other


def _wrong(name: str, text: Any) -> NotYet:
    return NotYet(text, code="bad_value", fields={name: text})


def _linked(taking: Taking, other: Case, kind: str) -> None:
    taking.facts["to"] = other.number
    _made(taking, cast(Case, taking.case), other, kind)


def _made(taking: Taking, case: Case, other: Case | WorkOrder, kind: str) -> None:
    """Link a case, once; the event of the step commits to the link."""
    to = {"other_id": other.id} if isinstance(other, Case) else {"work_id": other.id}
    made, fresh = CaseLink.objects.get_or_create(
        company_id=taking.actor.company_id,
        case_id=case.id,
        **to,
        kind=kind,
        defaults={"by": taking.actor.id, "at": taking.at},
    )
    if fresh:
        taking.changed.append(made)


def _refresh(taking: Taking) -> None:
    """The event commits to the row as it stands: as for a note."""
    case = cast(Case, taking.case)
    case.refresh_from_db(from_queryset=Case.objects.select_for_update())
