"""What a plan owes next where the calendar does not say it: after the last, by a counter."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from anju.engine.loop.readings import readings_of
from anju.engine.plans.commands.making import Wanted
from anju.engine.plans.document import wall
from anju.engine.plans.models import Occurrence, Plan, PlanSubject
from anju.engine.plans.queries import last_of_each
from anju.engine.plans.rules import Due, Recurrence, Timetable, Window, due, occurrences
from anju.engine.plans.rules.timetable import Occurrence as Planned
from anju.engine.plans.triggers import After, Meter, named_after
from anju.foundation.calendars.rules import WorkCalendar
from anju.foundation.lib import now

MOMENT = timedelta(seconds=1)


def window_of(plan: Plan) -> Window:
    """When its work is in time, and can be made up.

    No actor: it only reads what the plan says.
    """
    return Window(plan.early, plan.late, plan.make_up)


def subjects_of(plans: Collection[UUID]) -> dict[UUID, list[tuple[int, PlanSubject]]]:
    """Where plans fall due now, each place or thing with its number; 0 for an only one. One query.

    No actor: the caller holds the plans.
    """
    found: dict[UUID, list[PlanSubject]] = {}
    for one in PlanSubject.objects.filter(plan_id__in=plans, until=None).order_by("id"):
        found.setdefault(one.plan_id, []).append(one)
    return {
        id: list(enumerate(several, 1)) if len(several) > 1 else [(0, several[0])]
        for id, several in found.items()
    }


def due_now(plan: Plan, named: str) -> Due:
    """What falls due this moment, for a reason that `named` tells.

    No actor: it only reckons.
    """
    moment, late = now(), timedelta(minutes=plan.late)
    lapses_at = moment + late + timedelta(minutes=plan.make_up)
    return Due(named, moment, moment, moment + late, lapses_at, made=True)


def after_the_last(plan: Plan, trigger: After, calendar: WorkCalendar) -> Iterator[Wanted]:
    """The next at each subject at which nothing is owed any more.

    No actor: the caller holds the plan.
    """
    zone, moment = ZoneInfo(calendar.zone), now()
    start = wall(trigger.start, calendar.zone)
    before = {(one.place_id, one.asset_id): one for one in last_of_each(plan)}
    for n, subject in subjects_of([plan.id]).get(plan.id, ()):
        last = before.get((subject.place_id, subject.asset_id))
        ended = ended_at(last, moment) if last else None
        if last is not None and ended is None:
            continue
        named = named_after(
            trigger.days,
            start,
            ended and _wall(ended, zone),
            last=last.named if last else "",
            moment=_wall(moment, zone),
        )
        found = _off_days(named, trigger, calendar, moment)
        for one in due(found, window_of(plan), "all", moment):
            yield Wanted(one, subject.place_id, subject.asset_id, n)


def _off_days(
    named: datetime, trigger: After, calendar: WorkCalendar, moment: datetime
) -> list[Planned]:
    """When it is planned for, off the days off. Before them lies behind us where the last was done
    a few days ago: then after them, for nothing is born missed."""
    found: list[Planned] = []
    for how in (trigger.day_off, "after"):
        table = Timetable(Recurrence(start=named), day_off=how)
        found = list(occurrences(table, calendar, named, named + MOMENT))
        if how != "before" or all(one.at >= moment for one in found):
            break
    return found


def ended_at(last: Occurrence, moment: datetime) -> datetime | None:
    """When it was done, or missed; None while it is owed.

    No actor: it only reads the row.
    """
    work = last.work
    if work is None or work.state == "void":
        return last.at
    done: datetime | None = work.done_at
    return done or (work.lapses_at if work.lapsed(moment) else None)


def by_meter(plan: Plan, trigger: Meter) -> Iterator[Wanted]:
    """What the last mark that a counter has passed asks for, unless it or a later one was made.
    Where the counter was set back, its marks are others.

    No actor: the caller holds the plan.
    """
    subjects = [
        (n, one, one.asset_id) for n, one in subjects_of([plan.id]).get(plan.id, ()) if one.asset_id
    ]
    shown = readings_of([asset for _n, _one, asset in subjects], trigger.counter)
    standing = _marks(plan, shown.keys())
    for n, subject, asset in subjects:
        counter = shown.get(asset)
        if counter is None or counter.greatest is None:
            continue
        mark = trigger.mark_before(counter.greatest)
        made = standing.get((asset, counter.resets), Decimal(0))
        if mark is not None and mark > made:
            named = f"{mark.normalize():f}" + (f"/{counter.resets}" if counter.resets else "")
            yield Wanted(due_now(plan, named), subject.place_id, asset, n)


def _marks(plan: Plan, assets: Collection[UUID]) -> Mapping[tuple[UUID, int], Decimal]:
    """The greatest mark made of each thing and each time its counter was set back. One query."""
    rows = Occurrence.objects.filter(plan=plan, withdrawn=False, asset_id__in=assets)
    found: dict[tuple[UUID, int], Decimal] = {}
    for asset, named in rows.exclude(named__contains="T").values_list("asset_id", "named"):
        mark, _slash, resets = named.partition("/")
        if not mark.replace(".", "", 1).isdigit():
            continue  # what an event asked for, before the plan was changed
        key = (asset, int(resets or 0))
        found[key] = max(found.get(key, Decimal(0)), Decimal(mark))
    return found


def _wall(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)
