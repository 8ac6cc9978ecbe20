"""Reads of plans."""

from datetime import datetime

from anju.engine.plans.models import Occurrence, Plan


def standing_since(plan: Plan, since: datetime) -> list[Occurrence]:
    """What stands of a plan the caller may see, planned for `since` (UTC) or later, in the order of
    time. One query."""
    made = plan.occurrences.filter(withdrawn=False, at__gte=since)
    return list(made.select_related("place", "asset").order_by("at", "id"))
