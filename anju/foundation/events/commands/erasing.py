"""Erasing personal values: the events stay, and so do their seals (D11)."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from anju.foundation.events.commands.telling import draft, tell_all
from anju.foundation.events.models import EventValue
from anju.foundation.tenancy.acting import acting
from anju.foundation.tenancy.actor import Actor

ERASED = "values.erased"
EVENTS_PER_RECORD = 500


def erase_values(
    *,
    actor: Actor,
    events: Collection[UUID] = (),
    persons: Collection[UUID] = (),
    values: Collection[UUID] = (),
) -> int:
    """Delete the personal values (texts and salts) of these events, of these persons, and these
    `values` alone.

    The events keep their commitments, so all seals still verify; nothing can bring a value back.
    Tells `values.erased` with the names of what was erased and of which events, never the values:
    `anju verify` takes a missing value without such an event for tampering. Returns the number of
    values erased; with none it tells nothing. Whether the actor may erase is asked by the command
    that calls this one.
    """
    with acting(actor):
        mine = EventValue.objects.filter(company_id=actor.company_id)
        doomed = mine.filter(Q(event_id__in=events) | Q(person_id__in=persons) | Q(id__in=values))
        names: dict[str, list[str]] = defaultdict(list)
        for event, name in doomed.order_by("event_id", "name").values_list("event_id", "name"):
            names[str(event)].append(name)
        count, _tables = doomed.delete()
        listed = list(names.items())
        tell_all(
            (
                draft(
                    ERASED,
                    subject=("company", actor.company_id),
                    actor=actor,
                    said={"of": dict(listed[start : start + EVENTS_PER_RECORD])},
                )
                for start in range(0, len(listed), EVENTS_PER_RECORD)
            ),
            actor=actor,
        )
    return count
