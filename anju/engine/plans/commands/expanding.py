"""Making work orders of plans, up to a horizon: each occurrence once, whoever makes it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F

from anju.engine.plans.commands.making import Making, Wanted
from anju.engine.plans.commands.owing import after_the_last, by_meter, subjects_of, window_of
from anju.engine.plans.document import When
from anju.engine.plans.models import Occurrence, Plan
from anju.engine.plans.rules import CatchUp, Due, due, occurrences
from anju.engine.plans.triggers import After, Meter, said_by
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.calendars.rules import WorkCalendar
from anju.foundation.lib import now
from anju.foundation.tenancy.abreast import abreast
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

HORIZON = timedelta(days=35)  # how far ahead work stands: a month can be looked at and printed
AGAIN = timedelta(hours=6)  # when a plan is made further
TOGETHER = 50  # plans in one transaction: whoever changes one of them waits for it


@dataclass(frozen=True)
class Expanded:
    """What one run made: plans looked at, work orders made, occurrences passed over."""

    plans: int = 0
    made: int = 0
    passed_over: int = 0

    def __add__(self, other: "Expanded") -> "Expanded":
        return Expanded(
            self.plans + other.plans,
            self.made + other.made,
            self.passed_over + other.passed_over,
        )


def expand(*, actor: Actor, until: datetime | None = None) -> Expanded:
    """Make the work of every plan in force of the company up to `until`; without it, of those that
    are to be looked at again, up to the horizon.

    One transaction for fifty plans, two at a time. Any number may run at once: a plan that another
    one makes is passed by, and what stands already is not made again. A crash leaves plans as they
    were.
    """
    moment = now()
    with acting(actor):
        waiting = Plan.objects.filter(company_id=actor.company_id, state="active")
        if until is None:
            until, waiting = moment + HORIZON, waiting.filter(look_at__lte=moment)
        ids = list(waiting.order_by("look_at", "id").values_list("id", flat=True))
    parts = [ids[first : first + TOGETHER] for first in range(0, len(ids), TOGETHER)]
    made = abreast(parts, partial(_expand_some, actor=actor, until=until))
    return sum(made, Expanded())


def _expand_some(ids: Sequence[UUID], *, actor: Actor, until: datetime) -> Expanded:
    with acting(actor):
        mine = Plan.objects.select_for_update(skip_locked=True, of=("self",))
        some = mine.filter(id__in=ids, state="active").order_by("id")
        return expand_plans(list(some), actor=actor, until=until)


def expand_plans(plans: Sequence[Plan], *, actor: Actor, until: datetime) -> Expanded:
    """Make the work of plans, locked by the caller inside its `acting`: by the calendar up to
    `until`, else what is owed next. What comes of events and by hand is not known ahead.

    What falls due by the calendar is known by the wall time that names it; a plan remembers up to
    which one it was made (`made_until`), so nothing is left out between two runs.
    """
    making, total, again = Making(actor), Expanded(), now() + AGAIN
    calendars, wanted = calendars_of(actor.company_id), _by_calendars(plans, actor, until)
    for plan in plans:
        calendar, by = calendars(plan.calendar), said_by(plan.when)
        found = wanted.get(plan.id, ())
        if by in ("after", "meter"):
            found = list(_owed(plan, calendar))
        counts = making.add(plan, found, zone=ZoneInfo(calendar.zone)) if found else (0, 0)
        plan.look_at = None if by in ("event", "hand") else again
        total += Expanded(1, *counts)
    making.write()
    _remember(plans)
    return total


def _remember(plans: Sequence[Plan]) -> None:
    """How far each is made, and when it must be looked at again. A query for each two that differ,
    which plans of one zone never do."""
    alike: dict[tuple[str, datetime | None], list[UUID]] = {}
    for plan in plans:
        alike.setdefault((plan.made_until, plan.look_at), []).append(plan.id)
    for (made_until, look_at), ids in alike.items():
        Plan.objects.filter(id__in=ids).update(made_until=made_until, look_at=look_at)


def _owed(plan: Plan, calendar: WorkCalendar) -> Iterator[Wanted]:
    trigger = plan.trigger
    if isinstance(trigger, After):
        yield from after_the_last(plan, trigger, calendar)
    elif isinstance(trigger, Meter):
        yield from by_meter(plan, trigger)


def _by_calendars(plans: Sequence[Plan], actor: Actor, until: datetime) -> dict[UUID, list[Wanted]]:
    """Each time at each subject, but for those that stand already: what somebody had taken before a
    plan was changed. Two queries, none where nothing falls due."""
    calendars = calendars_of(actor.company_id)
    ahead = {}
    for plan in plans:
        if said_by(plan.when) == "calendar" and (
            found := _due(plan, calendars(plan.calendar), until)
        ):
            ahead[plan.id] = found
    if not ahead:
        return {}
    subjects = subjects_of(ahead)
    # Up to where each is made is still as it was in the database.
    taken = Occurrence.objects.filter(
        plan_id__in=ahead, withdrawn=False, named__gte=F("plan__made_until")
    )
    standing = set(taken.values_list("plan_id", "named", "place_id", "asset_id"))
    return {
        id: [
            Wanted(one, subject.place_id, subject.asset_id, n)
            for one in found
            for n, subject in subjects.get(id, ())
            if (id, one.named, subject.place_id, subject.asset_id) not in standing
        ]
        for id, found in ahead.items()
    }


def _due(plan: Plan, calendar: WorkCalendar, until: datetime) -> list[Due]:
    """What falls due of a plan until then; it remembers so."""
    since = datetime.fromisoformat(plan.made_until)
    last = until.astimezone(ZoneInfo(calendar.zone)).replace(tzinfo=None, microsecond=0)
    if last <= since:
        return []
    when = When.model_validate(plan.when)
    found = occurrences(when.timetable(calendar.zone), calendar, since, last)
    plan.made_until = last.isoformat(timespec="seconds")
    return list(due(found, window_of(plan), cast(CatchUp, plan.catch_up), now()))
