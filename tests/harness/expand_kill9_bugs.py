"""The bugs that the proof of expansion must find."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from anju.engine.loop.models import WorkOrder
from anju.engine.plans.commands import expanding, making, writing
from anju.engine.plans.models import Plan
from anju.foundation.calendars.queries import calendars_of
from anju.foundation.lib import now
from anju.foundation.tenancy.acting import acting
from tests.harness.seeding import Bug

Right = Callable[..., Any]


def _wall(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat("T", "seconds")


def _half(right: Right) -> Right:
    """It remembers to have made all of what it made half of."""

    def add(self: Any, plan: Any, wanted: Iterable[Any], **more: Any) -> Any:
        found = list(wanted)
        return right(self, plan, found[: (len(found) + 1) // 2], **more)

    return add


def _remembered_first(_right: Right) -> Right:
    """How far a plan is made is committed before its work is."""

    def expand(*, actor: Any, until: Any = None) -> None:
        last = until or now() + expanding.HORIZON
        with acting(actor):
            waiting = Plan.objects.filter(state="active").order_by("id")
            ids = list(waiting.values_list("id", flat=True))
        for id in ids:
            with acting(actor):
                plan = Plan.objects.select_for_update().get(id=id)
                before, zone = plan.made_until, calendars_of(actor.company_id)(plan.calendar).zone
                plan.made_until = max(before, _wall(last, zone))
                plan.save(update_fields=["made_until"])
            with acting(actor):
                plan = Plan.objects.select_for_update().get(id=id)
                plan.made_until = before
                if plan.state == "active":
                    expanding.expand_plans([plan], actor=actor, until=last)

    return expand


def _from_now(right: Right) -> Right:
    """What lies between the last run and now is forgotten."""

    def due(plan: Any, calendar: Any, until: Any) -> Any:
        plan.made_until = max(plan.made_until, _wall(now(), calendar.zone))
        return right(plan, calendar, until)

    return due


def _made_again(right: Right) -> Right:
    """How far it is made is not looked at."""

    def due(plan: Any, calendar: Any, until: Any) -> Any:
        plan.made_until = _wall(now(), calendar.zone)
        return right(plan, calendar, until)

    return due


def _nothing_withdrawn(_right: Right) -> Right:
    return lambda _plan: []


def _work_stays(right: Right) -> Right:
    def withdrawn(plan: Any) -> Any:
        gone = right(plan)
        ids = [row.id for row in gone if isinstance(row, WorkOrder)]
        WorkOrder.objects.filter(id__in=ids).update(state="waiting")
        return gone

    return withdrawn


BUGS = {
    "half-a-plan": Bug("nothing is left out", making.Making, "add", _half),
    "remembered-first": Bug(
        "a crash leaves a plan as it was", expanding, "expand", _remembered_first
    ),
    "from-now": Bug("nothing is left out", expanding, "_due", _from_now),
    "made-again": Bug("nothing is made twice", expanding, "_due", _made_again),
    "nothing-withdrawn": Bug(
        "the future follows a change", writing, "_withdrawn", _nothing_withdrawn
    ),
    "work-stays": Bug("what is withdrawn has no work", writing, "_withdrawn", _work_stays),
}
