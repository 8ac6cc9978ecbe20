"""Work that follows from what happened: the last was done, a reading passed a mark, a case was
reported or closed, somebody said so. Each once: by who holds the plan, under a name of its own."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from anju.engine.loop.models import Case, Record
from anju.engine.plans.commands.expanding import expand_plans
from anju.engine.plans.commands.making import Making, Wanted
from anju.engine.plans.commands.owing import due_now, subjects_of
from anju.engine.plans.models import MISSED, Occurrence, Plan, PlanSubject
from anju.engine.plans.queries import last_of_each
from anju.engine.plans.triggers import ByHand, OnEvent
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.events.models import Event
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.errors import NotYet, Unknown
from anju.foundation.tenancy.rows import only


def make_next(*, actor: Actor, works: Collection[UUID] = (), plans: Collection[UUID] = ()) -> int:
    """Make the next work of those plans that count from the last one done, of which one of `works`
    was done or is needed no more, or some were missed (`plans`); returns how many work orders. Safe
    to repeat: while the next is owed, there is none after it."""
    with acting(actor):
        after = _in_force(actor, "after")
        mine = after.filter(Q(id__in=plans) | Q(occurrences__work_id__in=works))
        return expand_plans(_held(mine), actor=actor, until=now()).made


def hear_readings(records: Collection[UUID], *, actor: Actor) -> int:
    """Make the work of those plans by meter whose mark one of these readings passed; returns how
    many work orders. Safe to repeat: a mark that was passed is not passed again."""
    with acting(actor):
        about = Record.objects.filter(id__in=records, asset__isnull=False)
        assets = set(about.values_list("asset_id", flat=True))
        if not assets:
            return 0
        read = _in_force(actor, "meter").filter(subjects__until=None, subjects__asset_id__in=assets)
        return expand_plans(_held(read), actor=actor, until=now()).made


def hear_cases(events: Sequence[Event], *, actor: Actor) -> int:
    """Make the work of those plans that wait for what these events tell of cases; returns how many
    work orders. Each event asks once. The findings of missed work ask for nothing, and what was
    found wrong by the work of a plan asks for no more of that plan: it would feed itself."""
    with acting(actor):
        plans = _held(_in_force(actor, "event"))
        told = {event.subject_id for event in events} if plans else ()
        found = Case.objects.filter(id__in=told).exclude(item__startswith=MISSED)
        cases = {case.id: case for case in found.select_related("place")}
        by_itself = Occurrence.objects.filter(plan__in=plans, work__records__case__in=cases)
        own = set(by_itself.values_list("plan_id", "work__records__case_id"))
        making, made = Making(actor), 0
        for plan in plans:
            zone = ZoneInfo(calendars_of(actor.company_id)(plan.calendar).zone)
            others = {id: case for id, case in cases.items() if (plan.id, id) not in own}
            wanted = _asked_for(plan, events, others, zone)
            made += making.add(plan, wanted, zone=zone)[0]
        making.write()
        return made


def begin_plan(plan_id: UUID, *, actor: Actor, why: str) -> int:
    """Say that a plan without a rhythm is to be done now; returns how many work orders were made.

    Needs `work.dispatch` at the plan's community. Refuses (`NotYet`) a plan that begins otherwise
    or is not in force, a missing reason, and one whose work was begun before and is still owed at
    each of its places. Tells plan.begun, with the reason.
    """
    with acting(actor):
        seen = Plan.objects.seen_by(actor).select_related("place")
        plan = only(seen.select_for_update(of=("self",)).filter(id=plan_id))
        if plan is None:
            raise Unknown(_("There is no such plan, or you may not see it."))
        actor.require("work.dispatch", plan.place.path)
        if plan.state != "active" or not isinstance(plan.trigger, ByHand):
            raise NotYet(_("Only a plan that begins by hand, and is in force, can be begun."))
        if not why.strip():
            text = _("Say why, for example: a typhoon is announced for tonight.")
            raise NotYet(text, code="missing", fields={"why": text})
        zone = ZoneInfo(calendars_of(actor.company_id)(plan.calendar).zone)
        owed = {(one.place_id, one.asset_id) for one in last_of_each(plan) if _owed(one)}
        named = now().astimezone(zone).replace(tzinfo=None).isoformat(timespec="milliseconds")
        free = [
            Wanted(due_now(plan, named), one.place_id, one.asset_id, n)
            for n, one in subjects_of([plan.id]).get(plan.id, ())
            if (one.place_id, one.asset_id) not in owed
        ]
        if not free:
            raise NotYet(
                _("It was begun before and is not done yet. Look at its work before you begin it.")
            )
        making, told = Making(actor), {"why": why.strip()}
        made, _none = making.add(plan, free, zone=zone, name="plan.begun", values=told)
        making.write()
        return made


def _in_force(actor: Actor, by: str) -> QuerySet[Plan]:
    return Plan.objects.filter(company_id=actor.company_id, state="active", when__by=by)


def _held(plans: QuerySet[Plan]) -> list[Plan]:
    """Locked, in one order for all; what changed meanwhile is read as it is now."""
    ids = list(plans.values_list("id", flat=True).distinct())
    if not ids:
        return []
    held = Plan.objects.select_for_update(of=("self",)).filter(id__in=ids, state="active")
    return list(held.order_by("id"))


def _owed(last: Occurrence) -> bool:
    work = last.work
    over = work is None or work.state == "void" or work.done_at is not None
    return not over and work is not None and not work.lapsed(now())


def _asked_for(
    plan: Plan, events: Sequence[Event], cases: dict[UUID, Case], zone: ZoneInfo
) -> Iterator[Wanted]:
    """What a plan is asked for by events told since it says what it says."""
    trigger = plan.trigger
    if not isinstance(trigger, OnEvent):
        return
    since = datetime.fromisoformat(plan.made_until).replace(tzinfo=zone)
    subjects = list(plan.subjects.filter(until=None).select_related("place"))
    names = [str(event.id) for event in events]
    standing = set(
        Occurrence.objects.filter(plan=plan, named__in=names).values_list("named", flat=True)
    )
    n: int | None = None
    for event in events:
        case = cases.get(event.subject_id)
        if case is None or case.place_id is None or event.name != trigger.event:
            continue
        fits = trigger.kind in ("", case.kind) and trigger.category in ("", case.category)
        if not fits or event.noted_at < since or str(event.id) in standing:
            continue
        if any(_within(case, one) for one in subjects):
            n = _made_this_minute(plan) if n is None else n + 1
            # The second of a minute is number 2: nothing else tells their numbers apart.
            turn = n + 1 if n else 0
            yield Wanted(due_now(plan, str(event.id)), case.place_id, case.asset_id, turn)


def _made_this_minute(plan: Plan) -> int:
    """How many of a plan, which the caller holds, fell due in this minute. One query."""
    moment = now()
    minute = moment.replace(second=0, microsecond=0)
    return plan.occurrences.filter(at__gte=minute, at__lte=moment).count()


def _within(case: Case, subject: PlanSubject) -> bool:
    """Whether a case is about the equipment or the place of a subject, or a place inside it."""
    if subject.asset_id is not None:
        return case.asset_id == subject.asset_id
    return case.place is not None and case.place.path.startswith(subject.place.path)
