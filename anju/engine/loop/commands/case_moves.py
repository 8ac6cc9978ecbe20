"""The one door through which a case changes its state."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from anju.engine.clocks import rows as clock_rows
from anju.engine.clocks.models import Clock
from anju.engine.loop.commands.ground import (
    Effect,
    Taking,
    did_a_part,
    finish_taking,
    happened,
    lock_clocks,
    record,
    say_why_it_failed,
    set_state,
    start_clocks,
    step_of,
    the_one,
    turn_clocks,
    void_work,
)
from anju.engine.loop.commands.linking import link, merge, problem, settle, split, tell_along
from anju.engine.loop.commands.outside import deadline, extension, reply
from anju.engine.loop.commands.owning import escalate, own, urge
from anju.engine.loop.linked import untold_along
from anju.engine.loop.models import CHANNEL_NAMES, Case, WorkOrder
from anju.engine.loop.queries import asking_of, facts_of, limits_of, rings_of, silent_since
from anju.engine.loop.rules import (
    CALLBACK_OUTCOMES,
    CASE_MOVES,
    HEARD,
    SUBSTANCE,
    WORKED_KINDS,
    what_closing_lacks,
)
from anju.engine.standards.rules import URGENCIES, Limit, Subject, limits_for
from anju.foundation.lib import now
from anju.foundation.places.queries import zone_of
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet

CHANNELS = tuple(dict(CHANNEL_NAMES))
LACKING = {
    "work": _("unfinished work orders"),
    "verification": _("a check by someone who did not do the work, or a waiver with its reason"),
    "told": _("a message to the reporter with the result, a dated plan or the reason"),
    "callback": _("the callback, or its recorded outcome"),
    "reply": _("the reply to whoever asked from outside"),
}


def move_case(
    case_id: UUID,
    name: str,
    *,
    actor: Actor,
    version: int | None = None,
    said: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> Case:
    """Take one step of a case, or refuse and leave everything as it was.

    `at`: when it happened (UTC; default now). `version`: the version the actor saw; None takes
    the present one. Raises Unknown, Refused, NotYet (state, missing answers, law 2) or Conflict.
    """
    said = dict(said or {})
    with acting(actor):
        case: Case = the_one(
            Case.objects.seen_by(actor).select_related("standard", "place"), case_id
        )
        move = step_of(CASE_MOVES, name, case.state, said)
        _may(actor, case, move.permission)
        taking = Taking(move, case, None, actor, happened(at, case), said)
        lock_clocks(taking)
        _EFFECTS[name](taking, version)
        turn_clocks(taking)
        taking.changed.append(case)
        finish_taking(taking, f"case.{name}")
        if name == "tell":
            tell_along(taking)
    return case


def _may(actor: Actor, case: Case, permission: str) -> None:
    if actor.person_id and case.reporter_id == actor.person_id and permission in _OWN:
        return
    actor.require(permission, case.place.path if case.place else "")


# What a reporter may do to an own matter without any role.
_OWN = frozenset({"case.reopen", "case.note"})


def answer_if_all_work_is_done(taking: Taking) -> None:
    """When the last work order is passed, its case is answered and callback is owed.

    No actor: it is part of the step being taken, which names one.
    """
    case = taking.case
    if case is None or case.state != "open":
        return
    others = WorkOrder.objects.filter(case_id=case.id).live()
    if taking.work:
        others = others.exclude(id=taking.work.id)
    if not others.exists():
        set_state(case, None, "answered", answered_at=taking.at)
        taking.changed.append(case)
        start_clocks(taking, ("callback",))


def _case(taking: Taking) -> Case:
    return cast(Case, taking.case)


def _plain(taking: Taking, version: int | None) -> None:
    case = _case(taking)
    set_state(case, version, case.state)


def _tell(taking: Taking, version: int | None) -> None:
    """A substantive message to the reporter: a result, a reason, or a plan with its day (`by`)."""
    if taking.said["substance"] not in SUBSTANCE:
        text = _("Say whether the message states a result, a dated plan or a reason.")
        raise NotYet(text, code="not_substantive", fields={"substance": text})
    if taking.said["channel"] not in CHANNELS:
        words = _("Choose one of the channels: %(channels)s.") % {"channels": ", ".join(CHANNELS)}
        raise NotYet(words, code="bad_value", fields={"channel": words})
    if taking.said["substance"] == "plan" or taking.said.get("by"):
        taking.facts["by"] = _planned(taking).isoformat()
    case = _case(taking)
    set_state(case, version, case.state, told_at=case.told_at or taking.at)


def _planned(taking: Taking) -> date:
    """The day a plan names, not over when it was told: without one it promises nothing."""
    place = _case(taking).place
    today = taking.at.astimezone(ZoneInfo(zone_of(place)) if place else UTC).date()
    try:
        day = date.fromisoformat(str(taking.said.get("by") or "").strip())
    except ValueError:
        day = date.min
    if day < today:
        text = _("A plan names the day it is for, today or later, such as 2026-05-01.")
        raise NotYet(text, code="undated", fields={"by": text})
    return day


def _note(taking: Taking, version: int | None) -> None:
    """A remark changes nothing, so a stale version does not matter: the event that commits to the
    row must meet it as it stands, not as it was before somebody's step."""
    _case(taking).refresh_from_db(from_queryset=Case.objects.select_for_update())


def _classify(taking: Taking, version: int | None) -> None:
    """Change category or urgency: live clocks take the new limits, from their old start."""
    case, said = _case(taking), taking.said
    given = str(said.get("urgency") or case.urgency)
    urgency = int(given) if given.isascii() and given.isdigit() else 0
    if urgency not in URGENCIES:
        text = _("The urgency is a number from 1 (life safety) to 4 (planned).")
        raise NotYet(text, code="bad_value", fields={"urgency": text})
    taking.facts["was"] = {"urgency": case.urgency, "category": case.category}
    set_state(
        case,
        version,
        case.state,
        urgency=urgency,
        category=str(said.get("category") or case.category)[:120],
        urgency_reason=str(said["reason"])[:120],
    )
    relimit(case, taking.clocks, taking.calendars)


def relimit(case: Case, clocks: Iterable[Clock], calendars: clock_rows.Calendars) -> None:
    """What is still owed takes the limits of the case's present category and urgency, in memory.

    No actor: it is part of a step that names one, or of looking back at one.
    """
    if case.standard_id is None or case.history:
        return
    path = case.place.path if case.place else ""
    limits = limits_for(limits_of(case.standard_id), Subject(case.category, case.urgency, path))
    for clock in clocks:
        limit = limits.get(clock.kind)  # type: ignore[call-overload]  # the column holds its kinds
        if clock.live and limit is not None:
            set_limit(clock, limit)
            clock_rows.refresh(clock, now(), calendars)


def set_limit(clock: Clock, limit: Limit) -> None:
    """The clock promises what `limit` says, in memory.

    No actor: it is part of a step that names one, or of looking back at one.
    """
    clock.minutes, clock.calendar, clock.pause_cap = limit.minutes, limit.calendar, limit.pause_cap
    clock.ladder = [[step.after, step.to] for step in limit.ladder]


def _answer(taking: Taking, version: int | None) -> None:
    """Answered without work, for example an enquiry."""
    case = _case(taking)
    if WorkOrder.objects.filter(case_id=case.id).live().exclude(state="waiting").exists():
        raise NotYet(
            _("There is work under way for this matter. Finish or void it first."), code="work_live"
        )
    say_why_it_failed(taking)
    void_work(taking, waiting_only=True)
    set_state(case, version, "answered", answered_at=taking.at)


def _waive(taking: Taking, version: int | None) -> None:
    """A named person does without the check, and says why."""
    case = _case(taking)
    set_state(case, version, case.state, waived=True)
    done = list(WorkOrder.objects.filter(case_id=case.id, state="done"))
    for work in done:
        set_state(work, None, "passed")
        taking.changed.append(work)
    if done:
        answer_if_all_work_is_done(taking)


def _callback(taking: Taking, version: int | None) -> None:
    """Call back by someone who did not do the work; the dissatisfied reopen their own case."""
    case, outcome = _case(taking), str(taking.said["outcome"])
    if outcome not in CALLBACK_OUTCOMES:
        text = _("The outcome is one of: %(outcomes)s.") % {
            "outcomes": ", ".join(CALLBACK_OUTCOMES)
        }
        raise NotYet(text, code="bad_value", fields={"outcome": text})
    _not_the_doer(taking)
    if outcome == "not_reached":
        _tried_often_enough(taking)
    elif outcome == "no_answer":
        _silent_long_enough(taking)
    verdict = {"satisfied": "pass", "dissatisfied": "fail"}.get(outcome, "")
    record(taking, "callback", verdict=verdict, judge="resident", value={"outcome": outcome})
    if outcome == "dissatisfied":
        _open_again(taking, version, outcome=outcome)
        start_clocks(taking, CASE_MOVES["reopen"].starts)
    else:
        set_state(case, version, case.state, outcome=outcome)


def _not_the_doer(taking: Taking) -> None:
    if did_a_part(taking, case_id=_case(taking).id):
        raise NotYet(
            _("The callback is made by someone who did not do the work. Ask a colleague."),
            code="own_work",
        )


def _ring(taking: Taking, version: int | None) -> None:
    """A call that reached nobody. It changes nothing yet: so many of them and the case may count
    as not reached."""
    if (heard := str(taking.said["heard"])) not in HEARD:
        text = _("What was heard is one of: %(heard)s.") % {"heard": ", ".join(HEARD)}
        raise NotYet(text, code="bad_value", fields={"heard": text})
    _not_the_doer(taking)
    case = _case(taking)
    set_state(case, version, case.state)
    record(taking, "ring", value={"heard": heard})


def _tried_often_enough(taking: Taking) -> None:
    wanted = asking_of(_case(taking)).attempts
    if (lacking := wanted - rings_of(_case(taking)).count()) > 0:
        text = ngettext_lazy(
            "Nobody was reached so far. After %(n)s more call it counts as not reached.",
            "Nobody was reached so far. After %(n)s more calls it counts as not reached.",
            lacking,
        ) % {"n": lacking}
        raise NotYet(text, code="too_few_calls", fields={"outcome": text})


def _silent_long_enough(taking: Taking) -> None:
    case = _case(taking)
    days = asking_of(case).silence_days
    since = silent_since(case)
    if days and (since is None or taking.at < since + timedelta(days=days)):
        text = ngettext_lazy(
            "Silence counts once the reporter has been told and %(n)s day has passed since.",
            "Silence counts once the reporter has been told and %(n)s days have passed since.",
            days,
        ) % {"n": days}
        raise NotYet(text, code="too_early", fields={"outcome": text})


def _close(taking: Taking, version: int | None) -> None:
    case = _held(taking)
    if lacks := what_closing_lacks(facts_of(case)):
        raise NotYet(
            _("The matter cannot be closed yet. Still missing: %(missing)s.")
            % {"missing": ", ".join(str(LACKING[code]) for code in lacks)},
            code="not_closable",
            fields={code: LACKING[code] for code in lacks},
        )
    set_state(case, version, "closed", closed_at=taking.at)


def _held(taking: Taking) -> Case:
    """The case, its row locked: nobody merges another into it while it ends."""
    case = _case(taking)
    Case.objects.select_for_update().filter(id=case.id).values_list("id").first()
    return case


def _reopen(taking: Taking, version: int | None) -> None:
    _open_again(taking, version, outcome="")


def _open_again(taking: Taking, version: int | None, *, outcome: str) -> None:
    """The same case is owed again: new clocks, and corrective work where its kind needs work."""
    case = _case(taking)
    set_state(
        case,
        version,
        "open",
        reopened=case.reopened + 1,
        outcome=outcome,
        told_at=None,
        answered_at=None,
        closed_at=None,
        waived=False,
    )
    if case.kind in WORKED_KINDS:
        count = WorkOrder.objects.filter(case_id=case.id).count()
        work = WorkOrder.objects.create(
            company_id=case.company_id,
            case=case,
            number=f"{case.number}-{count + 1}",
            title=case.title,
            place_id=case.place_id,
            asset_id=case.asset_id,
            opened_at=taking.at,
        )
        taking.changed.append(work)


def _void(taking: Taking, version: int | None) -> None:
    """Entered by mistake or twice: nothing is owed and nothing is judged."""
    case = _held(taking)
    if untold_along(case):
        text = _(
            "Others reported the same matter, and their cases were merged into this one. Tell "
            "them first what becomes of it."
        )
        raise NotYet(text, code="untold")
    clock_rows.drop(c for c in taking.clocks if c.live)
    void_work(taking, waiting_only=False)
    set_state(case, version, "void", closed_at=taking.at)


_EFFECTS: dict[str, Effect] = {
    "respond": _plain,
    "tell": _tell,
    "note": _note,
    "classify": _classify,
    "answer": _answer,
    "waive": _waive,
    "ring": _ring,
    "callback": _callback,
    "close": _close,
    "reopen": _reopen,
    "void": _void,
    "merge": merge,
    "link": link,
    "split": split,
    "problem": problem,
    "settle": settle,
    "own": own,
    "urge": urge,
    "escalate": escalate,
    "deadline": deadline,
    "extension": extension,
    "reply": reply,
}
