"""Reads of plans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from anju.engine.loop.readings import Shown, readings_of
from anju.engine.plans.models import Occurrence, Plan, PlanSubject
from anju.engine.plans.triggers import Meter
from anju.foundation.access.queries import names_of
from anju.foundation.events.models import Event, EventValue
from anju.foundation.places.models import Asset
from anju.foundation.tenancy.actor import Actor


def standing_since(plan: Plan, since: datetime) -> list[Occurrence]:
    """What stands of a plan the caller may see, planned for `since` (UTC) or later, in the order of
    time. One query."""
    made = plan.occurrences.filter(withdrawn=False, at__gte=since)
    return list(made.select_related("place", "asset").order_by("at", "id"))


def subjects_now(plan: Plan) -> list[PlanSubject]:
    """Where a plan falls due now, in the order of the places. One query."""
    rows = plan.subjects.filter(until=None).select_related("place", "asset")
    return list(rows.order_by("place__path", "asset__code"))


def last_of_each(plan: Plan) -> list[Occurrence]:
    """What stands last at each place and thing of a plan, with its work. One query."""
    standing = plan.occurrences.filter(withdrawn=False).select_related("work")
    ordered = standing.order_by("place_id", "asset_id", "-at", "-id")
    return list(ordered.distinct("place_id", "asset_id"))


@dataclass(frozen=True)
class Counter:
    """What the counter of a thing showed last, at which mark its plan falls due next, and when that
    may be expected (None: its readings tell no pace)."""

    asset: Asset
    at: datetime | None
    last: Decimal | None
    mark: Decimal | None
    expected: datetime | None


def counters_of(trigger: Meter, assets: Sequence[Asset]) -> list[Counter]:
    """The counters a plan by meter goes by, in the order of its equipment. Two queries."""
    shown = readings_of([asset.id for asset in assets], trigger.counter)
    return [_counter(trigger, asset, shown.get(asset.id, Shown())) for asset in assets]


def _counter(trigger: Meter, asset: Asset, shown: Shown) -> Counter:
    if shown.greatest is None:
        return Counter(asset, None, None, None, None)
    mark = trigger.mark_after(shown.greatest)
    return Counter(asset, shown.readings[-1][0], shown.last, mark, shown.expected(mark))


@dataclass(frozen=True)
class Begun:
    """Who began a plan, when and why; the reason is empty where it was erased."""

    at: datetime
    who: str
    why: str


def begun_of(plan: Plan, *, actor: Actor, most: int = 12) -> list[Begun]:
    """Who began a plan by hand, the last time first. Three queries."""
    told = Event.objects.filter(subject_kind="plan", subject_id=plan.id, name="plan.begun")
    events = list(told.order_by("-id")[:most])
    names = names_of([event.by for event in events], actor=actor)
    values = EventValue.objects.filter(event_id__in=[event.id for event in events], name="why")
    why = dict(values.values_list("event_id", "text"))
    return [Begun(one.at, names.get(one.by, ""), why.get(one.id, "")) for one in events]
