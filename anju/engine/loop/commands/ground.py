"""What every move stands on: find, check, compare-and-set, turn the clocks, tell."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from anju.engine.clocks import rows as clock_rows
from anju.engine.clocks.commands import save_clocks
from anju.engine.clocks.models import Clock
from anju.engine.loop.commands.opening import AHEAD
from anju.engine.loop.models import Case, CaseLink, CaseOwner, Record, WorkOrder
from anju.engine.loop.queries import call_owed, had_part, limits_of
from anju.engine.loop.rules import EVERY_CLOCK, VERIFIED_KINDS, Move
from anju.engine.standards.rules import ClockKind, Subject, limits_for
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.events.commands import tell
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import Conflict, NotYet, Unknown
from anju.foundation.tenancy.rows import only

# Words a step has checked: they stand in its event for ever. All others may hold personal values.
FACTS = frozenset(
    """substance channel by outcome heard urgency category person post label""".split()
)

WHY_IT_FAILED = {
    "cause": _("Say what the root cause was, for example: the old joint was only tightened."),
    "prevention": _("Say what is done so that it does not happen again."),
}


@dataclass
class Taking:
    """One move being taken: the facts it needs and the changes it gathers."""

    move: Move
    case: Case | None
    work: WorkOrder | None
    actor: Actor
    at: datetime
    said: Mapping[str, Any]
    clocks: list[Clock] = field(default_factory=list)
    begun: list[Clock] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    changed: list[Case | WorkOrder | CaseLink | CaseOwner] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def calendars(self) -> clock_rows.Calendars:
        return calendars_of(self.actor.company_id)


def step_of(table: Mapping[str, Move], name: str, state: str, said: Mapping[str, Any]) -> Move:
    """The move `name` from `state`, or NotYet with what would be possible or is missing.

    No actor: it is part of a step that names one.
    """
    move = table.get(name)
    if move is None:
        raise NotYet(
            _("There is no step called %(name)s. Possible here: %(possible)s.")
            % {"name": name, "possible": ", ".join(m.name for m in table.values())},
            code="unknown_move",
        )
    if state not in move.sources:
        raise NotYet(
            _(
                "This step (%(name)s) does not fit the present state (%(state)s). Nothing was "
                "changed. Possible now: %(possible)s."
            )
            % {
                "name": name,
                "state": state,
                "possible": ", ".join(m.name for m in table.values() if state in m.sources) or "-",
            },
            code="wrong_state",
        )
    missing = {n: _("Please fill this in.") for n in move.needs if not str(said.get(n, "")).strip()}
    if missing:
        raise NotYet(
            _("This step (%(name)s) still needs: %(missing)s. Nothing is lost.")
            % {"name": name, "missing": ", ".join(missing)},
            code="missing",
            fields=missing,
        )
    return move


def happened(at: datetime | None, case: Case | None) -> datetime:
    """When the step was taken: never in the future, never before the case itself.

    No actor: it is part of a step that names one.
    """
    moment = now()
    if at is None:
        return moment
    if at > moment + AHEAD:
        raise NotYet(
            _("That time lies in the future. Check the date and the clock."), code="future"
        )
    if case and at < case.at:
        raise NotYet(
            _("That time lies before the report itself. Check the date."), code="before_report"
        )
    return min(at, moment)


def the_one(found: QuerySet[Any], id: UUID) -> Any:
    """The row, or Unknown in words that do not tell whether it exists.

    No actor: it is part of a step that names one.
    """
    row = only(found.filter(id=id))
    if row is None:
        raise Unknown(_("There is no such record, or you may not see it."))
    return row


def set_state(row: Case | WorkOrder, version: int | None, state: str, **changes: Any) -> None:
    """Compare-and-set: the only writer of a state (D2). Raises Conflict when someone was faster.

    No actor: it is part of a step that names one.
    """
    if version is not None and version != row.version:
        raise _stale()
    values = {"state": state, **changes}
    won = (
        type(row)
        ._default_manager.filter(id=row.id, state=row.state, version=row.version)
        .update(version=F("version") + 1, **values)
    )
    if not won:
        raise _stale()
    row.version += 1
    for name, value in values.items():
        setattr(row, name, value)


def _stale() -> Conflict:
    return Conflict(
        _(
            "Someone else changed this in the meantime. What you wrote is still here: look at the "
            "newest state and send it again."
        ),
        code="stale_version",
    )


def lock_clocks(taking: Taking) -> None:
    """Take the clocks of the case, or of planned work, in order, before anything is decided on
    them. What lapsed had its clock ended; news of it runs it on, for the news may be late and the
    work was not.

    No actor: the taking names one.
    """
    case, work = taking.case, taking.work
    whose = {"case_id": case.id} if case else {"case_id": None, "work_id": work and work.id}
    locked = Clock.objects.select_for_update().filter(**whose)
    taking.clocks = list(locked.order_by("id"))
    if case is None and work is not None and work.lapsed(now()):
        for clock in taking.clocks:
            clock_rows.restart(clock, now(), taking.calendars)


def turn_clocks(taking: Taking) -> None:
    """Do to the clocks what the table says of this move.

    No actor: the taking names one.
    """
    move, case = taking.move, taking.case
    if case is not None and case.history:
        return
    if case is None and move.target == "void":  # the clocks of planned work are its own
        move = replace(move, ends=EVERY_CLOCK)
    reason = str(taking.said.get("reason", ""))
    turned(move, taking.clocks, at=taking.at, reason=reason, calendars=taking.calendars)
    start_clocks(taking, move.starts)


def turned(
    move: Move,
    clocks: Sequence[Clock],
    *,
    at: datetime,
    reason: str,
    calendars: clock_rows.Calendars,
) -> None:
    """Stop, end, hold, resume and restart clocks in memory as the table says of a move at `at`.

    No actor: it is part of a step that names one, or of looking back at one.
    """
    for clock in [c for c in clocks if c.live]:
        if clock.kind in move.stops:
            clock_rows.stop(clock, at, calendars)
        elif clock.kind in move.ends:
            clock_rows.end(clock, at, calendars)
        elif clock.pause_cap and move.holds:
            clock_rows.hold(clock, at, reason, calendars)
        elif clock.pause_cap and move.resumes:
            clock_rows.resume(clock, at, calendars)
    for kind in move.reopens:  # the promise of this round: those of rounds before are settled
        rounds = [c for c in clocks if c.kind == kind and c.state != "void"]
        if rounds and rounds[-1].stopped_at:
            clock_rows.restart(rounds[-1], now(), calendars)


def start_clocks(taking: Taking, kinds: Iterable[ClockKind]) -> None:
    """Begin clocks the standard promises, but for what is owed already: that clock runs on.

    No actor: the taking names one.
    """
    case = taking.case
    if case is None or case.standard_id is None:
        return
    path = case.place.path if case.place else ""
    limits = limits_for(limits_of(case.standard_id), Subject(case.category, case.urgency, path))
    running = {c.kind for c in taking.clocks if c.live}
    for kind in kinds:
        if kind in limits and kind not in running and _owed(case, kind):
            taking.begun.append(
                clock_rows.begun(
                    limits[kind],
                    taking.at,
                    company=case.company_id,
                    case=case.id,
                    work=taking.work.id if taking.work else None,
                    calendars=taking.calendars,
                )
            )


def needs_check(case: Case | None, work: WorkOrder | None = None) -> bool:
    """Whether work for this case is done only when someone else has passed it (law 2); planned
    work, when its standard asks for it.

    No actor: it is part of a step that names one.
    """
    if case is None and work is not None:
        return bool(work.standard and work.standard.verify)
    return bool(
        case
        and case.standard
        and case.standard.verify
        and case.kind in VERIFIED_KINDS
        and not (case.waived or case.history)
    )


def _owed(case: Case, kind: str) -> bool:
    if kind == "verify":
        return needs_check(case)
    if kind == "callback":
        return call_owed(case)
    return True


def say_why_it_failed(taking: Taking) -> None:
    """Whoever puts right what left the reporter dissatisfied says why it had failed and what keeps
    it from happening again.

    No actor: the taking names one.
    """
    if taking.case is None or taking.case.outcome != "dissatisfied":
        return
    missing = {
        name: text
        for name, text in WHY_IT_FAILED.items()
        if not str(taking.said.get(name) or "").strip()
    }
    if missing:
        raise NotYet(
            _(
                "The reporter was not satisfied the first time. Say what the root cause was and "
                "what is done so that it does not happen again. Nothing is lost."
            ),
            code="unexplained",
            fields=missing,
        )
    taking.facts["explained"] = True


def void_work(taking: Taking, *, waiting_only: bool) -> None:
    """Work of the case that is no longer asked for.

    No actor: the taking names one.
    """
    if taking.case is None:
        return
    live = WorkOrder.objects.filter(case_id=taking.case.id).live()
    for work in live.filter(state="waiting") if waiting_only else live:
        set_state(work, None, "void")
        taking.changed.append(work)


def record(taking: Taking, kind: str, **fields: Any) -> Record:
    """A record of this move, written with it.

    No actor: the taking names one.
    """
    made = Record(
        company_id=taking.actor.company_id,
        case=taking.case,
        work=taking.work,
        kind=kind,
        by=taking.actor.id,
        written_by=taking.actor.written_by,
        at=taking.at,
        **fields,
    )
    taking.records.append(made)
    return made


def did_a_part(taking: Taking, **of: UUID) -> bool:
    """Whether who acts did a part of it, or wrote it down for who did (law 2).

    No actor: the taking names one.
    """
    results = Record.objects.filter(had_part(taking.actor.id), kind="result", **of)
    return results.exists()


def finish_taking(taking: Taking, name: str) -> None:
    """Write clocks and records, and tell the one event that commits to all of them.

    No actor: the taking names one.
    """
    if taking.clocks:
        save_clocks(taking.clocks)
    Clock.objects.bulk_create(taking.begun)
    Record.objects.bulk_create(taking.records)
    if taking.case:
        subject = ("case", taking.case.id)
    elif taking.work:
        subject = ("work", taking.work.id)
    given = {k: v for k, v in taking.said.items() if v not in ("", None)}
    said = {k: v for k, v in given.items() if k in FACTS and k in taking.move.takes}
    texts = {k[:24]: str(v) for k, v in given.items() if k not in said}
    if taking.work:
        said["work"] = str(taking.work.id)
    tell(
        name,
        subject=subject,
        actor=taking.actor,
        at=taking.at,
        said={**said, **taking.facts},
        wrote=written(*taking.changed, *taking.records, *taking.clocks, *taking.begun),
        values=texts,
        whose=taking.case.reporter_id if taking.case else None,
    )


Effect = Callable[[Taking, int | None], None]
