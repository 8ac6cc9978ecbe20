"""What the ticker does with planned work: begin its clock as the window opens, say it lapsed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import connections
from django.utils.translation import gettext as _

from anju.engine.clocks import rows as clock_rows
from anju.engine.clocks.commands import drafts_due, save_clocks
from anju.engine.clocks.models import Clock
from anju.engine.loop.models import UNBEGUN, WorkOrder
from anju.engine.plans.commands.missing import Missed, find_missed
from anju.engine.plans.laying import laid
from anju.engine.plans.models import Occurrence, Plan
from anju.engine.standards.models import Standard
from anju.engine.standards.rules import Limit
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.events.commands import Draft, tell, tell_all
from anju.foundation.events.sealed import written
from anju.foundation.lib import now
from anju.foundation.tenancy.across import until_none_is_due
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.rows import only

BATCH = 1_000
MINUTE = timedelta(minutes=1)


def companies_waiting(moment: datetime) -> list[UUID]:
    """Companies with planned work to look at; asked as the ticker, who sees (company, next_at)
    only.

    No actor: the machine asks for all companies.
    """
    with connections["ticker"].cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT company_id FROM plans_occurrence WHERE next_at <= %s", [moment]
        )
        return [row[0] for row in cursor.fetchall()]


def look_at_planned(*, limit: int = BATCH) -> int:
    """Begin the clocks of planned work whose window has opened, and tell what lapsed; returns how
    many occurrences were seen.

    Any number may look at once: each locks what it takes and skips what is taken. A crash loses
    nothing; late, it begins clocks as of when their windows opened. What is wrong with one company
    keeps no other from being looked at; the first error is raised when all others are done.

    No actor: the machine looks at all companies, each as itself.
    """
    moment = now()
    return until_none_is_due(
        companies_waiting(moment), "plans", lambda actor: _look(actor, moment, limit)
    )


def hold_and_open(work: WorkOrder, *, actor: Actor) -> None:
    """Hold the occurrence of planned work, inside the caller's transaction, and open it where its
    window has opened and no ticker has looked yet. Whoever moves planned work holds its occurrence
    first; the ticker passes by what is held."""
    held = Occurrence.objects.select_for_update(of=("self",)).filter(work_id=work.id)
    one = only(held.select_related("plan", "place", "asset"))
    if one is None:
        return
    work.refresh_from_db(fields=["standard"])  # it may have been opened while we waited
    if one.next_at == one.opens_at and one.opens_at <= now():
        for did in _open([one], {work.id: work}, actor).values():
            _told(one.plan, did, actor)


@dataclass
class _Seen:
    """What one look did to the work of one plan."""

    clocks: list[Clock] = field(default_factory=list)
    works: list[WorkOrder] = field(default_factory=list)
    missed: list[Occurrence] = field(default_factory=list)


def _look(actor: Actor, moment: datetime, limit: int) -> int:
    with acting(actor):
        found = list(
            Occurrence.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("plan", "place", "asset")
            .filter(next_at__lte=moment)
            .order_by("next_at", "id")[:limit]
        )
        works = WorkOrder.objects.select_for_update().filter(id__in=[one.work_id for one in found])
        held = {work.id: work for work in works.order_by("id")}
        plans = {one.plan_id: one.plan for one in found}
        opening = [one for one in found if one.next_at == one.opens_at]
        lapsing = [one for one in found if one.next_at != one.opens_at]
        for look, ones in ((_open, opening), (_lapse, lapsing)):
            for id, did in look(ones, held, actor).items():
                _told(plans[id], did, actor)
    return len(found)


def _open(
    found: Sequence[Occurrence],
    works: Mapping[UUID, WorkOrder],
    actor: Actor,
) -> dict[UUID, _Seen]:
    """Begin the clock of each, as of when its window opened; work done before is in time."""
    seen: dict[UUID, _Seen] = {}
    calendars = calendars_of(actor.company_id)
    ruling = partial(_ruling, _versions(found))
    for one in found:
        work = works[one.work_id] if one.work_id else None
        one.next_at = None
        if work is None or work.state == "void" or work.lapses_at is None:
            continue
        one.next_at = work.lapses_at + clock_rows.LEAST  # at that instant it can still be begun
        minutes = int((one.closes_at - one.opens_at) / MINUTE)
        clock = clock_rows.begun(
            Limit("finish", minutes),
            one.opens_at,
            company=actor.company_id,
            case=None,
            work=work.id,
            calendars=calendars,
        )
        if work.done_at is not None:
            clock_rows.stop(clock, work.done_at, calendars)
        work.standard_id = ruling(one)
        did = seen.setdefault(one.plan_id, _Seen())
        did.clocks.append(clock)
        did.works.append(work)
    _save_opened(found, (work for did in seen.values() for work in did.works))
    Clock.objects.bulk_create(clock for did in seen.values() for clock in did.clocks)
    laid([one for one in found if one.next_at is not None], actor)
    return seen


def _save_opened(found: Sequence[Occurrence], works: Iterable[WorkOrder]) -> None:
    by_standard: dict[UUID | None, list[UUID]] = {}
    for work in works:
        by_standard.setdefault(work.standard_id, []).append(work.id)
    for standard, ids in by_standard.items():
        WorkOrder.objects.filter(id__in=ids).update(standard=standard)
    Occurrence.objects.bulk_update(found, ["next_at"])


def _versions(found: Iterable[Occurrence]) -> list[Standard]:
    """Every version that any of these may be done under, the newest first. One query."""
    codes = {one.plan.standard for one in found} - {""}
    if not codes:
        return []
    known = Standard.objects.filter(code__in=codes, published_at__isnull=False)
    return list(known.order_by("-published_at"))


def _ruling(versions: Iterable[Standard], one: Occurrence) -> UUID | None:
    """The version that was in force when the window opened (law 6)."""
    for version in versions:
        published, retired = version.published_at, version.retired_at
        if version.code != one.plan.standard or published is None or published > one.opens_at:
            continue
        return None if retired and retired <= one.opens_at else version.id
    return None


def _lapse(
    found: Sequence[Occurrence],
    works: Mapping[UUID, WorkOrder],
    actor: Actor,
) -> dict[UUID, _Seen]:
    """Their time to be made up is over. What nobody has begun is missed: it is owed no longer, and
    a finding stands for it, one for all that are missed of one plan at one subject (law 1). What
    its clock had to tell until then is told first, or nobody would hear that it was late where this
    look comes before that of the clocks."""
    seen: dict[UUID, _Seen] = {}
    unbegun = {id for id, work in works.items() if work.state in UNBEGUN}
    missed = [one for one in found if one.work_id in unbegun]
    calendars = calendars_of(actor.company_id)
    owed = Clock.objects.select_for_update().filter(case_id=None, work_id__in=unbegun)
    clocks = {clock.work_id: clock for clock in owed.order_by("id")}
    told: list[Draft] = []
    for one in missed:
        did = seen.setdefault(one.plan_id, _Seen())
        did.missed.append(one)
        clock = clocks[one.work_id]
        told += drafts_due(clock, now(), calendars, actor=actor)
        clock_rows.end(clock, one.next_at or now(), calendars)
        did.clocks.append(clock)
        words = _("Missed: %(work)s") % {"work": one.plan.name}
        where = Missed(one.plan, one.plan.missed_item, words, one.place, one.asset)
        find_missed(where, at=one.next_at or now(), actor=actor)
    save_clocks([clocks[one.work_id] for one in missed])
    tell_all(told, actor=actor)
    Occurrence.objects.filter(id__in=[one.id for one in found]).update(next_at=None)
    return seen


def _told(plan: Plan, did: _Seen, actor: Actor) -> None:
    """One event for what was opened or missed of a plan, with the digest of each row."""
    tell(
        "plan.missed" if did.missed else "plan.opened",
        subject=("plan", plan.id),
        actor=actor,
        said={"n": len(did.missed) or len(did.works)},
        wrote=written(*did.clocks, *did.works),
    )
