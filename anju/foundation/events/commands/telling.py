"""Telling: the event and its inbox row are written in the caller's transaction (D3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from anju.foundation.events.models import Event, EventValue
from anju.foundation.events.rules import leaf_of, plain, salted
from anju.foundation.lib import now, uuid7
from anju.foundation.tenancy.acting import prepared
from anju.foundation.tenancy.actor import Actor
from anju.foundation.tenancy.document import document, rows_of

# The inbox takes the events in the order they are told.
_WRITE = f"""
    WITH d AS (SELECT %s::jsonb AS doc),
         e AS (INSERT INTO events_event SELECT r.* FROM {rows_of("events_event")}),
         v AS (INSERT INTO events_eventvalue SELECT r.* FROM {rows_of("events_eventvalue")})
    INSERT INTO events_inbox (company_id, event_id)
    SELECT (t.event->>'company_id')::uuid, (t.event->>'id')::uuid
      FROM d, jsonb_array_elements(d.doc->'events_event') WITH ORDINALITY AS t(event, n)
     ORDER BY t.n"""  # noqa: S608 - only names of our own tables are put in


Whose = UUID | Mapping[str, UUID] | None


@dataclass(frozen=True)
class Draft:
    """An event ready to be written, with the personal values beside it."""

    event: Event
    values: tuple[EventValue, ...] = ()


def tell(
    name: str,
    *,
    subject: tuple[str, UUID],
    actor: Actor,
    at: datetime | None = None,
    said: Mapping[str, Any] | None = None,
    wrote: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
    whose: Whose = None,
) -> Event:
    """Write one event about `subject` ("case", id) inside the caller's `acting`.

    `said` holds plain facts without personal values; those go into `values` and can be erased,
    alone or with all of the person `whose` they are (a mapping: of each value by its name).
    `wrote` maps "table:id" to the digest of each row the command wrote (`sealed.written`, after the
    rows are written). `at` is when it happened (UTC, aware; default now). Returns the event with
    its leaf: the receipt until it is sealed.
    """
    told = draft(
        name,
        subject=subject,
        actor=actor,
        at=at,
        said=said,
        wrote=wrote,
        values=values,
        whose=whose,
    )
    tell_all([told], actor=actor)
    return told.event


def tell_all(drafts: Iterable[Draft], *, actor: Actor) -> int:
    """Write events of the actor's company in one statement, in their order; how many.

    Inside the caller's `acting`.
    """
    told = list(drafts)
    if told:
        rows = (row for one in told for row in (one.event, *one.values))
        prepared(_WRITE, [document(rows)])
    return len(told)


def draft(
    name: str,
    *,
    subject: tuple[str, UUID],
    actor: Actor,
    at: datetime | None = None,
    said: Mapping[str, Any] | None = None,
    wrote: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
    whose: Whose = None,
    noted_at: datetime | None = None,
) -> Draft:
    """The rows of one event, as for `tell`, without writing them.

    For commands that write in their own way: they insert the event, its values and one inbox row
    in one transaction.
    """
    noted_at = noted_at or now()
    texts = salted(values or {})
    event = Event.fresh(
        id=uuid7(),
        company_id=actor.company_id,
        name=name,
        subject_kind=subject[0],
        subject_id=subject[1],
        by=actor.id,
        at=at or noted_at,
        noted_at=noted_at,
        said=plain({**(said or {}), **_written(actor)}),
        wrote=dict(wrote or {}),
        values={v.name: v.commitment for v in texts},
    )
    event.leaf = leaf_of(event)
    return Draft(
        event,
        tuple(
            EventValue.fresh(
                company_id=actor.company_id,
                event_id=event.id,
                name=v.name,
                salt=v.salt,
                text=v.text,
                person_id=whose.get(v.name) if isinstance(whose, Mapping) else whose,
            )
            for v in texts
        ),
    )


def _written(actor: Actor) -> dict[str, str]:
    """Who wrote it down, where somebody else did it."""
    return {"written_by": str(actor.written_by)} if actor.written_by else {}
